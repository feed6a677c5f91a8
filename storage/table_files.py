"""A file as a table of text, whichever of the formats it is in."""

from collections.abc import Callable, Mapping

from storage.deliveries import DeliveredFile
from storage.text_files import TextTable, read_csv, read_csv_header

READERS: Mapping[str, Callable[[DeliveredFile], TextTable]] = {"csv": read_csv}
"""How each format is read."""


def read_table(file: DeliveredFile) -> TextTable:
    """The file's header and rows as text.

    Raises:
        UnreadableError: if it is not what its name says, or is no table.
    """
    return READERS["csv"](file)


def read_header(file: DeliveredFile) -> list[str]:
    """The file's header alone; of a large file no more than its beginning is read.

    Raises:
        UnreadableError: if it is not what its name says, or is no table.
    """
    return read_csv_header(file)
