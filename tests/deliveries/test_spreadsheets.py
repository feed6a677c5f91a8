"""XLSX: what other programs wrote is read as a person would read it there."""

import io
from datetime import date, datetime
from pathlib import Path

import polars as pl
import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from deliveries.faults import DeliveryRefusedError
from deliveries.formats.sheet_cells import shown_code
from deliveries.formats.spreadsheets import HIDDEN_COLUMNS, HIDDEN_ROWS, column_name, read_xlsx
from deliveries.formats.text_files import WIDEST, TextTable, read_csv
from tests.deliveries.delivering import file_at, file_of
from tests.deliveries.raw_workbooks import (
    OFFICE,
    SPREADSHEET,
    book,
    inline,
    raw_workbook,
    relations,
    sheet,
)

MADE = Path(__file__).parent / "made_files"
SHEET = "xl/worksheets/sheet1.xml"
PLAIN = sheet(f'<row r="1">{inline("A1", "n")}</row><row r="2">{inline("A2", "x")}</row>')


def made(name: str) -> TextTable:
    """A file made by another program."""
    return read_xlsx(file_at(MADE / name))


def table(content: bytes) -> TextTable:
    """The content as a table."""
    return read_xlsx(file_of("2025-05-20.xlsx", content))


def written(rows: list[list[object]], formats: dict[tuple[int, int], str] | None = None) -> bytes:
    """The rows as xlsxwriter, and so polars, writes them; cells may have a number format."""
    stream = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(stream, options) as workbook:
        worksheet = workbook.add_worksheet()
        for row, cells in enumerate(rows):
            for column, cell in enumerate(cells):
                code = (formats or {}).get((row, column))
                style = workbook.add_format({"num_format": code}) if code else None
                worksheet.write(row, column, cell, style)
    return stream.getvalue()


def shown(value: object, code: str = "") -> str:
    """What is read in a cell that has the value and the number format."""
    content = written([["n", "end"], [value, "x"]], {(1, 0): code} if code else None)
    return table(content).rows[0][1][0]


def test_libreoffice_tidy() -> None:
    """Grouped thousands have become numbers there, and the region's code is text."""
    found = made("libreoffice_tidy.xlsx")
    assert found.header[:3] == ["region", "measure", "completed"]
    assert found.rows == [
        (2, ["01", "first_visit", "1417", "1213", "688", "544"]),
        (3, ["Skåne", "first_visit", "1205", "1003", "402", "310"]),
        (4, ["Region Västra Götaland", "first_visit", "2001", "1544", "905", "700"]),
        (5, ["Jämtland Härjedalen", "first_visit", "..", "..", "..", ".."]),
    ]


def test_libreoffice_lost_the_region() -> None:
    """A code that has become a number is never made up: 1 is no county code, and is refused so."""
    assert made("libreoffice_region_lost.xlsx").rows[0][1][0] == "1"


def test_libreoffice_formats() -> None:
    """Shares, dates and booleans as a person reads them; 100 % is told from 1."""
    assert made("libreoffice_formats.xlsx").rows == [
        (2, ["Uppsala", "67 %", "100 %", "2025-05-20", "true"]),
        (3, ["Gotland", "66.7 %", "0 %", "2025-04-01", "false"]),
        (4, ["Blekinge", "0.5 %", "98 %", "", ""]),
    ]


def test_libreoffice_web_page() -> None:
    """A web page's table: units stay for the cells' reader, no-break spaces LibreOffice replaced."""
    found = made("libreoffice_web_page.xlsx")
    assert (found.header[0], found.header[-1]) == ("Landsting / region", "Svarsfrekvens")
    stockholm = found.rows[1][1]
    assert stockholm[:3] == ["Region Stockholm", "82 %", "1 417 st"]
    assert found.rows[-1] == (6, ["Örebro län", *[""] * 6])


def test_written_by_polars() -> None:
    """Polars styles its table and shows grouped thousands; the figures stay plain."""
    frame = pl.DataFrame({"region": ["01", "Skåne"], "completed": [1417, None], "share": [0.5, 1]})
    stream = io.BytesIO()
    frame.write_excel(stream)
    found = table(stream.getvalue())
    assert found.header == ["region", "completed", "share"]
    assert found.rows == [(2, ["01", "1417", "0.5"]), (3, ["Skåne", "", "1"])]


@pytest.mark.parametrize(
    ("value", "code", "expected"),
    [
        (75, "", "75"),
        (75.0, "0.00", "75"),
        (-3, "", "-3"),
        (1234567, "#,##0", "1234567"),
        (75, '0" st"', "75"),
        (1, "00", "01"),
        (12, "00", "12"),
        (0, "0", "0"),
        (0.1 + 0.2, "", "0.3"),
        (1e20, "", "100000000000000000000"),
        (0.67, "0%", "67 %"),
        (2 / 3, "0%", "66.6666666666667 %"),
        (0.004, "0%", "0.4 %"),
        (1, "0.00%", "100 %"),
        (75, '#,##0\\ "st"', "75"),
        (75, "#,##0_ ", "75"),
        (75, "_-* #,##0_-;-* #,##0_-;_-* 0_-;_-@_-", "75"),
        (75, "0;0", "75"),
        (1417, "#\u00a0##0", "1417"),
        (1417, "#\u202f##0", "1417"),
        (75, '0" st;"', "75 (shown by the number format 0…)"),
        (0.5, '0.0" % of"', "0.5 (shown by the number format 0.0…)"),
        *(
            (12, code, f"12 (shown by the number format {shown_code(code)})")
            for code in [
                *['0" tusen"', '0" tkr"', '0"%"', '0" mkr"', '0" M"', "0\\k", '">"0', '0"+"'],
                *['0" days"', '0" ‰"', '"ca "0', '0" st/dag"', "0[$tkr]", "[$SEK-41D] 0", "*90"],
                *["0E+0", "0.00E+00", "##0.0E+0"],
                *['0"000"', '0" av 20"', '0" 000 st"', '0"½"', '0" 10³"'],
            ]
        ),
        *(
            (0, code, f"0 (shown by the number format {code})")
            for code in ["#", "#,###", "?", "#.##"]
        ),
        (5, "#", "5"),
        ("920", '@"000"', '920 (shown by the number format @"000")'),
        ("920", '0;0;0;"ca "@', "920 (shown by the number format …@)"),
        ("920", "0;-0;;@", "920"),
        ("920", ";;", "920"),
        ("920", '"<5"', "920"),
        ("920", "0;0;0;[Color5]@", "920"),
        ("920", "0;0;0;General", "920"),
        (" ", ";;;", " "),
        *(
            ("920", code, f"920 (shown by the number format {shown})")
            for code, shown in [
                (";;;", ";;;"),
                ("0;0;0;", "0;0;0;"),
                ('0;0;0;"<5"', '"<5"'),
                ('0;0;0;"\u2013"', '"\u2013"'),
                ("@;@;@;", "@;@;@;"),
            ]
        ),
        *(
            (3, code, f"3 (shown by the number format {code})")
            for code in ['[<5]"<5";0', '0;[<5]"<5"', '[>=5]0;"<5"']
        ),
        ("920", '@" "', "920"),
        (date(2025, 5, 20), "yyyy-mm-dd", "2025-05-20"),
        (date(2025, 5, 20), "d/m/yy", "2025-05-20"),
        (date(2025, 5, 20), "[$-41D]d mmmm yyyy;@", "2025-05-20"),
        (datetime(2025, 5, 20, 13, 30), "yyyy-mm-dd hh:mm", "2025-05-20 13:30:00"),  # noqa: DTZ001
        (True, "", "true"),
        (False, "", "false"),
        ("75.0", "", "75.0"),
        ("=1+1", "", "=1+1"),
        ("a\nb", "", "a\nb"),
        (" _x0041_ ", "", " _x0041_ "),
        ("\u00a0st", "", "\u00a0st"),
    ],
)
def test_cells_as_a_person_reads_them(value: object, code: str, expected: str) -> None:
    """Numbers by their format; texts as they are."""
    assert shown(value, code) == expected


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ('0" anna"', "0…"),
        ("\\A\\n\\n\\a0", "…0"),
        ("[$Anna]0", "…0"),
        ("Anna0", "…0"),
        ('0"<5"', '0"<5"'),
        ('"900203"0', "(text of 9 characters: not shown)"),
    ],
)
def test_a_number_format_as_it_may_be_shown(code: str, expected: str) -> None:
    """No letter of what stands in it as text, which may be a name, and no digits in a row."""
    assert shown_code(code) == expected


@pytest.mark.parametrize(
    ("number", "value", "expected"),
    [
        (41, 0, '0 (shown by the number format "-")'),
        (43, 0, '0 (shown by the number format "-")'),
        (44, 0, '0 (shown by the number format "-" …)'),
        (41, 75, "75"),
        (5, 75, "75 (shown by the number format #,##0 …)"),
        (11, 1449, "1449 (shown by the number format 0.00E+00)"),
        (48, 1449, "1449 (shown by the number format ##0.0E+0)"),
    ],
)
def test_formats_that_no_workbook_spells_out(number: int, value: int, expected: str) -> None:
    """They show what the same format shows where it is spelled out."""
    styles = (
        f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs><xf numFmtId="{number}"/></cellXfs>'
        "</styleSheet>"
    )
    rows = f'<row r="1">{inline("A1", "n")}</row><row r="2"><c r="A2"><v>{value}</v></c></row>'
    content = raw_workbook(sheet(rows), {"xl/styles.xml": styles})
    assert table(content).rows == [(2, [expected])]


def test_a_sheet_that_hides_its_zeros() -> None:
    """Nobody sees a zero there."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        worksheet = workbook.add_worksheet()
        worksheet.hide_zero()
        worksheet.write_column(0, 0, ["n", 0, 10])
    [(_, [zero]), (_, [ten])] = table(stream.getvalue()).rows
    assert (zero, ten) == ("0 (shown as nothing, for the sheet hides zeros)", "10")


ALTERNATIVES = (
    '<m:AlternateContent xmlns:m="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<m:Choice Requires="x">{}</m:Choice><m:Fallback>{}</m:Fallback></m:AlternateContent>'
)
ROW = '<row r="2"><c r="A2"><v>763</v></c></row>'
STRANGE = {
    '<row r="2"><c r="A2"><v>1<x/>763</v></c></row>': "v",
    '<row r="2"><c r="A2"><q:v xmlns:q="urn:x">763</q:v></c></row>': "c",
    '<row r="2"><c r="A2"><v xmlns="">763</v></c></row>': "c",
    '<row r="2"><c r="A2"><v>763</v><extLst><ext><v>9</v></ext></extLst></c></row>': "c",
    '<row r="2"><c r="A2">1<v>763</v></c></row>': "c",
    '<row r="2"><c r="A2"><v>763</v>1</c></row>': "c",
    '<row r="2"><q:c xmlns:q="urn:x" r="A2"><v>763</v></q:c></row>': "row",
    f'<q:row xmlns:q="urn:x" r="2">{inline("A2", "763")}</q:row>': "sheetData",
    ALTERNATIVES.format(ROW, ROW): "sheetData",
    f'<row r="2">{inline("A2", "7<x/>63")}</row>': "t",
    f'<row r="2">{inline("A2", "1</t><t>763")}</row>': "is",
    f'<row r="2">{inline("A2", "1</t></is><is><t>763")}</row>': "c",
    '<row r="2"><c r="A2"><v>1</v><v>763</v></c></row>': "c",
    '<row r="2"><c r="A2" t="inlineStr"><v>900</v><is><t>763</t></is></c></row>': "c",
    '<row r="2"><c r="A2" t="inlineStr"><v>900</v></c></row>': "c",
    '<row r="2"><c r="A2"><is><t>763</t></is><v>900</v></c></row>': "c",
    '<row r="2"><c r="A2" t="str"><is><t>763</t></is></c></row>': "c",
    f'<row r="2">{inline("A2", "7</t><r><rPr><b><t>6</t></b></rPr></r><t>3")}</row>': "b",
}


@pytest.mark.parametrize("row", STRANGE)
def test_what_no_program_writes_in_a_table(row: str) -> None:
    """One leaves it out and another reads it: 1<x/>763 would be 763, 1763 or 1."""
    content = sheet(f'<row r="1">{inline("A1", "n")}</row>{row}')
    with pytest.raises(DeliveryRefusedError) as refusal:
        table(raw_workbook(content))
    [fault] = refusal.value.faults
    assert fault.value == f"something else in <{STRANGE[row]}>"
    assert fault.row == (1 if STRANGE[row] == "sheetData" else 2)
    assert fault.expected == "rows of cells, with a value or a text in each"


def test_what_no_program_writes_in_a_shared_text() -> None:
    """As in a cell's own."""
    shared = sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    for text in (
        "<t>1<x/>763</t>",
        "<t>1</t><t>763</t>",
        ALTERNATIVES.format("<t>1</t>", "<t>2</t>"),
    ):
        strings = f'<sst xmlns="{SPREADSHEET}"><si>{text}</si></sst>'
        with pytest.raises(DeliveryRefusedError) as refusal:
            table(raw_workbook(shared, {"xl/sharedStrings.xml": strings}))
        assert refusal.value.faults[0].value.startswith("something else in ")


def test_alternatives_beside_the_table() -> None:
    """A program writes them for buttons and pictures; a table among them is none that all show."""
    controls = ALTERNATIVES.format("<controls/>", "")
    assert table(raw_workbook(PLAIN.replace("</worksheet>", f"{controls}</worksheet>"))).rows
    for rows in (ROW, f"<sheetData>{ROW}</sheetData>"):
        among = ALTERNATIVES.format(rows, rows)
        with pytest.raises(DeliveryRefusedError) as refusal:
            table(raw_workbook(PLAIN.replace("</worksheet>", f"{among}</worksheet>")))
        assert refusal.value.faults[0].value == "rows beside the table"


def test_an_attribute_of_another_namespace() -> None:
    """It says nothing of where a cell stands, nor of what kind it is."""
    cell = '<c r="A2" q:r="A1" q:t="s" xmlns:q="urn:x"><v>763</v></c>'
    content = sheet(
        f'<row r="1">{inline("A1", "n")}</row><row r="2" q:r="9" xmlns:q="urn:x">{cell}</row>'
    )
    assert table(raw_workbook(content)).rows == [(2, ["763"])]


def test_the_strict_form_of_the_standard() -> None:
    """Its namespaces are others."""
    parts = {}
    for name, part in {
        "xl/workbook.xml": book('sheetId="1" r:id="R0"'),
        "xl/_rels/workbook.xml.rels": relations(("worksheet", "worksheets/sheet1.xml")),
        SHEET: PLAIN,
    }.items():
        strict = part.replace(SPREADSHEET, "http://purl.oclc.org/ooxml/spreadsheetml/main")
        parts[name] = strict.replace(
            OFFICE, "http://purl.oclc.org/ooxml/officeDocument/relationships"
        )
    assert table(raw_workbook("", parts)).rows == [(2, ["x"])]


def test_number_formats_longer_than_any_program_writes() -> None:
    """To take one apart for each cell would take minutes; the longest one takes no time."""
    assert shown(5, "0" + ";" * 254) == "5"
    with pytest.raises(DeliveryRefusedError) as refusal:
        shown(5, "0" + ";" * 255)
    assert "whole workbook" in refusal.value.faults[0].expected


@pytest.mark.parametrize(
    ("row", "merged", "hides"),
    [
        (["Källa: SKR", "", ""], "A2:C2", False),
        (["Källa: SKR", "", ""], "A2:B2", False),
        (["Skåne", "", "5"], "A2:B2", True),
        (["3", "", "Skåne"], "A2:B2", True),
        (["Skåne", "5", "3"], "A2:C2", True),
        (["Skåne", "Ej deltagit", ""], "B2:C2", True),
        (["Skåne", "", ""], "A2:C3", True),
        (["Skåne", "5", "3"], "A1:A2", True),
        (["Skåne", "5", "3"], "E2:F2", True),
    ],
)
def test_merged_cells_are_refused(row: list[str], merged: str, *, hides: bool) -> None:
    """From whichever column on, but where nothing else stands in the row: a note hides no count."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        sheet.merge_range(merged, "")
        for number, cells in enumerate([["a", "b", "c"], row, ["x", "y", "z"]]):
            for column, cell in enumerate(cells):
                if cell:
                    sheet.write_string(number, column, cell)
    faults = table(stream.getvalue()).faults
    assert [fault.row for fault in faults] == [2] * hides
    assert all(f"{merged} are merged" in fault.expected for fault in faults)


def test_a_table_away_from_the_corner() -> None:
    """Empty rows and columns around it, and empty rows in it, are none; rows keep their number."""
    rows = [
        [],
        [],
        ["", "", "a", "b"],
        [],
        ["", "", "1", " "],
        ["", "", "", "2"],
        ["", "", "", " "],
    ]
    found = table(written(rows))
    assert (found.header, found.rows) == (["a", "b"], [(5, ["1", " "]), (6, ["", "2"])])


@pytest.mark.parametrize(
    "rows",
    [[["Waiting times 2025"], ["region", "n"], ["01", "5"]], [["region"], ["01", "late"]]],
    ids=["a title above", "a note beside"],
)
def test_what_stands_beside_the_table_is_refused(rows: list[list[object]]) -> None:
    """By its place, with what to do."""
    with pytest.raises(DeliveryRefusedError) as refusal:
        table(written(rows))
    fault = refusal.value.faults[0]
    assert (fault.row, fault.column, fault.value) == (2, "B", "")
    assert "Remove titles above the header" in fault.advice


def test_an_empty_sheet_is_refused() -> None:
    """Like an empty CSV."""
    with pytest.raises(DeliveryRefusedError) as refusal:
        table(written([[" "]]))
    assert refusal.value.faults[0].expected == "a header and rows"


def test_the_widest_sheet() -> None:
    """As wide as a CSV may be, and no wider."""
    row: list[object] = ["x"] * WIDEST
    assert len(table(written([row, row])).header) == WIDEST
    with pytest.raises(DeliveryRefusedError) as refusal:
        table(written([[*row, "x"]]))
    assert refusal.value.faults[0].expected == f"at most {WIDEST} columns"


def test_formulas_are_named() -> None:
    """With the cell, as LibreOffice wrote it."""
    found = made("libreoffice_formula.xlsx")
    [fault] = found.faults
    assert (fault.row, fault.column, fault.value) == (3, "C", "= …")
    assert "paste them as values" in fault.advice
    assert [row[2] for line, row in found.rows if line == fault.row] == [None]


def test_a_sheet_of_formulas() -> None:
    """Each is named, whether or not it was computed; where they stand beside the table, once."""
    cells = "".join(f'<row r="{row}"><c r="A{row}"><f>1</f></c></row>' for row in range(1, 500))
    assert len(table(raw_workbook(sheet(cells))).faults) == 499
    beside = f'<row r="1">{inline("A1", "a")}</row><row r="2"><c r="C2"><f>1</f><v>1</v></c></row>'
    found = table(raw_workbook(sheet(beside)))
    assert ([fault.column for fault in found.faults], found.rows) == (["C"], [])


def test_cells_that_do_not_say_where_they_are() -> None:
    """Some writers count on the order."""
    cells = "<row><c t='inlineStr'><is><t>a</t></is></c><c><v>2</v></c></row><row/><row><c><v>3</v></c></row>"
    found = table(raw_workbook(sheet(cells)))
    assert (found.header, found.rows) == (["a", "2"], [(3, ["3", ""])])


def test_writers_that_prefix_every_tag() -> None:
    """The same table in other letters, with an absolute target as .NET writes it."""
    prefixed = (
        f'<x:worksheet xmlns:x="{SPREADSHEET}"><x:sheetData><x:row r="1"><x:c r="A1" t="str">'
        "<x:v>a</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    )
    parts = {"xl/_rels/workbook.xml.rels": relations(("worksheet", f"/{SHEET}"))}
    assert table(raw_workbook(prefixed, parts)).header == ["a"]


def test_rich_texts_and_readings() -> None:
    """Runs of one text are joined, and the reading of East Asian letters is no part of it."""
    strings = (
        f'<sst xmlns="{SPREADSHEET}"><si><r><t>Sk</t></r><r><t>åne</t></r>'
        "<rPh><t>no</t></rPh></si></sst>"
    )
    content = raw_workbook(
        sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'), {"xl/sharedStrings.xml": strings}
    )
    assert table(content).header == ["Skåne"]


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("920", '<vertAlign val="superscript"/>1', "9201 (shown with 1 raised or struck through)"),
        (
            "920",
            '<vertAlign val="subscript"/> 12',
            "920 12 (shown with 12 raised or struck through)",
        ),
        ("1", "<strike/>920", "1920 (shown with 920 raised or struck through)"),
        ("920", '<strike val="0"/>1', "9201"),
        ("920", '<vertAlign val="baseline"/>1', "9201"),
        ("Skåne", '<vertAlign val="superscript"/>*', "Skåne*"),
    ],
)
def test_a_footnote_is_no_digit(first: str, second: str, expected: str) -> None:
    """Whether the workbook keeps the text in the cell or beside; a run ends what it marks."""
    mark, _, text = second.rpartition(">")
    marked = f"<rPr>{mark}></rPr>"
    runs = f"<r><t>{first}</t></r><r>{marked}<t>{text}</t></r><r><t/></r>"
    cell = f'<row r="1"><c r="A1" t="inlineStr"><is>{runs}</is></c></row>'
    assert table(raw_workbook(sheet(cell))).header == [expected]
    strings = f'<sst xmlns="{SPREADSHEET}"><si>{runs}</si></sst>'
    shared = sheet('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    assert table(raw_workbook(shared, {"xl/sharedStrings.xml": strings})).header == [expected]


def test_dates_of_old_macintoshes() -> None:
    """Such workbooks count from 1904."""
    styles = (
        f'<styleSheet xmlns="{SPREADSHEET}"><cellXfs><xf numFmtId="14"/></cellXfs></styleSheet>'
    )
    rows = (
        f'<row r="1">{inline("A1", "day")}</row><row r="2"><c r="A2" s="0"><v>44335</v></c></row>'
    )
    content = raw_workbook(
        sheet(rows),
        {
            "xl/styles.xml": styles,
            "xl/workbook.xml": book(
                'sheetId="1" r:id="R0"', properties='<workbookPr date1904="1"/>'
            ),
        },
    )
    assert table(content).rows == [(2, ["2025-05-20"])]


def test_hidden_sheets_are_passed_over() -> None:
    """The first sheet is the first that a person sees."""
    parts = {
        "xl/workbook.xml": book('sheetId="1" state="hidden" r:id="R0"', 'sheetId="2" r:id="R1"'),
        "xl/_rels/workbook.xml.rels": relations(
            ("worksheet", "worksheets/none.xml"), ("worksheet", "worksheets/sheet1.xml")
        ),
    }
    found = table(raw_workbook(PLAIN, parts))
    assert found.rows == [(2, ["x"])]
    assert found.notes == {"sheet that was read": "1 (not read: 0, hidden)"}


@pytest.mark.parametrize(
    ("row", "columns", "told"),
    [
        ('hidden="1"', '<cols><col min="1" max="2" width="9"/></cols>', {HIDDEN_ROWS: 1}),
        (
            'ht="0" customHeight="1"',
            '<cols><col min="3" max="16384" hidden="1"/></cols>',
            {HIDDEN_ROWS: 1},
        ),
        (
            'ht="15.75"',
            '<cols><col min="2" max="16384" hidden="true"/></cols>',
            {HIDDEN_COLUMNS: 1},
        ),
        ("", '<cols><col min="1" max="2" width="0"/></cols>', {HIDDEN_COLUMNS: 2}),
        ("", '<cols><col min="1" max="1"/></cols>', {}),
        ("", '<sheetFormatPr defaultRowHeight="0"/>', {HIDDEN_ROWS: 1}),
        ('ht="15"', '<sheetFormatPr defaultRowHeight="0"/>', {}),
        ("", '<sheetFormatPr defaultRowHeight="15" defaultColWidth="0"/>', {HIDDEN_COLUMNS: 2}),
        (
            "",
            '<sheetFormatPr defaultColWidth="0"/><cols><col min="1" max="1" width="9"/></cols>',
            {HIDDEN_COLUMNS: 1},
        ),
        ("", '<sheetFormatPr defaultRowHeight="15" zeroHeight="1"/>', {}),
    ],
)
def test_what_nobody_sees_is_told(row: str, columns: str, told: dict[str, int]) -> None:
    """Rows and columns of the table that are hidden are read all the same; rows that are written are seen."""
    cells = [inline("A1", "a") + inline("B1", "b"), inline("A2", "c") + inline("B2", "d")]
    rows = f'<row r="1" ht="15">{cells[0]}</row><row r="2" {row}>{cells[1]}</row>'
    content = sheet(rows).replace("<sheetData>", f"{columns}<sheetData>")
    found = table(raw_workbook(content))
    assert (found.rows, found.notes) == ([(2, ["c", "d"])], told)


def test_a_chart_in_front_is_refused() -> None:
    """It is no table."""
    parts = {"xl/_rels/workbook.xml.rels": relations(("chartsheet", "worksheets/sheet1.xml"))}
    with pytest.raises(DeliveryRefusedError) as refusal:
        table(raw_workbook(PLAIN, parts))
    assert refusal.value.faults[0].expected == "a table on the first sheet"


@pytest.mark.parametrize(
    ("number", "name"), [(1, "A"), (26, "Z"), (27, "AA"), (702, "ZZ"), (703, "AAA"), (16384, "XFD")]
)
def test_names_of_columns(number: int, name: str) -> None:
    """As spreadsheets have them."""
    assert column_name(number) == name


TEXT = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), min_size=1, max_size=12)
COUNTS = st.integers(0, 10**15 - 1)


@given(
    st.integers(1, 5).flatmap(
        lambda width: st.lists(
            st.lists(st.one_of(TEXT, COUNTS, st.just("")), min_size=width, max_size=width),
            max_size=8,
        ).map(lambda rows: [[f"column {number}" for number in range(width)], *rows])
    )
)
def test_the_same_table_as_in_csv(rows: list[list[str | int]]) -> None:
    """Texts and whole numbers come out as they do of the CSV that says the same."""
    lines = [";".join('"' + str(cell).replace('"', '""') + '"' for cell in row) for row in rows]
    text = file_of("2025-05-20.xlsx", "\n".join(lines).encode())
    assert table(written([list(row) for row in rows])) == read_csv(text)


def written_in_form(
    number: int, form: dict[str, object], condition: dict[str, object] | None
) -> bytes:
    """A workbook with a number of that form below a header, and a condition on the column."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream) as book:
        sheet_of_it = book.add_worksheet()
        sheet_of_it.write("A1", "waiting")
        sheet_of_it.write("A2", number, book.add_format(form))
        if condition is not None:
            rule = {"type": "cell", "criteria": "<", "value": 5}
            sheet_of_it.conditional_format("A2:A9", {**rule, "format": book.add_format(condition)})
    return stream.getvalue()


@pytest.mark.parametrize("form", [{"font_strikeout": True}, {"font_strikeout": True, "bold": True}])
@pytest.mark.parametrize("number", [12, 0, -12])
def test_a_cell_that_is_struck_through(form: dict[str, object], number: int) -> None:
    """It says that it does not count, and names no number format, for none does it."""
    [(_, [cell])] = table(written_in_form(number, form, None)).rows
    assert cell == f"{number} (shown struck through)"


@pytest.mark.parametrize("condition", [{"num_format": '"<5"'}, {"font_strikeout": True}])
def test_a_number_format_by_a_condition(condition: dict[str, object]) -> None:
    """It may show "<5" over a count, or strike it through; a colour by a condition hides nothing."""
    found = table(written_in_form(3, {}, condition))
    [fault] = found.faults
    assert (fault.row, fault.expected.partition("; ")[2]) == (
        2,
        "A2:A9 have a number format, or are struck through, by a condition",
    )
    assert not table(written_in_form(3, {}, {"bg_color": "red"})).faults


X14 = (
    "<extLst><ext><conditionalFormattings><conditionalFormatting>"
    '<cfRule type="cellIs" operator="lessThan">{}</cfRule><sqref>{}</sqref>'
    "</conditionalFormatting></conditionalFormattings></ext></extLst>"
)
NUMBER_FORMAT = '<f>5</f><dxf><numFmt numFmtId="165" formatCode="&quot;&lt;5&quot;"/></dxf>'
ICONS = (
    '<conditionalFormatting sqref="{}"><cfRule type="iconSet"><iconSet {}/></cfRule>'
    "</conditionalFormatting>"
)


@pytest.mark.parametrize(
    ("beside", "rows"),
    [
        (X14.format(NUMBER_FORMAT, "A2:A9"), [2]),
        (X14.format(NUMBER_FORMAT, "A1 $A$3:$B$9"), [3]),
        (X14.format(NUMBER_FORMAT, "C:D"), [2]),
        (X14.format(NUMBER_FORMAT, "A4:A9"), []),
        (X14.format("<f>5</f><dxf><fill/></dxf>", "A2:A9"), []),
        (ICONS.format("A2:A9", 'showValue="0"'), [2]),
        (ICONS.format("A2:A9", 'iconSet="3Arrows"'), []),
    ],
)
def test_conditions_of_later_versions(beside: str, rows: list[int]) -> None:
    """They have the number format themselves, and say below whose it is; icons may stand for the number."""
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>{row}</v></c></row>' for row in (1, 2, 3))
    content = sheet(cells).replace("</worksheet>", beside + "</worksheet>")
    faults = table(raw_workbook(content)).faults
    assert [fault.row for fault in faults] == rows
    words = "have a number format, or are struck through, by a condition"
    assert all(words in fault.expected for fault in faults)


@pytest.mark.parametrize(
    ("merged", "row", "column"),
    [
        *(("$B$2:$B$3", 2, "B"), ("b2:b3", 2, "B"), ("$b3:B$2", 2, "B"), ("2:3", 2, "")),
        *(("B:B", 2, "B"), ("$3:$3", 3, ""), ("A1:B3", 2, "A")),
    ],
)
def test_areas_as_some_programs_write_them(merged: str, row: int, column: str) -> None:
    """With $, in small letters, from below, of whole rows and columns."""
    rows = "".join(
        f'<row r="{row}">{inline(f"A{row}", "x")}{inline(f"B{row}", "y")}</row>'
        for row in (1, 2, 3)
    )
    cells = f'<mergeCells><mergeCell ref="{merged}"/></mergeCells></worksheet>'
    [fault] = table(raw_workbook(sheet(rows).replace("</worksheet>", cells))).faults
    assert (fault.row, fault.column) == (row, column)
    assert f"{merged} are merged" in fault.expected
