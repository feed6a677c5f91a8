"""What is outdated and what waits, told from the ledger's records alone."""

from datetime import date

import polars as pl
import pytest

from assets.outdated import Lack, Records, State, in_words, state
from deliveries.finding import DATASETS, months_delivered
from ledger.ledger import Ledger
from pipeline.requests import spans
from rules.loading import load_schemes
from schemas.audit import Materialisations
from schemas.months import month_key, parse_month
from schemas.regions import region_codes
from tests.pipeline.runs import Runs
from tests.pipeline.test_staleness import SCHEMES

DECEMBER = date(2026, 12, 1)
POTS = ["bonus_pots", "differences", "fulfilment", "payout_lines", "payouts", "round_payments"]
LINES = ["differences", "fulfilment", "payout_lines", "payouts", "round_payments"]


class Recorded:
    """The ledger's records after all schemes were run, some of which can be left out."""

    def __init__(self, runs: Runs) -> None:
        """Read them."""
        root = runs.of(*SCHEMES).root
        self.rows = Ledger(root.ledger).record(Materialisations)
        self.delivered = {each: set(months_delivered(root, each)) for each in DATASETS}

    def state(self, scheme: str, rows: pl.DataFrame, until: date = DECEMBER) -> State:
        """The scheme's state by the rows."""
        records = Records(rows)
        return state(load_schemes()[scheme], region_codes(), records, self.delivered, until)

    def without(self, *left_out: str) -> pl.DataFrame:
        """The records but those named, such as `observed.waiting_times 2025-11`."""
        names = pl.col("table_name") + " " + pl.col("month").dt.strftime("%Y-%m")
        return self.rows.filter(~names.is_in(left_out))

    def redelivered(self, table: str, month: str) -> pl.DataFrame:
        """The records, and one more of an observed month, with other rows."""
        (again,) = (
            self.rows.filter(
                (pl.col("table_name") == table) & (pl.col("month") == parse_month(month))
            )
            .tail(1)
            .to_dicts()
        )
        again["materialisation_id"] = self.rows["materialisation_id"].max() + 1
        again["fingerprint"] = "0" * 64
        return pl.concat([self.rows, pl.DataFrame([again], schema=self.rows.schema)])


@pytest.fixture(scope="module")
def recorded(runs: Runs) -> Recorded:
    """What the runs recorded."""
    return Recorded(runs)


def outdated(found: State) -> dict[str, list[str]]:
    """The outdated tables of each month."""
    months: dict[str, list[str]] = {}
    for unit in found.outdated:
        name = unit.stage.table.qualified_name().partition(".")[2]
        months.setdefault(month_key(unit.month), []).append(name)
    return {month: sorted(names) for month, names in sorted(months.items())}


@pytest.mark.parametrize("scheme", SCHEMES)
def test_nothing_after_a_run(scheme: str, recorded: Recorded) -> None:
    """All rests on what is current."""
    found = recorded.state(scheme, recorded.rows)
    assert (found.outdated, found.waiting) == ([], {})


def test_a_redelivered_base_month(recorded: Recorded) -> None:
    """March 2024 touches March 2024 in one scheme, March 2025 in the next, and their payouts."""
    rows = recorded.redelivered("observed.waiting_times", "2024-03")
    assert outdated(recorded.state("access-2024", rows)) == {
        "2024-03": ["waiting_times"],
        "2024-08": LINES,
        "2024-12": ["bonus_pots", "differences", "payout_lines", "payouts"],
    }
    assert outdated(recorded.state("bup-2025", rows)) == {
        "2025-03": ["waiting_times"],
        "2025-08": LINES,
        "2025-12": ["bonus_pots", "differences", "payout_lines", "payouts"],
    }
    assert outdated(recorded.state("surgery-2025", rows)) == {}


def test_a_redelivered_month_of_a_baseline(recorded: Recorded) -> None:
    """Operations of July 2023 touch every month summed from July on, and the payout."""
    rows = recorded.redelivered("observed.surgeries", "2023-07")
    counted = ["surgeries", "surgery_caps", "surgery_followup"]
    assert outdated(recorded.state("surgery-2025", rows)) == {
        **{f"2025-{month:02}": counted for month in range(7, 11)},
        "2025-12": LINES,
    }


def test_a_payout_waits_for_the_last_month_of_its_round(recorded: Recorded) -> None:
    """While November is not recorded December's payout waits; then November comes first, then it."""
    made = ["performance.waiting_times 2025-11", "performance.first_visit_production 2025-11"]
    paid = [f"payouts.{table} 2025-12" for table in POTS]
    missing = recorded.without("observed.waiting_times 2025-11", *made, *paid)
    found = recorded.state("bup-2025", missing)
    assert outdated(found) == {}
    payout = found.waiting["payouts.payouts", "bup-2025", date(2025, 12, 1)]
    assert payout == {Lack("waiting_times", date(2025, 11, 1))}

    arrived = recorded.state("bup-2025", recorded.without(*made, *paid))
    assert outdated(arrived) == {
        "2025-11": ["first_visit_production", "waiting_times"],
        "2025-12": POTS,
    }
    pays = {unit.stage.table.qualified_name() for unit in arrived.outdated if unit.pays}
    assert pays == {f"payouts.{table}" for table in POTS}
    first = next(unit for unit in arrived.outdated if unit.pays)
    assert {place[2] for place in first.after} == {date(2025, 11, 1)}

    computed = recorded.state("bup-2025", recorded.without(*paid))
    assert outdated(computed) == {"2025-12": POTS}


def test_a_month_that_was_delivered_and_not_recorded_is_waited_for(recorded: Recorded) -> None:
    """A base month whose delivery was refused must not pass for one that never came."""
    rows = recorded.without("observed.waiting_times 2024-03", "performance.waiting_times 2025-03")
    found = recorded.state("bup-2025", rows)
    assert found.waiting["performance.waiting_times", "bup-2025", date(2025, 3, 1)] == {
        Lack("waiting_times", date(2024, 3, 1))
    }


def test_what_has_not_begun(recorded: Recorded) -> None:
    """Months to come wait for themselves; the population that lacks is named."""
    found = recorded.state("bup-2026", recorded.rows, until=date(2026, 2, 1))
    lacks = found.waiting["payouts.payouts", "bup-2026", date(2026, 3, 1)]
    assert lacks == {Lack("", date(2026, 3, 1)), Lack("population", date(2025, 11, 1))}
    assert in_words(lacks) == "2026-03 to begin; population of 2025-11"


def test_a_version_stays_while_a_run_is_on_its_way(recorded: Recorded) -> None:
    """When part of a run is recorded, the rest of it is wanted for the same reasons as before."""
    reserves = [f"payouts.reserves 2025-{month:02}" for month in range(3, 12)]
    made = [f"performance.waiting_times 2025-{month:02}" for month in range(3, 12)]
    before = recorded.state("bup-2025", recorded.without(*reserves, *made))
    between = recorded.state("bup-2025", recorded.without(*made))
    versions = {unit.place: unit.version for unit in before.outdated}
    assert between.outdated
    assert all(versions[unit.place] == unit.version for unit in between.outdated)
    redelivered = recorded.state(
        "bup-2025", recorded.redelivered("observed.waiting_times", "2025-04")
    )
    assert all(versions.get(unit.place) != unit.version for unit in redelivered.outdated)


def test_spans_hold_nothing_that_is_not_wanted(recorded: Recorded) -> None:
    """May 2025 anew: May's measures, and the rest of the period's production: two spans."""
    rows = recorded.redelivered("observed.waiting_times", "2025-05")
    units = [unit for unit in recorded.state("bup-2025", rows).outdated if not unit.pays]
    assert [
        (month_key(work.first), month_key(work.last), len(work.stages), len(work.units))
        for work in spans(units)
    ] == [("2025-05", "2025-05", 2, 2), ("2025-06", "2025-06", 1, 1)]
