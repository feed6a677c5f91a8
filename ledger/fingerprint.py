"""Fingerprints of tables: the same rows give the same hash, on every machine.

A table's rows are written out as text in the order of their key, and the text is hashed. A
database file, or a Parquet file of another version, would differ byte by byte for the same rows.
"""

import hashlib

import polars as pl

from schemas.table import Table

MISSING = "NULL"


def fingerprint(table: type[Table], frame: pl.DataFrame) -> str:
    """The SHA-256 of the rows as CSV: the table's columns, sorted by its key.

    Text stands in quotes and a missing value is NULL without them; decimals keep all their digits.
    """
    ordered = frame.select(list(table.polars_schema())).sort(table.key())
    text = ordered.write_csv(quote_style="non_numeric", null_value=MISSING)
    return hashlib.sha256(text.encode()).hexdigest()
