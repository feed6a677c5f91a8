"""Uppfyllnadsgrad: paid of reserved, per region and round, and for the country."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from schemas.payouts import Fulfilment, Payouts
from schemas.regions import region_codes
from tests.oracle.generate import make_scenario
from tests.oracle.model import DEFAULT_READINGS
from tests.oracle.parameters import SCHEMES as ORACLE_SCHEMES
from tests.rules.oracle_frames import calculated
from tests.rules.scheme_data import scheme_named
from tests.rules.years import BASE, EVERYTHING, year, year_of_nothing

COUNTRY = "00"


@pytest.mark.parametrize("name", ["access-2024", "bup-2025"])
def test_everything_earned_is_all_of_what_was_reserved(name: str) -> None:
    """A round's reserve is of its own months: 100 per cent in every region, round and component."""
    scheme = scheme_named(name)
    first = scheme.measured_months[0]
    tables = year(scheme, lambda month, *_: BASE if month < first else EVERYTHING)
    table = tables[Fulfilment]
    assert table.filter(pl.col("amount_sek") != pl.col("reserved_sek")).is_empty()
    assert set(table["fulfilment_pct"]) == {Decimal(100)}
    expected = {
        (payout.month, component, code)
        for payout in scheme.payouts
        for component in payout.components
        if not component.startswith("bonus_")
        for code in (COUNTRY, *region_codes())
    }
    found = table.select("month", "component", "region_code").rows()
    assert len(found) == len(expected)
    assert set(found) == expected


def test_reserves_of_the_rounds_in_2024() -> None:
    """Six and five months of 40 909 092 kronor: three measures of 13 636 364."""
    table = year_of_nothing("access-2024")[Fulfilment]
    country = table.filter(
        (pl.col("region_code") == COUNTRY) & (pl.col("component") == "waiting_time")
    )
    assert country.select("month", "amount_sek", "reserved_sek", "fulfilment_pct").rows() == [
        (date(2024, 8, 1), 0, 6 * 40_909_092, Decimal(0)),
        (date(2024, 12, 1), 0, 5 * 40_909_092, Decimal(0)),
    ]


def test_operations_against_their_caps() -> None:
    """Reserved is the cap, and the country's row the sum."""
    scheme = ORACLE_SCHEMES["surgery-2025"]
    inputs = make_scenario("cap_edges", scheme)
    tables = calculated(scheme, inputs, DEFAULT_READINGS)
    table = tables[Fulfilment]
    regions = table.filter(pl.col("region_code") != COUNTRY)
    assert dict(regions.select("region_code", "reserved_sek").iter_rows()) == inputs.caps
    country = table.filter(pl.col("region_code") == COUNTRY).row(0, named=True)
    assert country["reserved_sek"] == sum(inputs.caps.values())
    assert country["amount_sek"] == tables[Payouts]["amount_sek"].sum()
