"""The audit finds every gap between the files on disk and the deliveries recorded."""

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Literal
from unicodedata import normalize

import pytest

from ledger.audit.finding import finding_table
from schemas.places import DataRoot
from tests.deliveries.delivering import deliver, lines
from tests.ledger.audit.ledgers import (
    audited,
    filled,
    found,
    places,
    record,
    recorded,
)

APRILS = "waiting_times/2025-04/2025-05-20.csv"
HEADER = "listed_on;started_on;region;measure;patient_chosen"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A data root with two deliveries recorded; to be copied."""
    root = DataRoot(tmp_path_factory.mktemp("made"))
    filled(root)
    return root


@pytest.fixture
def filled_root(made: DataRoot, tmp_path: Path) -> DataRoot:
    """A copy to change."""
    return DataRoot(Path(shutil.copytree(made.path, tmp_path / "copy")))


def accepted_file(root: DataRoot) -> Path:
    """The accepted copy of April's file."""
    return root.accepted / hashlib.sha256((root.raw / APRILS).read_bytes()).hexdigest()


def moved(root: DataRoot, folder: str) -> None:
    """Move a folder of the data root away."""
    (root.path / folder).rename(root.path / "elsewhere")


def overwritten(path: Path, content: bytes) -> None:
    """Put other bytes in a file's place, though it is read-only."""
    path.unlink()
    path.write_bytes(content)


DONE: dict[str, tuple[Callable[[DataRoot], object], list[tuple[str, str]]]] = {
    "a delivered file changed": (
        lambda root: (root.raw / APRILS).write_text("other"),
        [("delivered file changed", f"raw/{APRILS}")],
    ),
    "an accepted file removed": (
        lambda root: accepted_file(root).unlink(),
        [("accepted file gone", "deliveries/")],
    ),
    "an accepted file changed": (
        lambda root: overwritten(accepted_file(root), b"other"),
        [("accepted file changed", "deliveries/")],
    ),
}
"""What was done to the files, and the beginnings of what is found."""

OPEN: dict[str, tuple[str, list[tuple[str, str]]]] = {
    "a delivery of a new month": (
        "raw/waiting_times/2025-06/2025-07-20.csv",
        [("delivery not recorded", "raw/waiting_times/2025-06/2025-07-20")],
    ),
    "a correction": (
        "raw/waiting_times/2025-04/2025-08-20.csv",
        [("delivery not recorded", "raw/waiting_times/2025-04/2025-08-20")],
    ),
    "a delivery dated before the one recorded": (
        "raw/waiting_times/2025-04/2025-05-01.csv",
        [("delivery not recorded", "raw/waiting_times/2025-04/2025-05-01")],
    ),
    "another file of a recorded day": (
        "raw/waiting_times/2025-04/2025-05-20-more.csv",
        [("part of a delivery not recorded", "raw/waiting_times/2025-04/2025-05-20-more.csv")],
    ),
    "a name without a day": (
        "raw/waiting_times/2025-07/april.csv",
        [("unreadable file", "raw/waiting_times/2025-07/april.csv")],
    ),
    "an unknown dataset": (
        "raw/waiting_time/2025-04/2025-05-20.csv",
        [("file out of place", "raw/waiting_time")],
    ),
    "a folder that is no month": (
        "raw/waiting_times/2025-4/2025-05-20.csv",
        [("file out of place", "raw/waiting_times/2025-4")],
    ),
    "an accepted file that nothing rests on": (
        "warehouse/deliveries/abc",
        [("accepted file not recorded", "deliveries/abc")],
    ),
    "words for people": ("raw/waiting_times/README.md", []),
    "a copy under way": ("raw/waiting_times/2025-04/2025-08-20.csv.part", []),
    "a hidden file": ("raw/waiting_times/2025-04/.DS_Store", []),
}
"""A file put on disk, and what the audit says of it: none of it is wrong."""


@pytest.mark.parametrize("done", DONE)
def test_files_that_are_not_those_recorded(filled_root: DataRoot, done: str) -> None:
    """Gone, or changed, in either folder."""
    do, expected = DONE[done]
    do(filled_root)
    findings = audited(filled_root).findings
    assert {finding.weight for finding in findings} == {"wrong"}
    for (what, where), (expected_what, begins) in zip(map(places, findings), expected, strict=True):
        assert what == expected_what
        assert where.startswith(begins)


@pytest.mark.parametrize("folder", ["raw", f"raw/{APRILS}", "warehouse/deliveries"])
def test_what_lies_elsewhere(filled_root: DataRoot, folder: str) -> None:
    """A pruned raw/, or another checkout without the copies: it is told, and nothing is wrong."""
    moved(filled_root, folder)
    [finding] = audited(filled_root).findings
    assert finding.what == ("delivered file gone" if folder.endswith(".csv") else "folder gone")
    assert finding.weight == "not at hand"


@pytest.mark.parametrize("forms", [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_name_that_another_system_writes_otherwise(
    root: DataRoot, forms: tuple[Literal["NFC", "NFD"], Literal["NFC", "NFD"]]
) -> None:
    """An ä of one sign that became one of two, or the reverse, is the same name."""
    recorded_as, became = (
        f"waiting_times/2025-04/{normalize(form, '2025-05-20-väntetider.csv')}" for form in forms
    )
    recorded(root, recorded_as, 1)
    (root.raw / recorded_as).rename(root.raw / became)
    assert audited(root).findings == []
    record(root, became)
    assert audited(root).findings == []


def test_a_folder_that_another_system_writes_otherwise(root: DataRoot) -> None:
    """Of whichever form each part of the path became: a file changed there is seen."""
    day = root.raw / "waiting_times" / "2025-04" / "2025-05-20 väntetider"
    recorded_as = f"waiting_times/2025-04/{day.name}/del åäö.csv"
    recorded(root, recorded_as, 1)
    became = day.rename(day.with_name(normalize("NFD", day.name)))
    file = became / "del åäö.csv"
    mixed = file.rename(file.with_name(f"del å{normalize('NFD', 'äö')}.csv"))
    assert audited(root).findings == []
    mixed.write_text("other", encoding="utf-8")
    [finding] = audited(root).findings
    assert places(finding) == ("delivered file changed", f"raw/{recorded_as}")


@pytest.mark.parametrize(
    "name",
    ["raw/\udce4.csv", "raw/waiting_times/2025-5 \udce4/", "raw/waiting_times/2025-04/v\udce4.csv"],
)
def test_a_name_of_bytes_that_are_no_letters(filled_root: DataRoot, name: str) -> None:
    """As old shares and archives have them: told with the byte written out, in a table that can be written."""
    path = filled_root.path / name
    if name.endswith("/"):
        path.mkdir()
    else:
        path.write_text("anything", encoding="utf-8")
    (filled_root.accepted / "\udce4").touch()
    table = finding_table(audited(filled_root).findings)
    assert table.height
    assert all("\\udce4" in where for where in table["where"])


@pytest.mark.parametrize("put", OPEN)
def test_files_that_are_not_recorded(filled_root: DataRoot, put: str) -> None:
    """They are told as open, for nothing that is recorded is wrong."""
    name, expected = OPEN[put]
    path = filled_root.path / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("anything")
    findings = audited(filled_root).findings
    assert [places(finding) for finding in findings] == expected
    assert {finding.weight for finding in findings} <= {"open"}


def test_a_link_out_of_the_folder(filled_root: DataRoot, tmp_path: Path) -> None:
    """In the place of a recorded file, with other bytes, it is a changed file; a new one is no delivery."""
    (filled_root.raw / "waiting_times/2025-06").mkdir()
    (filled_root.raw / "waiting_times/2025-06/2025-07-20.csv").symlink_to(tmp_path)
    assert ("unreadable file", "raw/waiting_times/2025-06/2025-07-20.csv") in found(filled_root)


def test_a_correction_leaves_the_earlier_delivery_in_place(filled_root: DataRoot) -> None:
    """Both are recorded and on disk, so nothing is found."""
    recorded(filled_root, "waiting_times/2025-04/2025-08-20.csv", 5)
    assert found(filled_root) == []


def test_a_part_that_comes_after_the_others(root: DataRoot) -> None:
    """The day's files are another delivery then, and all of them are recorded under its name too."""
    name = "waiting_times/2025-04/2025-05-20-{}.csv"
    deliver(root, name.format(1), lines("2025-04-01;2025-04-05;01;first_visit;0", header=HEADER))
    first = record(root, name.format(1))
    deliver(root, name.format(2), lines("2025-04-01;2025-04-05;03;first_visit;0", header=HEADER))
    second = record(root, name.format(2))
    assert first != second
    walked = audited(root)
    assert walked.findings == []
    assert sorted(walked.deliveries["delivery_id"]) == sorted(map(str, [first, second, second]))
