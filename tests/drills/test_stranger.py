"""A stranger who holds the ledger: named within the wait, and done without once it lets go."""

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import dagster as dg
import pytest

from assets import failures as of_steps
from assets.keys import asset_key
from ledger import engine
from ledger.dialect import attached
from ledger.ledger import Ledger
from ledger.locking import LedgerBusyError, exclusive
from pipeline.definitions import definitions
from pipeline.jobs import DELIVERIES
from schemas.observed import Surgeries
from schemas.places import DataRoot
from tests.deliveries.processes import line_of, started
from tests.drills.wholeness import assert_all_told, whole_ledger
from tests.ledger.ledger_entries import append, payouts
from tests.pipeline.dagster_runs import execute, failures
from tests.pipeline.runs import Runs, command, opened

SCHEME = "surgery-2025"
SHORT = 0.2
LOCKING = """
import sys
from pathlib import Path
from ledger.locking import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""
READING = """
import sys
import duckdb
with duckdb.connect(sys.argv[1], read_only=True):
    print("held", flush=True)
    sys.stdin.readline()
"""
"""A stranger who knows nothing of our lock, such as an analyst with a database shell."""
WRITING = READING.replace(", read_only=True", "")


@contextmanager
def stranger(path: Path, program: str) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the ledger until it is told to let go."""
    with started("-c", program, str(path)) as process:
        try:
            assert line_of(process) == "held"
            yield process
        finally:
            process.kill()


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    """Waits that are as short as a test can have them."""
    monkeypatch.setattr(engine, "exclusive", partial(exclusive, wait_seconds=SHORT))
    monkeypatch.setattr(engine, "attached", partial(attached, wait_seconds=SHORT))
    monkeypatch.setattr(engine, "READ_SECONDS", SHORT)
    monkeypatch.setattr(of_steps, "SECONDS", SHORT)


@pytest.mark.slow
@pytest.mark.usefixtures("hasty")
@pytest.mark.parametrize("program", [LOCKING, READING], ids=["by our lock", "by its own"])
def test_a_run_names_the_stranger(runs: Runs, tmp_path: Path, program: str) -> None:
    """By its process, and nothing is changed; once it is gone the run is through."""
    root = runs.of(SCHEME).copied(tmp_path)
    before = whole_ledger(root)
    with stranger(root.ledger, program) as process:
        said = command(root, "run", SCHEME)
        assert said.status == 1
        assert f"has been held by PID {process.pid}" in said.err.replace("\n", " ")
        assert "Traceback" not in said.err
    assert whole_ledger(root, before) == before
    assert command(root, "run", SCHEME).status == 0
    assert_all_told(root)


@pytest.mark.slow
@pytest.mark.usefixtures("hasty")
def test_a_step_comes_again_while_a_stranger_holds_the_ledger(runs: Runs, tmp_path: Path) -> None:
    """A few times, and then says in Dagster who holds it."""
    root = runs.of(SCHEME).copied(tmp_path)
    key = asset_key(Surgeries)
    with opened(root) as instance:
        with stranger(root.ledger, LOCKING) as process:
            failed = execute(instance, DELIVERIES, "2025-06", [key])
        assert_came_again(failed, process.pid)
        assert execute(instance, DELIVERIES, "2025-06", [key]).success


@pytest.mark.slow
@pytest.mark.usefixtures("hasty")
def test_the_overview_comes_again_while_a_stranger_writes(runs: Runs, tmp_path: Path) -> None:
    """It only reads, and waits for whoever writes, as the other steps do; its check does too."""
    root = runs.of(SCHEME).copied(tmp_path)
    due = definitions.resolve_job_def("due")
    with opened(root) as instance:
        with stranger(root.ledger, WRITING) as process:
            failed = due.execute_in_process(instance=instance, raise_on_error=False)
        assert_came_again(failed, process.pid)
        assert due.execute_in_process(instance=instance).success


def assert_came_again(failed: dg.ExecuteInProcessResult, holder: int) -> None:
    """Each step that failed was tried as often as is allowed, and names the holder."""
    steps = [event.step_key for event in failed.get_step_failure_events()]
    retries = [
        event.step_key
        for event in failed.all_events
        if event.event_type == dg.DagsterEventType.STEP_UP_FOR_RETRY
    ]
    assert steps
    assert sorted(retries) == sorted(steps * of_steps.TRIES)
    assert all(f"held by PID {holder}" in said for said in failures(failed))


def test_a_stranger_who_closes_in_time_is_waited_for(tmp_path: Path) -> None:
    """One who has the file open without our lock, too."""
    root = DataRoot(tmp_path)
    append(Ledger(root.ledger), payouts(1))
    with (
        stranger(root.ledger, READING) as process,
        pytest.raises(LedgerBusyError, match=f"PID {process.pid}"),
        attached(root.ledger, read_only=False, wait_seconds=SHORT),
    ):
        pytest.fail("two had the ledger open at once")
    with started("-c", READING, str(root.ledger)) as process:
        assert line_of(process) == "held"
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
        with attached(root.ledger, read_only=False):
            pass
    assert Ledger(root.ledger).current()
