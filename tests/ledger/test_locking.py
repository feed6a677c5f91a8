"""The lock: a stranger who holds it is waited for, named if the wait is vain, and let go again."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from ledger.locking import LedgerBusyError, exclusive
from tests.deliveries.processes import line_of, started

STRANGER = """
import sys
from pathlib import Path
from ledger.locking import exclusive
with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.readline()
"""
SHORT = 0.2


@contextmanager
def stranger(ledger: Path) -> Iterator[Popen[str]]:
    """Another process that holds the lock until it is told to let go, or is killed."""
    with started("-c", STRANGER, str(ledger)) as process:
        try:
            assert line_of(process) == "held"
            yield process
        finally:
            process.kill()


def let_go(process: Popen[str]) -> None:
    """Tell the stranger to let go, and wait until it is gone."""
    process.communicate("now\n", timeout=10)


def test_a_stranger_is_named_after_the_wait(tmp_path: Path) -> None:
    """By its process, with what to do about it; the wait is as long as asked for."""
    ledger = tmp_path / "ledger.duckdb"
    with stranger(ledger) as process:
        begun = time.monotonic()
        with (
            pytest.raises(LedgerBusyError, match=rf"held by PID {process.pid} \(") as refusal,
            exclusive(ledger, wait_seconds=SHORT),
        ):
            pytest.fail("two held the lock at once")
        assert time.monotonic() - begun >= SHORT
    assert str(ledger) in str(refusal.value)
    assert "end it if so, and run again" in str(refusal.value)


def test_it_is_free_once_let_go(tmp_path: Path) -> None:
    """The next one holds it, and is the one then named."""
    ledger = tmp_path / "ledger.duckdb"
    with stranger(ledger) as process:
        let_go(process)
    with exclusive(ledger, wait_seconds=SHORT):
        assert f"PID {os.getpid()} " in ledger.with_suffix(".holder").read_text(encoding="utf-8")


def test_it_is_free_once_its_holder_is_killed(tmp_path: Path) -> None:
    """No file has to be removed by hand."""
    ledger = tmp_path / "ledger.duckdb"
    with stranger(ledger) as process:
        process.kill()
        process.wait(timeout=10)
        with exclusive(ledger, wait_seconds=5):
            pass


def test_a_wait_that_is_not_vain(tmp_path: Path) -> None:
    """Whoever waits gets it as soon as it is free."""
    ledger = tmp_path / "ledger.duckdb"
    with stranger(ledger) as process:
        assert process.stdin is not None
        process.stdin.write("now\n")
        process.stdin.flush()
        with exclusive(ledger, wait_seconds=10):
            pass


def test_it_is_released_after_a_failure(tmp_path: Path) -> None:
    """Whatever happens to its holder."""
    ledger = tmp_path / "ledger.duckdb"

    def fail() -> None:
        with exclusive(ledger):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with stranger(ledger):
        pass


def test_ledgers_do_not_share_a_lock(tmp_path: Path) -> None:
    """A scratch database beside the ledger can be written while the ledger is."""
    with (
        stranger(tmp_path / "ledger.duckdb"),
        exclusive(tmp_path / "scratch.duckdb", wait_seconds=SHORT),
    ):
        pass
