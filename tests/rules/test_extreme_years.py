"""Years at the ends of what can happen, with the real population."""

from datetime import date

import polars as pl
import pytest

from schemas.payouts import PayoutLines, Payouts
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.regions import region_codes
from tests.rules.scheme_data import scheme_named
from tests.rules.years import (
    BASE,
    EVERYTHING,
    NOTHING,
    Counts,
    bonus,
    conserved,
    deliveries,
    pots,
    year,
    year_of_nothing,
)

NAMES = ("access-2024", "bup-2025")


def everything(month: date, _region: str, _measure: str) -> Counts:
    """Counts that earn everything, from a base where nothing was attained."""
    return BASE if month.year < 2024 else EVERYTHING


@pytest.mark.parametrize("name", NAMES)
def test_nobody_earns_anything(name: str) -> None:
    """The pots stay undistributed and are reported so; grants are paid all the same."""
    tables = year_of_nothing(name)
    for fund, *rest in pots(tables).values():
        assert rest == [0, fund, fund, 0]
    assert set(bonus(tables, "waiting_time").values()) == {0}
    assert conserved(tables)
    granted = {"development_grant", "population_grant", "general_grant"}
    paid = tables[PayoutLines].filter(pl.col("amount_sek") > 0)
    assert set(paid["component"]) <= granted


@pytest.mark.parametrize("name", NAMES)
def test_one_region_earns_everything(name: str) -> None:
    """It takes each pot whole; every other region has a row with 0."""
    tables = year(
        scheme_named(name),
        lambda month, region, measure: (
            everything(month, region, measure)
            if region == "09" and month.year >= scheme_named(name).measured_months[0].year
            else NOTHING
        ),
    )
    for pot, (fund, paid, left, undistributed, overdrawn) in pots(tables).items():
        assert 0 < paid < fund
        assert (undistributed, overdrawn) == (0, 0)
        assert bonus(tables, pot) == {code: left * (code == "09") for code in region_codes()}
    assert conserved(tables)


def test_every_region_earns_everything_in_2024() -> None:
    """33 rounded monthly reserves exceed the fund by 12 kronor."""
    tables = year(scheme_named("access-2024"), everything)
    assert set(tables[WaitingTimePerformance]["level_pct"]) == {100}
    assert pots(tables) == {"waiting_time": (450_000_000, 450_000_012, 0, 0, 12)}
    assert set(bonus(tables, "waiting_time").values()) == {0}
    assert conserved(tables)


def test_every_region_earns_everything_in_2025() -> None:
    """27 rounded monthly reserves leave 9 kronor to share; production's periods none."""
    tables = year(
        scheme_named("bup-2025"),
        lambda month, *_: BASE if month.year == 2024 else EVERYTHING,
    )
    assert pots(tables) == {
        "first_visit_production": (210_000_000, 210_000_000, 0, 0, 0),
        "waiting_time": (630_000_000, 629_999_991, 9, 0, 0),
    }
    assert sum(bonus(tables, "waiting_time").values()) == 9
    assert conserved(tables)


@pytest.mark.parametrize("name", NAMES)
def test_a_region_that_reports_nothing_is_there_with_nothing(name: str) -> None:
    """Its months are not reported, its production is incomplete, and its lines are 0."""
    tables = year(
        scheme_named(name),
        lambda month, region, measure: (
            None if region == "12" else everything(month, region, measure)
        ),
    )
    gone = pl.col("region_code") == "12"
    assert set(tables[WaitingTimePerformance].filter(gone)["status"]) == {"not_reported"}
    if name == "bup-2025":
        production = tables[FirstVisitProductionPerformance].filter(gone)
        assert set(production["status"]) == {"incomplete"}
    earned = ["waiting_time", "first_visit_production", "bonus_waiting_time"]
    lines = tables[PayoutLines].filter(gone & pl.col("component").is_in(earned))
    assert set(lines["amount_sek"]) == {0}
    assert conserved(tables)


@pytest.mark.parametrize("name", NAMES)
def test_a_month_that_nobody_delivers(name: str) -> None:
    """That month earns nobody anything, and the others are paid as ever."""
    scheme = scheme_named(name)
    september = date(scheme.measured_months[0].year, 9, 1)
    tables = year(
        scheme,
        lambda month, region, measure: (
            None if month == september else everything(month, region, measure)
        ),
    )
    statuses = tables[WaitingTimePerformance].select(
        pl.col("month") == september, "status", "level_pct"
    )
    assert set(statuses.rows()) == {(True, "not_reported", 0), (False, "ok", 100)}
    if name == "bup-2025":
        final = tables[FirstVisitProductionPerformance].filter("is_final")
        by_period = final.select("period", "status", "level_pct")
        assert set(by_period.rows()) == {(1, "ok", 100), (2, "incomplete", 0)}
    assert conserved(tables)


def test_a_year_without_any_delivery() -> None:
    """Rows are there for every month, region and measure: not reported, nothing earned."""
    scheme = scheme_named("bup-2025")
    assert deliveries(scheme, lambda *_: None, region_codes()).is_empty()
    tables = year(scheme, lambda *_: None)
    performance = tables[WaitingTimePerformance]
    assert performance.height == 9 * 21 * 3
    assert set(performance["status"]) == {"not_reported"}
    assert conserved(tables)


@pytest.mark.parametrize("name", NAMES)
def test_every_region_has_every_component_of_a_payout_month(name: str) -> None:
    """No region is missing from a payout, whatever it earned."""
    scheme = scheme_named(name)
    tables = year_of_nothing(name)
    expected = {
        (payout.month, component, code)
        for payout in scheme.payouts
        for component in payout.components
        for code in region_codes()
    }
    lines = tables[PayoutLines].select("month", "component", "region_code").rows()
    assert len(lines) == len(expected)
    assert set(lines) == expected
    assert tables[Payouts].height == 21 * len(scheme.payouts)
