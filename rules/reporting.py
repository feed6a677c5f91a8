"""Who has reported what by when: months measured, their days, and the regions that lack.

A region has reported a month of waiting times in full when every count that the rules use is there,
for each measure; one with only some of them has reported in part. For operations any row is a
report: a key that lacks is zero (interpretation I-13).
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from rules.scheme import Scheme
from schemas.months import add_months

COUNTS = ("completed", "completed_within_30", "waiting", "waiting_within_30")
"""The counts of a measure that a report needs; patients' own choice is told where it is known."""


class Standing(NamedTuple):
    """A month of a dataset as a scheme needs it.

    Attributes:
        scheme, dataset, month: what.
        due: the day by which it is to be reported, that day included.
        missing: codes of regions that have reported nothing of it.
        partial: codes of regions that have reported a part of it.
    """

    scheme: str
    dataset: str
    month: date
    due: date
    missing: tuple[str, ...]
    partial: tuple[str, ...]

    @property
    def is_in(self) -> bool:
        """Whether every region has reported in full."""
        return not self.missing and not self.partial

    def days_late(self, today: date) -> int:
        """How many days the month is past its day; 0 if it is in, or not due yet."""
        return 0 if self.is_in else max(0, (today - self.due).days)


def waiting_time_reports(
    scheme: Scheme, observed: pl.DataFrame, regions: Sequence[str], today: date
) -> list[Standing]:
    """The months of waiting times that the scheme measures and that are over.

    Args:
        scheme: which one; without a waiting-time requirement it needs none.
        observed: `observed.waiting_times` of at least those months.
        regions: codes of the register.
        today: the day it is.
    """
    if scheme.waiting_time is None:
        return []
    measures = scheme.waiting_time.measures()
    counted = (
        observed.filter(pl.col("measure").is_in(measures))
        .group_by("month", "region_code")
        .agg(given=pl.sum_horizontal(pl.col(name).count() for name in COUNTS))
    )
    return _standings(scheme, "waiting_times", counted, len(measures) * len(COUNTS), regions, today)


def surgery_reports(
    scheme: Scheme, observed: pl.DataFrame, regions: Sequence[str], today: date
) -> list[Standing]:
    """The months of operations that the scheme measures and that are over.

    Arguments as for `waiting_time_reports`, with `observed.surgeries`.
    """
    if scheme.surgery is None:
        return []
    counted = (
        observed.filter(pl.col("operations").is_not_null())
        .group_by("month", region_code="home_region_code")
        .agg(given=pl.lit(1, pl.Int64))
    )
    return _standings(scheme, "surgeries", counted, 1, regions, today)


def _standings(
    scheme: Scheme,
    dataset: str,
    counted: pl.DataFrame,
    full: int,
    regions: Sequence[str],
    today: date,
) -> list[Standing]:
    """The months that are over; `counted` holds how much each region gave, `full` is all of it."""
    given = {(month, code): number for month, code, number in counted.iter_rows()}
    return [
        Standing(
            scheme.name,
            dataset,
            month,
            scheme.due(month),
            tuple(code for code in regions if not given.get((month, code), 0)),
            tuple(code for code in regions if 0 < given.get((month, code), 0) < full),
        )
        for month in scheme.measured_months
        if add_months(month, 1) <= today
    ]
