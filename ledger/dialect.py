"""The database's dialect: the one place that knows how DuckDB is opened, typed and described."""

import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import duckdb
import polars as pl

from ledger.failures import database_failures, interruptions
from ledger.locking import WAIT_SECONDS, once_closed
from schemas.table import Column, Described, Table

SETTINGS: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": "v1.4.0",
    "default_block_size": "16384",
}
"""The files' version is set so that DuckDB 1.4 and every later one opens them.

Blocks are the smallest there are: of a hundred small tables, each with its index, nine tenths of the file would be empty.
"""

TYPES: Mapping[type[pl.DataType], str] = {
    pl.Int64: "BIGINT",
    pl.String: "VARCHAR",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
    pl.Boolean: "BOOLEAN",
}


ATTACHED = "attached"


@contextmanager
def connected(
    path: Path, *, read_only: bool, wait_seconds: float = WAIT_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the database file, closed at the end, with this project's settings.

    Raises:
        LedgerBusyError: if a program that knows nothing of our lock has the file open too long.
        StorageFailureError: if the file is damaged or cannot be written, now or while connected.
    """

    def opening() -> duckdb.DuckDBPyConnection:
        with database_failures(path):
            return duckdb.connect(str(path), read_only=read_only, config=SETTINGS)

    connection = once_closed(path, opening, wait_seconds)
    try:
        with interruptions(), database_failures(path):
            yield connection
    finally:
        connection.close()


@contextmanager
def attached(path: Path, wait_seconds: float) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection that reads the database file, attached to the process's database in memory, and lets it go at the end.

    To make a database takes longer than to open a file and to read it. One at a time, for the file has a fixed name there.

    Raises:
        LedgerBusyError: if another program has the file open for writing too long.
        StorageFailureError: if the file is damaged, now or while attached.
    """
    connection = _in_memory(os.getpid()).cursor()

    def opening() -> None:
        with database_failures(path):
            connection.execute(f"ATTACH {quoted(str(path))} AS {ATTACHED} (READ_ONLY)")

    once_closed(path, opening, wait_seconds)
    try:
        connection.execute(f"USE {ATTACHED}")
        with interruptions(), database_failures(path):
            yield connection
    finally:
        connection.execute(f"USE memory; DETACH {ATTACHED}")
        connection.close()


@cache
def _in_memory(process: int) -> duckdb.DuckDBPyConnection:  # noqa: ARG001 - a process has its own
    """The process's own database: one that was forked has another, for a database's threads are not forked."""
    return duckdb.connect()


def query(
    connection: duckdb.DuckDBPyConnection, sql: str, parameters: Sequence[object] = ()
) -> pl.DataFrame:
    """The query's rows as a Polars frame, in this line of DuckDB and in the next."""
    found = connection.sql(sql, params=list(parameters)).to_arrow_table()
    return pl.DataFrame(pl.from_arrow(found))


def typed(found: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    """What was found, as the model has it; a column that an older ledger lacks is missing in each row."""
    return found.select(
        (pl.col(name) if name in found.columns else pl.lit(None)).cast(kind).alias(name)
        for name, kind in table.polars_schema().items()
    )


def sql_type(column: Column) -> str:
    """The column's type in SQL; no column is ever DOUBLE.

    Raises:
        KeyError: if the model has a type that no table should have.
    """
    kind = column.data_type
    if isinstance(kind, pl.Decimal):
        return f"DECIMAL({kind.precision},{kind.scale})"
    if isinstance(kind, pl.List):
        return f"{TYPES[type(pl.Series(dtype=kind.inner).dtype)]}[]"
    return TYPES[type(kind)]


def no_rows(table: Described) -> str:
    """The query of the table without rows: what an older ledger holds of one that came later."""
    columns = ", ".join(f"NULL::{sql_type(each)} AS {each.name}" for each in table.columns())
    return f"SELECT {columns} WHERE false"


def quoted(text: str) -> str:
    """The text as a literal of SQL."""
    return "'" + text.replace("'", "''") + "'"


def create_table(table: Described, *, extra: str = "") -> str:
    """The statement that creates the table, and its schema if need be.

    `extra` is a column before the model's own, such as `materialisation_id BIGINT NOT NULL`.
    """
    columns = [
        f"{each.name} {sql_type(each)}{'' if each.nullable else ' NOT NULL'}"
        for each in table.columns()
    ]
    body = ", ".join(([extra] if extra else []) + columns)
    name = table.qualified_name()
    schema = name.partition(".")[0]
    return f"CREATE SCHEMA IF NOT EXISTS {schema}; CREATE TABLE IF NOT EXISTS {name} ({body});"


def add_key(table: Described) -> str:
    """The statement that declares the primary key of a table that is filled.

    Made at once, its index costs a third of one that grows row by row.
    """
    return f"ALTER TABLE {table.qualified_name()} ADD PRIMARY KEY ({', '.join(table.key())});"


def comments(table: Described) -> str:
    """The statements that write the model's words into the database as comments."""
    name = table.qualified_name()
    statements = [f"COMMENT ON TABLE {name} IS {quoted(table.describe())};"]
    statements += [comment_on(name, each) for each in table.columns()]
    return " ".join(statements)


def comment_on(name: str, column: Column) -> str:
    """The statement that writes a column's words into the table or view of the name."""
    term = f" Swedish: {column.term_sv}." if column.term_sv else ""
    text = f"{column.description} Unit: {column.unit}.{term} Source: {column.source}."
    return f"COMMENT ON COLUMN {name}.{column.name} IS {quoted(text)};"
