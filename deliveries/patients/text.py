"""A CSV file of any size: its header, and then its lines a piece at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from deliveries.delivered import DeliveredFile, refusal
from deliveries.formats.text_files import (
    BOTH,
    SAVE_AS_UTF_8,
    beginning_bytes,
    beginning_of,
    decoded,
)

PIECE = 8 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
"""Bytes. Smaller pieces cost more to begin than to read, larger ones only memory."""


@dataclass(frozen=True)
class TextFormat:
    """How a CSV file begins.

    Attributes:
        separator: `;` or `,`.
        header: the columns' names; the place of those that have none.
        header_line: the line that they end on.
        header_end: the byte after that line.
    """

    separator: str
    header: list[str]
    header_line: int
    header_end: int


@dataclass(frozen=True)
class Piece:
    """Some lines of a CSV file: the number of the first, and all of them in UTF-8."""

    first_line: int
    lines: bytes


def text_format(file: DeliveredFile) -> TextFormat:
    """How the file begins.

    Raises:
        DeliveryRefusedError: if it has no header, or is no text; if its lines are not those of a text file, or it cannot be read.
    """
    content = beginning_bytes(file)
    found = beginning_of(file, decoded(file, content))
    lines = content.splitlines(keepends=True)[: found.header_line]
    if lines[-1].endswith(b"\r"):
        raise refusal(file.name, "lines that end with a line feed", "Save the file as CSV UTF-8.")
    header = [name or nameless(place) for place, name in enumerate(found.header, start=1)]
    return TextFormat(found.separator, header, found.header_line, sum(map(len, lines)))


def nameless(place: int) -> str:
    """What a column without a name is called."""
    return f"column {place}"


def pieces(file: DeliveredFile, text: TextFormat, *, numbered: bool) -> Iterator[Piece]:
    """The lines after the header.

    Args:
        file: the file.
        text: how it begins.
        numbered: whether the pieces' first lines are needed: to count lines takes a tenth of the
            time that counting the records does. If not, they are all 0.

    Raises:
        DeliveryRefusedError: if a piece is no text in UTF-8 or Windows-1252, or not in that of the
            pieces before; if a line is too long.
    """
    encodings, number = {"ascii"}, text.header_line + 1 if numbered else 0
    with file.path.open("rb") as stream:
        stream.seek(text.header_end)
        while lines := _whole_lines(file, stream):
            encoding = _encoding(file, lines)
            if {encoding, *encodings} >= {"utf-8", "cp1252"}:
                raise refusal(file.name, BOTH, SAVE_AS_UTF_8)
            encodings.add(encoding)
            yield Piece(number, lines.decode("cp1252").encode() if encoding == "cp1252" else lines)
            number += lines.count(b"\n") if numbered else 0


def _whole_lines(file: DeliveredFile, stream: BinaryIO) -> bytes:
    """The next lines, read at once: to put two readings together takes a third of reading them."""
    start = stream.tell()
    stream.seek(start + PIECE)
    rest = stream.readline(LONGEST_LINE)
    if len(rest) == LONGEST_LINE:
        expected = f"lines of less than {LONGEST_LINE} bytes"
        raise refusal(file.name, expected, "Deliver a record a line.")
    stream.seek(start)
    return stream.read(PIECE + len(rest))


def _encoding(file: DeliveredFile, lines: bytes) -> str:
    if lines.isascii() and b"\x00" not in lines:
        return "ascii"
    text = decoded(file, lines)
    return "utf-8" if len(text) < len(lines) else "cp1252"
