"""Deliveries as other programs make them, read from `raw/` as the pipeline reads them."""

import shutil
from pathlib import Path

import pytest

from schemas.places import DataRoot
from tests.deliveries.delivering import FILE, accepted, deliver, refusal

MADE = Path(__file__).parent / "made_files"
FOLDER = "waiting_times/2025-04"
COUNTS = ("completed", "completed_within_30", "waiting", "waiting_within_30")


def counts(root: DataRoot) -> dict[tuple[str, str], tuple[int | None, ...]]:
    """The counts of the month's delivery, which is found right."""
    rows = accepted(root, FOLDER).rows.select("region_code", "measure", *COUNTS).rows()
    return {(code, measure): tuple(rest) for code, measure, *rest in rows}


def put(root: DataRoot, made: str) -> None:
    """A made file delivered on a day, under its own ending."""
    content = (MADE / made).read_bytes()
    deliver(root, FILE.replace(".csv", Path(made).suffix), content)


def test_the_page_saved_by_libreoffice(root: DataRoot) -> None:
    """Six tables, with units and no-break spaces; zero is zero, and silence is silence."""
    shutil.copytree(MADE / "page", root.raw / FOLDER)
    observed = accepted(root, FOLDER)
    assert observed.layout == "vantetider.se"
    assert counts(root) == {
        ("01", "first_visit"): (1417, 708, 1517, 758),
        ("01", "assessment"): (300, 150, 400, 200),
        ("01", "treatment"): (88, 44, 188, 94),
        **{
            (code, measure): each
            for code, each in (
                ("09", (0, 0, 0, 0)),
                ("12", (41, 20, 41, 20)),
                ("18", (None, None, None, None)),
            )
            for measure in ("first_visit", "assessment", "treatment")
        },
    }
    passed = "rows of the country, sectors or clinics passed over"
    assert observed.notes[f"treatment waiting: {passed}"] == 3


def test_windows_1252(root: DataRoot) -> None:
    """Its dash for a missing count is none of the signs, and is named; all else is read."""
    put(root, "windows_1252.csv")
    [fault] = refusal(root, FOLDER).faults
    assert (fault.row, fault.column, fault.value) == (3, "waiting", "\u2013")
    text = (MADE / "windows_1252.csv").read_bytes()
    deliver(root, FILE, text.replace(b"\x96", b".."))
    assert counts(root) == {
        ("12", "first_visit"): (1205, 1003, 402, 310),
        ("14", "first_visit"): (2001, 1544, 905, 700),
        ("23", "first_visit"): (None, None, None, None),
    }


def test_a_workbook_of_libreoffice(root: DataRoot) -> None:
    """Regions set to text stay what they were."""
    put(root, "libreoffice_tidy.xlsx")
    assert ("01", "first_visit") in counts(root)


@pytest.mark.parametrize(
    ("made", "words"),
    [
        ("copied_from_web_page.csv", "a table as CSV, XLSX or Parquet"),
        ("libreoffice_formula.xlsx", "the header of a layout"),
        ("libreoffice_old_format.xls", "a table as CSV, XLSX or Parquet"),
        ("libreoffice_region_lost.xlsx", "two-digit county code"),
    ],
)
def test_what_other_programs_spoil(root: DataRoot, made: str, words: str) -> None:
    """Refused, with what was expected."""
    put(root, made)
    assert any(words in fault.expected for fault in refusal(root, FOLDER).faults)
