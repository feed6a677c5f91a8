"""CSV as it arrives: encoding and separator recognised, every cell kept as text with its line."""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from itertools import islice
from typing import NamedTuple

from deliveries.cells import spaced
from deliveries.delivered import COUNTS_OR_RECORDS, DeliveredFile, refusal
from deliveries.faults import Fault
from schemas.regions import register

BLANK = ' ;,\t\r\n"\ufeff'
"""Signs of a line in which nothing stands."""

LONGEST_HEADER = 64 * 1024
"""Bytes; a header is one line of some words."""

WIDEST = 1000
"""Columns; a file with more is no delivery."""


MOST_CELLS = 500_000
"""Cells of a table; a month has some hundreds, or thousands."""


NOT_UTF_8 = "text in UTF-8 or Windows-1252"
SAVE_AS_UTF_8 = "Save the file as CSV UTF-8."
SEPARATOR_LINE = re.compile(r'"?sep=(?P<separator>[ -~\t])"?\s*', re.IGNORECASE)
"""What spreadsheet programs write and read before the header, to say how cells are parted."""

TITLE = 2
"""Lines of a title and what parts it from the header."""

OTHER_ENCODINGS: Mapping[str, str] = {"mac_roman": "MacRoman", "cp850": "DOS code page 850"}
WITHIN_WORD = re.compile(rb"[A-Za-z]([\x80-\xff])(?=[a-z])")
END_OF_WORD = re.compile(rb"[\x80-\xff][A-Za-z\x80-\xff]*")
"""From a word's first letter that is not English on: what tells Skåne is found fast by its `åne`."""

SHORTEST_END = 3
"""Letters; the two of `län` may be anything."""

SWEDISH = frozenset("åäöÅÄÖ")
TWICE = {
    name: re.compile("|".join(each.encode().decode(encoding) for each in (*SWEDISH, "\u00a0")))
    for encoding, name in {
        "latin_1": "ISO-8859-1",
        "cp1252": "Windows-1252",
        "cp1250": "Windows-1250",
        **OTHER_ENCODINGS,
    }.items()
}
"""How å, ä, ö and the no-break space look in UTF-8 that was read in another encoding and saved anew."""

EXPORT_ANEW = "Export the table anew, and save it as CSV UTF-8."
LOST = f"{NOT_UTF_8}, not with signs in place of letters that were lost"
BOTH = f"{NOT_UTF_8}, and not in both"
NO_LETTERS: Mapping[str, re.Pattern[str]] = {
    f"{NOT_UTF_8}, not with letters as in HTML": re.compile(
        r"&(?:[ao]uml|aring|#\d{2,7}|#x[0-9a-f]{2,6});", re.IGNORECASE
    ),
    f"{NOT_UTF_8}, not in UTF-7": re.compile(r"\+A(?:OQ|OU|PY|MQ|MU|NY)-"),
    f"{NOT_UTF_8}, not in quoted-printable, as e-mail has it": re.compile(
        r"=C3=(?:A[45]|B6|8[45]|96)", re.IGNORECASE
    ),
    f"{NOT_UTF_8}, not in Swedish of seven bits (ISO 646)": re.compile(r"[A-Za-z][{|}][a-z]"),
    LOST: re.compile(r"(?:^|[;,\"\s])[A-Za-z]*\?[a-z]{2}"),
}
"""What is expected of text in which letters stand otherwise. An address of a page may hold a question mark."""


@dataclass(frozen=True)
class TextTable:
    """A file's header and rows as text; each row with the line it ends on, the header being line 1.

    A cell that cannot be read is none: `faults` says why. So does it of rows that are left out.

    Attributes:
        file: its name.
        header: the columns' names; a column without name and content is none.
        rows: the rows that are as wide as the header.
        faults: what could not be read.
        ragged: the rows that are not as wide as the header: a fault, or a note below the table.
        notes: what else was seen, such as which sheet was read.
        title: what stands over a CSV table, with an empty line between, or is a cube's label.
        labels: of a cube, what the codes of a column are said to mean.
    """

    file: str
    header: list[str]
    rows: list[tuple[int, list[str | None]]]
    faults: list[Fault] = field(default_factory=list)
    ragged: list[tuple[int, list[str]]] = field(default_factory=list)
    notes: Mapping[str, str | int] = field(default_factory=dict)
    title: str = ""
    labels: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def ragged_faults(self) -> list[Fault]:
        """A fault for each other width, for a slip in every line is one slip."""
        return list(ragged_faults(self.file, len(self.header), self.ragged))


@dataclass(frozen=True)
class Beginning:
    """How a CSV file begins.

    Attributes:
        separator: `;` or `,`, or what the file's first line says.
        header: the columns' names, without spaces around.
        header_line: the line that they end on; empty lines and a title may stand before.
        title: that title; empty where there is none.
    """

    separator: str
    header: list[str]
    header_line: int
    title: str


class Header(NamedTuple):
    """A file's header alone.

    Attributes:
        names: the columns'.
        sheet: the sheet that it stands on, where there are others.
        title: what stands above it; empty where nothing does.
    """

    names: list[str]
    sheet: str = ""
    title: str = ""


def read_csv(file: DeliveredFile) -> TextTable:
    """The file as a table of text.

    Raises:
        DeliveryRefusedError: if it is no text in UTF-8 or Windows-1252, is empty, or is too large.
    """
    text = decoded(file, file.content)
    beginning = beginning_of(file, text)
    below = islice(io.StringIO(text, newline=""), beginning.header_line, None)
    lines = csv.reader(below, delimiter=beginning.separator, strict=True)
    width, first = len(beginning.header), beginning.header_line
    rows: list[tuple[int, list[str | None]]] = []
    ragged: list[tuple[int, list[str]]] = []
    cells = width
    try:
        for row in lines:
            cells += len(row)
            if cells > MOST_CELLS:
                raise refusal(file.name, f"at most {MOST_CELLS} cells", COUNTS_OR_RECORDS)
            if any(cell.strip() for cell in row):
                line = first + lines.line_num
                if len(row) == width:
                    rows.append((line, list(row)))
                else:
                    ragged.append((line, row))
    except csv.Error as error:
        raise refusal(file.name, f"CSV ({error})", "Check the quotation marks.") from error
    table = TextTable(file.name, beginning.header, rows, ragged=ragged, title=beginning.title)
    return without_nameless(table)


def read_csv_header(file: DeliveredFile) -> Header:
    """The file's first line as cells; no more than the file's beginning is read.

    Raises:
        DeliveryRefusedError: if that is no text, or is empty.
    """
    beginning = beginning_of(file, decoded(file, beginning_bytes(file)))
    return Header([name for name in beginning.header if name], title=beginning.title)


def beginning_bytes(file: DeliveredFile) -> bytes:
    """As many of the file's first lines as may hold the header."""
    with file.path.open("rb") as stream:
        content = stream.read(LONGEST_HEADER)
    # It may end within a character, in a line after the header's.
    whole = content.rfind(b"\n") + 1
    return content[:whole] if whole and len(content) == LONGEST_HEADER else content


def beginning_of(file: DeliveredFile, text: str) -> Beginning:
    """How the file begins.

    The header is read as RFC 4180 has it, so that one of its cells may go over two lines. A line
    `sep=;` may stand before, or a title with an empty line below, as statistical offices write.

    Raises:
        DeliveryRefusedError: if it has no header, or its letters are written otherwise.
    """
    head = text[:LONGEST_HEADER]
    lines = list(io.StringIO(head, newline=""))
    said = SEPARATOR_LINE.fullmatch(lines[0]) if lines else None
    letters = head.replace(said["separator"], ";") if said else head
    for expected, signs in NO_LETTERS.items():
        if signs.search(letters):
            raise refusal(file.name, expected, EXPORT_ANEW)
    is_title = not said and len(lines) > TITLE and _is_title(*lines[: TITLE + 1])
    title = spaced(lines[0].strip(BLANK)) if is_title else ""
    skipped = 1 if said or is_title else 0
    while skipped < len(lines) and not lines[skipped].strip(BLANK):
        skipped += 1
    header_text = _header_text(lines[skipped:])
    if said and header_text and said["separator"] not in header_text:
        expected = f"the separator '{said['separator']}' that the first line names, in the header"
        raise refusal(file.name, expected, "Remove the first line, or write the separator there.")
    if skipped == len(lines):
        raise refusal(file.name, "a header and rows", "Deliver the file anew: it is empty.")
    separator = said["separator"] if said else ";" if ";" in header_text else ","
    reader = csv.reader(lines[skipped:], delimiter=separator, strict=True)
    try:
        header = [spaced(cell) for cell in next(reader)]
    except csv.Error as error:
        raise refusal(file.name, f"CSV ({error})", "Check the quotation marks.") from error
    if len(header) > WIDEST:
        raise refusal(file.name, f"at most {WIDEST} columns", "Deliver the layout's columns.")
    return Beginning(separator, header, skipped + reader.line_num, title)


def _header_text(lines: Iterable[str]) -> str:
    """The lines of the header: of more than one, while a quotation mark is open."""
    text = ""
    for line in lines:
        text += line
        if text.count('"') % 2 == 0:
            break
    return text


def _is_title(first: str, second: str, third: str) -> bool:
    """Whether the first line is one cell, with an empty line between it and a line of several."""
    if not first.strip(BLANK) or second.strip(BLANK) or ";" in first:
        return False
    first_width, third_width = (len(next(csv.reader([line]), [])) for line in (first, third))
    return ";" in third or first_width == 1 < third_width


def decoded(file: DeliveredFile, content: bytes) -> str:
    """The text that the bytes are.

    Raises:
        DeliveryRefusedError: if they are no text in UTF-8 or Windows-1252, naming what they look like.
    """
    if b"\x00" in content:
        raise refusal(file.name, "CSV text", "The file is not text; save it as CSV.")
    try:
        text = content.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        return _decoded_otherwise(file, content)
    for name, signs in TWICE.items():
        if found := signs.search(text):
            expected = f"{NOT_UTF_8}, not in UTF-8 twice, read as {name} between ({found[0]!r})"
            raise refusal(file.name, expected, SAVE_AS_UTF_8)
    if "\ufffd" in text:
        raise refusal(file.name, LOST, EXPORT_ANEW)
    return text


def _decoded_otherwise(file: DeliveredFile, content: bytes) -> str:
    ends = set(END_OF_WORD.findall(content))
    if not ends & _of_regions("cp1252"):
        signs = b"".join(WITHIN_WORD.findall(content))
        is_swedish = SWEDISH & set(signs.decode("cp1252", errors="replace"))
        for encoding, name in OTHER_ENCODINGS.items():
            if ends & _of_regions(encoding) or (
                not is_swedish and SWEDISH & set(signs.decode(encoding))
            ):
                raise refusal(file.name, f"{NOT_UTF_8}, not in {name}", SAVE_AS_UTF_8)
    try:
        text = content.decode("cp1252")
    except UnicodeDecodeError:
        raise refusal(file.name, NOT_UTF_8, SAVE_AS_UTF_8) from None
    if content.startswith(codecs.BOM_UTF8) or TWICE["Windows-1252"].search(text):
        raise refusal(file.name, BOTH, SAVE_AS_UTF_8)
    return text


@cache
def _of_regions(encoding: str) -> frozenset[bytes]:
    """How words of regions' names end, from their first letter that is not English on, in the encoding."""
    names = " ".join(" ".join([each.name, *each.variants]) for each in register().values())
    written = f"{names} {names.lower()} {names.upper()}"
    ends = END_OF_WORD.findall(written.encode(encoding))
    return frozenset(end for end in ends if len(end) >= SHORTEST_END)


def without_nameless(table: TextTable) -> TextTable:
    """The table without the columns that have neither a name nor any content."""
    named = [
        place
        for place, name in enumerate(table.header)
        if name or any(row[place] is None or (row[place] or "").strip() for _, row in table.rows)
    ]
    if len(named) == len(table.header):
        return table
    return replace(
        table,
        header=[table.header[place] for place in named],
        rows=[(line, [row[place] for place in named]) for line, row in table.rows],
    )


def ragged_faults(
    name: str, width: int, rows: Sequence[tuple[int, Sequence[str]]]
) -> Iterator[Fault]:
    """A fault for each width that rows have in place of the header's: a slip in every line is one."""
    by_width: dict[int, list[tuple[int, Sequence[str]]]] = {}
    for line, row in rows:
        by_width.setdefault(len(row), []).append((line, row))
    for cells, found in by_width.items():
        first, last = found[0][0], found[-1][0]
        value = f"{cells} cells" + (
            f" in {len(found)} rows, to row {last}" if len(found) > 1 else ""
        )
        advice = "Check for a missing or extra separator."
        if cells > width and not any(cell.strip() for _, row in found for cell in row[width:]):
            advice = "Leave out the separator at the end of the rows, or end the header with one."
        yield Fault(name, first, "", value, f"{width} cells, as in the header", advice)
