"""A decided payout stands: lines, pots and differences after a delivery was corrected."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import polars as pl
import pytest
from pandera.errors import SchemaErrors

from rules.bonus_pots import fund_of
from rules.decisions import LINE
from schemas.decisions import Decided, Differences, Settlements
from schemas.observed import Population, WaitingTimes
from schemas.payouts import BonusPots, Fulfilment, PayoutLines, Payouts, RoundPayments
from schemas.regions import region_codes
from schemas.table import Table
from tests.rules.observations import real_population
from tests.rules.paid_tables import paid_tables
from tests.rules.scheme_data import scheme_named
from tests.rules.years import BASE, EVERYTHING, NOTHING, Counts, deliveries

AUGUST, DECEMBER, MARCH = date(2025, 8, 1), date(2025, 12, 1), date(2025, 3, 1)
STOCKHOLM = "01"
SCHEME = scheme_named("bup-2025")

Tables = Mapping[type[Table], pl.DataFrame]


def first_told(month: date, region: str, _measure: str) -> Counts:
    """Half of the regions do all that is asked for."""
    if month.year < MARCH.year:
        return BASE
    return EVERYTHING if int(region) % 2 else NOTHING


def corrected(month: date, region: str, measure: str) -> Counts:
    """Stockholm's March 2025 was not so good after all."""
    return NOTHING if (month, region) == (MARCH, STOCKHOLM) else first_told(month, region, measure)


def computed(
    cell: object, decided: pl.DataFrame | None = None, settled: pl.DataFrame | None = None
) -> Tables:
    """The year, where this much is decided and settled."""
    observed = {
        Population: real_population(),
        WaitingTimes: deliveries(SCHEME, cell, region_codes()),  # type: ignore[arg-type]
    }
    if decided is not None:
        observed[Decided] = decided
    if settled is not None:
        observed[Settlements] = settled
    return paid_tables(SCHEME, observed)


@cache
def computed_first() -> Tables:
    """The year as it was first told, nothing decided."""
    return computed(first_told)


@cache
def corrected_after_decision() -> Tables:
    """The year corrected after August was decided."""
    return computed(corrected, decision(computed_first(), AUGUST))


def decision(tables: Tables, month: date) -> pl.DataFrame:
    """The month's payout as it was computed, decided."""
    lines = tables[PayoutLines].filter(pl.col("month") == month)
    return Decided.conform(
        lines.with_columns(
            decided_on=pl.lit(date(2025, 8, 28)),
            decided_by=pl.lit("the government"),
            reference=pl.lit("made up"),
            computation=pl.lit(1, pl.Int64),
        )
    )


def settlement(differences: pl.DataFrame, month_paid: date) -> pl.DataFrame:
    """The differences that are still open, settled."""
    still_open = differences.filter(pl.col("difference_sek") != 0)
    return Settlements.conform(
        still_open.select(
            *LINE,
            month_paid=pl.lit(month_paid),
            amount_sek="difference_sek",
            settled_on=pl.lit(date(2025, 11, 28)),
            settled_by=pl.lit("the government"),
            reference=pl.lit("made up"),
        )
    )


def amount(tables: Tables, month: date, component: str, table: type[Table] = PayoutLines) -> int:
    """What Stockholm gets of a component."""
    of_stockholm = (
        (pl.col("month") == month)
        & (pl.col("component") == component)
        & (pl.col("region_code") == STOCKHOLM)
    )
    return int(tables[table].filter(of_stockholm)["amount_sek"].item())


def paid_and_shared(tables: Tables, pot: str) -> tuple[int, int]:
    """What the pot says was paid in the rounds, and what it shares out."""
    row = tables[BonusPots].row(by_predicate=pl.col("pot") == pot, named=True)
    fund = {each.name: fund_of(SCHEME, each) for each in SCHEME.bonus_pots.pot}[pot]  # type: ignore[union-attr]
    closed = row["paid_sek"] + row["pot_sek"] - row["overdrawn_sek"]
    assert closed == row["fund_sek"] == fund
    return row["paid_sek"], row["pot_sek"]


def test_nothing_differs_where_nothing_changed() -> None:
    """A payout decided as computed has differences of 0, and one that is not decided has no row."""
    before = computed_first()
    after = computed(first_told, decision(before, AUGUST))
    assert after[PayoutLines].equals(before[PayoutLines])
    assert after[BonusPots].equals(before[BonusPots])
    differences = after[Differences]
    assert set(differences["month"]) == {AUGUST}
    assert differences.height == 2 * len(region_codes())
    assert set(differences["difference_sek"]) == {0}
    assert before[Differences].is_empty()


def test_a_correction_changes_neither_the_decided_round_nor_the_pot() -> None:
    """The difference is shown for the region and component; the year's money is as decided."""
    before = computed_first()
    after = corrected_after_decision()
    assert amount(after, AUGUST, "waiting_time") == amount(before, AUGUST, "waiting_time")
    assert after[Fulfilment].equals(before[Fulfilment])
    recomputed = amount(after, AUGUST, "waiting_time", RoundPayments)
    assert recomputed < amount(before, AUGUST, "waiting_time")
    differing = after[Differences].filter(pl.col("difference_sek") != 0)
    assert differing.select("region_code", "component", "difference_sek").rows() == [
        (STOCKHOLM, "waiting_time", recomputed - amount(before, AUGUST, "waiting_time"))
    ]
    assert paid_and_shared(after, "waiting_time") == paid_and_shared(before, "waiting_time")
    assert after[Payouts].equals(before[Payouts])


def test_without_a_decision_a_correction_changes_round_and_pot() -> None:
    """What stands in the test above stands because it was decided."""
    before, after = computed_first(), computed(corrected)
    assert amount(after, AUGUST, "waiting_time") < amount(before, AUGUST, "waiting_time")
    assert paid_and_shared(after, "waiting_time") != paid_and_shared(before, "waiting_time")


def test_a_settlement_closes_the_difference_and_moves_the_pot() -> None:
    """Settled before the pots close, a deduction leaves more to share; the decided lines stand."""
    before = computed_first()
    decided = decision(before, AUGUST)
    open_differences = corrected_after_decision()[Differences]
    settled = settlement(open_differences, DECEMBER)
    after = computed(corrected, decided, settled)
    assert set(after[Differences]["difference_sek"]) == {0}
    assert amount(after, AUGUST, "waiting_time") == amount(before, AUGUST, "waiting_time")
    without = computed(corrected)
    assert paid_and_shared(after, "waiting_time") == paid_and_shared(without, "waiting_time")
    assert amount(after, DECEMBER, "bonus_waiting_time") == amount(
        without, DECEMBER, "bonus_waiting_time"
    )


def test_a_settlement_after_the_pots_closed_moves_no_pot() -> None:
    """It closes the difference alone."""
    before = computed_first()
    decided = decision(before, AUGUST)
    settled = settlement(corrected_after_decision()[Differences], date(2026, 3, 1))
    after = computed(corrected, decided, settled)
    assert set(after[Differences]["difference_sek"]) == {0}
    assert paid_and_shared(after, "waiting_time") == paid_and_shared(before, "waiting_time")


def test_a_decided_closing_month_stands_with_its_bonuses() -> None:
    """When the last payout is decided, pots and bonuses are those that were decided."""
    before = computed_first()
    decided = pl.concat([decision(before, AUGUST), decision(before, DECEMBER)])

    def november_corrected(month: date, region: str, measure: str) -> Counts:
        in_november = (month, region) == (date(2025, 11, 1), STOCKHOLM)
        return NOTHING if in_november else first_told(month, region, measure)

    after = computed(november_corrected, decided)
    assert after[PayoutLines].equals(before[PayoutLines])
    assert after[BonusPots].equals(before[BonusPots])
    differing = after[Differences].filter(pl.col("difference_sek") != 0)
    assert set(differing["component"]) == {"waiting_time"}
    assert set(differing["month"]) == {DECEMBER}


def test_more_deducted_than_was_paid_is_refused() -> None:
    """A round cannot have paid less than nothing."""
    before = computed_first()
    decided = decision(before, AUGUST)
    settled = settlement(corrected_after_decision()[Differences], DECEMBER)
    too_much = settled.with_columns(amount_sek=pl.lit(-1_000_000_000, pl.Int64))
    with pytest.raises(SchemaErrors, match="amount_sek"):
        computed(corrected, decided, too_much)
