"""What stands in a person's row is shown of no delivery, whatever its columns are called."""

from collections.abc import Mapping, Sequence
from itertools import cycle, islice
from pathlib import PurePosixPath

import pytest

from deliveries.faults import shown, shown_cell, shown_figures, shown_share, shown_title
from deliveries.formats.spreadsheets import read_xlsx
from deliveries.layouts.vantetider_table import sides
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
    *["121212\u22121212", "121212_1212", "121212 - 1212", "1912 12 12 1212", "12 12 12 12 12"],
    *["1912.12.12.1212", "121212/1212", "19 12 12 12-12 12", "1912\u200b1212\u00ad1212"],
    *[
        "\uff11\uff19\uff11\uff12\uff11\uff12\uff11\uff12-1212",
        "\u0661\u0662\u0661\u0662\u0661\u0662-1212",
    ],
]
"""A person who does not exist, as such numbers are written: also for coordination, and as hospitals do."""

FORMULAS = {
    1: [inline("A1", "region"), inline("B1", "measure"), inline("C1", "waiting")],
    2: [inline("A2", "01"), '<c r="B2"><f>"Anna Andersson"</f></c>', inline("C2", "3")],
    3: [inline("A3", "01"), '<c r="B3"><f>VLOOKUP(A1,Anna!A1:B2,2)+Anna_Svensson</f></c>'],
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
    """In whichever column, nor what stands beside it."""
    header = HEADER.split(";")
    said = told(
        root,
        "waiting_times/2025-04/2025-05-20.csv",
        WRITERS["csv"]([header, *persons(header, NUMBERS)]),
    )
    assert "a personal number: not shown" in said
    assert not [each for each in ("1212", "Anna") if each in said]


PAGE = "waiting_times/2025-04/2025-05-20__first_visit__completed"
RIGHT: Mapping[str, tuple[str, str]] = {
    "waiting_times/2025-04/2025-05-20": (HEADER, "region;measure"),
    "population/2024-11/2025-02-20": ("region;age_group;population", "region"),
    "surgeries/2025-06/2025-09-20": (
        "home_region;procedure;performing_region;provider_type;operations",
        "home_region;procedure;performing_region;provider_type",
    ),
    PAGE: (";".join(name for _, name in sides()["completed"]), sides()["completed"].region),
    "population/2024-11/2025-03-20": ("region;ålder;kön;Folkmängd 2024M11", "region"),
    "population/2024-11/2025-04-20": ("region;ålder;månad;Folkmängd", "region"),
    "population/2024-11/2025-05-20": ("region;ålder;tabellinnehåll;2024M11", "region"),
}
"""Of each layout and dataset the header, and the columns in which names belong."""

FILLED = {"månad": "2024M11", "tabellinnehåll": "Folkmängd", "ålder": "3", "kön": "1"}
WORDS = ["Anna Svensson", "Depression", "åtta"]
DIGITS = [
    "19900203",
    "1990-02-03",
    "900203-",
    "1990",
    "F329",
    "19900203 Anna",
    "1990-02-03 Anna F329",
]
DIGITS += ["3/2 1990 Anna", "3/2-1990", "Anna 90", "\u00b9\u2079\u2079\u2070"]
FIGURES = {"900203-", "1990", "3/2-1990", "\u00b9\u2079\u2079\u2070"}


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
@pytest.mark.parametrize("delivery", RIGHT)
def test_what_is_shown_under_a_right_header(root: DataRoot, delivery: str, ending: str) -> None:
    """Where figures belong no word and no day; where a name does, no more digits than a code has."""
    header, names = ([*each.split(";")] for each in RIGHT[delivery])
    for place, column in enumerate(header):
        cells = ["Gotland", "first_visit", *["3"] * len(header)][: len(header)]
        cells = [FILLED.get(name, cell) for name, cell in zip(header, cells, strict=True)]
        rows = [[*cells[:place], secret, *cells[place + 1 :]] for secret in [*WORDS, *DIGITS]]
        said = told(root, f"{delivery}.{ending}", WRITERS[ending]([header, *rows]))
        assert "Fault(" in said
        hidden = DIGITS if column in names else [*WORDS, *DIGITS]
        forbidden = {*hidden} - (FIGURES if column not in names else {"Anna 90"})
        assert not [each for each in forbidden if each in said], column


@pytest.mark.parametrize("name", ["19900203 Anna", "1990", "F329"])
def test_a_header_with_a_persons_digits(root: DataRoot, name: str) -> None:
    """The column is told by its place."""
    grid = [[*HEADER.split(";"), name], ["01", "first_visit", "3", "1", "3", "1", "1"]]
    for ending, write in WRITERS.items():
        said = told(root, f"waiting_times/2025-04/2025-05-20.{ending}", write(grid))
        assert "column 7" in said
        assert name not in said
        (root.raw / f"waiting_times/2025-04/2025-05-20.{ending}").unlink()
    grid = [["region", "ålder", name], ["01", "3", "7"]]
    assert name not in told(root, "population/2024-11/2025-02-20.csv", WRITERS["csv"](grid))


@pytest.mark.parametrize(
    "text",
    [
        *["544 99 160", "12000000", "17*", "<5", "4,5", "82 % 1 402 st", "0-4 år", "2-1"],
        *["1990", "1990 st", "1417,0", "1417.25", "0,6667", "1 417", "100-104", "-2397"],
    ],
)
def test_figures_are_shown(text: str) -> None:
    """With the signs that stand beside them: the sender has to find them."""
    assert shown_figures(text) == text


@pytest.mark.parametrize(
    ("text", "told_as"),
    [
        ("2025-04-02", "(a date: not shown)"),
        ("3.2.1990", "(a date: not shown)"),
        ("19900203", "(a date: not shown)"),
        ("1990 02 03*", "(text of 11 characters: not shown)"),
        ("3/2 1990", "(a date: not shown)"),
        ("2008\u201312\u201303", "(a date: not shown)"),
        ("08 12 03", "(a date: not shown)"),
        ("1990\u00a002\u00a003", "(a date: not shown)"),
        ("\uff11\uff19\uff19\uff10\uff10\uff12\uff10\uff13", "(text of 8 characters: not shown)"),
        ("1990:02:03", "(a date: not shown)"),
        ("1990,02,03", "(a date: not shown)"),
        ("900203-xxxx", "(text of 11 characters: not shown)"),
        *[
            (masked, f"(text of {len(masked)} characters: not shown)")
            for masked in (
                "900203-1 X X X",
                "900203----",
                "900203-x",
                "900203-12",
                "900203-****",
                "900203-1XXX",
                "9002XX-1234",
                "900203-\u2026",
            )
        ],
        *[
            (part, f"(text of {len(part)} characters: not shown)")
            for part in (
                *("0412-2397", "12-2397", "2-2397", "041223-97", "0412 2397", "0412+2397"),
                *("0412.2397", "12,2397", "0412\u20132397", "0412 - 2397 st", "1 2345"),
                *("\uff10\uff14\uff11\uff12-\uff12\uff13\uff19\uff17", "2397/12", "0412*239"),
            )
        ],
        ("fyra", "(text of 4 characters: not shown)"),
        ("3 Anna", "(text of 6 characters: not shown)"),
    ],
)
def test_days_and_words_are_not_shown_as_figures(text: str, told_as: str) -> None:
    """A day may be that of a birth, and a word a name."""
    assert shown_figures(text) == told_as


def test_a_share_or_an_age_has_few_digits() -> None:
    """More are a day without signs between."""
    assert [shown_share(text) for text in ("100,0", "82 %", "0-17 år", "110")] == [
        "100,0",
        "82 %",
        "0-17 år",
        "110",
    ]
    assert shown_share("900203") == "(text of 6 characters: not shown)"


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
    assert "= …" in said
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


@pytest.mark.parametrize(
    ("name", "is_shown"),
    [
        ("Blad1", True),
        ("BUP april 2025-04", True),
        ("2025-04-01", True),
        ("19121212-TF12", False),
        ("191212-1XXX", False),
        ("1912-12-12-XXXX", False),
        ("191212-NNNN Anna", False),
        ("19121212 Anna", False),
        ('0"191212_1212"', False),
        (r"0\1\9\1\2\1\2\1\2\-\1\2\1\2", False),
    ],
)
def test_the_name_of_a_sheet(name: str, *, is_shown: bool) -> None:
    """It is shown with no more digits than a day has, and of many the first."""
    assert (shown_title(name) == name) == is_shown
    sheets = book(*(f'sheetId="{number}" r:id="R0"' for number in range(1, 30)))
    content = raw_workbook(
        sheet(f'<row r="1">{inline("A1", "n")}</row>'), {"xl/workbook.xml": sheets}
    )
    notes = str(read_xlsx(file_of("2025-05-20.xlsx", content)).notes)
    assert "; 10; and 18 more)" in notes


def test_formulas_under_a_wrong_header(root: DataRoot) -> None:
    """They are named by their cell; what they are made of is not shown."""
    rows = "".join(f'<row r="{row}">{"".join(cells)}</row>' for row, cells in FORMULAS.items())
    said = told(root, "waiting_times/2025-04/2025-05-20.xlsx", raw_workbook(sheet(rows)))
    assert "not a formula" in said
    assert "Anna" not in said
