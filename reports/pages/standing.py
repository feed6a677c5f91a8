"""How the months of a dataset came in, region by region: in time, late, replaced, withdrawn, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import NamedTuple, Self

import polars as pl

from rules.reporting import ReportDue, reports_due
from rules.scheme import Scheme
from rules.small_numbers import Audience
from rules.step import Inputs
from schemas.audit import Deliveries
from schemas.deliveries import DeliveryId
from schemas.months import add_months, month_key
from schemas.reporting import Corrections, ReportingStatus


class Reported(NamedTuple):
    """A month of a dataset.

    Attributes:
        dataset, month: what.
        due: the day by which it was to come.
        counted: the delivery that counts; none where nothing came.
        first: the day of the first delivery.
        is_withdrawn: whether it only takes back what came before.
        files: names and SHA-256 of its files.
        lacking: what is asked for and no region reported, such as a procedure; nothing where all is withdrawn.
        states: for each region one of `in_time`, `late`, `partial`, `missing`.
        late: the regions whose first report came after the day, each with the day on which it did.
        replaced: the regions of whose report a later one gave some count otherwise, each with the latest day on
            which one did.
    """

    dataset: str
    month: date
    due: date
    counted: DeliveryId | None
    first: date | None
    is_withdrawn: bool
    files: Sequence[tuple[str, str]]
    lacking: Sequence[str]
    states: Mapping[str, str]
    late: Mapping[str, date]
    replaced: Mapping[str, date]

    def told_to(self, audience: Audience) -> Self:
        """The month as these readers see it: for the public without a hash of a file."""
        if audience == "internal":
            return self
        counted = replace(self.counted, digits="") if self.counted else None
        return self._replace(counted=counted, files=[(name, "") for name, _ in self.files])

    @property
    def incomplete(self) -> list[str]:
        """The regions that have reported nothing of it, or a part."""
        return [code for code, state in self.states.items() if state in {"missing", "partial"}]

    @property
    def state(self) -> str:
        """The state of the whole, one of `withdrawn`, `missing`, `late`, `partial`, `in_time`."""
        if self.is_withdrawn:
            return "withdrawn"
        if self.counted is None:
            return "missing"
        found = set(self.states.values())
        return next(each for each in ("late", "partial", "missing", "in_time") if each in found)

    def shown(self, region: str) -> str:
        """The region's state, which is of what is there: `withdrawn`, `replaced` and `late_replaced` too."""
        state = self.states[region]
        if self.is_withdrawn:
            return "withdrawn"
        if region in self.replaced:
            return {"in_time": "replaced", "late": "late_replaced"}.get(state, state)
        return state


def reported(scheme: Scheme, tables: Inputs, until: date) -> list[Reported]:
    """The measured months up to this one, of each dataset that the scheme rests on.

    The tables are the datasets, and what is published of deliveries, status and corrections.
    """
    due = reports_due(scheme, tables, add_months(until, 1))
    return [_reported(tables, each) for each in due]


def _reported(tables: Inputs, report: ReportDue) -> Reported:
    dataset, month, due = report.dataset, report.month, report.due
    status = tables[ReportingStatus].filter(dataset=dataset, month=month)
    late = dict(status.filter("is_late").select("region_code", "days_late").iter_rows())
    [counted, is_withdrawn] = (
        status.select("delivery_id", "is_withdrawn").row(0) if status.height else (None, False)
    )
    corrections = tables[Corrections].filter(dataset=dataset, month=month)
    replaced = corrections.group_by("region_code").agg(pl.col("corrected_on").max())
    of_month = pl.col("delivery_id").str.starts_with(f"{dataset}/{month_key(month)}/")
    files = tables[Deliveries].filter(of_month)
    states = dict.fromkeys(report.regions, "in_time")
    for state, codes in (("late", late), ("partial", report.partial), ("missing", report.missing)):
        states |= dict.fromkeys(codes, state)
    return Reported(
        dataset,
        month,
        due,
        DeliveryId.parse(counted) if counted else None,
        min((DeliveryId.parse(each).day for each in files["delivery_id"]), default=None),
        is_withdrawn,
        list(files.filter(delivery_id=str(counted)).select("file_name", "sha256").iter_rows()),
        () if is_withdrawn else report.lacking,
        {code: states[code] for code in report.regions},
        {code: due + timedelta(days=days_late) for code, days_late in late.items()},
        dict(replaced.sort("region_code").iter_rows()),
    )
