"""Two versions of a table's rows, cell by cell."""

import polars as pl

from schemas.table import Table

ABSENT = "no row"
MISSING = "no value"

CELLS: dict[str, pl.DataType] = {
    "row": pl.String(),
    "column": pl.String(),
    "recorded": pl.String(),
    "again": pl.String(),
}
"""The columns of what `differing_cells` returns."""


def differing_cells(
    table: type[Table], recorded: pl.DataFrame, again: pl.DataFrame
) -> pl.DataFrame:
    """Every cell that is not the same in the table's rows as recorded, and as they came out again, in order of key.

    Returns:
        `row` (the key's values), `column`, and the two values as text; a row that only one has is
        a line for each of its cells.
    """
    if recorded.equals(again):
        return pl.DataFrame(schema=CELLS)
    key = table.key()
    values = [name for name in table.polars_schema() if name not in key]
    both = _long(recorded, key, values, "recorded").join(
        _long(again, key, values, "again"), on=["row", "column"], how="full", coalesce=True
    )
    return (
        both.with_columns(pl.col("recorded", "again").fill_null(ABSENT))
        .filter(pl.col("recorded") != pl.col("again"))
        .select(pl.col(name).cast(kind) for name, kind in CELLS.items())
        .sort("row", "column")
    )


def _long(frame: pl.DataFrame, key: list[str], values: list[str], name: str) -> pl.DataFrame:
    """A line a cell: its row, its column, and its value as text."""
    row = pl.concat_str([pl.col(each).cast(pl.String) for each in key], separator=" ").alias("row")
    texts = [pl.col(each).cast(pl.String).fill_null(MISSING) for each in values]
    return frame.select(row, *texts).unpivot(
        index="row", on=values, variable_name="column", value_name=name
    )
