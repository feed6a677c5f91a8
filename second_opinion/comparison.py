"""Rows beside the rows that the queries make of the same inputs: cell by cell."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from schemas.table import Table

WHOLE_ROW = "(row)"
"""Stands for the column where one side has no such row at all."""


@dataclass(frozen=True)
class DifferingCell:
    """A cell that is not the same on both sides; `row` is the row's key, in words."""

    row: str
    column: str
    computed: str
    second_opinion: str


def differing_cells(
    table: type[Table], computed: pl.DataFrame, second_opinion: pl.DataFrame
) -> list[DifferingCell]:
    """Every cell that differs, in order of key; none if the two are equal.

    Args:
        table: the model; only its columns are compared.
        computed: the rows that are to be recorded.
        second_opinion: the rows of the same months as the query makes them.
    """
    ours, theirs = (_in_order(table, each) for each in (computed, second_opinion))
    if ours.equals(theirs):
        return []
    key = table.key()
    joined = ours.with_columns(_ours=True).join(
        theirs.with_columns(_theirs=True), on=key, how="full", coalesce=True, suffix=":theirs"
    )
    columns = [name for name in table.polars_schema() if name not in key]
    return [
        cell
        for row in joined.sort(key).iter_rows(named=True)
        for cell in _of_row(row, key, columns)
    ]


def _of_row(
    row: dict[str, object], key: Sequence[str], columns: Sequence[str]
) -> list[DifferingCell]:
    name = ", ".join(str(row[column]) for column in key if row[column] != "")
    if not (row["_ours"] and row["_theirs"]):
        sides = ("there" if row[side] else "missing" for side in ("_ours", "_theirs"))
        return [DifferingCell(name, WHOLE_ROW, *sides)]
    return [
        DifferingCell(name, column, _words(row[column]), _words(row[f"{column}:theirs"]))
        for column in columns
        if row[column] != row[f"{column}:theirs"]
    ]


def _in_order(table: type[Table], rows: pl.DataFrame) -> pl.DataFrame:
    return rows.select(
        pl.col(name).cast(kind) for name, kind in table.polars_schema().items()
    ).sort(table.key())


def _words(value: object) -> str:
    return "missing" if value is None else str(value)
