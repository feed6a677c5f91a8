"""Who has reported what by when: months measured, their days, and the regions that are missing.

A region has reported a month of waiting times in full when every count that the rules use is there,
for each measure; one with only some of them has reported in part. For operations any row is a
report of each procedure that the delivery has: a key that is missing is zero. A procedure that it
has no row of, whatever the region, is missing (interpretation I-13).
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from rules.planning import Missing
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
        lacking: what is asked for and no region reported, such as a procedure.
        regions: codes of all regions that take part.
    """

    scheme: str
    dataset: str
    month: date
    due: date
    missing: tuple[str, ...]
    partial: tuple[str, ...]
    lacking: tuple[str, ...]
    regions: tuple[str, ...]

    @property
    def is_in(self) -> bool:
        """Whether every region has reported in full."""
        return not self.missing and not self.partial

    def days_late(self, today: date) -> int:
        """How many days the month is past its day; 0 if it is in, or not due yet."""
        return 0 if self.is_in else max(0, (today - self.due).days)


def reports_due(scheme: Scheme, observed: Inputs, today: date) -> list[ReportDue]:
    """The months that the scheme measures and that are over, of each dataset it rests on; `observed` has at least them."""
    return [
        _report_due(scheme, of_dataset, month)
        for of_dataset in _reports(scheme, observed)
        for month in scheme.measured_months
        if add_months(month, 1) <= today
    ]


def lacking(
    scheme: Scheme, observed: Inputs, looked_at: Mapping[str, Sequence[date]]
) -> list[Missing]:
    """Of the months looked at, by dataset, those whose delivery lacks something for all regions, as `Plan.not_at_hand` has those without one."""
    return [
        Missing(_dataset(each), month, lacking=each.lacking[month])
        for each in _reports(scheme, observed)
        for month in looked_at.get(_dataset(each), ())
        if each.lacking.get(month)
    ]


def _reports(scheme: Scheme, observed: Inputs) -> Iterator[Reports]:
    """How much of each dataset was reported, each once."""
    found: dict[type[Table], Reports] = {}
    for requirement in scheme.requirements.values():
        for each in requirement.reports(observed):
            found.setdefault(each.table, each)
    yield from found.values()


def _dataset(reports: Reports) -> str:
    return reports.table.qualified_name().partition(".")[2]


def _report_due(scheme: Scheme, reports: Reports, month: date) -> ReportDue:
    of_month = reports.given.filter(pl.col("month") == month)
    given = dict(of_month.select("region_code", "given").iter_rows())
    return ReportDue(
        scheme.name,
        _dataset(reports),
        month,
        scheme.due(month),
        tuple(code for code in scheme.regions if not given.get(code, 0)),
        tuple(code for code in scheme.regions if 0 < given.get(code, 0) < reports.full),
        reports.lacking.get(month, ()),
        scheme.regions,
    )
