"""A run that is ended with kill -9 at the worst moments of a stage."""

import shutil
import sys
from itertools import chain
from pathlib import Path

import dagster as dg
import pytest

from assets.other_runs import PROCESS, this_process
from assets.store import Store
from ledger.chain import RECORD
from pipeline.recovery import recover
from schemas.places import DataRoot
from tests.conftest import SAMPLE
from tests.drills.processes import begun
from tests.drills.wholeness import (
    assert_acknowledged,
    assert_all_told,
    current_fingerprints,
    told,
    whole_ledger,
    whole_publication,
)
from tests.pipeline.runs import Runs, command, environment, opened

SCHEME = "surgery-2025"
STAGES = [
    "observed.surgeries",
    "payouts.reserves",
    "performance.surgeries",
    "performance.surgery_followup",
    "performance.surgery_caps",
    "payouts.round_payments",
    "payouts.differences",
    "payouts.fulfilment",
    "payouts.payout_lines",
    "payouts.payouts",
]
MOMENTS = {"before": 0, "uncommitted": 0, "committed": 1, "told": 1}
"""When the run is ended, and how many appends of the stage are then in the ledger."""

SPARSE = STAGES[::5]
KILLED_IN = {"before": SPARSE, "uncommitted": STAGES, "committed": STAGES, "told": SPARSE}
"""Every stage on both sides of its commit; the moments farther from it in some."""

SECONDS = 180


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """A data root where nothing was run."""
    made = DataRoot(tmp_path / "data")
    shutil.copytree(SAMPLE, made.raw)
    return made


def end_at(root: DataRoot, moment: str, table: str) -> None:
    """Run the scheme in a process that ends itself there."""
    program = (sys.executable, "-m", "tests.drills.killed_run", moment, table)
    with begun(root, *program, "run", SCHEME) as process:
        said, _ = process.communicate(timeout=SECONDS)
    assert process.returncode == -9, said


@pytest.mark.slow
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_run_killed_in_every_stage(root: DataRoot, runs: Runs, moment: str) -> None:
    """The stage is there whole or not at all, all before it stays, and a rerun gives what it should."""
    found = whole_ledger(root)
    for table in KILLED_IN[moment]:
        end_at(root, moment, table)
        before, found = found, whole_ledger(root, found)
        added = [each["table_name"] for each in found[len(before) :]]
        stages = STAGES[: STAGES.index(table) + MOMENTS[moment]]
        assert set(added) == set(stages)
        assert_acknowledged(root, found)
        whole_publication(root)
    assert command(root, "run", SCHEME).status == 0
    whole_ledger(root, found)
    whole_publication(root)
    assert current_fingerprints(root) == current_fingerprints(runs.of(SCHEME).root)
    assert_all_told(root)


@pytest.mark.slow
@pytest.mark.parametrize("moment", ["unfinished", "renamed"])
def test_a_run_killed_in_the_publication(runs: Runs, tmp_path: Path, moment: str) -> None:
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


def test_what_was_committed_and_never_told_is_announced_at_the_next_start(
    root: DataRoot,
) -> None:
    """Once, with what the record holds; the run is closed, for its process is gone."""
    end_at(root, "committed", "performance.surgery_caps")
    found = whole_ledger(root)
    lost = {
        each[RECORD]: each for each in found if each["table_name"] == "performance.surgery_caps"
    }
    assert lost
    with opened(root) as instance:
        [run] = instance.get_runs(filters=dg.RunsFilter(statuses=[dg.DagsterRunStatus.STARTED]))
        assert set(lost).isdisjoint(chain.from_iterable(told(instance).values()))
        with environment(root):
            words = recover(instance, Store())
            assert recover(instance, Store()) == []
        assert [line for line in words if run.run_id in line and "marked as failed" in line]
        closed = instance.get_run_by_id(run.run_id)
        assert closed is not None
        assert closed.status == dg.DagsterRunStatus.FAILURE
        key = dg.AssetKey([SCHEME, "performance", "surgery_caps"])
        events = [
            each.asset_materialization
            for each in instance.fetch_materializations(key, limit=100).records
        ]
        assert len(events) == len(lost) == len(words) - 1
        for event in events:
            assert event is not None
            record = lost[int(str(event.metadata[RECORD].value))]
            assert event.metadata["fingerprint"].value == record["fingerprint"]
            assert event.metadata["dagster/partition_row_count"].value == record["row_count"]
            assert record["dagster_run_id"] in str(event.metadata["announced_later"].value)
    assert_all_told(root)


@pytest.mark.slow
def test_the_next_run_says_what_it_announces(root: DataRoot) -> None:
    """On the command line, before its own work."""
    end_at(root, "committed", "payouts.reserves")
    said = command(root, "run", SCHEME)
    assert said.status == 0
    assert "was recorded (materialisation" in said.err
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
        with environment(root):
            assert recover(instance, Store()) == []
        assert {run.status for run in instance.get_runs()} == {dg.DagsterRunStatus.STARTED}


@pytest.mark.slow
def test_an_instance_begun_anew_is_told_everything(runs: Runs, tmp_path: Path) -> None:
    """Where Dagster's folder was lost, what the ledger holds as current is announced in a new one."""
    root = runs.of(SCHEME).copied(tmp_path)
    shutil.rmtree(root.dagster_home)
    with opened(root) as instance, environment(root):
        words = recover(instance, Store())
        assert len(words) == len(current_fingerprints(root))
        assert recover(instance, Store()) == []
    assert_all_told(root)
