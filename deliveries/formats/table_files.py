"""A file as a table of text, whichever of the formats it is in."""

from collections.abc import Callable, Mapping

import pyarrow as pa
import pyarrow.parquet as pq

from deliveries.delivered import DeliveredFile, refusal
from deliveries.formats.json_stat import read_json_stat
from deliveries.formats.parquet_tables import read_parquet_table
from deliveries.formats.spreadsheets import SHEET, read_xlsx
from deliveries.formats.text_files import (
    Header,
    TextTable,
    read_csv,
    read_csv_header,
)
from deliveries.guards import Kind, content_kind

READERS: Mapping[Kind, Callable[[DeliveredFile], TextTable]] = {
    "csv": read_csv,
    "xlsx": read_xlsx,
    "parquet": read_parquet_table,
    "json": read_json_stat,
}
"""How each format is read."""


def read_table(file: DeliveredFile) -> TextTable:
    """The file's header and rows as text.

    Raises:
        DeliveryRefusedError: if it is not what its name says, or is no table.
    """
    return READERS[content_kind(file)](file)


def read_header(file: DeliveredFile) -> Header:
    """The file's header alone.

    Of a large file no more than its beginning or end is read.

    Raises:
        DeliveryRefusedError: if it is not what its name says, or is no table.
    """
    kind = content_kind(file)
    if kind == "csv":
        return read_csv_header(file)
    if kind == "parquet":
        return Header(_parquet_header(file))
    table = READERS[kind](file)
    return Header(table.header, str(table.notes.get(SHEET, "")))


def _parquet_header(file: DeliveredFile) -> list[str]:
    try:
        return list(pq.read_schema(file.path).names)
    except (pa.ArrowException, OSError, ValueError) as error:
        advice = "Deliver the file anew: it is damaged."
        raise refusal(file.name, "a whole Parquet file", advice) from error
