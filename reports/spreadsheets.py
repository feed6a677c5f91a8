"""Tables as files for a spreadsheet program: workbooks, and text that it opens by itself."""

import csv
import io
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import NamedTuple

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from reports.tables import Cell, PrintedTable

A4 = 9
"""The paper's number in a workbook."""

MOST_DIGITS = 15
"""Digits of a number that a spreadsheet keeps; a longer one is written as text."""

NO_TIME = datetime(1980, 1, 1, tzinfo=UTC)
"""Stands where a workbook says when it was made: it must not differ from one making to the next."""

BOLD = 0.8
"""Bold letters in a column, of the plain ones that its width is counted in."""

MOST_DECIMALS = 6
NUMBERS = ["#,##0", *("#,##0." + "0" * places for places in range(1, MOST_DECIMALS + 1))]
"""How a number is written, by how many decimals."""

WORDS = {"text_wrap": True, "valign": "top"}
HEADING = {"text_wrap": True, "valign": "bottom", "bold": True, "bottom": 1}
LEFT = {"indent": 1, "align": "left"}

EN_DASH = "\N{EN DASH}"
"""A program breaks words after it."""

LINE = 17
"""Points of a line's height."""

WIDE = 7
"""So many columns fit a page that stands; more have one that lies."""

WIDEST = 44
"""Characters of the widest column."""


def workbook(tables: Sequence[PrintedTable], said: Sequence[str] = (), document: str = "") -> bytes:
    """The tables as a workbook (XLSX), a sheet each: numbers as numbers, sums as values.

    The same tables give the same bytes. A text is never a formula, whatever it begins with.

    Args:
        tables: at least one.
        said: what is said of all of them, on every sheet: whoever prints one has no other.
        document: the title of the document that they are the tables of, if they have one.
    """
    made = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties(
            {"title": document or tables[0].title, "created": NO_TIME.replace(tzinfo=None)}
        )
        look = book.add_format
        formats = _Formats(
            title=look({**WORDS, "bold": True, "font_size": 13}),
            note=look(WORDS),
            heading=look({**HEADING, **LEFT}),
            number_heading=look({**HEADING, "align": "right"}),
            text=look({**WORDS, **LEFT}),
            blank=None,
            group=look({"bold": True, "align": "center"}),
            numbers=[look({"num_format": each, "valign": "top"}) for each in NUMBERS],
            day=look({"num_format": "yyyy-mm-dd"}),
            totals=[look({"bold": True, "num_format": each, "top": 1}) for each in NUMBERS],
        )
        for table in tables:
            told = replace(table, notes=[*table.notes, *said])
            _write(book.add_worksheet(table.sheet), told, formats, document)
    return made.getvalue()


def text_for_excel(table: PrintedTable) -> bytes:
    """The table as text that a Swedish Excel opens in columns: semicolons, and a byte-order mark.

    The headings are the first line, and the totals the last.
    """
    return _text([table.full_headings(), *table.all_rows()])


def titled_text_for_excel(tables: Sequence[PrintedTable], said: Sequence[str] = ()) -> bytes:
    """Tables one below the other as such a text, each with its title above it and its notes below; first what is said of all."""
    lines: list[Sequence[Cell]] = [[line] for line in said]
    for table in tables:
        if lines:
            lines.append([])
        lines += [[table.title], table.full_headings(), *table.all_rows()]
        lines += [[note] for note in table.notes]
    return _text(lines)


def _text(lines: Iterable[Sequence[Cell]]) -> bytes:
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerows([_decimal_comma(cell) for cell in line] for line in lines)
    return written.getvalue().encode("utf-8-sig")


def _decimal_comma(cell: Cell) -> Cell:
    return str(cell).replace(".", ",") if isinstance(cell, Decimal) else cell


class _Formats(NamedTuple):
    """How the kinds of cells look."""

    title: Format
    note: Format
    heading: Format
    number_heading: Format
    text: Format
    group: Format
    blank: Format | None
    numbers: Sequence[Format]
    day: Format
    totals: Sequence[Format]


def _write(sheet: Worksheet, table: PrintedTable, formats: _Formats, document: str) -> None:
    sheet.set_paper(A4)
    sheet.fit_to_pages(1, 0)
    sheet.set_footer("&R&P (&N)")
    if len(table.headings) > WIDE:
        sheet.set_landscape()
    widths = [_width(table, column) for column in range(len(table.headings))]
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width)
    titles = [document, table.title] if document else [table.title]
    for number, title in enumerate(titles):
        _across(sheet, number, title, widths, formats.title, BOLD * BOLD)
    for number, note in enumerate(table.notes, start=len(titles)):
        _across(sheet, number, note, widths, formats.note, 1)
    top = len(titles) + len(table.notes) + 1
    _write_groups(sheet, top - 1, table, formats.group)
    for column, heading in enumerate(table.headings):
        is_number = any(isinstance(row[column], int | Decimal) for row in table.rows)
        look = formats.number_heading if is_number else formats.heading
        sheet.write_string(top, column, heading, look)
    # A program that only shows the file does not fit the height of a row to its words.
    words = [word.replace(EN_DASH, f"{EN_DASH} ") for word in table.headings]
    sheet.set_row(top, LINE * max(_lines(*each, BOLD) for each in zip(words, widths, strict=True)))
    decimals = [min(each, MOST_DECIMALS) for each in table.all_decimals()]
    numbers = [formats.numbers[each] for each in decimals]
    for number, row in enumerate(table.rows, start=top + 1):
        texts = [
            (cell, width) for cell, width in zip(row, widths, strict=True) if isinstance(cell, str)
        ]
        lines = max((_lines(*each, 1) for each in texts), default=1)
        if lines > 1:
            sheet.set_row(number, LINE * lines)
        for column, (cell, look) in enumerate(zip(row, numbers, strict=True)):
            _write_cell(sheet, number, column, cell, formats, look)
    below = top + 1 + len(table.rows)
    for column, cell in enumerate(table.totals):
        look = formats.totals[decimals[column]]
        _write_cell(sheet, below, column, cell, formats._replace(text=look, blank=look), look)
    sheet.freeze_panes(top + 1, 1)
    sheet.repeat_rows(top - 1, top)


def _write_groups(sheet: Worksheet, row: int, table: PrintedTable, look: Format) -> None:
    place = 0
    for word, columns in table.spans():
        if columns > 1:
            sheet.merge_range(row, place, row, place + columns - 1, word, look)
        elif word:
            sheet.write_string(row, place, word, look)
        place += columns


def _across(
    sheet: Worksheet, row: int, text: str, widths: Sequence[float], look: Format, share: float
) -> None:
    """The text over all columns, in as many lines as it takes, so that it widens no printed page."""
    if len(widths) > 1:
        sheet.merge_range(row, 0, row, len(widths) - 1, text, look)
    else:
        sheet.write_string(row, 0, text, look)
    sheet.set_row(row, LINE * _lines(text, sum(widths), share))


def _width(table: PrintedTable, column: int) -> float:
    cells = [_length(row[column]) for row in table.all_rows()]
    words = table.headings[column].replace(EN_DASH, " ").split()
    longest_word = int(max(map(len, words), default=1) / BOLD)
    return min(max([*cells, longest_word], default=1) + 3, WIDEST)


def _lines(text: str, width: float, share: float) -> int:
    """The lines that words take in a column so wide, of whose letters it holds a share."""
    return max(1, len(textwrap.wrap(text, int(width * share))))


def _write_cell(
    sheet: Worksheet, row: int, column: int, cell: Cell, formats: _Formats, number: Format
) -> None:
    match cell:
        case None:
            sheet.write_blank(row, column, None, formats.blank)
        case str():
            sheet.write_string(row, column, cell, formats.text)
        case date():
            sheet.write_datetime(row, column, cell, formats.day)
        case _ if len(str(abs(int(cell)))) > MOST_DIGITS:
            sheet.write_string(row, column, str(cell))
        case _:
            sheet.write_number(row, column, cell, number)


def _length(cell: Cell) -> int:
    return len(f"{cell:,}" if isinstance(cell, int | Decimal) else str(cell or ""))
