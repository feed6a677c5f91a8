"""How the months of a dataset came in: in time, late, replaced, withdrawn, or not at all."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

import polars as pl

from reports.pages.year import Year
from rules.reporting import reports_due
from schemas.audit import Deliveries
from schemas.deliveries import DeliveryId
from schemas.months import add_months, month_key
from schemas.reporting import ReportingStatus


class Reported(NamedTuple):
    """A month of a dataset.

    Attributes:
        dataset, month: what.
        due: the day by which it was to come.
        counted: the delivery that counts; none where nothing came.
        first: the day of the first delivery.
        replaced: how many deliveries it has taken the place of.
        is_withdrawn: whether it only takes back what came before.
        files: names and SHA-256 of its files.
        states: for each region one of `in_time`, `late`, `partial`, `missing`.
        late: the regions whose first report came after the day, each with the day on which it did.
    """

    dataset: str
    month: date
    due: date
    counted: DeliveryId | None
    first: date | None
    replaced: int
    is_withdrawn: bool
    files: Sequence[tuple[str, str]]
    states: Mapping[str, str]
    late: Mapping[str, date]

    @property
    def state(self) -> str:
        """The state of the whole, one of `withdrawn`, `missing`, `late`, `partial`, `in_time`."""
        if self.is_withdrawn:
            return "withdrawn"
        if self.counted is None:
            return "missing"
        found = set(self.states.values())
        return next(each for each in ("late", "partial", "missing", "in_time") if each in found)


def reported(year: Year) -> list[Reported]:
    """The measured months up to the year's last, of each dataset that the scheme rests on."""
    after = add_months(year.until, 1)
    return [
        _reported(year, each.dataset, each.month, each.due, each.missing, each.partial)
        for each in reports_due(year.scheme, year.tables, after)
    ]


def _reported(
    year: Year,
    dataset: str,
    month: date,
    due: date,
    missing: Sequence[str],
    partial: Sequence[str],
) -> Reported:
    status = year.tables[ReportingStatus].filter(dataset=dataset, month=month)
    late = dict(status.filter("is_late").select("region_code", "days_late").iter_rows())
    [counted, replaced, is_withdrawn] = (
        status.select("delivery_id", "times_replaced", "is_withdrawn").row(0)
        if status.height
        else (None, 0, False)
    )
    of_month = pl.col("delivery_id").str.starts_with(f"{dataset}/{month_key(month)}/")
    files = year.tables[Deliveries].filter(of_month)
    states = dict.fromkeys(year.scheme.regions, "in_time")
    for state, codes in (("late", late), ("partial", partial), ("missing", missing)):
        states |= dict.fromkeys(codes, state)
    return Reported(
        dataset,
        month,
        due,
        DeliveryId.parse(counted) if counted else None,
        min((DeliveryId.parse(each).day for each in files["delivery_id"]), default=None),
        replaced,
        is_withdrawn,
        list(files.filter(delivery_id=str(counted)).select("file_name", "sha256").iter_rows()),
        {code: states[code] for code in year.scheme.regions},
        {code: due + timedelta(days=days_late) for code, days_late in late.items()},
    )
