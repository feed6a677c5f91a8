"""A ledger that is not what was written to it: said which file, left alone, and restored."""

import shutil
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import duckdb
import pytest

from assets.keys import asset_key
from ledger.failures import DatabaseDamagedError
from ledger.ledger import Ledger
from pipeline.jobs import DELIVERIES
from schemas.observed import Surgeries
from schemas.places import CHECKOUT, DataRoot
from tests.deliveries.processes import started
from tests.drills.wholeness import (
    assert_all_told,
    current_fingerprints,
    whole_ledger,
    whole_publication,
)
from tests.ledger.ledger_entries import append, payouts
from tests.pipeline.dagster_runs import execute, failures
from tests.pipeline.runs import Runs, command, opened

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"
GUIDE = CHECKOUT / "docs" / "operations.md"


def truncated(path: Path, size: int) -> None:
    """Keep only the first bytes."""
    with path.open("r+b") as file:
        file.truncate(size)


def overwritten(path: Path, start: int, length: int) -> None:
    """Put other bytes in the place of some."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\xa5" * length)


DAMAGES: dict[str, Callable[[Path], None]] = {
    "empty": lambda path: truncated(path, 0),
    "a few bytes left": lambda path: truncated(path, 100),
    "the header left": lambda path: truncated(path, 12288),
    "another start": lambda path: overwritten(path, 0, 64),
    "another header": lambda path: overwritten(path, 4096, 8192),
    "other bytes from the header on": lambda path: overwritten(
        path, 12288, path.stat().st_size - 12288
    ),
    "text": lambda path: path.write_bytes(b"not a database\n" * 1000) and None,
}
LATE_DAMAGES: dict[str, Callable[[Path], None]] = {
    "the last byte gone": lambda path: truncated(path, path.stat().st_size - 1),
    "cut in half": lambda path: truncated(path, path.stat().st_size // 2),
    "other bytes in the middle": lambda path: overwritten(
        path, path.stat().st_size // 2, path.stat().st_size // 4
    ),
}
"""Damages that the database notices only when it reads the place, if there is anything."""


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_ledger_is_told_and_left_alone(
    runs: Runs, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """The file is named, with where to read on; what is published stays readable."""
    root = runs.of(SCHEME).copied(tmp_path)
    damage(root.ledger)
    before, published = root.ledger.read_bytes(), root.published.read_bytes()
    said = command(root, "run", SCHEME)
    assert said.status == 1
    words = " ".join(said.err.split())
    assert f"{root.ledger} is damaged" in words
    assert "docs/operations.md, section 'When something fails'" in words
    assert "Traceback" not in said.err
    assert root.ledger.read_bytes() == before
    assert command(root, "payouts", SCHEME).status == 0
    assert root.published.read_bytes() == published


@pytest.mark.parametrize("damage", LATE_DAMAGES.values(), ids=LATE_DAMAGES)
def test_damage_that_shows_later(
    runs: Runs, tmp_path: Path, damage: Callable[[Path], None]
) -> None:
    """It is told once it is met, before anything of it is published; or nothing was lost."""
    root = runs.of(SCHEME).copied(tmp_path)
    damage(root.ledger)
    published = root.published.read_bytes()
    said = command(root, "run", SCHEME)
    assert "Traceback" not in said.err
    if said.status:
        assert f"{root.ledger} is damaged" in " ".join(said.err.split())
        assert root.published.read_bytes() == published
    else:
        whole_ledger(root)
        whole_publication(root)


def test_the_guide_has_the_section() -> None:
    """That messages name."""
    assert "\n## When something fails\n" in GUIDE.read_text(encoding="utf-8")


def test_a_damaged_ledger_fails_a_step_in_words(runs: Runs, tmp_path: Path) -> None:
    """In Dagster too, at once: coming again would not mend it."""
    root = runs.of(SCHEME).copied(tmp_path)
    overwritten(root.ledger, 0, 64)
    with opened(root) as instance:
        failed = execute(instance, DELIVERIES, "2025-06", [asset_key(Surgeries)])
    [said] = failures(failed)
    assert f"{root.ledger} is damaged" in said
    assert not [event for event in failed.all_events if event.is_step_up_for_retry]


@pytest.mark.parametrize("start", [64, 3000, 9000, 20_000])
def test_damage_within_a_log_that_was_not_yet_taken_in(tmp_path: Path, start: int) -> None:
    """Is told, or the file is what it was before the damaged commit: never half of one."""
    path = tmp_path / "ledger.duckdb"
    ledger = Ledger(path)
    append(ledger, payouts(1))
    with duckdb.connect(str(path)) as connection:
        connection.execute("PRAGMA disable_checkpoint_on_shutdown")
        connection.execute("CREATE TABLE filler AS SELECT range AS n FROM range(10000)")
    log = path.with_name("ledger.duckdb.wal")
    assert log.exists()
    overwritten(log, min(start, log.stat().st_size - 64), 32)
    with suppress(DatabaseDamagedError):
        assert len(ledger.current()) == 1


def test_a_backup_as_the_guide_has_it(tmp_path: Path) -> None:
    """`flock` holds our own lock: a copy made while others write is whole, log and all."""
    path = tmp_path / "ledger.duckdb"
    append(Ledger(path), payouts(0, scheme="first"))
    program = ("-m", "tests.ledger.ledger_writer", str(path), "writer", "12")
    with started(*program) as writer:
        copies = 0
        while writer.poll() is None:
            folder = tmp_path / f"copy-{copies}"
            folder.mkdir()
            command = f"flock {path.with_suffix('.lock')} sh -c 'cp {path}* {folder}'"
            subprocess.run(["bash", "-c", command], check=True)
            assert Ledger(folder / path.name).current()
            copies += 1
    assert writer.returncode == 0
    assert copies


def test_a_ledger_restored_from_a_backup(runs: Runs, tmp_path: Path) -> None:
    """What was published since bears witness; once it is moved away, a rerun gives what it should."""
    root = runs.of(SCHEME).copied(tmp_path)
    backup = shutil.copy(root.ledger, tmp_path / "backup.duckdb")
    assert command(root, "run", SCHEME).status == 0
    truncated(root.ledger, 100)
    assert command(root, "run", SCHEME).status == 1
    shutil.copy(backup, root.ledger)
    said = command(root, "run", SCHEME)
    assert said.status == 1
    assert "which was recorded before" in " ".join(said.err.split())
    (tmp_path / "damaged").mkdir()
    shutil.copy(backup, root.ledger)
    for witness in (root.published, root.heads, root.path / "dagster"):
        witness.rename(tmp_path / "damaged" / witness.name)
    before = whole_ledger(root)
    assert command(root, "run", SCHEME).status == 0
    whole_ledger(root, before)
    assert current_fingerprints(root) == current_fingerprints(runs.of(SCHEME).root)
    assert_all_told(root)
    assert command(root, "audit").status == 0


def test_a_ledger_begun_anew_from_what_was_accepted(runs: Runs, tmp_path: Path) -> None:
    """Without any backup: the accepted files are put back under their names, and all is run again."""
    root = runs.of(SCHEME).copied(tmp_path)
    overwritten(root.ledger, 0, 64)
    anew = DataRoot(tmp_path / "anew")
    for dataset in sorted((root.raw).iterdir()):
        for note in dataset.glob("*.txt"):
            (anew.raw / dataset.name).mkdir(parents=True, exist_ok=True)
            shutil.copy(note, anew.raw / dataset.name)
    query = "SELECT file_name, sha256 FROM audit.deliveries"
    with duckdb.connect(str(root.published), read_only=True) as connection:
        for file, sha256 in connection.execute(query).fetchall():
            target = anew.raw / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(root.accepted / sha256, target)
    assert command(anew, "run", SCHEME).status == 0
    assert current_fingerprints(anew) == current_fingerprints(runs.of(SCHEME).root)
    assert_all_told(anew)
