"""What stands in a delivery twice: a file's bytes, or the counts of a measure under another's name."""

import polars as pl

from deliveries.delivered import Delivery
from deliveries.faults import Fault
from deliveries.layouts.cells import Cells, Remark
from deliveries.layouts.vantetider import VANTETIDER

REGIONS_ALIKE = 5
"""Regions with counts from which two measures cannot be alike in all of them."""


def files_alike(delivery: Delivery, layout: str) -> list[Fault]:
    """Files whose bytes are another's: the same rows would count twice.

    The page's tables each have a name of their own: what is in them is compared, not their bytes.
    """
    if layout == VANTETIDER.name:
        return []
    first: dict[str, str] = {}
    expected = "other bytes than those of {}, which are the same"
    advice = "Leave one of the two, or deliver what this one should hold."
    return [
        Fault(file.name, None, "", "", expected.format(other), advice)
        for file in delivery.files
        if (other := first.setdefault(file.sha256, file.name)) != file.name
    ]


def measures_alike(cells: Cells) -> tuple[list[Fault], list[Remark]]:
    """The measures whose every count, in every region, is another measure's.

    Chance does not make that: a table was saved under two names, which is a fault. Only one kind of
    count alike is no sign, for the same people may wait for two things. That *all* measures have one
    and the same count in a region, of those completed and of those who wait, no slip makes either:
    one table was written for all of them, as in a trial. It is taken, and remarked on.
    """
    figures = [name for name in ("completed", "waiting") if name in cells.headers]
    if "measure" not in cells.rows.columns or not figures:
        return [], []
    counts = cells.rows.drop_nulls("measure").filter(pl.any_horizontal(pl.col(figures) > 0))
    faults: list[Fault] = []
    seen: dict[tuple[tuple[str | int, ...], ...], str] = {}
    for measure in counts["measure"].unique().sort():
        of_it = counts.filter(pl.col("measure") == measure).sort("region_code")
        key = tuple(of_it.select("region_code", *figures).iter_rows())
        if len(key) >= REGIONS_ALIKE and (other := seen.setdefault(key, measure)) != measure:
            row = int((cells.rows["measure"] == measure).arg_max() or 0)
            file, _ = cells.place(row, figures[0])
            expected = f"the counts of {measure}, not those of {other} once more"
            advice = "Export the measure's own table, and deliver it under its name."
            faults.append(Fault(file, None, cells.headers[figures[0]], "", expected, advice))
    if faults and _is_one_table(counts, figures):
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
    return faults, []


def _is_one_table(counts: pl.DataFrame, figures: list[str]) -> bool:
    """Whether whatever was counted in a region is one and the same number."""
    numbers = counts.unpivot(figures, index="region_code").drop_nulls("value")
    return not numbers.group_by("region_code").agg(pl.col("value").n_unique())["value"].gt(1).any()
