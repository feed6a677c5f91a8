"""The database's dialect: the one place that knows how DuckDB is opened, typed and described."""

import itertools
import os
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
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
    "threads": 1,
}
"""The files' version is set so that DuckDB 1.4 and every later one opens them.

Tables are small: several threads would take half as long again, for they wait for each other.

Blocks are the smallest there are: of a hundred small tables, each with its index, nine tenths of the file would be empty.
"""

IN_MEMORY = Path(":memory:")
"""In place of a file: a database that is gone when it is closed."""

TYPES: Mapping[type[pl.DataType], str] = {
    pl.Int64: "BIGINT",
    pl.String: "VARCHAR",
    pl.Date: "DATE",
    pl.Datetime: "TIMESTAMP",
    pl.Boolean: "BOOLEAN",
}


@contextmanager
def connected(path: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to a database of its own, with this project's settings: a file that is made, or one in memory.

    Raises:
        StorageFailureError: if the file cannot be written, now or while connected.
    """
    with (
        interruptions(),
        database_failures(path),
        duckdb.connect(str(path), config=SETTINGS) as connection,
    ):
        yield connection


@contextmanager
def attached(
    path: Path, *, read_only: bool = True, wait_seconds: float = WAIT_SECONDS
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection to the database file, which is there, let go of at the end.

    It is attached to the process's own database: to make one takes five times as long. Whoever opens a file that is open here
    gets what is open, whatever has its name by now.

    Raises:
        LedgerBusyError: if a program that knows nothing of our lock has the file open too long.
        StorageFailureError: if the file is damaged or cannot be written, now or while attached.
    """
    with _making:
        database = _database(os.getpid())

    def opening() -> str:
        with database_failures(path):
            return database.attach(path, read_only=read_only)

    with interruptions(), database_failures(path):
        name = once_closed(path, opening, wait_seconds)
        try:
            with closing(database.memory.cursor()) as connection:
                connection.execute(f"USE {name}")
                yield connection
        finally:
            database.detach(path, read_only=read_only)


class _Database:
    """A database in memory, and the files attached to it, each with its name and how many have it open."""

    def __init__(self) -> None:
        self.memory = duckdb.connect(config=SETTINGS)
        self._lock = threading.Lock()
        self._names = map("file_{}".format, itertools.count())
        self._files: dict[tuple[Path, bool], tuple[str, int]] = {}

    def attach(self, path: Path, *, read_only: bool) -> str:
        """The name that the file goes by."""
        with self._lock:
            name, users = self._files.get((path, read_only)) or (next(self._names), 0)
            if not users:
                how = "READ_ONLY" if read_only else "READ_WRITE"
                with self._undone_if_interrupted(name):
                    self.memory.execute(f"ATTACH {quoted(str(path))} AS {name} ({how})")
            self._files[path, read_only] = name, users + 1
            return name

    def detach(self, path: Path, *, read_only: bool) -> None:
        """Let go of the file."""
        with self._lock:
            name, users = self._files.pop((path, read_only))
            if users > 1:
                self._files[path, read_only] = name, users - 1
                return
            try:
                with self._undone_if_interrupted(name):
                    self.memory.execute(f"DETACH {name}")
            except duckdb.Error:
                # After a failure that spoiled the database: whoever comes next begins another.
                _database.cache_clear()
                self.memory.close()

    @contextmanager
    def _undone_if_interrupted(self, name: str) -> Iterator[None]:
        """Let go of the file after an interruption: nobody knows whether it is attached."""
        try:
            yield
        except duckdb.Error:
            raise
        except BaseException:
            # Where that fails too, what interrupted must not be lost with it.
            with suppress(duckdb.Error):
                self.memory.execute(f"DETACH DATABASE IF EXISTS {name}")
            raise


_making = threading.Lock()
"""Held by whoever asks for the process's database: a cache lets several threads make it at first."""


@cache
def _database(process: int) -> _Database:  # noqa: ARG001 - a process has its own
    """The process's own: one that was forked has another, for a database's threads are not forked."""
    return _Database()


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
