"""A CSV file of any size: its header, and then its lines a piece at a time."""

from collections.abc import Iterator
from dataclasses import replace
from typing import BinaryIO

from deliveries.delivered import DeliveredFile, refusal
from deliveries.formats.text_files import (
    BOTH,
    SAVE_AS_UTF_8,
    Beginning,
    beginning_bytes,
    beginning_of,
    decoded,
)

PIECE = 8 * 1024 * 1024
LONGEST_LINE = 1024 * 1024
"""Bytes. Smaller pieces cost more to begin than to read, larger ones only memory."""


def text_format(file: DeliveredFile) -> Beginning:
    """How the file begins; a column that has no name is called by its place.

    Raises:
        DeliveryRefusedError: if it has no header, or is no text; if its lines are not those of a text file, or it cannot be read.
    """
    beginning = beginning_bytes(file)
    found = beginning_of(file, decoded(file, beginning))
    if _header_lines(beginning, found)[-1].endswith(b"\r"):
        raise refusal(file.name, "lines that end with a line feed", "Save the file as CSV UTF-8.")
    header = [name or nameless(place) for place, name in enumerate(found.header, start=1)]
    return replace(found, header=header)


def nameless(place: int) -> str:
    """What a column without a name is called."""
    return f"column {place}"


def pieces(file: DeliveredFile, text: Beginning, *, numbered: bool) -> Iterator[tuple[int, bytes]]:
    """The lines after the header, some at a time: the number of the first, and all of them in UTF-8.

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
        stream.seek(sum(map(len, _header_lines(beginning_bytes(file), text))))
        while lines := _whole_lines(file, stream):
            encoding = _encoding(file, lines)
            if {encoding, *encodings} >= {"utf-8", "cp1252"}:
                raise refusal(file.name, BOTH, SAVE_AS_UTF_8)
            encodings.add(encoding)
            yield number, lines.decode("cp1252").encode() if encoding == "cp1252" else lines
            number += lines.count(b"\n") if numbered else 0


def _header_lines(beginning: bytes, text: Beginning) -> list[bytes]:
    """The lines up to the header's last."""
    return beginning.splitlines(keepends=True)[: text.header_line]


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
