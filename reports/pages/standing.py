"""How the months of a dataset came in: in time, late, replaced, withdrawn, or not at all."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from reports.pages.year import Year
from rules.reporting import standings
from schemas.audit import Deliveries, Materialisations
from schemas.deliveries import DeliveryId
from schemas.months import add_months
from schemas.observed import OBSERVED
from schemas.table import Table

WITHDRAWN = "withdrawn"
"""The layout of a delivery that takes back those before it."""


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

    @property
    def state(self) -> str:
        """The state of the whole, one of `withdrawn`, `missing`, `late`, `partial`, `in_time`."""
        if self.is_withdrawn:
            return WITHDRAWN
        if self.counted is None:
            return "missing"
        found = set(self.states.values())
        return next(each for each in ("late", "partial", "missing", "in_time") if each in found)


def reported(year: Year) -> list[Reported]:
    """The measured months up to the year's last, of each dataset that the scheme rests on."""
    after = add_months(year.until, 1)
    return [
        _reported(year, each.dataset, each.month, each.due, each.missing, each.partial)
        for each in standings(year.scheme, year.tables, after)
    ]


def _reported(
    year: Year,
    dataset: str,
    month: date,
    due: date,
    missing: Sequence[str],
    partial: Sequence[str],
) -> Reported:
    recorded = _recorded(year, dataset, month)
    counted = recorded[-1] if recorded else None
    files = year.tables[Deliveries].filter(delivery_id=str(counted))
    first = min((each.day for each in recorded), default=None)
    given = "late" if first and first > due else "in_time"
    states = {
        code: "missing" if code in missing else "partial" if code in partial else given
        for code in year.scheme.regions
    }
    return Reported(
        dataset,
        month,
        due,
        counted,
        first,
        max(0, len(set(recorded)) - 1),
        WITHDRAWN in set(files["layout"]),
        list(files.select("file_name", "sha256").iter_rows()),
        states,
    )


def _recorded(year: Year, dataset: str, month: date) -> list[DeliveryId]:
    """The deliveries that a month was recorded from, in the order in which that was done."""
    table: type[Table] = next(
        each for each in OBSERVED if each.qualified_name().endswith(f".{dataset}")
    )
    names = (
        year.tables[Materialisations]
        .filter(pl.col("month") == month, table_name=table.qualified_name())
        .sort("materialisation_id")["deliveries"]
    )
    return [DeliveryId.parse(name) for listed in names for name in listed]
