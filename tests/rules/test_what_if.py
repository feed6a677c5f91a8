"""What if counts or parameters had been otherwise: what moves, and that no krona is lost."""

from datetime import date

import polars as pl
import pytest

from rules.loading import SCHEMES, load_scheme
from rules.step import Inputs
from rules.what_if import Amount, Change, ChangeError, Moved, changed, moved
from schemas.observed import Population, WaitingTimes
from schemas.regions import region_codes
from tests.rules.observations import real_population
from tests.rules.scheme_data import scheme_named
from tests.rules.years import Counts, deliveries

SCHEME = scheme_named("bup-2025")
APRIL = date(2025, 4, 1)


def cell(month: date, region: str, measure: str) -> Counts | None:
    """In 2025 everybody reaches 75 %, but Gotland has one too few; Uppsala did not report April."""
    _ = measure
    if month not in SCHEME.measured_months or (region, month) == ("03", APRIL):
        return None
    return (100, 74, 0, 100, 80) if region == "09" else (100, 75, 0, 100, 80)


@pytest.fixture(scope="module")
def observed() -> Inputs:
    """A year without the year before: attainment alone counts."""
    return {
        Population: real_population(),
        WaitingTimes: deliveries(SCHEME, cell, region_codes()),
    }


def counts(number: int, name: str = "completed_within_30", **where: str | date) -> Change:
    """A count more or less."""
    return Change(WaitingTimes, where, {name: Amount(number, is_relative=True)})


def otherwise(observed: Inputs, *changes: Change) -> Moved:
    """What the changes move."""
    then = observed
    for each in changes:
        then = changed(SCHEME, then, each)
    return moved((SCHEME, observed), (SCHEME, then))


def by_component(found: Moved, region: str) -> dict[str, int]:
    """The region's kronor more or less, of the components in which something moves."""
    lines = found.lines.filter(pl.col("difference_sek") != 0, region_code=region)
    return {
        f"{row['month']:%Y-%m} {row['component']}": row["difference_sek"]
        for row in lines.iter_rows(named=True)
    }


def test_one_patient(observed: Inputs) -> None:
    """The round pays the month's reserve, the pot shrinks by it and its share of it grows."""
    found = otherwise(observed, counts(1, region_code="09", measure="treatment", month=APRIL))
    assert (found.rising, found.falling, found.undistributed_sek) == (1, 0, 0)
    gotland = by_component(found, "09")
    assert gotland.keys() == {"2025-08 waiting_time", "2025-12 bonus_waiting_time"}
    assert gotland["2025-08 waiting_time"] == 119_993  # its month's pot in T2025, table 2
    others = by_component(found, "01")
    assert others.keys() == {"2025-12 bonus_waiting_time"}
    assert others["2025-12 bonus_waiting_time"] < 0
    assert found.lines["difference_sek"].sum() == 0


def test_a_change_that_names_no_region_and_no_month(observed: Inputs) -> None:
    """Is made for all of them, of the months that are measured."""
    found = otherwise(observed, counts(-1, measure="assessment"))
    assert (
        found.falling == 20 * len(SCHEME.measured_months) - 1
    )  # all but Gotland, and Uppsala's April
    assert found.lines["difference_sek"].sum() == 0


def test_several_changes_are_made_one_after_the_other(observed: Inputs) -> None:
    """One patient more and one less is nothing."""
    found = otherwise(observed, counts(1), counts(-1))
    assert found.lines["own_sek"].equals(found.lines["other_sek"].alias("own_sek"))
    assert (found.rising, found.falling) == (0, 0)


def test_a_pot_that_nobody_gets(observed: Inputs) -> None:
    """Where nobody is paid any longer, the sum is what is left undistributed."""
    found = otherwise(observed, counts(-75 + 1))
    assert found.undistributed_sek == 630_000_000
    assert found.lines["difference_sek"].sum() == -found.undistributed_sek


def test_a_parameter(observed: Inputs) -> None:
    """At 74 per cent Gotland reaches it in every month and measure."""
    other = load_scheme(SCHEMES / "bup-2025", {"waiting_time.attainment.completed_share_pct": "74"})
    found = moved((SCHEME, observed), (other, observed))
    assert (found.rising, found.falling) == (27, 0)
    assert found.lines["difference_sek"].sum() == 0


def test_a_larger_fund(observed: Inputs) -> None:
    """The sum is what the fund grows by."""
    other = load_scheme(SCHEMES / "bup-2025", {"waiting_time.fund.assessment": "210000007"})
    assert moved((SCHEME, observed), (other, observed)).lines["difference_sek"].sum() == 7


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (counts(1, region_code="33"), "region_code 33: nothing was observed of it, but of 01, 03"),
        (
            counts(1, month=date(2025, 1, 1)),
            "month 2025-01: nothing was observed of it, but of 2025-03 to 2025-11",
        ),
        (counts(1, region_code="03", month=APRIL), "nothing was observed of these together"),
        (
            counts(27, region_code="09", measure="treatment", month=APRIL),
            "completed_within_30 is at most completed. It would be month 2025-04, region_code 09",
        ),
        (counts(-101, "waiting"), "cannot be, for a count is never below 0;"),
    ],
)
def test_what_cannot_be_changed(observed: Inputs, change: Change, said: str) -> None:
    """Is said, with what is there."""
    with pytest.raises(ChangeError) as refusal:
        changed(SCHEME, observed, change)
    assert said in str(refusal.value)


def test_what_was_not_reported_has_no_change_but_a_number(observed: Inputs) -> None:
    """A missing count cannot be more or less; it can be a number."""
    row = {"region_code": "09", "measure": "treatment", "month": APRIL}
    missing = {
        **observed,
        WaitingTimes: observed[WaitingTimes].with_columns(waiting=pl.lit(None, pl.Int64)),
    }
    with pytest.raises(ChangeError, match="waiting was not reported everywhere there"):
        changed(SCHEME, missing, counts(1, "waiting", **row))
    number = Change(WaitingTimes, row, {"waiting": Amount(90, is_relative=False)})
    rows = changed(SCHEME, missing, number)[WaitingTimes]
    assert rows["waiting"].drop_nulls().to_list() == [90]
