"""Ctrl-C: said in a word, with nothing of a program's, wherever it comes."""

import os
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from ledger.dialect import attached
from pipeline.entering import ENTERED_NOT_COMPUTED
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

DECIDE = ("decide", "access-2024", "2024-08", "--by", "a test", "--reference", "made up")


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root in which a scheme was run."""
    return runs.of("access-2024").copied(tmp_path)


@pytest.fixture
def interrupted(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Whoever computes is interrupted in the middle of a query."""

    def compute(*_: object) -> None:
        with attached(root.ledger) as connection:
            signal.setitimer(signal.ITIMER_REAL, 0.1)
            connection.sql("SELECT count(*) FROM range(1_000_000_000_000)").fetchall()

    def interrupt(*_: object) -> None:
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("assets.materialising.compute", compute)
    before = signal.signal(signal.SIGALRM, interrupt)
    yield
    signal.signal(signal.SIGALRM, before)


@pytest.mark.usefixtures("interrupted")
@pytest.mark.parametrize(
    ("words", "status", "said"),
    [
        (("run", "access-2024"), 1, "Aborted!"),
        (DECIDE, ENTERED_NOT_COMPUTED, "It was interrupted. It is entered, and"),
    ],
)
def test_within_a_query(root: DataRoot, words: Sequence[str], status: int, said: str) -> None:
    """Of `run` nothing is recorded; an entry is, and it is said what to do."""
    told = command(root, *words)
    assert told.status == status
    assert said in " ".join(told.err.split())
    assert "Traceback" not in told.err
    assert "Stack Trace" not in told.err
