"""CSV as it arrives: encoding and separator recognised, every cell kept as text with its line."""

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field

from deliveries.delivered import DeliveredFile
from deliveries.faults import Fault

BYTE_ORDER_MARK = "\ufeff"
LONGEST_HEADER = 64 * 1024
"""Bytes; a header is one line of some words."""

WIDEST = 1000
"""Columns; a file with more is no delivery."""


MOST_CELLS = 500_000
"""Cells of a table; a month has some hundreds, or thousands."""


@dataclass(frozen=True)
class TextTable:
    """A file's header and rows as text; each row with the line it ends on, the header being line 1.

    A cell that cannot be read is none: `faults` says why. So does it of rows that are left out.
    """

    file: str
    header: list[str]
    rows: list[tuple[int, list[str | None]]]
    faults: list[Fault] = field(default_factory=list)


class UnreadableError(Exception):
    """A file is not a table of text; `faults` says why."""

    def __init__(self, faults: list[Fault]) -> None:
        """Keep the faults."""
        self.faults = faults
        super().__init__(f"{len(faults)} fault(s)")


def read_csv(file: DeliveredFile) -> TextTable:
    """The file as a table of text.

    Raises:
        UnreadableError: if it is no text in UTF-8 or Windows-1252, is empty, or is too large.
    """
    return _table(file, file.content)


def _table(file: DeliveredFile, content: bytes) -> TextTable:
    text = _decoded(file, content)
    separator = ";" if ";" in text.lstrip().partition("\n")[0] else ","
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    numbered: list[tuple[int, list[str]]] = []
    cells = 0
    try:
        for row in lines:
            cells += len(row)
            if cells > MOST_CELLS:
                advice = "Deliver counts, a row a region, or records in the record layout."
                raise _unreadable(file, f"at most {MOST_CELLS} cells", advice)
            if any(cell.strip() for cell in row):
                numbered.append((lines.line_num, row))
    except csv.Error as error:
        raise _unreadable(file, f"CSV ({error})", "Check the quotation marks.") from error
    if not numbered:
        raise _unreadable(file, "a header and rows", "Deliver the file anew: it is empty.")
    header = [cell.strip() for cell in numbered[0][1]]
    if len(header) > WIDEST:
        raise _unreadable(file, f"at most {WIDEST} columns", "Deliver the layout's columns.")
    rows: list[tuple[int, list[str | None]]] = [
        (line, list(row)) for line, row in numbered[1:] if len(row) == len(header)
    ]
    return TextTable(file.name, header, rows, list(_ragged(file.name, len(header), numbered[1:])))


def read_csv_header(file: DeliveredFile) -> list[str]:
    """The file's first line as cells; no more than the file's beginning is read.

    Raises:
        UnreadableError: if that is no text, or is empty.
    """
    with file.path.open("rb") as stream:
        beginning = stream.read(LONGEST_HEADER)
    # The beginning may end within a character; a header line does not.
    first = next((line for line in beginning.splitlines() if line.strip(b" ;,")), b"")
    return _table(file, first).header


def _decoded(file: DeliveredFile, content: bytes) -> str:
    if b"\x00" in content:
        raise _unreadable(file, "CSV text", "The file is not text; save it as CSV.")
    for encoding in ("utf-8", "cp1252"):
        try:
            return content.decode(encoding).removeprefix(BYTE_ORDER_MARK)
        except UnicodeDecodeError:
            continue
    raise _unreadable(file, "text in UTF-8 or Windows-1252", "Save the file as CSV UTF-8.")


def _ragged(name: str, width: int, rows: list[tuple[int, list[str]]]) -> Iterator[Fault]:
    for line, row in rows:
        if len(row) != width:
            yield Fault(
                name,
                line,
                "",
                f"{len(row)} cells",
                f"{width} cells, as in the header",
                "Check for a missing or extra separator.",
            )


def _unreadable(file: DeliveredFile, expected: str, advice: str) -> UnreadableError:
    return UnreadableError([Fault(file.name, None, "", "", expected, advice)])
