"""From deliveries to observed tables: layout recognised, cells read, every value checked."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl
from pandera.errors import SchemaErrors

from deliveries.alike import measures_alike
from deliveries.delivered import Delivery, refusal
from deliveries.faults import DeliveryRefusedError, Fault, shown_name, shown_share
from deliveries.layouts.cells import Cells, Remark
from deliveries.wall import understand
from deliveries.withdrawal import LAYOUT, is_withdrawal
from schemas.table import Table
from schemas.tables import TABLES

UNIQUENESS = "multiple_fields_uniqueness"
"""What Pandera calls it if a key stands there twice."""


@dataclass(frozen=True)
class Observed:
    """A delivery that was read and found right: its table's rows, and what was seen on the way.

    Attributes:
        delivery, table, layout: what it is.
        rows: the table's.
        notes, remarks: as of its cells.
        counting: the names of its files that hold a count above zero.
    """

    delivery: Delivery
    table: type[Table]
    rows: pl.DataFrame
    layout: str
    notes: Mapping[str, str | int]
    remarks: Sequence[Remark] = ()
    counting: frozenset[str] = frozenset()


@dataclass(frozen=True)
class _Read:
    """A delivery whose cells are read and typed, with all of its table's columns, but not yet checked."""

    delivery: Delivery
    cells: Cells


def read_deliveries(
    delivered: Sequence[Delivery],
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """The deliveries of one dataset, each read whole or refused whole.

    Args:
        delivered: deliveries of one dataset, each of another month.

    Returns:
        The deliveries found right, in order, and the refusals, each with every fault found.
    """
    read, refused = [], []
    for delivery in delivered:
        try:
            read.append(_read(delivery))
        except DeliveryRefusedError as error:
            refused.append(error)
    good, faulty = _checked(read)
    return good, refused + faulty


def _read(delivery: Delivery) -> _Read:
    if is_withdrawal(delivery):
        empty = _table(delivery).without_rows()
        notes = {"withdrawn": "the month counts as not reported"}
        return _Read(delivery, Cells([], {}, notes, layout=LAYOUT, rows=empty))
    cells = understand(delivery)
    found, remarks = measures_alike(cells)
    faults = [*cells.faults, *found]
    if cells.rows.is_empty() and not faults:
        # A file cut off after its header would else say that no region reported.
        advice = "Deliver the whole file; without a delivery the month counts as not reported."
        raise refusal(delivery.name, "at least one region's row", advice)
    missing = {
        name: pl.lit(None, kind)
        for name, kind in _table(delivery).polars_schema().items()
        if name not in cells.rows.columns
    }
    known = {"month": pl.lit(delivery.month), "delivery_id": pl.lit(str(delivery.delivery_id))}
    rows = cells.rows.with_columns(**{**missing, **known})
    remarks = [*cells.remarks, *remarks]
    return _Read(delivery, replace(cells, rows=rows, faults=faults, remarks=remarks))


def _table(delivery: Delivery) -> type[Table]:
    return TABLES[f"observed.{delivery.dataset}"]


def _checked(read: list[_Read]) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """All deliveries checked by their model in one pass; if some fail, the rest once more."""
    if not read:
        return [], []
    table = _table(read[0].delivery)
    columns = table.polars_schema()
    found: dict[int, list[Fault]] = {}
    rows = pl.concat([each.cells.rows.select(columns.keys()) for each in read])
    try:
        rows = table.conform(rows)
    except SchemaErrors as error:
        found = _faults(read, table, error.failure_cases)
    faulty = {
        number: [*each.cells.faults, *found.get(number, [])]
        for number, each in enumerate(read)
        if each.cells.faults or number in found
    }
    if faulty:
        good, _ = _checked([each for number, each in enumerate(read) if number not in faulty])
        return good, [
            DeliveryRefusedError(read[number].delivery.name, faults, read[number].cells.notes)
            for number, faults in faulty.items()
        ]
    months = rows.partition_by("month", as_dict=True)
    return [
        Observed(
            each.delivery,
            table,
            months.get((each.delivery.month,), table.without_rows()),
            each.cells.layout,
            each.cells.notes,
            each.cells.remarks,
            _counting(each),
        )
        for each in read
    ], []


def _counting(read: _Read) -> frozenset[str]:
    """The files with a count above zero; all of them, where the rows were counted from all together."""
    cells, delivery = read.cells, read.delivery
    counts = cells.rows.select(pl.col(pl.Int64) > 0)
    found = {
        cells.place(row, name)[0] for name in counts.columns for row in counts[name].arg_true()
    }
    return frozenset(file.name for file in delivery.files if found & {file.name, delivery.name})


def _faults(
    read: list[_Read], table: type[Table], failures: pl.DataFrame
) -> dict[int, list[Fault]]:
    """Pandera's failures as faults of the deliveries, by their place in `read`.

    A rule that looks at a cell which has a fault already says nothing new, and is left out.
    """
    places = [
        (number, index)
        for number, each in enumerate(read)
        for index in range(each.cells.rows.height)
    ]
    told = [set(each.cells.unread) for each in read]
    found: dict[int, list[Fault]] = {}
    # A column's own rules first: those that compare columns then know which cells are faulty.
    for failure in sorted(failures.iter_rows(named=True), key=_compares_columns):
        # A failure without a place in the data is the model's, not a delivery's.
        number, index = places[failure["index"]]
        involved = _involved(read[number], table, failure)
        if any((index, column) in told[number] for column in involved):
            continue
        if not _compares_columns(failure):
            told[number].add((index, involved[0]))
        fault = _fault(read[number], index, involved, failure)
        found.setdefault(number, []).append(fault)
    return found


def _compares_columns(failure: Mapping[str, object]) -> bool:
    return failure["schema_context"] != "Column"


def _involved(each: _Read, table: type[Table], failure: Mapping[str, object]) -> list[str]:
    """The columns that the failed rule looks at, of those that the sender wrote."""
    headers = each.cells.headers
    check = str(failure["check"])
    if not _compares_columns(failure):
        return [str(failure["column"])]
    if check == UNIQUENESS:
        return [name for name in table.key() if name in headers]
    named = set(re.findall(r"\w+", check))
    return [name for name in headers if name in named]


def _fault(each: _Read, index: int, involved: list[str], failure: Mapping[str, object]) -> Fault:
    headers, rows = each.cells.headers, each.cells.rows
    check = str(failure["check"])
    file, line = each.cells.place(index, involved[0] if involved else "")
    header, value, expected = "", "", _expected(check)
    if not _compares_columns(failure):
        header = headers.get(involved[0], "")
        value = _told(failure["failure_case"])
    else:
        value = ", ".join(
            f"{headers[name]} {_told(rows.item(index, name))}" for name in involved
        ) + _whole(rows, index, involved)
        if check == UNIQUENESS:
            expected = "one row for each " + ", ".join(headers[name] for name in involved)
        else:
            expected = re.sub(r"\w+", lambda word: _called(headers, word[0]), check)
    advice = "Correct the row and deliver the month again under a later day."
    return Fault(file, line, header, value, expected, advice)


def _whole(rows: pl.DataFrame, index: int, involved: list[str]) -> str:
    """All inhabitants of the row's region, where a rule compares its count with theirs; else nothing."""
    if not {"region_code", "population"} <= {*involved}:
        return ""
    of_region = rows.filter(pl.col("region_code") == rows.item(index, "region_code"))
    whole = of_region.filter(pl.col("age_group") == "all")["population"].max()
    return f", all {_told(whole)}"


def _called(headers: Mapping[str, str], word: str) -> str:
    """A word of a rule, in the sender's own where it is the name of a column."""
    header = headers.get(word, word)
    return word if header == word else f"'{header}'"


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
    if not isinstance(value, str):
        return "" if value is None else str(value)
    # Of words a region's name may be shown, of figures an age: 0-18.
    return value if shown_name(value) == value else shown_share(value)
