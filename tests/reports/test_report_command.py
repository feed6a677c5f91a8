"""`bonuspott report`: the documents in a folder, and what it refuses."""

import json
from pathlib import Path
from typing import get_args

import pytest

from explanation.language import CODES
from reports.documents import MANIFEST, folder_of, write_set
from reports.renewing import NotASetError
from rules.small_numbers import Audience
from schemas.places import DataRoot
from tests.pipeline.runs import command
from tests.reports.conftest import MONTH, SCHEME


def test_the_folder_is_named_or_the_data_roots_own(decided_root: DataRoot, tmp_path: Path) -> None:
    """The paths on standard output, the status for people; nothing unfinished is left behind."""
    for folder, option in (
        (decided_root.path / "reports" / SCHEME / MONTH / "internal-sv", []),
        (tmp_path / "named", ["--to", str(tmp_path / "named")]),
    ):
        told = command(decided_root, "report", SCHEME, MONTH, *option)
        assert told.status == 0, told.err
        assert sorted(told.out.split()) == sorted(str(path) for path in folder.iterdir())
        assert len(told.out.split()) == 8
        assert "Beslutad" in told.err
        manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        assert manifest["decision"]["reference"] == "II:7"


def test_in_english(root: DataRoot, tmp_path: Path) -> None:
    """The words change, the figures do not."""
    told = command(root, "report", SCHEME, MONTH, "--to", str(tmp_path), "--language", "en")
    assert told.status == 0
    assert "add up to 1\xa0547 million kronor" in (tmp_path / "press.md").read_text("utf-8")


def test_a_folder_holds_what_its_manifest_names(tmp_path: Path) -> None:
    """A set takes the place of another whole; what is nobody's stays, and no foreign folder is taken."""
    folder = tmp_path / "december"
    for names in (["bilaga.pdf", "utbetalningslista.csv"], ["bilaga.pdf"]):
        manifest = json.dumps({"files": dict.fromkeys(names)}).encode()
        write_set({**dict.fromkeys(names, b""), MANIFEST: manifest}, folder)
        (folder / "letter.txt").write_text("a letter of the office's own")
    assert sorted(path.name for path in folder.iterdir()) == ["bilaga.pdf", "letter.txt", MANIFEST]
    for content in (b"{", b"{}", b"[]"):
        (folder / MANIFEST).write_bytes(content)
        with pytest.raises(NotASetError, match=r"manifest\.json cannot be read"):
            write_set({"press.md": b""}, folder)
    (folder / MANIFEST).unlink()
    with pytest.raises(NotASetError, match=r"holds bilaga\.pdf, and no manifest\.json"):
        write_set({"press.md": b""}, folder)
    assert sorted(path.name for path in folder.iterdir()) == ["bilaga.pdf", "letter.txt"]


def test_each_audience_and_language_has_its_own_folder(tmp_path: Path) -> None:
    """So that no pay list stands beside what is public."""
    folders = {
        folder_of(tmp_path, SCHEME, MONTH, audience, code)
        for audience in get_args(Audience)
        for code in CODES
    }
    assert len(folders) == len(get_args(Audience)) * len(CODES)


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        ([SCHEME, "2024-09"], 2, "pays nothing out in 2024-09, but in 2024-08, 2024-12"),
        (["bup-2025", "2025-08"], 1, "`bonuspott run bup-2025` computes it"),
        ([SCHEME, MONTH, "--audience", "press"], 2, "'press' is not one of"),
        ([SCHEME, MONTH, "--audience", "public", "--payees", __file__], 2, "is not public"),
        ([SCHEME, MONTH, "--payees", __file__], 1, "row 1: the columns must be"),
        ([SCHEME, MONTH, "--payees", "none.csv"], 1, "none.csv cannot be read"),
    ],
)
def test_what_is_refused(
    arguments: list[str], status: int, words: str, root: DataRoot, tmp_path: Path
) -> None:
    """With its reason, and nothing is written."""
    told = command(root, "report", *arguments, "--to", str(tmp_path / "new"))
    assert (told.status, told.out) == (status, "")
    assert words in " ".join(told.err.split())
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("arguments", [["report", SCHEME, MONTH], ["pages"], ["receipts"]])
def test_a_folder_that_cannot_be_is_named(
    arguments: list[str], root: DataRoot, tmp_path: Path
) -> None:
    """Before anything is made: what stands in its way, and what was expected."""
    file = tmp_path / "a file"
    file.touch()
    told = command(root, *arguments, "--to", str(file / "in it"))
    assert (told.status, told.out) == (2, "")
    said = " ".join(told.err.split())
    assert f"{file} is a file, and a folder to write into was expected; name another" in said


def test_where_the_documents_are(root: DataRoot, tmp_path: Path) -> None:
    """A path a line for people, a row a file for programs."""
    arguments = ["report", SCHEME, MONTH, "--to", str(tmp_path / "new")]
    paths = command(root, *arguments).out.splitlines()
    rows = json.loads(command(root, *arguments, "--format", "json").out)
    assert rows == [{"file": path} for path in paths]
    assert len(rows) == len(list((tmp_path / "new").iterdir()))
