"""The rows under each record: counted and hashed anew from the ledger, and compared with the record.

A table is read once, in order of record, in pieces: an audit takes the memory of a piece, however
long the history is.
"""

from collections.abc import Callable, Iterator

import duckdb
import polars as pl

from ledger.audit.finding import Finding, numbers
from ledger.audit.records import Chain
from ledger.chain import RECORD
from ledger.fingerprint import fingerprint
from schemas.decisions import Decided
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.records import Record
from schemas.table import Table

PIECE = 100_000
"""Rows read at a time."""

BASIS = PayoutLines.qualified_name()
"""What a decided payout rests on: `computation` names a record of this table."""


def walk_rows(
    connection: duckdb.DuckDBPyConnection,
    table: type[Table],
    chain: Chain,
    count: Callable[[int], None],
) -> Iterator[Finding]:
    """Every finding of a table's rows against the chain as walked; `count` is told how many were read, record by record.

    Raises:
        duckdb.Error: if the table is not there, or cannot be read to its end.
        polars.exceptions.PolarsError: if a column's values do not fit the model.
    """
    name = table.qualified_name()
    awaited = {number for number, each in chain.records.items() if each.table == name}
    unnamed: dict[int, int] = {}
    for number, rows in _by_record(connection, table):
        count(rows.height)
        record = chain.records.get(number)
        if record is None or record.table != name:
            unnamed[number] = rows.height
            continue
        awaited.discard(number)
        yield from _compared(table, number, record, rows)
        if table is Decided:
            yield from basis_gone(number, rows, chain)
    if unnamed:
        yield Finding(
            "rows without a record",
            f"{name}, under number {numbers(unnamed)}",
            "rows only under numbers that a record of this table has",
            f"{sum(unnamed.values())} rows",
        )
    for number in sorted(awaited):
        yield from _compared(table, number, chain.records[number], table.without_rows())


def basis_gone(number: int, decided: pl.DataFrame, chain: Chain) -> Iterator[Finding]:
    """The payouts decided by a record whose basis is not there: no earlier record of the same payout's lines.

    `decided` are the record's rows, as `payouts.decided`.
    """
    for month, scheme, computation in (
        decided.select("month", "scheme", "computation").unique().sort(pl.all()).iter_rows()
    ):
        basis = chain.records.get(computation)
        right = basis is not None and (basis.table, basis.scheme, basis.month) == (
            BASIS,
            scheme,
            month,
        )
        if not right or computation >= number:
            yield Finding(
                "basis of a decision gone",
                f"record {number}: {scheme} {month_key(month)}",
                f"record {computation}, an earlier one of {BASIS} of the same payout",
                "no such record"
                if basis is None
                else f"{basis.table} {basis.scheme} {month_key(basis.month)}",
            )


def _compared(
    table: type[Table], number: int, record: Record, rows: pl.DataFrame
) -> Iterator[Finding]:
    where = f"record {number}: {record.name}"
    if rows.height != record.row_count:
        yield Finding("number of rows", where, f"{record.row_count} rows", f"{rows.height} rows")
        return
    found = fingerprint(table, rows)
    if found != record.fingerprint:
        yield Finding("rows changed", where, record.fingerprint, found)


def _by_record(
    connection: duckdb.DuckDBPyConnection, table: type[Table]
) -> Iterator[tuple[int, pl.DataFrame]]:
    """Each record's number and rows, in order of number."""
    schema = table.polars_schema()
    relation = connection.sql(
        f"SELECT {RECORD}, {', '.join(schema)} FROM {table.qualified_name()} "  # noqa: S608 - names of ours
        f"ORDER BY {RECORD}"
    )
    rest: pl.DataFrame | None = None
    for batch in relation.to_arrow_reader(PIECE):
        piece = pl.DataFrame(pl.from_arrow(batch)).select(
            pl.col(RECORD).cast(pl.Int64).fill_null(0),
            *(pl.col(name).cast(kind) for name, kind in schema.items()),
        )
        groups = (piece if rest is None else pl.concat([rest, piece])).partition_by(
            RECORD, maintain_order=True
        )
        # The last record's rows may go on in the next piece.
        for group in groups[:-1]:
            yield group[RECORD][0], group.drop(RECORD)
        rest = groups[-1] if groups else None
    if rest is not None:
        yield rest[RECORD][0], rest.drop(RECORD)
