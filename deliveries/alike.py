"""Counts that stand there twice: those of a measure under another's name, or of a month in another's folder."""

from collections.abc import Iterator, Sequence
from datetime import date

import polars as pl

from deliveries.faults import Fault
from deliveries.layouts.cells import Cells, Remark
from deliveries.layouts.vantetider import VANTETIDER

REGIONS_ALIKE = 5
"""Regions with counts from which two measures cannot be alike in all of them."""


VALUES_ALIKE = 10
"""Different counts above zero from which a table cannot be alike in all of them by chance."""

SIDES = (("completed", "completed_within_30"), ("waiting", "waiting_within_30"))
TABLES = {VANTETIDER.name: SIDES}
WHOLE = (("completed", "waiting"),)
"""What a table counts of a measure, in the page's layout and in others."""


def measures_alike(cells: Cells) -> tuple[list[Fault], list[Remark]]:
    """The measures whose every count, in every region, is another's; on the page, those of one table.

    Chance does not make that: a table was saved under two names, which is a fault. That *all*
    measures have one and the same count in a region, of those completed and of those who wait, no
    slip makes either: one table was written for all of them, as in a trial. It is taken, and
    remarked on.
    """
    tables = [each for each in TABLES.get(cells.layout, WHOLE) if {*each} <= cells.headers.keys()]
    if "measure" not in cells.rows.columns or not tables:
        return [], []
    counts = cells.rows.drop_nulls("measure")
    faults: dict[tuple[str, str], Fault] = {}
    for figures in tables:
        counted = counts.filter(pl.any_horizontal(pl.col(figures) > 0))
        seen: dict[tuple[tuple[str | int, ...], ...], str] = {}
        for measure in counted["measure"].unique().sort():
            of_it = counted.filter(pl.col("measure") == measure).sort("region_code")
            key = tuple(of_it.select("region_code", *figures).iter_rows())
            if len(key) >= REGIONS_ALIKE and (other := seen.setdefault(key, measure)) != measure:
                row = int((cells.rows["measure"] == measure).arg_max() or 0)
                file, _ = cells.place(row, figures[0])
                expected = f"the counts of {measure}, not those of {other} once more"
                advice = "Export the measure's own table, and deliver it under its name."
                fault = Fault(file, None, cells.headers[figures[0]], "", expected, advice)
                faults.setdefault((file, measure), fault)
    if faults and _is_one_table(counts, WHOLE[0]):
        return [], [
            Remark(
                "one table for all measures",
                "",
                "",
                "all counts",
                "alike, completed and waiting",
                "a table of its own for each measure and side",
            )
        ]
    return [*faults.values()], []


def tables_of(rows: pl.DataFrame) -> Iterator[tuple[date, str, int]]:
    """Of each table that stands in an observed table's rows its month, what it is called, and a hash of its counts.

    A table is what is exported as one: those completed of a measure, those who wait, all operations. Its
    hash is another one only if a count is. One with few different counts may be like another by chance,
    and is left out.
    """
    sides: Sequence[Sequence[str]] = [side for side in SIDES if {*side} <= {*rows.columns}]
    sides = sides or [[name for name, kind in rows.schema.items() if kind == pl.Int64]]
    by = ["month", *({"measure"} & {*rows.columns})]
    keys = {name for name, kind in rows.schema.items() if kind == pl.String} - {*by, "delivery_id"}
    for side in sides:
        counts = pl.concat_list(side).explode()
        found = (
            rows.filter(pl.any_horizontal(pl.col(side) > 0))
            .group_by(by)
            .agg(
                pl.struct(sorted({*keys, *side})).hash().sum(),
                values=counts.filter(counts > 0).n_unique(),
            )
            .filter(pl.col("values") >= VALUES_ALIKE)
        )
        for month, *measure, table, _ in found.sort(by).iter_rows():
            yield month, " ".join([*measure, side[0]]), table


def _is_one_table(counts: pl.DataFrame, figures: Sequence[str]) -> bool:
    """Whether whatever was counted in a region is one and the same number."""
    numbers = counts.unpivot(figures, index="region_code").drop_nulls("value")
    return not numbers.group_by("region_code").agg(pl.col("value").n_unique())["value"].gt(1).any()
