"""Workbooks: a column's numbers are written alike, and every sheet says what is said of all."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

from pipeline.rendering import terminal_table
from reports.spreadsheets import titled_text_for_excel, workbook
from reports.tables import PrintedTable
from tests.reports.workbooks import part, rows

SHARES = PrintedTable(
    "Andelar",
    ["Region", "Andel (%)", "Kr", "Dag"],
    [
        ["Gotland", Decimal("100.0"), 1_234_567, date(2025, 12, 1)],
        [
            "Sörmland, som har ett långt namn för att det ska ta mer än en rad",
            Decimal("54.2"),
            2,
            None,
        ],
    ],
    ["Riket", Decimal("57.8"), 1_234_569, None],
    notes=["En anmärkning."],
)
SAID = ["Utkast: beräknad, inte beslutad", "Exempeldata"]


def looks(sheet: str, column: str) -> list[str]:
    """The numbers of the formats of a column's numbers, from above."""
    return re.findall(rf'<c r="{column}\d+" s="(\d+)"><v>', sheet)


def test_a_columns_numbers_have_the_same_decimals() -> None:
    """Those that are whole too, and the sum, which is bold."""
    content = workbook([SHARES])
    sheet, styles = part(content, "xl/worksheets/sheet1.xml"), part(content, "xl/styles.xml")
    formats = re.findall(r'<xf numFmtId="(\d+)"', styles.partition("<cellXfs")[2])
    codes = dict(re.findall(r'<numFmt numFmtId="(\d+)" formatCode="([^"]+)"', styles))
    for column, written in (("B", "#,##0.0"), ("C", "#,##0")):
        *first, total = [formats[int(look)] for look in looks(sheet, column)]
        assert set(first) == {total}
        assert codes.get(total) == written
    assert len(set(looks(sheet, "B"))) == 2


def test_a_terminals_numbers_are_written_alike_too() -> None:
    """One that is whole has the decimals of its column."""
    cells = [list(column.cells) for column in terminal_table(SHARES, "sv").columns]
    assert [list(map(str, column)) for column in cells[1:3]] == [
        ["100,0", "54,2", "57,8"],
        ["1 234 567", "2", "1 234 569"],
    ]


def test_a_row_is_as_high_as_its_words() -> None:
    """A program that does not fit it by itself would write one row over the next."""
    sheet = part(workbook([SHARES]), "xl/worksheets/sheet1.xml")
    assert re.findall(r'<row r="(\d+)"[^>]* ht="33.75"', sheet) == ["4", "6"]


def test_a_documents_title_stands_above_its_tables() -> None:
    """On every sheet, as on the page."""
    for number in (1, 2):
        content = workbook([SHARES, replace(SHARES, sheet="2")], SAID, "Bilaga")
        written = [row[0] for row in rows(content, number) if row]
        assert written[:3] == ["Bilaga", "Andelar", "En anmärkning."]


def test_what_is_said_of_all_stands_on_every_sheet() -> None:
    """Whoever prints one sheet has no other; in the text it stands first."""
    other = PrintedTable("Mer", ["a"], [["b"]], sheet="2")
    content = workbook([SHARES, other], SAID)
    for number in (1, 2):
        written = [row[0] for row in rows(content, number) if row]
        assert [line for line in written if line in SAID] == SAID
    text = titled_text_for_excel([SHARES, other], SAID).decode("utf-8-sig")
    assert text.splitlines()[:4] == [*SAID, "", "Andelar"]
