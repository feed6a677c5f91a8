"""A disk that is full, and a folder that may not be written to."""

import shutil
from pathlib import Path

import pytest

from ledger.locking import exclusive
from ledger.warehouse import read_published
from schemas.payouts import Payouts
from schemas.places import DataRoot
from tests.conftest import SAMPLE
from tests.drills.mounts import grow, read_only, small_disk
from tests.drills.processes import begun, bonuspott
from tests.drills.wholeness import (
    assert_acknowledged,
    assert_all_told,
    current_fingerprints,
    whole_ledger,
    whole_publication,
)
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

SCHEME, PAYOUT_MONTH = "surgery-2025", "2025-12"


@pytest.fixture
def root(tmp_path: Path) -> DataRoot:
    """A data root where nothing was run."""
    made = DataRoot(tmp_path / "data")
    shutil.copytree(SAMPLE, made.raw)
    return made


@pytest.mark.parametrize(
    "size",
    ["16k", "700k", "3m"],
)
def test_a_disk_that_gets_full(root: DataRoot, runs: Runs, size: str) -> None:
    """It is said, nothing is half written; with room, a rerun gives what it should."""
    with small_disk(root.warehouse, size):
        said = command(root, "run", SCHEME)
        assert said.status == 1
        assert "No space left on device" in said.err or "the disk is full" in said.err
        assert str(root.warehouse) in said.err.replace("\n", "")
        assert "Traceback" not in said.err
        found = whole_ledger(root)
        assert_acknowledged(root, found)
        whole_publication(root)
        grow(root.warehouse)
        assert command(root, "run", SCHEME).status == 0
        whole_ledger(root, found)
        whole_publication(root)
        assert current_fingerprints(root) == current_fingerprints(runs.of(SCHEME).root)
        assert_all_told(root)


@pytest.mark.parametrize(
    "size",
    ["64k", "1900k"],
)
def test_a_full_disk_under_dagsters_instance(root: DataRoot, runs: Runs, size: str) -> None:
    """It is said whose; what was committed stays, and is told of later."""
    with small_disk(root.dagster_home, size):
        # A process of its own: the run that it leaves open is closed once the process is gone.
        with begun(root, bonuspott, "run", SCHEME) as process:
            assert process.ended(600) == 1
            said = process.said()
        assert "Traceback" not in said
        assert f"Error: Dagster's instance in {root.path}" in said.replace("\n", "")
        found = whole_ledger(root)
        whole_publication(root)
        grow(root.dagster_home)
        rerun = command(root, "run", SCHEME)
        assert rerun.status == 0, rerun.err
        whole_ledger(root, found)
        assert current_fingerprints(root) == current_fingerprints(runs.of(SCHEME).root)
        assert_all_told(root)


READING = (
    ("verify", PAYOUT_MONTH),
    ("audit",),
    ("differences", SCHEME),
    ("explain", SCHEME, PAYOUT_MONTH, "09"),
    ("receipts", SCHEME, "--month", PAYOUT_MONTH),
    ("payouts", SCHEME),
    ("payouts", SCHEME, "--as-of", "2999-12-31"),
    ("check", SCHEME),
)
"""Commands that only read."""


def assert_all_can_be_read(root: DataRoot, folder: Path) -> None:
    """Each command that reads does, and finds nothing wrong."""
    for words in READING:
        receipts = ("--to", str(folder)) if words[0] == "receipts" else ()
        said = command(root, *words, *receipts)
        assert said.status == 0, (words, said.err)
        assert "held by" not in said.err


def test_reading_beside_a_pipeline_that_writes(runs: Runs, tmp_path: Path) -> None:
    """Nobody who reads waits for the writer's lock."""
    root = runs.of(SCHEME).root
    with exclusive(root.ledger):
        assert_all_can_be_read(root, tmp_path / "receipts")


def test_a_folder_that_may_not_be_written_to(runs: Runs, tmp_path: Path) -> None:
    """It is said, what is published can be read, and everything stays as it was."""
    root = runs.of(SCHEME).copied(tmp_path)
    before = {path: path.read_bytes() for path in root.path.rglob("*") if path.is_file()}
    with read_only(root.path):
        assert_all_can_be_read(root, tmp_path / "receipts")
    assert {path: path.read_bytes() for path in root.path.rglob("*") if path.is_file()} == before
    with read_only(root.warehouse):
        said = command(root, "run", SCHEME)
        assert said.status == 1
        assert f"{root.ledger} cannot be written: Read-only file system" in said.err.replace(
            "\n", ""
        )
        assert "Traceback" not in said.err
        looked_back = command(root, "run", SCHEME, "--as-of", "2025-12-31")
        assert looked_back.status == 1
        assert "what is computed as of a day is written there" in looked_back.err
        assert read_published(root, Payouts).height == 21
    assert command(root, "run", SCHEME).status == 0
    assert_all_told(root)
