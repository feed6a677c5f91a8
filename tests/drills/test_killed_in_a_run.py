"""A run that is ended with kill -9 at the worst moments of a group's run."""

import shutil
import signal
import socket
from itertools import chain
from pathlib import Path

import dagster as dg
import pytest

from assets.keys import asset_key
from ledger.chain import RECORD
from pipeline.jobs import DELIVERIES
from pipeline.processes import PROCESS, this_process
from pipeline.recovery import recover
from schemas.observed import Surgeries
from schemas.places import DataRoot
from schemas.tables import TABLES
from tests.conftest import SAMPLE
from tests.drills.killed_run import killed_run
from tests.drills.processes import begun
from tests.drills.wholeness import (
    assert_acknowledged,
    assert_all_told,
    current_fingerprints,
    told,
    whole_ledger,
    whole_publication,
)
from tests.pipeline.dagster_runs import execute
from tests.pipeline.runs import Runs, command, opened

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"
RUNS = {
    "observed.surgeries": {"observed.surgeries"},
    "payouts.reserves": {"payouts.reserves"},
    "performance.surgery_caps": {
        "performance.surgeries",
        "performance.surgery_followup",
        "performance.surgery_caps",
    },
    "payouts.differences": {
        "payouts.round_payments",
        "payouts.fulfilment",
        "payouts.payout_lines",
        "payouts.payouts",
        "payouts.differences",
    },
}
"""The runs of the command in their order: the last table of each, and all that it records."""

MOMENTS = {"before": False, "uncommitted": False, "committed": True, "telling": True, "told": True}
"""When the run is ended, and whether all that it records is then in the ledger; else nothing is."""

SECONDS = 180


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """A data root where nothing was run."""
    made = DataRoot(tmp_path / "data")
    shutil.copytree(SAMPLE, made.raw)
    return made


def end_at(root: DataRoot, moment: str, table: str) -> None:
    """Run the scheme in a process that ends itself there."""
    with begun(root, killed_run, moment, table, "run", SCHEME) as process:
        assert process.ended(SECONDS) == -signal.SIGKILL, process.said()


@pytest.mark.parametrize("moment", MOMENTS)
def test_killed_at_a_moment_of_every_run(root: DataRoot, runs: Runs, moment: str) -> None:
    """The run is there whole or not at all, all before it stays, and a rerun gives what it should."""
    found = whole_ledger(root)
    for number, table in enumerate(RUNS):
        end_at(root, moment, table)
        before, found = found, whole_ledger(root, found)
        done = list(RUNS.values())[: number + MOMENTS[moment]]
        # What was delivered is read once.
        expected = set(chain(*done)) - {each.table for each in before if not each.scheme}
        assert {each.table for each in found[len(before) :]} == expected
        assert_acknowledged(root, found)
        whole_publication(root)
    assert command(root, "run", SCHEME).status == 0
    whole_ledger(root, found)
    whole_publication(root)
    assert current_fingerprints(root) == current_fingerprints(runs.of(SCHEME).root)
    assert_all_told(root)


@pytest.mark.parametrize("moment", ["unfinished", "renamed"])
def test_killed_in_the_publication(runs: Runs, tmp_path: Path, moment: str) -> None:
    """The published warehouse is the old one or the new one, and whole."""
    root = runs.of(SCHEME).copied(tmp_path)
    found, old = whole_ledger(root), root.published.read_bytes()
    end_at(root, moment, "warehouse.published")
    assert (root.published.read_bytes() == old) == (moment == "unfinished")
    whole_publication(root)
    found = whole_ledger(root, found)
    assert command(root, "run", SCHEME).status == 0
    whole_ledger(root, found)
    whole_publication(root)
    assert sorted(path.name for path in root.warehouse.glob("bonuspott*")) == ["bonuspott.duckdb"]
    assert_all_told(root)


@pytest.mark.parametrize("moment", ["committed", "telling"])
def test_what_was_committed_and_never_told_is_announced_at_the_next_start(
    root: DataRoot, moment: str
) -> None:
    """Once, with what the record holds; the run is closed, for its process is gone."""
    end_at(root, moment, "performance.surgery_caps")
    found = whole_ledger(root)
    with opened(root) as instance:
        [run] = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        known = set(chain.from_iterable(told(instance).values()))
        lost = {
            each.number: each
            for each in found
            if each.run == run.run_id and each.number not in known
        }
        assert {each.table for each in lost.values()} == (
            RUNS["performance.surgery_caps"]
            if moment == "committed"
            else {"performance.surgery_caps"}
        )
        words = recover(instance, root)
        assert recover(instance, root) == []
        assert [line for line in words if run.run_id in line and "marked as failed" in line]
        assert len(words) == len(lost) + 1
        closed = instance.get_run_by_id(run.run_id)
        assert closed is not None
        assert closed.status == dg.DagsterRunStatus.FAILURE
        events = [
            event.asset_materialization
            for key in {asset_key(TABLES[each.table], each.scheme) for each in lost.values()}
            for event in instance.fetch_materializations(key, limit=100).records
        ]
        for event in events:
            assert event is not None
            record = lost.pop(int(str(event.metadata[RECORD].value)))
            assert event.metadata["fingerprint"].value == record.fingerprint
            assert event.metadata["dagster/partition_row_count"].value == record.row_count
            assert record.run in str(event.metadata["announced_later"].value)
        assert not lost
    assert_all_told(root)


def test_a_month_that_was_told_of_as_not_delivered_is_announced_when_it_was_lost(
    root: DataRoot,
) -> None:
    """Dagster's last event of the month has no record then, and that is no hindrance."""
    october = root.raw / "surgeries" / "2025-10"
    october.rename(root.path / "later")
    with opened(root) as instance:
        key = asset_key(Surgeries)
        assert execute(instance, DELIVERIES, "2025-10", [key]).success
        (root.path / "later").rename(october)
        end_at(root, "committed", "observed.surgeries")
        words = recover(instance, root)
        assert any("observed.surgeries of 2025-10" in line for line in words)
    assert_all_told(root)


def test_the_next_run_says_what_it_announces(root: DataRoot) -> None:
    """On the command line, before its own work."""
    end_at(root, "committed", "payouts.reserves")
    said = command(root, "run", SCHEME)
    assert said.status == 0
    assert "payouts.reserves of 2025-06" in said.err
    assert "was recorded and is announced now" in said.err
    assert "is marked as failed: its process" in said.err
    assert_all_told(root)


def test_a_run_whose_process_lives_is_left_alone(root: DataRoot) -> None:
    """And so is one of which nobody knows the process, or another machine does."""
    with opened(root) as instance:
        tags = [{PROCESS: this_process()}, {}, {PROCESS: "elsewhere:1"}]
        living = [
            dg.DagsterRun(f"a job {number}", tags=each, status=dg.DagsterRunStatus.STARTED)
            for number, each in enumerate(tags)
        ]
        for run in living:
            instance.add_run(run)
        assert recover(instance, root) == []
        assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.STARTED}


@pytest.mark.parametrize("interrupted", ["free_concurrency_slots_for_run", "store_event"])
def test_who_is_killed_while_closing_a_run_leaves_its_place_free(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, interrupted: str
) -> None:
    """The drill of a thousand kills came upon it: the run was closed, and its pool taken for good."""
    with opened(root) as instance:
        pools, gone = instance.event_log_storage, {PROCESS: f"{socket.gethostname()}:{2**22 + 1}"}
        run = instance.add_run(
            dg.DagsterRun("a job", tags=gone, status=dg.DagsterRunStatus.STARTED)
        )
        pools.set_concurrency_slots("a pool", 1)
        assert pools.claim_concurrency_slot("a pool", run.run_id, "a step").is_claimed
        with monkeypatch.context() as patch:
            patch.setattr(pools, interrupted, ended)
            with pytest.raises(KeyboardInterrupt):
                recover(instance, root)
        recover(instance, root)
        assert pools.get_concurrency_info("a pool").active_slot_count == 0
        assert {each.status for each in instance.get_runs()} == {dg.DagsterRunStatus.FAILURE}


def ended(_run: object) -> None:
    """End as a process does that is told to."""
    raise KeyboardInterrupt


def test_an_instance_begun_anew_is_told_everything(runs: Runs, tmp_path: Path) -> None:
    """Where Dagster's folder was lost, what the ledger holds as current is announced in a new one."""
    root = runs.of(SCHEME).copied(tmp_path)
    shutil.rmtree(root.dagster_home)
    with opened(root) as instance:
        words = recover(instance, root)
        assert len(words) == len(current_fingerprints(root))
        assert recover(instance, root) == []
    assert_all_told(root)
