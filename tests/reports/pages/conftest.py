"""A year told on pages: the sample's counts of a scheme, computed in memory."""

from collections.abc import Callable
from datetime import date
from functools import cache

import polars as pl
import pytest

from explanation.language import Code
from reports.pages.outlook import Outlooks
from reports.pages.telling import Telling
from reports.pages.year import READ, Year
from rules.calculation import calculate
from rules.small_numbers import Audience, Case, withheld
from schemas.decisions import Decided
from schemas.months import MONTHS_A_YEAR, add_months, parse_month
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import Payouts
from schemas.performance import WaitingTimePerformance
from schemas.table import Table
from tests.conftest import SAMPLE
from tests.rules.observations import observed, real_population
from tests.rules.scheme_data import scheme_named

Tables = dict[type[Table], pl.DataFrame]
Tell = Callable[..., Telling]

SCHEME, OPERATIONS = "bup-2025", "surgery-2025"
CODES = {
    "region": "region_code",
    "home_region": "home_region_code",
    "performing_region": "performing_region_code",
}
"""Columns of the sample's files that hold codes, and what the tables call them."""

NOTHING_ASSUMED = Outlooks([], {"as_last_year": {}}, {"waiting_time": []}, [], None)
"""Where a test is not about what the year may give."""


@cache
def published(name: str = SCHEME) -> Tables:
    """What would be published of a sample's year, but for records, deliveries and payouts."""
    scheme = scheme_named(name)
    [table] = scheme.counted
    dataset = table.qualified_name().removeprefix("observed.")
    # A year of waiting times is compared with the one before, operations with three.
    years = range(4 if table is Surgeries else 2)
    files = {
        path: month
        for path in sorted((SAMPLE / dataset).glob("*/*.csv"))
        if (month := parse_month(path.parent.name))
        and any(add_months(month, MONTHS_A_YEAR * n) in scheme.measured_months for n in years)
    }
    rows = [
        {"month": month, **row}
        for path, month in files.items()
        for row in pl.read_csv(
            path, separator=";", schema_overrides=dict.fromkeys(CODES, pl.String)
        )
        .rename(CODES, strict=False)
        .iter_rows(named=True)
    ]
    days = {month: path.stem for path, month in files.items()}
    counted = observed(table, rows).with_columns(
        delivery_id=pl.format(
            "{}/{}/{}/000000000000",
            pl.lit(dataset),
            pl.col("month").dt.strftime("%Y-%m"),
            pl.col("month").replace_strict(days, return_dtype=pl.String),
        )
    )
    rest: Tables = {Population: real_population(), table: counted}
    made = calculate(scheme, rest)
    empty = {each: each.without_rows() for each in READ}
    return {**empty, **rest, **made, Payouts: Payouts.without_rows()}


def decided_of(lines: pl.DataFrame) -> pl.DataFrame:
    """Rows of `payouts.payout_lines`, decided as they stand: made up, and of a day after every delivery."""
    decision = {"decided_by": "a test", "decided_on": date(2026, 1, 1), "reference": "made up"}
    entry = {name: pl.lit(value) for name, value in decision.items()}
    return Decided.conform(lines.with_columns(**entry, computation=1))


def year_of(until: str = "2025-10", audience: Audience = "internal", name: str = SCHEME) -> Year:
    """A sample's year up to a month."""
    tables = published(name)
    hidden = withheld_of(tables, audience)
    return Year(scheme_named(name), parse_month(until), tables, True, audience, hidden)


def withheld_of(tables: Tables, audience: Audience) -> frozenset[Case]:
    """What the readers see no count of, where no more was ever recorded than the tables have."""
    counted = (tables[table] for table in (WaitingTimes, WaitingTimePerformance))
    return withheld(audience, *counted)


@pytest.fixture(scope="session")
def tell() -> Tell:
    """A function that tells the sample's year, up to a month, in a language, for an audience."""

    def telling(
        until: str = "2025-10",
        code: Code = "sv",
        audience: Audience = "internal",
        name: str = SCHEME,
    ) -> Telling:
        return Telling(year_of(until, audience, name), code)

    return telling
