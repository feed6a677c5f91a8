"""`bonuspott receipts` on what runs have recorded: two runs, one content."""

from pathlib import Path

import pytest

from schemas.places import DataRoot
from tests.ledger.in_toto import Provenance, Statement
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"


def files(folder: Path) -> dict[str, bytes]:
    """Every file below the folder, by its path there."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_two_runs_in_two_folders(runs: Runs, tmp_path: Path) -> None:
    """Among other schemes, and alone by another process: the same content to the byte, other occurrences."""
    roots = {
        "among": runs.all().root,
        "elsewhere": runs.elsewhere(SCHEME),
    }
    for name, root in roots.items():
        told = command(root, "receipts", SCHEME, "--to", str(tmp_path / name))
        assert told.status == 0, told.err
        assert "files written" in told.err
    contents, again = (files(tmp_path / name / "content") for name in roots)
    occurrences, later = (files(tmp_path / name / "occurrences") for name in roots)
    assert contents == again
    assert occurrences != later
    for content in contents.values():
        statement = Statement.model_validate_json(content)
        Provenance.model_validate(statement.predicate)


def test_again_into_the_same_folder(runs: Runs, tmp_path: Path) -> None:
    """What is there stays; another month is put beside it; what differs is never overwritten."""
    root = runs.all().root
    told = command(root, "receipts", SCHEME, "--month", "2025-12", "--to", str(tmp_path))
    assert told.status == 0
    first = files(tmp_path)
    assert all("/2025-12." in name or name.startswith("occurrences/") for name in first)
    assert command(root, "receipts", SCHEME, "--to", str(tmp_path)).status == 0
    second = files(tmp_path)
    assert first.items() < second.items()
    changed = next(iter(first))
    (tmp_path / changed).write_text("mine")
    told = command(root, "receipts", "--to", str(tmp_path))
    assert told.status == 1
    assert "holds other receipts under the same names" in told.err
    assert changed in told.err
    assert files(tmp_path) == {**second, changed: b"mine"}


def test_what_was_replaced(runs: Runs, tmp_path: Path) -> None:
    """With --every, a receipt for each record of the ledger."""
    root = runs.all().root
    for name, option in (("current", []), ("every", ["--every"])):
        told = command(root, "receipts", "--to", str(tmp_path / name), *option)
        assert told.status == 0
    every = files(tmp_path / "every")
    assert files(tmp_path / "current").items() <= every.items()
    occurrences = [name for name in every if name.startswith("occurrences/")]
    assert occurrences == [
        f"occurrences/{number:06}.json" for number in range(1, len(occurrences) + 1)
    ]


def test_nothing_to_write(runs: Runs, empty_root: DataRoot, tmp_path: Path) -> None:
    """No ledger, or nothing recorded of what is asked for: said in words, and no folder is made."""
    told = command(empty_root, "receipts", "--to", str(tmp_path / "none"))
    assert told.status == 1
    assert "nothing was recorded yet" in told.err
    told = command(
        runs.all().root,
        "receipts",
        SCHEME,
        "--month",
        "2030-01",
        "--to",
        str(tmp_path / "none"),
    )
    assert told.status == 1
    assert "nothing is recorded of surgery-2025 2030-01" in told.err
    assert not (tmp_path / "none").exists()
