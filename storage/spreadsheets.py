"""XLSX as it arrives: the first sheet as text, read as a stream that no workbook can swell.

Common readers give a cell's number without its format, and so cannot tell 100 % from 1, nor 01 from
1; they also make room for whatever rectangle a hostile sheet claims. A workbook is a ZIP archive of
XML, so the few parts needed are read here with the standard library, within the bounds of `guards`.
"""

import posixpath
import re
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

from storage.deliveries import DeliveredFile
from storage.faults import SHOWN, Fault
from storage.guards import damaged, refusal, workbook, xml_events
from storage.text_files import WIDEST, TextTable, UnreadableError

MOST_CELLS = 500_000
MOST_LETTERS = 32 * 1024 * 1024
"""A long text is stored once however many cells show it, so what they show is counted too."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
INTEGER = re.compile(r"-?[0-9]{1,15}")
ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
LITERALS = re.compile(r'"[^"]*"|\[[^\]]*\]|[\\_*].')
"""What a number format shows as it stands, its colours and its conditions."""

BUILT_IN = {9: "0%", 10: "0.00%"} | dict.fromkeys(
    [*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)], "yyyy-mm-dd"
)
"""Number formats that no workbook spells out; those that change neither unit nor kind are left out."""

FIRST_DAY = 61
"""1 March 1900: before it Excel counts a day that never was, and times without a date stand there."""

Event = tuple[bool, str, dict[str, str], str]


@dataclass(frozen=True)
class _Parts:
    """Where in the archive the first sheet stands, and what is needed to read it."""

    sheet: str
    strings: str | None
    styles: str | None
    epoch: datetime


@dataclass(slots=True)
class _Cell:
    row: int
    column: int
    kind: str
    style: int
    text: list[str] = field(default_factory=list)
    formula: str | None = None


def read_xlsx(file: DeliveredFile) -> TextTable:
    """The first sheet that is not hidden, as a table of text; rows have their number in the sheet.

    The first row with anything in it is the header. Whole numbers come as plain digits, with the
    leading zeros that their format shows; other numbers with a decimal point and at most 15 digits,
    as Excel shows them; percentages as `66.7 %`, never rounded to what their format shows, lest a
    small share become none; dates as 2025-05-20; booleans as `true` and `false`.

    Raises:
        UnreadableError: if the file is no plain workbook, is too large, has formulas, or has
            anything beside the columns that its header names.
        DeliveryRefusedError: if the file cannot be read.
    """
    with workbook(file) as archive:
        parts = _parts(file, archive)
        strings = list(_strings(xml_events(file, archive, parts.strings))) if parts.strings else []
        formats = list(_formats(xml_events(file, archive, parts.styles))) if parts.styles else []
        rows: dict[int, dict[int, str]] = {}
        formulas: list[Fault] = []
        cells = letters = 0
        for cell in _cells(xml_events(file, archive, parts.sheet)):
            if cell.formula is not None:
                formulas.append(_formula(file, cell))
                if len(formulas) == SHOWN:
                    break
            text = _text(cell, strings, formats, parts.epoch)
            if not text:
                continue
            row = rows.setdefault(cell.row, {})
            if cell.column in row:
                raise damaged(file)
            row[cell.column] = text
            cells, letters = cells + 1, letters + len(text)
            if cells > MOST_CELLS or letters > MOST_LETTERS:
                raise _too_large(file, cell.row)
    if formulas:
        raise UnreadableError(formulas)
    return _table(file, rows)


def column_name(column: int) -> str:
    """What a spreadsheet calls its column, the first being 1: A to Z, AA to XFD."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _table(file: DeliveredFile, rows: dict[int, dict[int, str]]) -> TextTable:
    filled = [number for number in sorted(rows) if any(map(str.strip, rows[number].values()))]
    if not filled:
        advice = "Deliver the file anew: its first sheet is empty."
        raise refusal(file, "", "a header and rows", advice)
    top, *rest = filled
    named = [column for column, text in rows[top].items() if text.strip()]
    columns = range(min(named), max(named) + 1)
    if len(columns) > WIDEST:
        advice = "Deliver the layout's columns."
        raise refusal(file, "", f"at most {WIDEST} columns", advice, top)
    if len(columns) * len(filled) > MOST_CELLS:
        raise _too_large(file, filled[-1])
    beside = [
        _beside(file, number, column, text)
        for number in rest
        for column, text in sorted(rows[number].items())
        if column not in columns and text.strip()
    ]
    if beside:
        raise UnreadableError(beside[:SHOWN])
    header = [rows[top].get(column, "").strip() for column in columns]
    numbered = [(number, [rows[number].get(column, "") for column in columns]) for number in rest]
    return TextTable(file.name, header, numbered)


def _parts(file: DeliveredFile, archive: zipfile.ZipFile) -> _Parts:
    book = next(
        target for kind, target in _related(file, archive, "").values() if kind == "officeDocument"
    )
    related = _related(file, archive, book)
    shown: list[str] = []
    epoch = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone
    for opens, name, attributes, _ in xml_events(file, archive, book):
        if opens and name == "sheet" and attributes.get("state", "visible") == "visible":
            shown.append(attributes["id"])
        if opens and name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - as above
    kind, sheet = related[shown[0]] if shown else ("", "")
    if kind != "worksheet":
        advice = "Put the table on the first sheet."
        raise refusal(file, kind, "a table on the first sheet", advice)
    by_kind = dict(related.values())
    return _Parts(sheet, by_kind.get("sharedStrings"), by_kind.get("styles"), epoch)


def _related(
    file: DeliveredFile, archive: zipfile.ZipFile, part: str
) -> dict[str, tuple[str, str]]:
    """The parts that a part refers to: their kind and their place, by the name it uses for them."""
    folder, name = posixpath.split(part)
    found = {}
    place = posixpath.join(folder, "_rels", f"{name}.rels")
    for opens, tag, attributes, _ in xml_events(file, archive, place):
        if opens and tag == "Relationship" and attributes.get("TargetMode") != "External":
            target = posixpath.normpath(posixpath.join("/", folder, attributes["Target"]))
            kind = attributes["Type"].rpartition("/")[2]
            found[attributes["Id"]] = (kind, target.lstrip("/"))
    return found


def _strings(events: Iterable[Event]) -> Iterator[str]:
    """The texts that cells refer to by number, without the readings of East Asian ones."""
    text: list[str] = []
    reading = False
    for opens, name, _, before in events:
        if name == "rPh":
            reading = opens
        elif name == "t" and not opens and not reading:
            text.append(before)
        elif name == "si" and not opens:
            yield "".join(text)
            text.clear()


def _formats(events: Iterable[Event]) -> Iterator[str]:
    """The number formats that cells refer to by number, without their literal parts."""
    codes = dict(BUILT_IN)
    section = ""
    for opens, name, attributes, _ in events:
        if name in {"numFmts", "cellXfs"}:
            section = name if opens else ""
        elif opens and name == "numFmt" and section == "numFmts":
            plain = LITERALS.sub("", attributes["formatCode"]).partition(";")[0]
            codes[int(attributes["numFmtId"])] = plain
        elif opens and name == "xf" and section == "cellXfs":
            yield codes.get(int(attributes.get("numFmtId", "0")), "")


def _cells(events: Iterable[Event]) -> Iterator[_Cell]:
    """The sheet's cells in the order they stand in; writers may leave out where that is."""
    row = column = 0
    cell: _Cell | None = None
    reading = False
    for opens, name, attributes, before in events:
        if opens and name == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif opens and name == "c":
            column = _column(attributes["r"], row) if "r" in attributes else column + 1
            if row > LAST_ROW or column > LAST_COLUMN:
                raise ValueError("a cell beyond the sheet")
            cell = _Cell(row, column, attributes.get("t", "n"), int(attributes.get("s", "0")))
        elif cell is None:
            continue
        elif name == "rPh":
            reading = opens
        elif not opens and name in {"v", "t"} and not reading:
            cell.text.append(before)
        elif not opens and name == "f":
            cell.formula = before
        elif not opens and name == "c":
            yield cell
            cell = None


def _column(place: str, row: int) -> int:
    match = PLACE.fullmatch(place)
    if match is None or int(match[2]) != row:
        raise ValueError(f"{place} in row {row}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _text(cell: _Cell, strings: list[str], formats: list[str], epoch: datetime) -> str:
    """What a person would read in the cell."""
    text = "".join(cell.text)
    if cell.kind == "s":
        return _unescaped(strings[int(text)])
    if cell.kind == "b":
        return {"1": "true", "0": "false"}.get(text, text)
    if cell.kind != "n" or not text:
        return _unescaped(text)
    return _number(text.strip(), formats[cell.style] if formats else "", epoch)


def _number(text: str, code: str, epoch: datetime) -> str:
    value = float(text)
    if re.search("[dmyhs]", code, re.IGNORECASE) and value >= FIRST_DAY:
        # To the second: a float cannot hold a time of day more exactly.
        moment = epoch + timedelta(seconds=round(value * 86_400))
        return moment.isoformat(" ").removesuffix(" 00:00:00")
    shown = Decimal(text) if INTEGER.fullmatch(text) else Decimal(f"{value:.15g}")
    if "%" in code:
        return f"{_plain(shown * 100)} %"
    zeros = len(code) if set(code) == {"0"} else 0
    return _plain(shown).zfill(zeros)


def _plain(number: Decimal) -> str:
    """Digits without an exponent, nor zeros that say nothing."""
    if not number.is_finite():
        raise ValueError(f"{number} in a cell")
    digits = format(number, "f")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    return "0" if digits == "-0" else digits


def _unescaped(text: str) -> str:
    """The text with the characters that XML cannot hold, or that look like such an escape."""
    return ESCAPED.sub(_character, text) if "_x" in text else text


def _character(match: re.Match[str]) -> str:
    character = chr(int(match[1], 16))
    return character if character.isprintable() or character in "\t\r\n" else match[0]


def _formula(file: DeliveredFile, cell: _Cell) -> Fault:
    place = f"{column_name(cell.column)}{cell.row}"
    return Fault(
        file.name,
        cell.row,
        column_name(cell.column),
        f"={cell.formula}",
        f"a value in cell {place}, not a formula",
        "Copy the cells and paste them as values only.",
    )


def _beside(file: DeliveredFile, row: int, column: int, text: str) -> Fault:
    return Fault(
        file.name,
        row,
        column_name(column),
        text,
        "cells below the header alone, which is the first row with anything in it",
        "Remove titles above the header and notes beside the table.",
    )


def _too_large(file: DeliveredFile, row: int) -> UnreadableError:
    expected = f"at most {MOST_CELLS} cells and {MOST_LETTERS} letters on the first sheet"
    return refusal(file, "too much", expected, "Deliver the layout's columns and rows alone.", row)
