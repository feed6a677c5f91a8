"""The tidy layout: one CSV file a delivery, one row a key, headers exact, order of columns free."""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

import polars as pl

from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.table import Table
from storage.cells import CellError, parse_count, parse_region, spaced
from storage.deliveries import Delivery
from storage.faults import DeliveryRefusedError, Fault
from storage.text_files import TextTable, UnreadableError, read_csv

NAME = "tidy"

Vocabulary = Mapping[str, Collection[str]]
"""Words that a column may hold, by the table's column: the measures, the procedures."""


@dataclass(frozen=True)
class TidyColumn:
    """A column of the layout: its header, the table's column, and what its cells hold."""

    header: str
    column: str
    kind: Literal["region", "name", "count"]
    optional: bool = False


LAYOUT: Mapping[str, tuple[type[Table], tuple[TidyColumn, ...]]] = {
    "population": (
        Population,
        (
            TidyColumn("region", "region_code", "region"),
            TidyColumn("age_group", "age_group", "name"),
            TidyColumn("population", "population", "count"),
        ),
    ),
    "waiting_times": (
        WaitingTimes,
        (
            TidyColumn("region", "region_code", "region"),
            TidyColumn("measure", "measure", "name"),
            TidyColumn("completed", "completed", "count"),
            TidyColumn("completed_within_30", "completed_within_30", "count"),
            TidyColumn("waiting", "waiting", "count"),
            TidyColumn("waiting_within_30", "waiting_within_30", "count"),
            TidyColumn("completed_patient_chosen", "completed_patient_chosen", "count", True),
        ),
    ),
    "surgeries": (
        Surgeries,
        (
            TidyColumn("home_region", "home_region_code", "region"),
            TidyColumn("procedure", "procedure", "name"),
            TidyColumn("performing_region", "performing_region_code", "region"),
            TidyColumn("provider_type", "provider_type", "name"),
            TidyColumn("operations", "operations", "count"),
        ),
    ),
}

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


def read_tidy(delivery: Delivery, vocabulary: Vocabulary) -> tuple[pl.DataFrame, list[int]]:
    """The delivery as the columns of its table, and the line that each row stands on.

    Raises:
        DeliveryRefusedError: naming every cell that cannot be understood, every header that lacks
            or is not known, and files beyond the one that the layout has.
    """
    if len(delivery.files) != 1:
        names = ", ".join(file.name for file in delivery.files)
        advice = "Leave one file for the day, or give the correction a later day."
        raise DeliveryRefusedError(
            delivery.name,
            [Fault(names, None, "", names, "one file a day in the tidy layout", advice)],
        )
    try:
        text = read_csv(delivery.files[0])
    except UnreadableError as error:
        raise DeliveryRefusedError(delivery.name, error.faults) from error
    table, columns = LAYOUT[delivery.dataset]
    faults = list(_header_faults(text, columns))
    if faults:
        raise DeliveryRefusedError(delivery.name, faults)
    values: dict[str, list[str | int | None]] = {}
    for column in columns:
        values[column.column] = []
        if column.header not in text.header:
            values[column.column] = [None] * len(text.rows)
            continue
        position = text.header.index(column.header)
        for line, row in text.rows:
            cell = _parsed(text.file, line, row[position], column, vocabulary)
            if isinstance(cell, Fault):
                faults.append(cell)
            else:
                values[column.column].append(cell)
    if faults:
        raise DeliveryRefusedError(delivery.name, faults)
    schema = {each.column: table.polars_schema()[each.column] for each in columns}
    return pl.DataFrame(values, schema=schema), [line for line, _ in text.rows]


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
