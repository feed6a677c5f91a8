"""The outlook of a year: what is assumed of the months that are not in."""

from datetime import date

import polars as pl
import pytest

from rules.outlook import ASSUMPTIONS, assumed_months, outlook, resting_on
from rules.step import Inputs
from schemas.months import month_key
from schemas.observed import Population, WaitingTimes
from schemas.regions import region_codes
from tests.rules.observations import real_population
from tests.rules.scheme_data import scheme_named
from tests.rules.years import EVERYTHING, NOTHING, Counts, deliveries

BUP = scheme_named("bup-2025")
OCTOBER = date(2025, 10, 1)


def cell(month: date, region: str, measure: str) -> Counts | None:
    """In on 20 November 2025: everybody reaches 75 % since September, last year nobody did."""
    _ = (region, measure)
    if month >= OCTOBER:
        return None
    return EVERYTHING if month == date(2025, 9, 1) else NOTHING


@pytest.fixture(scope="module")
def until_september() -> Inputs:
    """A year of which October and November are not in."""
    return {
        Population: real_population(),
        WaitingTimes: deliveries(BUP, cell, region_codes()),
    }


@pytest.mark.parametrize(
    ("scenario", "months_paid"), [("as_last_year", 1), ("as_latest", 3), ("nothing_more", 1)]
)
def test_a_scenario(until_september: Inputs, scenario: str, months_paid: int) -> None:
    """September, and what October and November are taken to be, of which a month's pot is known."""
    found = outlook(BUP, until_september, scenario)
    of_gotland = found.lines.filter(
        component="waiting_time", region_code="09", month=date(2025, 12, 1)
    )
    month_pot = 119_993  # T2025, table 2
    assert of_gotland["amount_sek"].to_list() == [3 * months_paid * month_pot]
    left = found.pots["undistributed_sek"].sum()
    assert found.lines["amount_sek"].sum() == 990_000_000 - left


def test_what_is_assumed(until_september: Inputs) -> None:
    """The months not in; each row says on which of them it rests."""
    assumed = assumed_months(BUP, until_september)
    assert list(map(month_key, assumed)) == ["2025-10", "2025-11"]
    december, august = date(2025, 12, 1), date(2025, 8, 1)
    assert resting_on(BUP, december, "waiting_time", assumed) == assumed
    assert resting_on(BUP, december, "bonus_waiting_time", assumed) == assumed
    assert resting_on(BUP, august, "waiting_time", assumed) == []
    assert resting_on(BUP, date(2025, 3, 1), "development_grant", assumed) == []


def test_a_month_of_a_decided_round_is_not_assumed(until_september: Inputs) -> None:
    """Whatever is missing of it, the payout stands; of a round that is not decided it is assumed."""
    december, august = date(2025, 12, 1), date(2025, 8, 1)
    april = until_september[WaitingTimes].filter(pl.col("month") != date(2025, 4, 1))
    without_april = {**until_september, WaitingTimes: april}
    of_december = [date(2025, 10, 1), date(2025, 11, 1)]
    assert assumed_months(BUP, without_april) == [date(2025, 4, 1), *of_december]
    assert assumed_months(BUP, without_april, [august]) == of_december
    assert assumed_months(BUP, without_april, [august, december]) == []


def test_when_all_is_in_nothing_is_assumed(until_september: Inputs) -> None:
    """Every scenario is then the outcome."""
    whole = {
        **until_september,
        WaitingTimes: deliveries(BUP, lambda *_: NOTHING, region_codes()),
    }
    assert assumed_months(BUP, whole) == []
    found = [outlook(BUP, whole, scenario).lines for scenario in ASSUMPTIONS]
    assert found[0].equals(found[1])
    assert found[0].equals(found[2])
