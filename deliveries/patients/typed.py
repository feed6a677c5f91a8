"""Lines of a CSV file of records, read with types: dates as dates and choice as a boolean.

It is all or nothing: where one cell is not of its type, or one line has another width, nothing is
read, and nothing said. What Arrow would say quotes the record.
"""

import polars as pl
import pyarrow as pa
from pyarrow import csv

from deliveries.formats.text_files import Beginning
from deliveries.patients.days import FIRST_DAY, LAST_DAY, NOT_YET
from deliveries.patients.rules import CHOICE, Layout


def as_typed(lines: bytes, text: Beginning, layout: Layout) -> pl.DataFrame | None:
    """The records: dates, a boolean where the layout has one, and text; empty cells are null.

    Args:
        lines: whole lines in UTF-8, without the header.
        text: how the file begins.
        layout: its columns.

    Returns:
        The layout's columns, without empty lines; none if a cell or a line is not as expected, or
        if quotation marks or line ends want a closer look.
    """
    if b'"' in lines or (b"\r" in lines and lines.count(b"\r") != lines.count(b"\r\n")):
        return None
    types = dict.fromkeys(text.header, pa.string()) | dict.fromkeys(layout.dates, pa.date32())
    if CHOICE in types:
        types[CHOICE] = pa.bool_()
    try:
        records = csv.read_csv(
            pa.BufferReader(lines),
            csv.ReadOptions(use_threads=False, block_size=len(lines) + 1, column_names=text.header),
            csv.ParseOptions(delimiter=text.separator, quote_char=False),
            csv.ConvertOptions(
                column_types=types, null_values=[""], strings_can_be_null=True, check_utf8=False
            ),
        )
    except pa.ArrowInvalid:
        return None
    frame = pl.DataFrame(records)
    # Other days than text may name: what is expected is told where text is read.
    day = pl.col(layout.dates)
    named = frame.select((day.is_between(FIRST_DAY, LAST_DAY) | (day == NOT_YET)).all())
    return frame if all(named.row(0)) else None
