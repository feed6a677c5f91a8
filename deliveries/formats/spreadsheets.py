"""XLSX as it arrives: the first sheet as text, read as a stream that no workbook can swell.

Common readers give a cell's number without its format, and so cannot tell 100 % from 1, nor 01 from
1; they also make room for whatever rectangle a hostile sheet claims. A workbook is a ZIP archive of
XML, so the few parts needed are read here with the standard library, within the bounds of `guards`.

openpyxl 3.1.5 in its read-only mode, tried on the tests' workbooks on 2026-11-28: it has formats and
streams, but its sheets have neither merged cells nor hidden rows. A count merged over two rows would
be read as *not available* for the second, and rows that a filter hides would not be told. So the
reader stays ours.
"""

import posixpath
import re
import zipfile
from bisect import bisect_left
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from deliveries.delivered import DeliveredFile, refusal
from deliveries.faults import SHOWN_BY, DeliveryRefusedError, Fault, shown_title
from deliveries.formats.sheet_cells import Formats, Text, formats, known, shared_strings, shown
from deliveries.formats.text_files import WIDEST, TextTable
from deliveries.guards import XmlEvent, damaged, workbook, xml_events

MOST_CELLS = 100_000
MOST_LETTERS = 32 * 1024 * 1024
"""A long text is stored once however many cells show it, so what they show is counted too."""

LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

MOST_SHEETS_NAMED = 10

SHEET = "sheet that was read"
HIDDEN_ROWS = "rows that are hidden on the sheet, and read all the same"
HIDDEN_COLUMNS = "columns that are hidden on the sheet, and read all the same"

OWN = -1
"""In place of a number: a rule that has its number format itself, as later versions write it, or shows a
sign in place of the number."""

PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
CORNER = re.compile(r"(?=.)\$?([A-Z]{1,3})?\$?([1-9][0-9]{0,6})?", re.IGNORECASE)
"""Of an area, also where it is fixed by $; of whole columns or rows it has no row or no column."""


@dataclass(frozen=True)
class _Parts:
    """Where in the archive the first sheet stands, and what is needed to read it."""

    sheet: str
    strings: str | None
    styles: str | None
    epoch: datetime
    sheets: Mapping[str, str | int]


@dataclass(slots=True)
class _Cell:
    row: int
    column: int
    kind: str
    style: int
    text: Text = field(default_factory=Text)
    value: str | None = None
    formula: str | None = None


class _Conditions:
    """Cells whose look depends on a condition, and the number of the format they then have, or `OWN`."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self.found: list[tuple[str, int]] = []
        self._cells = ""
        self._numbers: list[int] = []

    def take(self, event: XmlEvent) -> None:
        """Take a tag of the sheet; later versions of the format, with names of their own, say below the rules whose they are."""
        opens, name, attributes, before = event
        name = name.rpartition(" ")[2]
        if opens and name == "conditionalFormatting":
            self._cells, self._numbers = attributes.get("sqref", ""), []
        elif opens and name == "cfRule" and "dxfId" in attributes:
            self._numbers.append(int(attributes["dxfId"]))
        elif opens and (name == "numFmt" or attributes.get("showValue") in {"0", "false"}):
            self._numbers.append(OWN)
        elif not opens and name == "sqref":
            self._cells = before
        elif not opens and name == "conditionalFormatting":
            areas = self._cells.split()
            self.found += [(area, number) for area in areas for number in self._numbers]
            if len(self.found) > MOST_CELLS:
                raise ValueError("more conditions than cells")


@dataclass(frozen=True)
class _BesideCells:
    """What a sheet has beside its cells, gathered while these are read.

    Attributes:
        sizes: the height and the width of rows and columns that do not say theirs; only 0 matters.
        hidden_rows: those that are hidden, or have no height.
        columns: from which to which, and whether they are hidden, or have no width.
        merged: cells that are one over several, such as B2:D7.
        conditions: under which cells look otherwise.
        hides_zeros: of each view of the sheet, whether it shows a zero as nothing.
    """

    sizes: dict[str, str] = field(default_factory=dict)
    hidden_rows: set[int] = field(default_factory=set)
    columns: list[tuple[int, int, bool]] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    conditions: _Conditions = field(default_factory=_Conditions)
    hides_zeros: list[bool] = field(default_factory=list)

    def passing(self, events: Iterable[XmlEvent]) -> Iterator[XmlEvent]:
        """The sheet's tags, each looked at on the way."""
        row = 0
        for event in events:
            opens, name, attributes, _ = event
            if opens and name == "row":
                row = int(attributes.get("r", row + 1))
                if self._is_hidden(attributes, "ht"):
                    self.hidden_rows.add(row)
            elif opens and name == "sheetFormatPr":
                # Of its zeroHeight nothing: it hides the rows that are not written alone.
                heights = {"ht": "defaultRowHeight", "width": "defaultColWidth"}
                self.sizes.update({size: attributes.get(of, "1") for size, of in heights.items()})
            elif opens and name == "col":
                first, last = int(attributes["min"]), int(attributes["max"])
                self.columns.append((first, last, self._is_hidden(attributes, "width")))
                if len(self.columns) > LAST_COLUMN:
                    raise ValueError("more columns than a sheet has")
            elif opens and name == "sheetView":
                self.hides_zeros.append(attributes.get("showZeros") in {"0", "false"})
            elif opens and name == "mergeCell":
                self.merged.append(attributes["ref"])
                if len(self.merged) > MOST_CELLS:
                    raise ValueError("more merged cells than cells")
            else:
                self.conditions.take(event)
            yield event

    def _is_hidden(self, attributes: Mapping[str, str], size: str) -> bool:
        default = self.sizes.get(size, "1")
        return (
            attributes.get("hidden") in {"1", "true"} or float(attributes.get(size, default)) == 0
        )

    def hidden_columns(self, columns: Iterable[int]) -> int:
        """How many of the columns are hidden, or have no width."""
        default = float(self.sizes.get("width", "1")) == 0
        return sum(
            next((hides for first, last, hides in self.columns if first <= each <= last), default)
            for each in columns
        )


def read_xlsx(file: DeliveredFile) -> TextTable:
    """The first sheet that is not hidden, as a table of text; rows have their number in the sheet.

    The first row with anything in it is the header. Whole numbers come as plain digits, with the
    leading zeros that their format shows; other numbers with a decimal point and at most 15 digits,
    as Excel shows them; percentages as `66.7 %`, never rounded to what their format shows, lest a
    small share become none; dates as 2025-05-20; booleans as `true` and `false`.

    A formula is a fault.

    Raises:
        DeliveryRefusedError: if the file is no plain workbook, is empty or too large, or cannot be
            read; if anything stands beside the columns that the header names.
    """
    with workbook(file) as archive:
        parts = _parts(file, archive)
        strings = (
            list(shared_strings(known(file, xml_events(file, archive, parts.strings))))
            if parts.strings
            else []
        )
        styles = formats(xml_events(file, archive, parts.styles)) if parts.styles else Formats()
        sheet = known(file, xml_events(file, archive, parts.sheet))
        return _read(file, sheet, parts, strings, styles)


def _read(
    file: DeliveredFile,
    events: Iterable[XmlEvent],
    parts: _Parts,
    strings: Sequence[str],
    styles: Formats,
) -> TextTable:
    """The sheet as a table, with what stands beside its cells."""
    beside = _BesideCells()
    rows: dict[int, dict[int, str]] = {}
    formulas: dict[tuple[int, int], Fault] = {}
    cells = letters = 0
    for cell in _cells(beside.passing(events)):
        if cell.formula is not None:
            formulas[cell.row, cell.column] = _formula(file, cell)
        value = cell.text.whole() if cell.kind == "inlineStr" else cell.value or ""
        text = shown(cell.kind, value, cell.style, strings, styles.of_cells, parts.epoch)
        if cell.kind == "n" and text == "0" and any(beside.hides_zeros):
            text = f"0{SHOWN_BY}as nothing, for the sheet hides zeros)"
        if not text and cell.formula is None:
            continue
        row = rows.setdefault(cell.row, {})
        if cell.column in row:
            raise damaged(file)
        row[cell.column] = text
        cells, letters = cells + 1, letters + len(text)
        if cells > MOST_CELLS or letters > MOST_LETTERS:
            raise _too_large(file, cell.row)
    table = _table(file, rows, formulas, parts.sheets)
    numbers = [number for number, _ in table.rows]
    columns = {column for row in rows.values() for column in row}
    hidden = {
        HIDDEN_ROWS: len(beside.hidden_rows.intersection(numbers)),
        HIDDEN_COLUMNS: beside.hidden_columns(columns),
    }
    masking = styles.by_condition | {OWN}
    masked = dict.fromkeys(cells for cells, number in beside.conditions.found if number in masking)
    alone = {
        number
        for number, row in table.rows
        if sum(cell is None or bool(cell.strip()) for cell in row) == 1
    }
    return replace(
        table,
        faults=[
            *table.faults,
            *_merged(file, beside.merged, numbers, alone),
            *_masked(file, masked, numbers),
        ],
        notes={**parts.sheets, **{what: number for what, number in hidden.items() if number}},
    )


def _merged(
    file: DeliveredFile, merged: list[str], rows: list[int], alone: Collection[int]
) -> Iterator[Fault]:
    """Cells of the table that are one over several, but for those of a row with one text alone."""
    for reference in merged:
        column, top, bottom = _area(reference)
        row = _first(rows, top, bottom)
        # A note over its row hides no count, where no other stands in it.
        if row and (top < bottom or top not in alone):
            expected = f"a value in each cell; {reference} are merged into one"
            advice = "Undo the merging and write each row's own value."
            yield Fault(file.name, row, column, "", expected, advice)


def _masked(file: DeliveredFile, masked: Iterable[str], rows: Sequence[int]) -> Iterator[Fault]:
    """Cells of the table that may be shown as another number than they are, such as <5."""
    for reference in masked:
        _, top, bottom = _area(reference)
        if row := _first(rows, top, bottom):
            expected = f"counts as they are shown; {reference} have a number format, or are struck through, by a condition"
            advice = "Remove the condition, and see that the counts are those meant."
            yield Fault(file.name, row, "", "", expected, advice)


def _first(rows: Sequence[int], top: int, bottom: int) -> int | None:
    """The first of the table's rows, which are in order, that is one of these."""
    place = bisect_left(rows, top)
    return rows[place] if place < len(rows) and rows[place] <= bottom else None


def _area(reference: str) -> tuple[str, int, int]:
    """Its first column, nothing if it is of whole rows, and its first and last row.

    Raises:
        ValueError: if it is no area of a sheet.
    """
    first, _, last = reference.partition(":")
    corners = [CORNER.fullmatch(corner) for corner in (first, last or first)]
    if None in corners:
        raise ValueError("an area that is none")
    (left, top), (_, bottom) = ((match[1] or "", match[2]) for match in corners if match)
    rows = sorted([int(top or 1), int(bottom or LAST_ROW)])
    return left.upper(), rows[0], rows[1]


def column_name(column: int) -> str:
    """What a spreadsheet calls its column, the first being 1: A to Z, AA to XFD."""
    name = ""
    while column:
        column, letter = divmod(column - 1, 26)
        name = chr(ord("A") + letter) + name
    return name


def _table(
    file: DeliveredFile,
    rows: dict[int, dict[int, str]],
    formulas: Mapping[tuple[int, int], Fault],
    sheets: Mapping[str, str | int],
) -> TextTable:
    """The rows below the header; a cell with a formula has a fault and no text."""
    computed = {row for row, _ in formulas}
    filled = [
        number
        for number in sorted(rows)
        if number in computed or any(map(str.strip, rows[number].values()))
    ]
    if not filled:
        advice = "Deliver the file anew: its first sheet is empty."
        raise refusal(file.name, "a header and rows", advice, str(sheets.get(SHEET, "")))
    top, *rest = filled
    named = [
        column for column, text in rows[top].items() if text.strip() or (top, column) in formulas
    ]
    columns = range(min(named), max(named) + 1)
    if len(columns) > WIDEST:
        advice = "Deliver the layout's columns."
        raise refusal(file.name, f"at most {WIDEST} columns", advice, "", top)
    if len(columns) * len(filled) > MOST_CELLS:
        raise _too_large(file, filled[-1])
    beside = [
        _beside(file, number, column)
        for number in rest
        for column, text in sorted(rows[number].items())
        if column not in columns and (number, column) not in formulas and text.strip()
    ]
    if beside:
        # No cell is shown of a table of which a part has no header.
        hidden = [replace(fault, value="") for fault in formulas.values()]
        raise DeliveryRefusedError(file.name, [*hidden, *beside])
    header = [rows[top].get(column, "").strip() for column in columns]
    numbered: list[tuple[int, list[str | None]]] = []
    for number in rest:
        cells = [
            None if (number, column) in formulas else rows[number].get(column, "")
            for column in columns
        ]
        if any(cell is None or cell.strip() for cell in cells):
            numbered.append((number, cells))
    return TextTable(file.name, header, numbered, list(formulas.values()))


def _parts(file: DeliveredFile, archive: zipfile.ZipFile) -> _Parts:
    book = dict(_related(file, archive, "").values())["officeDocument"]
    related = _related(file, archive, book)
    first = ""
    read: list[str] = []
    others: list[str] = []
    epoch = datetime(1899, 12, 30)  # noqa: DTZ001 - a cell's date has no time zone
    for opens, name, attributes, _ in xml_events(file, archive, book):
        if opens and name == "sheet":
            told = shown_title(attributes["name"])
            if attributes.get("state", "visible") != "visible":
                others.append(f"{told}, hidden")
            elif read:
                others.append(told)
            else:
                first, read = attributes["id"], [told]
        if opens and name == "workbookPr" and attributes.get("date1904") in {"1", "true"}:
            epoch = datetime(1904, 1, 1)  # noqa: DTZ001 - as above
    kind, sheet = related[first] if read else ("", "")
    if kind != "worksheet":
        advice = "Put the table on the first sheet."
        raise refusal(file.name, "a table on the first sheet", advice, kind)
    by_kind = dict(related.values())
    named = others[:MOST_SHEETS_NAMED]
    named += [f"and {len(others) - len(named)} more"] if others[MOST_SHEETS_NAMED:] else []
    sheets = {SHEET: f"{read[0]} (not read: {'; '.join(named)})"} if others else {}
    return _Parts(sheet, by_kind.get("sharedStrings"), by_kind.get("styles"), epoch, sheets)


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


def _cells(events: Iterable[XmlEvent]) -> Iterator[_Cell]:
    """The sheet's cells in the order they stand in; writers may leave out where that is."""
    row = column = 0
    cell: _Cell | None = None
    for event in events:
        opens, name, attributes, before = event
        if opens and name == "row":
            row, column = int(attributes.get("r", row + 1)), 0
        elif opens and name == "c":
            column = _column(attributes["r"], row) if "r" in attributes else column + 1
            if row > LAST_ROW or column > LAST_COLUMN:
                raise ValueError("a cell beyond the sheet")
            cell = _Cell(row, column, attributes.get("t", "n"), int(attributes.get("s", "0")))
        elif cell is None:
            continue
        elif not opens and name == "v":
            cell.value = before
        elif not opens and name == "f":
            cell.formula = before
        elif not opens and name == "c":
            yield cell
            cell = None
        else:
            cell.text.take(event)


def _column(place: str, row: int) -> int:
    match = PLACE.fullmatch(place)
    if match is None or int(match[2]) != row:
        raise ValueError(f"{place} in row {row}")
    column = 0
    for letter in match[1]:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column


def _formula(file: DeliveredFile, cell: _Cell) -> Fault:
    place = f"{column_name(cell.column)}{cell.row}"
    return Fault(
        file.name,
        cell.row,
        column_name(cell.column),
        # Of what it is made nothing is shown: a name or a number in it may be somebody's.
        "= …",
        f"a value in cell {place}, not a formula",
        "Copy the cells and paste them as values only.",
    )


def _beside(file: DeliveredFile, row: int, column: int) -> Fault:
    """By its place: in a column without a name may stand whose row it is."""
    return Fault(
        file.name,
        row,
        column_name(column),
        "",
        "cells below the header alone, which is the first row with anything in it",
        "Remove titles above the header and notes beside the table.",
    )


def _too_large(file: DeliveredFile, row: int) -> DeliveryRefusedError:
    expected = f"at most {MOST_CELLS} cells and {MOST_LETTERS} letters on the first sheet"
    return refusal(
        file.name, expected, "Deliver the layout's columns and rows alone.", "too much", row
    )
