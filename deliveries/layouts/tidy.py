"""The tidy layout: one file a delivery, one row a key, headers exact, order of columns free."""

import tomllib
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, TypeAdapter

from deliveries.cells import CellError, parse_count, parse_region, spaced
from deliveries.delivered import Delivery
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.formats.table_files import read_table
from deliveries.formats.text_files import TextTable, UnreadableError
from deliveries.layouts.cells import Cells, Layout, Vocabulary
from schemas.tables import TABLES

DATA = Path(__file__).with_name("tidy.toml")


class TidyColumn(BaseModel):
    """A column of the layout: its header, the table's column, and what its cells hold."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    header: str
    column: str
    kind: Literal["region", "name", "count"]
    optional: bool = False


PARSERS: Mapping[str, Callable[[str], str | int | None]] = {
    "region": parse_region,
    "name": spaced,
    "count": parse_count,
}

ADVICE = {
    "region": "Write the county code, such as 01.",
    "name": "Write one of the layout's names, in lower case.",
    "count": "Write the number, or .. if it is not available.",
}


@cache
def columns_of(dataset: str) -> tuple[TidyColumn, ...]:
    """The columns of a dataset in the tidy layout. Source: `tidy.toml`."""
    content = tomllib.loads(DATA.read_text(encoding="utf-8"))
    return TypeAdapter(tuple[TidyColumn, ...]).validate_python(content[dataset]["columns"])


def read_tidy(delivery: Delivery, vocabulary: Vocabulary) -> Cells:
    """The delivery's rows in the columns of its table, and every cell that cannot be understood.

    Raises:
        DeliveryRefusedError: if it has more than the one file of the layout, or that is no table.
    """
    if len(delivery.files) != 1:
        names = ", ".join(file.name for file in delivery.files)
        advice = "Leave one file for the day, or give the correction a later day."
        raise DeliveryRefusedError(
            delivery.name,
            [Fault(names, None, "", names, "one file a day in the tidy layout", advice)],
        )
    try:
        text = read_table(delivery.files[0])
    except UnreadableError as error:
        raise DeliveryRefusedError(delivery.name, error.faults) from error
    columns = columns_of(delivery.dataset)
    values, unread, faults = _values(text, columns, vocabulary)
    types = TABLES[f"observed.{delivery.dataset}"].polars_schema()
    return Cells(
        pl.DataFrame(values, schema={each.column: types[each.column] for each in columns}),
        [(text.file, line) for line, _ in text.rows],
        {each.column: each.header for each in columns},
        faults=[*text.faults, *_header_faults(text, columns), *faults],
        unread=frozenset(unread),
    )


def _values(
    text: TextTable, columns: tuple[TidyColumn, ...], vocabulary: Vocabulary
) -> tuple[dict[str, list[str | int | None]], set[tuple[int, str]], list[Fault]]:
    """Each column's values; the cells that have none because of a fault; and the faults."""
    faults: list[Fault] = []
    unread: set[tuple[int, str]] = set()
    values: dict[str, list[str | int | None]] = {column.column: [] for column in columns}
    for column in columns:
        # Which of two columns of one name was meant cannot be said: neither is read.
        position = (
            text.header.index(column.header) if text.header.count(column.header) == 1 else None
        )
        absent = column.optional and column.header not in text.header
        for number, (line, row) in enumerate(text.rows):
            cell = None if position is None else row[position]
            value = None if cell is None else _parsed(text.file, line, cell, column, vocabulary)
            if isinstance(value, Fault):
                faults.append(value)
            if isinstance(value, Fault) or (cell is None and not absent):
                unread.add((number, column.column))
            values[column.column].append(None if isinstance(value, Fault) else value)
    return values, unread, faults


def _header_faults(text: TextTable, columns: tuple[TidyColumn, ...]) -> Iterator[Fault]:
    known = [column.header for column in columns]
    needed = [column.header for column in columns if not column.optional]
    expected = "the columns " + ";".join(known)
    for header in needed:
        if header not in text.header:
            yield Fault(text.file, 1, header, "", expected, f"Add the column '{header}'.")
    for header in sorted(set(text.header)):
        if header not in known:
            yield Fault(text.file, 1, header, header, expected, "Remove or rename the column.")
        if text.header.count(header) > 1:
            yield Fault(text.file, 1, header, header, "each column once", "Remove one of the two.")


def _parsed(
    file: str, line: int, cell: str, column: TidyColumn, vocabulary: Vocabulary
) -> str | int | Fault | None:
    try:
        value = PARSERS[column.kind](cell)
    except CellError as error:
        return Fault(file, line, column.header, cell, str(error), ADVICE[column.kind])
    words = vocabulary.get(column.column)
    if words is not None and value not in words:
        expected = "one of " + ", ".join(sorted(words))
        return Fault(file, line, column.header, cell, expected, ADVICE[column.kind])
    return value


def _headers(dataset: str) -> list[frozenset[str]]:
    return [frozenset(column.header for column in columns_of(dataset))]


TIDY = Layout("tidy", _headers, read_tidy)
