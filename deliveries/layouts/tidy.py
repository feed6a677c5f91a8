"""The tidy layout: one file a delivery, one row a key, headers exact, order of columns free."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial
from itertools import chain
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, TypeAdapter

from deliveries.cells import ABROAD, CellError, parse_count, parse_word, spaced
from deliveries.delivered import COUNTS_OR_RECORDS, Delivery, refusal
from deliveries.faults import (
    DeliveryRefusedError,
    Fault,
    shown_figures,
    shown_header,
    shown_name,
    shown_share,
)
from deliveries.formats.text_files import TextTable
from deliveries.layouts.cells import Cells, Layout, table_alone
from deliveries.layouts.headers import Told, header_faults
from deliveries.numbering import county_codes
from deliveries.region_names import is_country, is_note, parse_region, region_parser
from schemas.labels import vocabulary
from schemas.tables import TABLES

DATA = Path(__file__).with_name("tidy.toml")
HOME = "home_region"
OF_NO_REGION = f"rows skipped, of patients without a home region ({ABROAD})"
MOST_ROWS = 10_000
"""Operations have some five thousand keys: 21 regions, each by 21 others, six procedures and two providers."""


class TidyColumn(BaseModel):
    """A column of the layout: its header, the table's column, and what its cells hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: str
    column: str
    kind: Literal["region", "name", "age", "count"]
    optional: bool = False


PARSERS: Mapping[str, Callable[[str], str | int | None]] = {
    "region": parse_region,
    "name": spaced,
    "age": spaced,
    "count": parse_count,
}

SHOWN = {"region": shown_name, "name": shown_name, "age": shown_share, "count": shown_figures}
"""How much of a cell that is not understood may be shown."""


@cache
def columns_of(dataset: str) -> tuple[TidyColumn, ...]:
    """The columns of a dataset in the tidy layout.

    Source: `tidy.toml`; a dataset that it does not name is headed as its table's columns are called.
    """
    content = tomllib.loads(DATA.read_text(encoding="utf-8"))
    if dataset in content:
        return TypeAdapter(tuple[TidyColumn, ...]).validate_python(content[dataset]["columns"])
    types = TABLES[f"observed.{dataset}"].polars_schema()
    return tuple(
        TidyColumn(
            header=name.removesuffix("_code"),
            column=name,
            kind="region"
            if name.endswith("region_code")
            else "count"
            if kind == pl.Int64()
            else "name",
        )
        for name, kind in types.items()
        if name not in {"month", "delivery_id"}
    )


def read_tidy(delivery: Delivery) -> Cells:
    """The delivery's rows in the columns of its table, and every cell that cannot be understood.

    Raises:
        DeliveryRefusedError: if it has more than the one file of the layout, or that is no table or
            has other columns.
    """
    text = table_alone(delivery, "the tidy")
    columns = columns_of(delivery.dataset)
    known = [each.header for each in columns]
    optional = [each.header for each in columns if each.optional]
    if wrong := list(header_faults(text.file, text.header, known, _unknown, optional)):
        # Whoever's the rows are, none of their cells is shown.
        hidden = [replace(fault, value="") for fault in text.faults]
        raise DeliveryRefusedError(delivery.name, [*wrong, *hidden, *text.ragged_faults()])
    if (rows := len(text.rows) + len(text.ragged)) > MOST_ROWS:
        expected = f"a row for each key, at most {MOST_ROWS}, not {rows}"
        raise refusal(text.file, expected, COUNTS_OR_RECORDS)
    text, others = _of_regions(text, columns)
    text, abroad = _without_abroad(text)
    values, unread, faults = _values(text, columns)
    types = TABLES[f"observed.{delivery.dataset}"].polars_schema()
    return Cells(
        [(text.file, line) for line, _ in text.rows],
        {each.column: each.header for each in columns},
        notes={**text.notes, **({OF_NO_REGION: abroad} if abroad else {})},
        faults=[*text.faults, *text.ragged_faults(), *others, *faults],
        unread=frozenset(unread),
        rows=pl.DataFrame(values, schema={each.column: types[each.column] for each in columns}),
    )


def _of_regions(text: TextTable, columns: tuple[TidyColumn, ...]) -> tuple[TextTable, list[Fault]]:
    """The table without lines that are no region's, as people leave them in a table; each is a fault."""
    regions = {each.header for each in columns if each.kind == "region"}
    others: dict[int, Fault] = {}
    for line, row in chain[tuple[int, Sequence[str | None]]](text.rows, text.ragged):
        cells = [spaced(cell or "") for cell in row]
        named = zip(text.header, cells, strict=False)
        totals = [cell for name, cell in named if name in regions and is_country(cell)]
        if cells == text.header:
            what = "the header once more"
        elif is_note(cells):
            what = "a note"
        elif totals:
            what = "the country's or a total"
        else:
            continue
        value, expected = "".join(totals[:1]), f"a region's row, not {what}"
        others[line] = Fault(text.file, line, "", value, expected, "Remove the line.")
    rows = [(line, row) for line, row in text.rows if line not in others]
    ragged = [(line, row) for line, row in text.ragged if line not in others]
    return replace(text, rows=rows, ragged=ragged), [*others.values()]


def _without_abroad(text: TextTable) -> tuple[TextTable, int]:
    """The table without the rows of patients who have no home region, and how many those were."""
    if HOME not in text.header:
        return text, 0
    place = text.header.index(HOME)
    rows = [(line, row) for line, row in text.rows if spaced(row[place] or "") != ABROAD]
    return replace(text, rows=rows), len(text.rows) - len(rows)


def _values(
    text: TextTable, columns: tuple[TidyColumn, ...]
) -> tuple[dict[str, list[str | int | None]], set[tuple[int, str]], list[Fault]]:
    """Each column's values; the cells that have none because of a fault; and the faults."""
    faults: list[Fault] = []
    unread: set[tuple[int, str]] = set()
    words = vocabulary()
    parsers = {**PARSERS, "region": region_parser()}
    values: dict[str, list[str | int | None]] = {column.column: [] for column in columns}
    places = {name: place for place, name in enumerate(text.header)}
    headers = [each.header for each in columns if each.kind == "region"]
    cells = (row[places[name]] or "" for name in headers for _, row in text.rows)
    national = county_codes(text.file, cells)
    for column in columns:
        if column.header not in places:
            values[column.column] = [None] * len(text.rows)
            continue
        parser = parsers[column.kind]
        if column.column in words:
            parser = partial(parse_word, words=words[column.column])
        codes = national if column.kind == "region" else {}  # A count of 12 is no region.
        understood: dict[str | None, str | int | CellError | None] = {None: None}
        for number, (line, row) in enumerate(text.rows):
            cell = row[places[column.header]]
            if cell is not None and cell not in understood:
                try:
                    understood[cell] = parser(codes.get(cell, cell))
                except CellError as error:
                    understood[cell] = error
            value = understood[cell]
            if isinstance(value, CellError):
                told = SHOWN[column.kind](cell or "")
                faults.append(Fault(text.file, line, column.header, told, str(value), value.advice))
            if cell is None or isinstance(value, CellError):
                unread.add((number, column.column))
            values[column.column].append(None if isinstance(value, CellError) else value)
    return values, unread, faults


def _unknown(place: int, header: str) -> Told:
    if not header:
        return f"column {place}", "", "Give the column its name, or leave it out."
    return shown_header(place, header), shown_name(header), "Remove or rename the column."


def _headers(dataset: str) -> list[frozenset[str]]:
    return [frozenset(column.header for column in columns_of(dataset))]


TIDY = Layout("tidy", _headers, read_tidy)
