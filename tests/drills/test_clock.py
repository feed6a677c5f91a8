"""A machine whose clock is wrong: what was known when rests on it, so the order of records does not give."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path

import pytest
from dagster._core.test_utils import freeze_time

from assets import partitions
from assets.keys import asset_key
from ledger import clock
from ledger.clock import TOLERANCE, ClockError, utc_now
from ledger.ledger import Ledger
from pipeline.jobs import DELIVERIES
from schemas.observed import Surgeries
from schemas.places import DataRoot
from tests.drills.wholeness import whole_ledger
from tests.ledger.ledger_entries import append, payouts, records
from tests.pipeline.dagster_runs import execute, failures
from tests.pipeline.runs import Runs, command, opened

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"
HOUR = timedelta(hours=1)


@contextmanager
def machine_at(moment: datetime) -> Iterator[None]:
    """The clock of the machine, ours and Dagster's, stopped at the moment."""

    class Stopped(datetime):
        """The time it is."""

        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return moment.astimezone(tz)

    with freeze_time(moment), pytest.MonkeyPatch.context() as patch:
        patch.setattr(partitions, "datetime", Stopped)
        yield


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root where the scheme was run."""
    return runs.of(SCHEME).copied(tmp_path)


def set_clock(monkeypatch: pytest.MonkeyPatch, by: timedelta) -> None:
    """Set the ledger's clock ahead, or back."""
    monkeypatch.setattr(clock, "utc_now", lambda: utc_now() + by)


def test_a_clock_set_back_a_little(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As time servers do: the record is made, at the time of the last one, in its order."""
    ledger = Ledger(tmp_path / "ledger.duckdb")
    append(ledger, payouts(1))
    set_clock(monkeypatch, -TOLERANCE / 2)
    append(ledger, payouts(2))
    monkeypatch.undo()
    append(ledger, payouts(3))
    times = [record["recorded_at"] for record in records(ledger)]
    assert times[0] == times[1] < times[2]


def test_a_clock_set_back_an_hour(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is recorded: an answer as of an earlier day would change."""
    ledger = Ledger(tmp_path / "ledger.duckdb")
    append(ledger, payouts(1))
    known = datetime.now(UTC)
    set_clock(monkeypatch, -HOUR)
    with pytest.raises(ClockError, match="Put the clock right and run again"):
        append(ledger, payouts(2))
    assert len(records(ledger)) == 1
    monkeypatch.undo()
    append(ledger, payouts(3))
    assert [each.number for each in ledger.current(as_of=known)] == [1]


def test_a_clock_that_was_ahead(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Is noticed when it is put right: the message names both times, and the guide."""
    ledger = Ledger(tmp_path / "ledger.duckdb")
    set_clock(monkeypatch, timedelta(days=3650))
    append(ledger, payouts(1))
    [record] = records(ledger)
    monkeypatch.undo()
    with pytest.raises(ClockError) as error:
        append(ledger, payouts(2))
    assert record["recorded_at"].isoformat(" ", "seconds") in str(error.value)
    assert "docs/operations.md, section 'When something fails'" in str(error.value)


def test_a_run_with_a_clock_set_back(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told on the command line and in Dagster; the ledger stays as it was."""
    before = whole_ledger(root)
    set_clock(monkeypatch, -30 * HOUR)
    said = command(root, "run", SCHEME)
    assert said.status == 1
    assert "this machine's clock says" in said.err
    assert "Traceback" not in said.err
    with opened(root) as instance:
        failed = execute(instance, DELIVERIES, "2025-06", [asset_key(Surgeries)])
    assert "this machine's clock says" in failures(failed)[0]
    assert whole_ledger(root, before) == before


def test_a_clock_before_the_first_month(data_root: DataRoot) -> None:
    """No month has begun by it: that is said, and what lies there is not read."""
    with machine_at(datetime(2020, 12, 1, tzinfo=UTC)):
        said = command(data_root, "run", SCHEME)
    assert said.status == 1
    assert "June 2025: the month has not begun" in said.err
    assert "surgeries/2025-06 is not run" in said.err
    assert "Traceback" not in said.err
    assert not data_root.ledger.exists()


def test_a_clock_in_an_earlier_year(root: DataRoot) -> None:
    """Months that have not begun by it are listed as such, and are not computed."""
    before = whole_ledger(root)
    with machine_at(datetime(2025, 7, 1, tzinfo=UTC)):
        said = command(root, "run", SCHEME, "--from", "2025-08")
    assert said.status == 1
    assert "August 2025: the month has not begun" in said.err
    assert whole_ledger(root, before) == before
