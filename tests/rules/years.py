"""Whole years made in a test: every cell of a scheme, and what it comes to."""

from collections.abc import Callable, Sequence
from datetime import date
from functools import cache

import polars as pl

from rules.scheme import Scheme
from schemas.months import add_months
from schemas.observed import Population, WaitingTimes
from schemas.payouts import BonusPots, PayoutLines, Payouts, RoundPayments
from schemas.regions import region_codes
from schemas.table import Table
from tests.rules.observations import real_population, waiting_times
from tests.rules.paid_tables import paid_tables
from tests.rules.scheme_data import scheme_named

MEASURES = ("first_visit", "assessment", "treatment")

Counts = tuple[int | None, int | None, int | None, int | None, int | None]
"""Completed, within 30 days, patient-chosen, waiting, within 30 days."""

EVERYTHING: Counts = (100, 80, 0, 100, 80)
NOTHING: Counts = (50, 5, 0, 100, 60)
BASE: Counts = (100, 10, 0, 100, 10)

CellOf = Callable[[date, str, str], Counts | None]
"""The counts of a month, region and measure; nothing where there is no row."""

NAMES = (
    "completed",
    "completed_within_30",
    "completed_patient_chosen",
    "waiting",
    "waiting_within_30",
)


def deliveries(scheme: Scheme, cell: CellOf, regions: Sequence[str]) -> pl.DataFrame:
    """`observed.waiting_times` of the months measured and of the same months the year before."""
    months = scheme.measured_months
    rows = [
        {
            "month": month,
            "region_code": region,
            "measure": measure,
            **dict(zip(NAMES, counts, strict=True)),
        }
        for month in (*(add_months(month, -12) for month in months), *months)
        for region in regions
        for measure in MEASURES
        if (counts := cell(month, region, measure)) is not None
    ]
    return waiting_times(rows)


def year(scheme: Scheme, cell: CellOf) -> dict[type[Table], pl.DataFrame]:
    """Every table that something is paid by, of a year with the real population and all 21 regions."""
    observed = {
        Population: real_population(),
        WaitingTimes: deliveries(scheme, cell, region_codes()),
    }
    return paid_tables(scheme, observed)


@cache
def year_of_nothing(name: str) -> dict[type[Table], pl.DataFrame]:
    """The tables of a scheme's year in which nobody earns anything."""
    return year(scheme_named(name), lambda *_: NOTHING)


def pots(tables: dict[type[Table], pl.DataFrame]) -> dict[str, tuple[int, int, int, int, int]]:
    """Fund, paid, pot, undistributed and overdrawn, by pot."""
    return {
        row["pot"]: (
            row["fund_sek"],
            row["paid_sek"],
            row["pot_sek"],
            row["undistributed_sek"],
            row["overdrawn_sek"],
        )
        for row in tables[BonusPots].to_dicts()
    }


def bonus(tables: dict[type[Table], pl.DataFrame], pot: str) -> dict[str, int]:
    """The pot's bonuses by region."""
    lines = tables[PayoutLines].filter(pl.col("component") == f"bonus_{pot}")
    return dict(lines.select("region_code", "amount_sek").iter_rows())


def conserved(tables: dict[type[Table], pl.DataFrame]) -> bool:
    """For each pot, to the krona: paid + bonus + undistributed - overdrawn = fund."""
    payments, lines = tables[RoundPayments], tables[PayoutLines]
    for pot, (fund, paid, left, undistributed, overdrawn) in pots(tables).items():
        in_rounds = payments.filter(pl.col("component") == pot)["amount_sek"].sum()
        shared = sum(bonus(tables, pot).values())
        if (
            paid != in_rounds
            or paid + shared + undistributed - overdrawn != fund
            or shared + undistributed != left
        ):
            return False
    return bool(lines["amount_sek"].sum() == tables[Payouts]["amount_sek"].sum())
