"""From deliveries to observed tables: layout recognised, cells read, every value checked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl
from pandera.errors import SchemaErrors

from schemas.table import Table
from schemas.tables import TABLES
from storage.deliveries import Delivery, refusal
from storage.faults import DeliveryRefusedError, Fault
from storage.layouts.cells import Cells, Vocabulary
from storage.layouts.recognition import recognise


@dataclass(frozen=True)
class Observed:
    """A delivery that was read and found right: its table's rows, and what was seen on the way."""

    delivery: Delivery
    table: type[Table]
    rows: pl.DataFrame
    layout: str
    notes: Mapping[str, str | int]


@dataclass(frozen=True)
class _Read:
    """A delivery whose cells are read and typed, but not yet checked."""

    delivery: Delivery
    layout: str
    cells: Cells
    rows: pl.DataFrame


def read_deliveries(
    delivered: Sequence[Delivery], vocabulary: Vocabulary
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """The deliveries of one dataset, each read whole or refused whole.

    Args:
        delivered: deliveries of one dataset, each of another month.
        vocabulary: words that a column may hold, by the table's column.

    Returns:
        The deliveries found right, in order, and the refusals, each with every fault found.
    """
    read, refused = [], []
    for delivery in delivered:
        try:
            read.append(_read(delivery, vocabulary))
        except DeliveryRefusedError as error:
            refused.append(error)
    good, faulty = _checked(read)
    return good, refused + faulty


def _read(delivery: Delivery, vocabulary: Vocabulary) -> _Read:
    layout = recognise(delivery)
    cells = layout.read(delivery, vocabulary)
    if cells.rows.is_empty():
        # A file cut off after its header would else say that no region reported.
        advice = "Deliver the whole file; without a delivery the month counts as not reported."
        raise refusal(delivery.name, "at least one region's row", advice)
    missing = {
        name: pl.lit(None, kind)
        for name, kind in _table(delivery).polars_schema().items()
        if name not in cells.rows.columns
    }
    known = {"month": pl.lit(delivery.month), "delivery_id": pl.lit(delivery.delivery_id)}
    return _Read(delivery, layout.name, cells, cells.rows.with_columns(**{**missing, **known}))


def _table(delivery: Delivery) -> type[Table]:
    return TABLES[f"observed.{delivery.dataset}"]


def _checked(read: list[_Read]) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """All deliveries checked by their model in one pass; if some fail, the rest once more."""
    if not read:
        return [], []
    table = _table(read[0].delivery)
    columns = table.polars_schema()
    try:
        rows = table.conform(pl.concat([each.rows.select(columns.keys()) for each in read]))
    except SchemaErrors as error:
        faults = _faults(read, table, error.failure_cases)
        refused = [
            DeliveryRefusedError(read[number].delivery.name, found)
            for number, found in faults.items()
        ]
        good, _ = _checked([each for number, each in enumerate(read) if number not in faults])
        return good, refused
    months = rows.partition_by("month", as_dict=True)
    return [
        Observed(
            each.delivery,
            table,
            months.get((each.delivery.month,), table.without_rows()),
            each.layout,
            each.cells.notes,
        )
        for each in read
    ], []


def _faults(
    read: list[_Read], table: type[Table], failures: pl.DataFrame
) -> dict[int, list[Fault]]:
    """Pandera's failures as faults of the deliveries, by their place in `read`."""
    places = [
        (number, index) for number, each in enumerate(read) for index in range(each.rows.height)
    ]
    found: dict[int, set[Fault]] = {}
    for failure in failures.iter_rows(named=True):
        # A failure without a place in the data is the model's, not a delivery's.
        number, index = places[failure["index"]]
        fault = _fault(read[number], index, table, failure)
        found.setdefault(number, set()).add(fault)
    return {number: sorted(faults, key=_by_line) for number, faults in found.items()}


def _fault(each: _Read, index: int, table: type[Table], failure: dict[str, object]) -> Fault:
    headers = each.cells.headers
    file, line = each.cells.places[index]
    check = str(failure["check"])
    header = headers.get(str(failure["column"]), "")
    value, expected = _told(failure["failure_case"]), _expected(check)
    if check == "multiple_fields_uniqueness":
        key = [name for name in table.key() if name in headers]
        value = _values(each.rows, index, key)
        expected = "one row for each " + ", ".join(headers[name] for name in key)
    elif not header:
        value = _values(each.rows, index, [name for name in headers if name in check])
    advice = "Correct the row and deliver the month again under a later day."
    return Fault(file, line, header, value, expected, advice)


WORDS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"^isin\(\[(.*)\]\)$"), lambda match: f"one of {match[1].replace(chr(39), '')}"),
    (re.compile(r"^not_nullable$"), lambda _: "a value; it may not be missing"),
    (re.compile(r"^greater_than_or_equal_to\((.*)\)$"), lambda match: f"at least {match[1]}"),
    (re.compile(r"^less_than\((.*)\)$"), lambda match: f"less than {match[1]}"),
    (re.compile(r"^str_matches\(.*$"), lambda _: "a name in lower case, without spaces"),
)
"""What Pandera calls a check, and how to say it to a sender."""


def _expected(check: str) -> str:
    for pattern, words in WORDS:
        if match := pattern.match(check):
            return words(match)
    return check


def _told(value: object) -> str:
    return "" if value is None else str(value)


def _by_line(fault: Fault) -> tuple[int, str, str]:
    return fault.row or 0, fault.column, fault.expected


def _values(rows: pl.DataFrame, index: int, names: list[str]) -> str:
    return ", ".join(f"{name} {_told(rows.item(index, name))}" for name in names)
