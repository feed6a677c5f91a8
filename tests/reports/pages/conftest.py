"""A year told on pages: the sample's counts of `bup-2025`, computed in memory."""

from collections.abc import Callable
from functools import cache

import polars as pl
import pytest

from explanation.language import Code
from reports.pages.outlook import Outlooks
from reports.pages.telling import Telling
from reports.pages.year import READ, Year
from reports.payout import Audience
from rules.calculation import calculate
from schemas.months import month_key, parse_month
from schemas.observed import Population, WaitingTimes
from schemas.payouts import Payouts
from schemas.table import Table
from tests.conftest import SAMPLE
from tests.rules.observations import real_population, waiting_times
from tests.rules.scheme_data import scheme_named

Tables = dict[type[Table], pl.DataFrame]
Tell = Callable[..., Telling]

SCHEME = "bup-2025"

NOTHING_ASSUMED = Outlooks([], {"as_last_year": {}}, {"waiting_time": []})
"""Where a test is not about what the year may give."""


@cache
def published() -> Tables:
    """What would be published of the sample's year, but for records, deliveries and payouts."""
    scheme = scheme_named(SCHEME)
    rows = [
        {"month": parse_month(path.parent.name), **row}
        for month in scheme.measured_months
        for key in (month_key(month.replace(year=month.year - 1)), month_key(month))
        for path in (SAMPLE / "waiting_times" / key).glob("*.csv")
        for row in pl.read_csv(path, separator=";", schema_overrides={"region": pl.String})
        .rename({"region": "region_code"})
        .iter_rows(named=True)
    ]
    observed: Tables = {Population: real_population(), WaitingTimes: waiting_times(rows)}
    made = calculate(scheme, observed)
    empty = {table: table.without_rows() for table in READ}
    return {**empty, **observed, **made, Payouts: Payouts.without_rows()}


def year_of(until: str = "2025-10", audience: Audience = "internal", **changed: object) -> Year:
    """The sample's year up to a month; `changed` may hold tables."""
    tables = changed.get("tables") or published()
    assert isinstance(tables, dict)
    return Year(scheme_named(SCHEME), parse_month(until), tables, True, audience)


@pytest.fixture(scope="session")
def tell() -> Tell:
    """A function that tells the sample's year, up to a month, in a language, for an audience."""

    def telling(
        until: str = "2025-10", code: Code = "sv", audience: Audience = "internal"
    ) -> Telling:
        return Telling(year_of(until, audience), code)

    return telling
