"""Who has reported what by when: months measured, their days, and the regions that are missing.

A region has reported a month of waiting times in full when every count that the rules use is there,
for each measure; one with only some of them has reported in part. For operations any row is a
report: a key that is missing is zero (interpretation I-13).
"""

from datetime import date
from typing import NamedTuple

import polars as pl

from rules.requirement import Reports
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.months import add_months
from schemas.table import Table


class ReportDue(NamedTuple):
    """A month of a dataset as a scheme needs it.

    Attributes:
        scheme, dataset, month: what.
        due: the day by which it is to be reported, that day included.
        missing: codes of regions that have reported nothing of it.
        partial: codes of regions that have reported a part of it.
        regions: codes of all regions that take part.
    """

    scheme: str
    dataset: str
    month: date
    due: date
    missing: tuple[str, ...]
    partial: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def is_in(self) -> bool:
        """Whether every region has reported in full."""
        return not self.missing and not self.partial

    def days_late(self, today: date) -> int:
        """How many days the month is past its day; 0 if it is in, or not due yet."""
        return 0 if self.is_in else max(0, (today - self.due).days)


def reports_due(scheme: Scheme, observed: Inputs, today: date) -> list[ReportDue]:
    """The months that the scheme measures and that are over, of each dataset it rests on.

    Args:
        scheme: which one.
        observed: the datasets of its requirements, of at least those months.
        today: the day it is.
    """
    reports: dict[type[Table], Reports] = {}
    for requirement in scheme.requirements.values():
        for each in requirement.reports(observed):
            reports.setdefault(each.table, each)
    return [
        _report_due(scheme, of_dataset, month)
        for of_dataset in reports.values()
        for month in scheme.measured_months
        if add_months(month, 1) <= today
    ]


def _report_due(scheme: Scheme, reports: Reports, month: date) -> ReportDue:
    of_month = reports.given.filter(pl.col("month") == month)
    given = dict(of_month.select("region_code", "given").iter_rows())
    return ReportDue(
        scheme.name,
        reports.table.qualified_name().partition(".")[2],
        month,
        scheme.due(month),
        tuple(code for code in scheme.regions if not given.get(code, 0)),
        tuple(code for code in scheme.regions if 0 < given.get(code, 0) < reports.full),
        scheme.regions,
    )
