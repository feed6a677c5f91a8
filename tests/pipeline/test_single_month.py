"""Months launched by hand through Dagster's own interface: what each makes, needs, and leaves out."""

import shutil
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from ledger.ledger import Ledger
from pipeline.definitions import definitions
from pipeline.run import QUIET
from schemas.months import month_key
from schemas.places import DataRoot
from tests.pipeline.dagster_runs import execute, execute_range, failures, materialised
from tests.pipeline.runs import Runs, command, deliver_july_again, opened, published

pytestmark = pytest.mark.slow

MONTHS, PAYOUTS = "bup_2025_months", "bup_2025_payouts"
BEFORE = ("2024-11", "2024-03")
"""Months that March 2025 rests on: the population's, and its base."""

PARTS = ("round_payments", "fulfilment")
"""What of December's payout does not rest on August's."""

WAITING_TIMES = dg.AssetKey(["observed", "waiting_times"])
WAITED_FOR = dg.AssetKey(["bup-2025", "performance", "waiting_times"])


def test_a_month_from_delivery_to_payout(runs: Runs, data_root: DataRoot) -> None:
    """March 2025, which measures and pays: three runs with its key, once what it rests on is there."""
    with opened(data_root) as instance:
        for month in BEFORE:
            assert execute(instance, "deliveries", month).success
        results = [execute(instance, job, "2025-03") for job in ("deliveries", MONTHS, PAYOUTS)]
    for result in results:
        assert result.success, failures(result)
        made = materialised(result)
        assert made[-1] == ("warehouse/published", "None")
        assert {month for _, month in made[:-1]} == {"2025-03"}
        assert len(made) == len(set(made))
    march = pl.col("month") == pl.date(2025, 3, 1)
    whole, alone = published(runs.of("access-2024", "bup-2025").root), published(data_root)
    assert alone["payouts.payouts"].height
    for name, rows in alone.items():
        if rows.height and "scheme" in rows.columns:
            ours = whole[name].filter(march, pl.col("scheme") == "bup-2025")
            assert rows.equals(ours), name


def test_a_refused_month_of_a_range(data_root: DataRoot) -> None:
    """The other months are recorded and published; the refused one is named, with what to do."""
    delivered = next((data_root.raw / "waiting_times" / "2025-04").iterdir())
    delivered.write_text("not a delivery\n", encoding="utf-8")
    with opened(data_root) as instance:
        for first, last in (("2024-11", "2024-11"), ("2024-03", "2024-05")):
            assert execute_range(instance, "deliveries", first, last).success
        read = execute_range(instance, "deliveries", "2025-03", "2025-05", [WAITING_TIMES])
        result = execute_range(instance, MONTHS, "2025-03", "2025-05")
    assert not read.success
    assert "waiting_times/2025-04/" in failures(read)[0]
    assert {month for asset, month in materialised(read) if asset.startswith("observed")} == {
        *("2025-03", "2025-05")
    }
    assert not result.success
    [words] = failures(result)
    assert words.startswith(
        "observed.waiting_times of 2025-04 is needed, and its delivery was refused; left out: "
    )
    assert "performance.waiting_times of 2025-04" in words
    months: dict[str, list[str]] = {}
    for record in Ledger.of(data_root).current():
        if record.scheme:
            months.setdefault(record.table, []).append(month_key(record.month))
    assert {table: sorted(made) for table, made in months.items()} == {
        "payouts.reserves": ["2025-03", "2025-04", "2025-05"],
        "performance.waiting_times": ["2025-03", "2025-05"],
        # What is summed from March on needs every month since.
        "performance.first_visit_production": ["2025-03"],
        "performance.next_levels": ["2025-03"],
    }
    shown = published(data_root)["performance.waiting_times"]
    assert sorted(map(month_key, shown["month"].unique())) == ["2025-03", "2025-05"]


def test_what_was_never_made_is_made_first(runs: Runs, data_root: DataRoot) -> None:
    """A year's only payout, materialised where nothing was ever read or computed, comes to what it always does."""
    with opened(data_root) as instance:
        result = execute(instance, "surgery_2025_payouts", "2025-12")
    assert result.success, failures(result)
    made = {asset for asset, _ in materialised(result)}
    assert {"observed/surgeries", "surgery-2025/performance/surgeries"} <= made
    whole, alone = published(runs.of("surgery-2025").root), published(data_root)
    for name, rows in alone.items():  # also what stands beside what it rests on: pages show it
        if rows.height and "scheme" in rows.columns:
            made = pl.col("month").is_in(rows["month"].unique().implode())
            assert rows.equals(whole[name].filter(made)), name
    assert alone["performance.surgery_followup"].height
    with opened(data_root) as instance:
        again = execute(instance, "surgery_2025_payouts", "2025-12")
    assert {month for _, month in materialised(again)} == {"2025-12", "None"}


def test_what_is_outdated_is_made_first(runs: Runs, tmp_path: Path) -> None:
    """A payout of which one month came again comes to what a run of the whole year comes to."""
    paid, whole = (
        runs.of("access-2024").copied(tmp_path / name) for name in ("paid alone", "run whole")
    )
    for root in (paid, whole):
        deliver_july_again(root)
    before = published(paid)["payouts.payouts"]
    assert command(whole, "run", "access-2024").status == 0
    with opened(paid) as instance:
        result = execute(instance, "access_2024_payouts", "2024-12")
    assert result.success, failures(result)
    assert ("access-2024/performance/waiting_times", "2024-07") in materialised(result)
    ours, theirs = published(paid), published(whole)
    assert not ours["payouts.payouts"].equals(before)
    for name in ("performance.waiting_times", "payouts.payout_lines", "payouts.payouts"):
        assert ours[name].equals(theirs[name]), name


def test_a_part_of_a_later_payout_makes_no_earlier_one_unread(data_root: DataRoot) -> None:
    """August's deliveries lie there unread: no payout of it is made of counts that pass for not reported."""
    asked = [dg.AssetKey(["access-2024", "payouts", name]) for name in PARTS]
    with opened(data_root) as instance:
        assert execute(instance, "access_2024_payouts", "2024-12", asked).success
    assert computed_of(data_root, "payouts.") == {
        *((f"payouts.{name}", "2024-12") for name in PARTS),
        *(("payouts.reserves", f"2024-{month:02}") for month in range(7, 13)),
    }


def test_no_payout_is_made_of_a_refused_month(data_root: DataRoot) -> None:
    """Neither of the month's own round, nor by a run of what of the next payout does not rest on it."""
    [delivered] = (data_root.raw / "waiting_times" / "2024-05").iterdir()
    delivered.write_text("not a delivery\n", encoding="utf-8")
    assert command(data_root, "run", "access-2024").status == 1
    assert {
        (table, month)
        for table, month in computed_of(data_root, "p")
        if month in {"2024-05", "2024-08", "2024-12"} and table != "payouts.reserves"
    } == {
        ("performance.waiting_times", "2024-08"),
        ("performance.next_levels", "2024-08"),
        *((f"payouts.{name}", "2024-12") for name in PARTS),
    }


def computed_of(root: DataRoot, beginning: str) -> set[tuple[str, str]]:
    """What the ledger holds of tables whose names begin so: each with its month."""
    return {
        (each.table, month_key(each.month))
        for each in Ledger.of(root).current()
        if each.table.startswith(beginning)
    }


def test_a_month_whose_population_nobody_delivered(data_root: DataRoot) -> None:
    """It waits: nothing is recorded, nothing fails, and its event says what is missing."""
    shutil.rmtree(data_root.raw / "population")
    with opened(data_root) as instance:
        result = execute(instance, MONTHS, "2025-03")
        [event] = instance.fetch_materializations(WAITED_FOR, limit=1).records
    assert result.success, failures(result)
    assert event.asset_materialization is not None
    assert event.asset_materialization.description == (
        "observed.population of 2024-11 is needed, and there is none; left out: "
        "performance.waiting_times of 2025-03"
    )
    assert {each.scheme for each in Ledger.of(data_root).current()} == {""}


def test_a_run_of_one_asset_publishes(data_root: DataRoot) -> None:
    """What was recorded can be opened as soon as the run has ended, whoever started it."""
    population = dg.AssetKey(["observed", "population"])
    with opened(data_root) as instance:
        result = execute(instance, "deliveries", "2024-11", [population])
    assert materialised(result) == [
        ("observed/population", "2024-11"),
        ("warehouse/published", "None"),
    ]
    assert published(data_root)["observed.population"].height


def test_publishing_alone(runs: Runs, empty_root: DataRoot) -> None:
    """The file is made anew from the ledger, and nothing is recorded; also where nothing ever was."""
    root = runs.of("access-2024").copied(empty_root.path)
    job = definitions.resolve_job_def("publication")
    before = Ledger.of(root).current()
    root.published.unlink()
    with opened(root) as instance:
        result = job.execute_in_process(instance=instance, run_config=QUIET)
    assert result.success
    assert Ledger.of(root).current() == before
    assert published(root)["payouts.payouts"].height
    with opened(empty_root) as instance:
        assert job.execute_in_process(instance=instance, run_config=QUIET).success
    assert not empty_root.published.exists()


def test_a_month_without_delivery_computes(data_root: DataRoot) -> None:
    """A month that nobody delivered is not reported: it computes, and earns nothing."""
    for path in (data_root.raw / "waiting_times" / "2025-03").iterdir():
        path.unlink()
    with opened(data_root) as instance:
        for month in BEFORE:
            assert execute(instance, "deliveries", month).success
        assert execute(instance, MONTHS, "2025-03").success
    performance = published(data_root)["performance.waiting_times"]
    assert set(performance["status"]) == {"not_reported"}
    assert int(performance["earned_sek"].sum()) == 0
