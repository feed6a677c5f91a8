"""What stands in a person's row is shown of no delivery, whatever its columns are called."""

from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import PurePosixPath

import pytest

from deliveries.faults import shown, shown_cell
from deliveries.formats.spreadsheets import read_xlsx
from schemas.places import DataRoot
from tests.deliveries.case_files import Case, cases
from tests.deliveries.delivering import HEADER, faults_in, file_of
from tests.deliveries.raw_workbooks import book, inline, raw_workbook, sheet
from tests.deliveries.test_fuzzed_deliveries import WRITERS

NUMBERS = [
    *[
        "191212121212",
        "19121212-1212",
        "1212121212",
        "121212-1212",
        "121212+1212",
        "1912-12-12-1212",
    ],
    *["19121212 1212", "121272-1212", "19121212\u20131212", "19121212-A123", "Anna, 19121212-1212"],
]
"""A person who does not exist, as such numbers are written: also for coordination, and as hospitals do."""

FORMULAS = {
    1: [inline("A1", "region"), inline("B1", "measure"), inline("C1", "waiting")],
    2: [inline("A2", "01"), '<c r="B2"><f>"Anna Andersson"</f></c>', inline("C2", "3")],
}
SECRETS = ["Anna Andersson", "19121212-1212", "F90.0B", "2025-03-01", "Kalle", *NUMBERS]


def told(root: DataRoot, name: str, content: bytes) -> str:
    """All that is said of a file."""
    return " ".join(str(each) for each in faults_in(root, content, name))


def persons(header: Sequence[str], secrets: Sequence[str]) -> list[list[str]]:
    """Rows with each secret in each column."""
    return [
        list(islice(cycle([*secrets[first:], *secrets[:first]]), len(header)))
        for first in range(len(secrets))
    ]


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.parametrize("case", cases("person_headers.csv"))
def test_no_cell_is_shown_under_a_wrong_header(root: DataRoot, case: Case, ending: str) -> None:
    """Records whose header shares most with that of counts are refused for the header alone."""
    header = case["header"].split(";")
    content = WRITERS[ending]([header, *persons(header, SECRETS)])
    said = told(root, str(PurePosixPath(case["delivery"]).with_suffix(f".{ending}")), content)
    assert "Fault(" in said
    assert not [each for each in SECRETS if each in said]


def test_no_personal_number_is_shown_under_a_right_header(root: DataRoot) -> None:
    """In whichever column; what else stands there is shown, for the sender has to find it."""
    header = HEADER.split(";")
    said = told(
        root,
        "waiting_times/2025-04/2025-05-20.csv",
        WRITERS["csv"]([header, *persons(header, NUMBERS)]),
    )
    assert "a personal number: not shown" in said
    assert not [each for each in ("1212", "Anna") if each in said]


@pytest.mark.parametrize(
    "text",
    [
        *["2025-05-20", "2025-05-20 13:30:00", "20250520", "1000000000000", "99999999999999999999"],
        *["Anna Andersson", "17*", "1 417 st", "9000000000000", "12345678901", "544 99 160"],
        "waiting_times/2025-04/2025-05-20.csv",
    ],
)
def test_what_is_no_personal_number_is_shown(text: str) -> None:
    """Counts, days, and names of files."""
    assert shown_cell(text) == text


@pytest.mark.parametrize("number", NUMBERS)
def test_a_personal_number_is_not_shown(number: str) -> None:
    """Nor what stands beside it in the cell, which may be the name."""
    assert "1212" not in shown_cell(f"a {number} b")


def test_a_file_is_named_by_its_day_and_time() -> None:
    """What its sender called it is no cell, and is what the sender looks for."""
    assert shown("2025-05-20-1030.csv") == "2025-05-20-1030.csv"


def test_words_of_formulas_under_a_right_header(root: DataRoot) -> None:
    """A formula is shown without the texts in it."""
    names = "".join(inline(f"{'ABCDEF'[at]}1", name) for at, name in enumerate(HEADER.split(";")))
    cells = f'{inline("A2", "01")}<c r="C2"><f>"Anna "&amp;B2</f></c>'
    rows = f'<row r="1">{names}</row><row r="2">{cells}</row>'
    said = told(root, "waiting_times/2025-04/2025-05-20.xlsx", raw_workbook(sheet(rows)))
    assert '="…"&B2' in said
    assert "Anna" not in said


def test_a_sheet_named_by_a_person() -> None:
    """What sheet was read is told; not whose it is."""
    sheets = book('sheetId="1" r:id="R0"', 'sheetId="2" r:id="R0"')
    named = sheets.replace('name="0"', 'name="Anna 19121212-1212"')
    content = raw_workbook(
        sheet(f'<row r="1">{inline("A1", "n")}</row>'), {"xl/workbook.xml": named}
    )
    notes = str(read_xlsx(file_of("2025-05-20.xlsx", content)).notes)
    assert "a personal number: not shown" in notes
    assert "Anna" not in notes


def test_formulas_under_a_wrong_header(root: DataRoot) -> None:
    """They are named by their cell; what they are made of is not shown."""
    rows = "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in FORMULAS.items())
    said = told(root, "waiting_times/2025-04/2025-05-20.xlsx", raw_workbook(sheet(rows)))
    assert "not a formula" in said
    assert "Anna" not in said
