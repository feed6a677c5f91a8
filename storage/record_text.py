"""A CSV file of any size, looked through once as bytes: its encoding, its quotes, and its header."""

import codecs
import csv
from collections.abc import Iterator
from dataclasses import dataclass

from storage.deliveries import DeliveredFile, unreadable
from storage.faults import DeliveryRefusedError
from storage.guards import refusal
from storage.text_files import LONGEST_HEADER

CHUNK = 4 * 1024 * 1024
PIECE = 32 * 1024 * 1024
"""Bytes that are looked at, and that are decoded, at a time."""


@dataclass(frozen=True)
class TextFormat:
    """How a CSV file is written.

    Attributes:
        encoding: `utf-8` or `cp1252`.
        separator: `;` or `,`.
        quoted: whether a quotation mark stands anywhere; reading costs less if none does.
        header: the columns' names.
        header_line: the line that they stand on; only empty lines may stand before.
        header_end: the byte after that line.
    """

    encoding: str
    separator: str
    quoted: bool
    header: list[str]
    header_line: int
    header_end: int


def text_format(file: DeliveredFile) -> TextFormat:
    """How the file is written.

    Raises:
        UnreadableError: if it is no text in UTF-8 or Windows-1252, or has no header.
        DeliveryRefusedError: if it cannot be read.
    """
    beginning, is_utf8, is_cp1252, quoted = b"", True, True, False
    utf8 = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(file, CHUNK):
        beginning = beginning or chunk[:LONGEST_HEADER]
        if b"\x00" in chunk:
            raise refusal(file, "", "CSV text", "The file is not text; save it as CSV.")
        quoted = quoted or b'"' in chunk
        if chunk.isascii() and utf8.getstate() == (b"", 0):
            continue
        is_utf8 = is_utf8 and _decodes(utf8, chunk)
        is_cp1252 = is_cp1252 and _decodes(codecs.getincrementaldecoder("cp1252")(), chunk)
    is_utf8 = is_utf8 and _decodes(utf8, b"", final=True)
    if not (is_utf8 or is_cp1252):
        expected = "text in UTF-8 or Windows-1252"
        raise refusal(file, "", expected, "Save the file as CSV UTF-8.")
    return _with_header(file, beginning, "utf-8" if is_utf8 else "cp1252", quoted=quoted)


def decoded_pieces(file: DeliveredFile, text: TextFormat) -> Iterator[bytes]:
    """The file after its header, in UTF-8, cut between lines into pieces of bounded size.

    Raises:
        DeliveryRefusedError: if a line is longer than a piece, or the file cannot be read.
    """
    rest, passed = b"", text.header_end
    for chunk in _chunks(file, PIECE):
        # The header is shorter than a chunk.
        data = rest + chunk[passed:]
        passed = 0
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if end:
            yield _as_utf8(data[:end], text)
        elif len(rest) > PIECE:
            advice = "Deliver a record a line."
            raise DeliveryRefusedError(
                file.name, refusal(file, "", "lines of bounded length", advice).faults
            )
    if rest:
        yield _as_utf8(rest, text)


def _as_utf8(piece: bytes, text: TextFormat) -> bytes:
    # A byte that is no character was not there when the file was looked through: it has changed
    # since, and is refused for that.
    return piece.decode(text.encoding, errors="replace").encode()


def _with_header(
    file: DeliveredFile, beginning: bytes, encoding: str, *, quoted: bool
) -> TextFormat:
    end = 0
    for number, line in enumerate(beginning.split(b"\n"), start=1):
        end += len(line) + 1
        first = line.decode(encoding, errors="replace").removeprefix("\ufeff").strip()
        if "\r" in first:
            expected = "lines that end with a line feed"
            raise refusal(file, "", expected, "Save the file as CSV UTF-8.", number)
        if first.strip(";, "):
            separator = ";" if ";" in first else ","
            header = next(csv.reader([first], delimiter=separator))
            names = [cell.strip() for cell in header]
            return TextFormat(encoding, separator, quoted, names, number, end)
    raise refusal(file, "", "a header and rows", "Deliver the file anew: it is empty.")


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _chunks(file: DeliveredFile, size: int) -> Iterator[bytes]:
    try:
        with file.path.open("rb") as stream:
            while chunk := stream.read(size):
                yield chunk
    except OSError as error:
        raise unreadable(file.name, error) from error
