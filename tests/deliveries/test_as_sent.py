"""Deliveries as people really send them: taken with the right sums, or refused with the cause named."""

import shutil
from pathlib import Path

import pytest

from deliveries.finding import remarks
from schemas.places import DataRoot
from tests.deliveries.case_files import Case, cases
from tests.deliveries.delivering import taken_or_refused

FOLDERS = Path(__file__).with_name("as_sent")


@pytest.mark.parametrize("case", cases("as_sent.csv"))
def test_a_delivery_as_it_was_sent(case: Case) -> None:
    """What a case says is told of it; one cause in few lines, whatever it does to the file."""
    root = DataRoot(FOLDERS / case["case"])
    observed, refused = taken_or_refused(root, case["delivery"])
    assert case["right"] == ("take" if observed else "refuse")
    words = remarks(root)
    for each in observed:
        words += [*each.notes, *(remark.what for remark in each.remarks)]
    for error in refused:
        assert len(error.faults) <= 21  # as many as there are regions
        words += [f"{fault.value} {fault.expected}" for fault in error.faults]
    assert not case["says"] or any(case["says"] in each for each in words), words
    for sums in case["sums"].split():
        column, total = sums.split("=")
        assert observed[0].rows[column].sum() == int(total)


def test_what_is_hidden_is_told() -> None:
    """A filter hides rows, which are read all the same."""
    observed, _ = taken_or_refused(DataRoot(FOLDERS / "x08-filtered"), "waiting_times/2025-04")
    assert observed[0].notes["rows that are hidden on the sheet, and read all the same"] == 60


def test_what_was_understood_of_five_tables_of_six() -> None:
    """It is not hidden behind the one that is missing."""
    _, [refused] = taken_or_refused(DataRoot(FOLDERS / "n45-five"), "waiting_times/2025-04")
    said = refused.understood["first_visit completed: understood"]
    assert str(said).startswith("21 of 21 regions reported; Antal genomförda totalt 11070")


def test_a_row_of_no_region_is_none_that_reported(tmp_path: Path) -> None:
    """What was understood counts regions, and nothing of whom nobody knows."""
    root = DataRoot(shutil.copytree(FOLDERS / "n45-five", tmp_path / "sent"))
    [table] = root.raw.glob("waiting_times/2025-04/*first_visit__completed.csv")
    text = table.read_text(encoding="utf-8")
    table.write_text(text.replace("Kalmar", "Kalmarsund"), encoding="utf-8")
    _, [refused] = taken_or_refused(root, "waiting_times/2025-04")
    said = refused.understood["first_visit completed: understood"]
    assert str(said).startswith("20 of 21 regions reported; ")
    assert " 11070;" not in f"{said};"
