"""Small Parquet files as tables of text, as the same table would stand in a CSV file."""

import math
import re
from collections.abc import Callable, Collection, Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import types

from deliveries.delivered import COUNTS_OR_RECORDS, DeliveredFile, refusal
from deliveries.faults import DeliveryRefusedError, Fault, shown_figures, shown_header
from deliveries.formats.text_files import MOST_CELLS, WIDEST, TextTable

LARGEST_UNPACKED = 64 * 1024 * 1024
MOST_LETTERS = 32 * 1024 * 1024
"""A text is stored once however many rows have it, so what the rows show is counted too."""

BATCH = 4096
"""Rows turned into text at a time."""

LARGEST_EXACT = 2**53
"""Beyond it a float no longer tells neighbouring whole numbers apart."""

Written = Callable[[Any], str | None]
"""How a value is written; none if it cannot be."""


def read_parquet_table(file: DeliveredFile) -> TextTable:
    """The file as a table of text; rows are numbered as in CSV, the header being line 1.

    Whole numbers stored as floats, as pandas stores counts of which some lack, are written as whole
    numbers. Missing values and NaN are empty, dates 2025-05-20, booleans `true` and `false`.

    A column that is no text, number, date or boolean is a fault; so are a region as a number, and
    a number that is not whole.

    Raises:
        DeliveryRefusedError: if the file is damaged, empty or too large, or cannot be read.
    """
    try:
        parquet = pq.ParquetFile(pa.BufferReader(file.content))
        _check_size(file, parquet.metadata)
        schema = parquet.schema_arrow
        unread = dict(_column_faults(file, schema))
        # As numbers into a list of distinct texts: one long text in each row then costs little.
        texts = [field.name for field in schema if _is_text(field.type)]
        parquet = pq.ParquetFile(
            pa.BufferReader(file.content), read_dictionary=texts, page_checksum_verification=True
        )
        header = [name.strip() for name in schema.names]
        if unread and len(set(header)) < len(header):
            # Which of two columns of one name to leave unread cannot be said.
            return TextTable(file.name, header, [], list(unread.values()))
        rows, faults = _rows(file, header, parquet, unread.keys())
        return TextTable(file.name, header, rows, [*unread.values(), *faults])
    except (pa.ArrowException, OSError, OverflowError, ValueError) as error:
        advice = "Write the file anew and deliver it whole."
        raise refusal(file.name, "a whole Parquet file", advice, "a damaged file") from error


def _check_size(file: DeliveredFile, metadata: pq.FileMetaData) -> None:
    """Refuse what is too large by its own account, before any of it is unpacked."""
    if not metadata.num_columns:
        raise refusal(file.name, "a header and rows", "Deliver the file anew: it is empty.")
    if metadata.num_columns > WIDEST:
        advice = "Deliver the layout's columns."
        raise refusal(file.name, f"at most {WIDEST} columns", advice)
    groups = [metadata.row_group(number) for number in range(metadata.num_row_groups)]
    if sum(group.num_rows for group in groups) != metadata.num_rows:
        raise ValueError("the file contradicts itself on how many rows it has")
    if (
        metadata.num_rows * metadata.num_columns > MOST_CELLS
        or sum(group.total_byte_size for group in groups) > LARGEST_UNPACKED
    ):
        raise _too_large(file)


def _column_faults(file: DeliveredFile, schema: pa.Schema) -> Iterator[tuple[str, Fault]]:
    """Of each column that cannot be read its name, and why."""
    for place, field in enumerate(schema, start=1):
        if _written(field.type) is None:
            expected = "text, whole numbers, dates or booleans"
            advice = "Store the column as text or numbers."
        elif "region" in field.name.casefold() and not _is_text(field.type):
            expected = "regions as text: as a number, 01 has become 1"
            advice = "Store the column as text, with two-digit codes or names."
        else:
            continue
        # Of a structure its parts have names too.
        kind = re.sub(r"[<\[].*", "", str(field.type), flags=re.DOTALL)
        name = field.name.strip()
        yield name, Fault(file.name, 1, shown_header(place, name), kind, expected, advice)


def _rows(
    file: DeliveredFile, header: list[str], parquet: pq.ParquetFile, unread: Collection[str]
) -> tuple[list[tuple[int, list[str | None]]], list[Fault]]:
    """The rows, and the faults of cells that cannot be written; columns left unread have no text."""
    rows: list[tuple[int, list[str | None]]] = []
    faults: list[Fault] = []
    line, letters = 1, 0
    named = [name for name in parquet.schema_arrow.names if name.strip() not in unread]
    for batch in parquet.iter_batches(BATCH, columns=named if unread else None):
        # Damaged pages may refer to texts that are not there, or hold bytes that are no text.
        batch.validate(full=True)
        columns: list[list[str | None]] = []
        for name, column in zip(named, batch.columns, strict=True):
            place = header.index(name.strip()) + 1
            cells = list(_cells(column))
            faults += [
                _unwritable(file, line + number, shown_header(place, name.strip()), value)
                for number, (text, value) in enumerate(cells, start=1)
                if text is None
            ]
            columns.append([text for text, _ in cells])
            letters += sum(len(text or "") for text, _ in cells)
        if letters > MOST_LETTERS:
            raise _too_large(file)
        for row in zip(*columns, strict=True):
            line += 1
            if any(cell is None or cell.strip() for cell in row):
                texts = iter(row)
                rows.append((line, [None if name in unread else next(texts) for name in header]))
    if named and line - 1 != parquet.metadata.num_rows:
        raise ValueError("fewer rows than the file says it has")
    return rows, faults


def _cells(column: pa.Array) -> Iterator[tuple[str | None, Any]]:
    """The text of each value, none where it cannot be written, and the value."""
    write = _written(column.type)
    if write is None:
        raise ValueError(f"{column.type} in place of what the schema says")
    if types.is_dictionary(column.type):
        distinct = column.dictionary.to_pylist()
        values = [
            None if place is None else distinct[place] for place in column.indices.to_pylist()
        ]
    elif types.is_timestamp(column.type):
        # Nanoseconds, as pandas stores dates, are finer than Python's own moments.
        values = column.cast(pa.timestamp("us"), safe=False).to_pylist()
    else:
        values = column.to_pylist()
    return (("" if value is None else write(value), value) for value in values)


def _written(kind: pa.DataType) -> Written | None:
    """How values of the kind are written; none for kinds that a table of text does not have."""
    if types.is_dictionary(kind):
        return _written(kind.value_type)
    if types.is_timestamp(kind):
        return _moment if kind.tz is None else None
    kinds: tuple[tuple[Callable[[pa.DataType], bool], Written], ...] = (
        (_is_text, str),
        (types.is_boolean, lambda value: str(value).lower()),
        (types.is_integer, str),
        (types.is_floating, _whole_float),
        (types.is_decimal, _whole_decimal),
        (types.is_date, date.isoformat),
        (types.is_null, str),
    )
    return next((write for belongs, write in kinds if belongs(kind)), None)


def _is_text(kind: pa.DataType) -> bool:
    if types.is_dictionary(kind):
        return _is_text(kind.value_type)
    return bool(types.is_string(kind) or types.is_large_string(kind) or types.is_string_view(kind))


def _moment(value: datetime) -> str:
    return value.isoformat(" ").removesuffix(" 00:00:00")


def _whole_float(value: float) -> str | None:
    if math.isnan(value):  # by which pandas means that a value lacks
        return ""
    if not float(value).is_integer() or abs(value) > LARGEST_EXACT:
        return None
    return str(int(value))


def _whole_decimal(value: Decimal) -> str | None:
    return str(int(value)) if value == value.to_integral_value() else None


def _unwritable(file: DeliveredFile, row: int, column: str, value: object) -> Fault:
    expected = "a whole number, at most 2^53 if it is stored as a float"
    advice = "Store counts as whole numbers, and shares as text."
    return Fault(file.name, row, column, shown_figures(f"{value:.6g}"), expected, advice)


def _too_large(file: DeliveredFile) -> DeliveryRefusedError:
    expected = f"at most {MOST_CELLS} cells and {MOST_LETTERS} letters"
    return refusal(file.name, expected, COUNTS_OR_RECORDS, "too much")
