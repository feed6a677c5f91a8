"""What is outdated and what waits, told from records alone."""

from datetime import date

import pytest

from rules.planning import Missing, Plan
from schemas.months import month_key
from schemas.payouts import Reserves
from schemas.places import Place
from tests.rules.records import History
from tests.rules.scheme_data import scheme_named

SCHEMES = ("access-2024", "bup-2025", "surgery-2025")
POTS = ["bonus_pots", "differences", "fulfilment", "payout_lines", "payouts", "round_payments"]
LINES = ["differences", "fulfilment", "payout_lines", "payouts", "round_payments"]
ASSESSED = ["next_levels", "waiting_times"]
CLOSING = ["bonus_pots", "differences", "payout_lines", "payouts"]


def history(*absent: str) -> History:
    """The records after all schemes were run, but those left out."""
    return History.of(*map(scheme_named, SCHEMES), absent=absent)


def outdated(found: Plan) -> dict[str, list[str]]:
    """The outdated tables of each month."""
    months: dict[str, list[str]] = {}
    for unit in found.outdated:
        name = unit.step.table.qualified_name().partition(".")[2]
        months.setdefault(month_key(unit.month), []).append(name)
    return {month: sorted(names) for month, names in sorted(months.items())}


def after_redelivery(table: str, month: str) -> dict[str, dict[str, list[str]]]:
    """What a redelivery makes outdated in each scheme that it touches."""
    later = history().redelivered(table, month)
    found = {name: outdated(later.plan(scheme_named(name))) for name in SCHEMES}
    return {name: months for name, months in found.items() if months}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_is_outdated_after_a_run(scheme: str) -> None:
    """All rests on what is current, and nothing waits."""
    found = history().plan(scheme_named(scheme))
    assert found.outdated == []
    assert [unit for unit in found.units if unit.missing or not unit.is_possible] == []


def test_a_redelivered_base_month() -> None:
    """March 2024 touches March 2024 in one scheme, March 2025 in the next, and their payouts."""
    assert after_redelivery("observed.waiting_times", "2024-03") == {
        "access-2024": {"2024-03": ASSESSED, "2024-08": POTS, "2024-12": CLOSING},
        "bup-2025": {"2025-03": ASSESSED, "2025-08": POTS, "2025-12": CLOSING},
    }


def test_a_month_that_no_month_looks_at() -> None:
    """December 2024 lies within the reach that Dagster has to be told, and no rule reads it."""
    assert after_redelivery("observed.waiting_times", "2024-12") == {}


def test_a_redelivered_month_of_a_baseline() -> None:
    """Operations of July 2023 touch every month summed from July on, and the payout."""
    counted = ["surgeries", "surgery_caps", "surgery_followup"]
    assert after_redelivery("observed.surgeries", "2023-07") == {
        "surgery-2025": {
            **{f"2025-{month:02}": counted for month in range(7, 11)},
            "2025-12": LINES,
        }
    }


def test_the_same_rows_delivered_again() -> None:
    """A record with the fingerprint that it had makes nothing outdated."""
    again = history()
    again.add(Place("observed.waiting_times", "", date(2024, 3, 1)), "as delivered")
    assert [outdated(again.plan(scheme_named(name))) for name in SCHEMES] == [{}, {}, {}]


def test_what_was_computed_anew() -> None:
    """Once all that was outdated is recorded anew, in the order planned, nothing is outdated."""
    scheme = scheme_named("access-2024")
    later = history().redelivered("observed.waiting_times", "2024-03")
    for unit in later.plan(scheme).outdated:
        later.add(unit.place, "computed anew", sorted(unit.step.sources(unit.month)))
    assert outdated(later.plan(scheme)) == {}


def test_a_payout_waits_for_the_last_month_of_its_round() -> None:
    """While November is not recorded December's payout waits; then November comes first, then it."""
    scheme = scheme_named("bup-2025")
    made = ["performance.waiting_times 2025-11", "performance.first_visit_production 2025-11"]
    paid = [f"payouts.{table} 2025-12" for table in POTS]
    before = history("observed.waiting_times 2025-11", *made, *paid).plan(scheme)
    assert outdated(before) == {}
    december = Place("payouts.payouts", "bup-2025", date(2025, 12, 1))
    november = Missing("waiting_times", date(2025, 11, 1), is_delivered=True)
    assert before.waits_for(december) == {november}

    arrived = history(*made, *paid).plan(scheme)
    assert outdated(arrived) == {
        "2025-11": ["first_visit_production", "next_levels", "waiting_times"],
        "2025-12": POTS,
    }
    assert {unit.step.table.qualified_name() for unit in arrived.outdated if unit.step.pays} == {
        f"payouts.{table}" for table in POTS
    }
    first = next(unit for unit in arrived.outdated if unit.step.pays)
    assert {place.month for place in first.after} == {date(2025, 11, 1)}

    assert outdated(history(*paid).plan(scheme)) == {"2025-12": POTS}


def test_a_month_that_was_delivered_and_not_recorded_is_waited_for() -> None:
    """A base month whose delivery was refused must not pass for one that never came."""
    refused = history("observed.waiting_times 2024-03", "performance.waiting_times 2025-03")
    found = refused.plan(scheme_named("bup-2025"))
    march = Place("performance.waiting_times", "bup-2025", date(2025, 3, 1))
    missing = Missing("waiting_times", date(2024, 3, 1), is_delivered=True)
    assert found.waits_for(march) == {missing}
    assert missing.prevents
    [unit] = [unit for unit in found.units if unit.place == march]
    assert not unit.is_possible


def test_a_base_month_that_nobody_delivered() -> None:
    """It is not waited for: its regions count as not reported."""
    never = history("observed.waiting_times 2022-12", "performance.waiting_times 2024-12")
    assert outdated(never.plan(scheme_named("access-2024"))) == {}
    own = Missing("waiting_times", date(2025, 11, 1))
    assert not own.prevents


def test_what_has_not_begun() -> None:
    """Months to come wait for themselves; the population that is missing is named."""
    found = history().plan(scheme_named("bup-2026"), until=date(2026, 2, 1))
    missing = found.waits_for(Place("payouts.payouts", "bup-2026", date(2026, 3, 1)))
    assert missing == {Missing("", date(2026, 3, 1)), Missing("population", date(2025, 11, 1))}
    assert all(each.prevents for each in missing)


def test_what_is_not_at_hand() -> None:
    """Every month of a dataset that is neither delivered nor recorded, and what has not begun."""
    scheme = scheme_named("bup-2026")
    found = history().plan(scheme, until=date(2026, 2, 1))
    asked = [date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)]
    assert found.not_at_hand(asked) == [
        Missing("", date(2026, 3, 1)),
        Missing("population", date(2025, 11, 1)),
        Missing("waiting_times", date(2026, 1, 1)),
        Missing("waiting_times", date(2026, 2, 1)),
    ]


def test_a_version_stays_while_a_run_is_on_its_way() -> None:
    """When part of a run is recorded, the rest of it is wanted for the same reasons as before."""
    scheme = scheme_named("bup-2025")
    reserves = [f"payouts.reserves 2025-{month:02}" for month in range(3, 12)]
    made = [f"performance.waiting_times 2025-{month:02}" for month in range(3, 12)]
    under_way = history(*reserves, *made)
    before = under_way.plan(scheme)
    under_way.absent = ()
    for unit in before.outdated:
        if unit.step.table is Reserves:
            under_way.add(unit.place, "as computed", sorted(unit.step.sources(unit.month)))
    between = under_way.plan(scheme)
    assert len(between.outdated) == len(before.outdated) - len(reserves)
    versions = {unit.place: unit.version for unit in before.outdated}
    assert between.outdated
    assert all(versions[unit.place] == unit.version for unit in between.outdated)
    redelivered = history().redelivered("observed.waiting_times", "2025-04").plan(scheme)
    assert redelivered.outdated
    assert all(versions.get(unit.place) != unit.version for unit in redelivered.outdated)
