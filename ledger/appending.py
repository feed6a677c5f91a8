"""What is written to the ledger: its tables, entries with their records, and the files that came with them."""

from collections.abc import Mapping, Sequence

import duckdb
import polars as pl

from deliveries.delivered import Delivery
from deliveries.taking_in import refuse_changed
from ledger.chain import RECORD, Entry, as_records, as_row, chained
from ledger.clock import utc_now
from ledger.dialect import create_table, query, sql_type, typed
from schemas.audit import Deliveries, Materialisations
from schemas.records import Record
from schemas.table import Table
from schemas.tables import TABLES

RECORDS = (
    "SELECT * REPLACE (inputs::BIGINT[] AS inputs, deliveries::VARCHAR[] AS deliveries) "
    "FROM audit.materialisations"
)
"""The query of the records. Versions before 0.9 kept lists as JSON text, which DuckDB casts."""


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables that a new or older ledger does not have yet, and make older ones anew."""
    there = ledger_tables(connection)
    for audit in (Materialisations, Deliveries):
        _create_or_renew(connection, audit, there.get(audit.qualified_name()))
    for name, table in TABLES.items():
        if name not in there:
            connection.execute(create_table(table, extra=f"{RECORD} BIGINT NOT NULL"))
    required = query(
        connection,
        "SELECT schema_name || '.' || table_name, column_name FROM duckdb_columns() "
        "WHERE database_name = current_database() AND NOT is_nullable",
    )
    nullable = {
        (name, each.name)
        for name, table in TABLES.items()
        for each in table.columns()
        if each.nullable
    }
    # An older version did not let every value be missing that this one does.
    for name, column in nullable.intersection(required.iter_rows()):
        connection.execute(f"ALTER TABLE {name} ALTER COLUMN {column} DROP NOT NULL")


def _create_or_renew(
    connection: duckdb.DuckDBPyConnection, table: type[Table], there: Mapping[str, str] | None
) -> None:
    """Create the table; one of an older version keeps its rows, in the columns of this one.

    DuckLake changes no column's type, so the table is made anew in both engines.
    """
    if there is not None and all(
        there.get(each.name) == sql_type(each) for each in table.columns()
    ):
        return
    name = table.qualified_name()
    older = f"{name}_older"
    if there is not None:
        connection.execute(f"ALTER TABLE {name} RENAME TO {older.partition('.')[2]}")
    connection.execute(create_table(table))
    if there is not None:
        connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM {older}")  # noqa: S608
        connection.execute(f"DROP TABLE {older}")


def ledger_tables(
    connection: duckdb.DuckDBPyConnection, database: str = ""
) -> dict[str, dict[str, str]]:
    """The tables of a ledger, the current database or one attached, each with its columns and their types."""
    found = query(
        connection,
        "SELECT schema_name || '.' || table_name AS name, column_name, data_type "
        "FROM duckdb_columns() WHERE database_name = coalesce(nullif(?, ''), current_database()) "
        "ORDER BY name, column_index",
        [database],
    )
    tables: dict[str, dict[str, str]] = {}
    for name, column, data_type in found.iter_rows():
        tables.setdefault(name, {})[column] = data_type
    return tables


def append_entries(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], run: str, code_version: str
) -> list[Record]:
    """Record the entries after the last record, within the connection's transaction."""
    records = chained(
        entries, _last(connection), run, code_version, _files_read(connection, entries)
    )
    _insert_rows(connection, entries, records)
    rows = [as_row(record) for record in records]
    _insert(connection, Materialisations, pl.DataFrame(rows, Materialisations.polars_schema()))
    return records


def append_files(
    connection: duckdb.DuckDBPyConnection, delivered: Sequence[tuple[Delivery, str]]
) -> None:
    """Record the deliveries' files that are not recorded yet, within the connection's transaction.

    A file that comes after others of its day makes another delivery of them all; all are recorded
    under its name too, so that each delivery's files are there in full. The same bytes under other names, as a
    system writes an ä otherwise, are the same delivery, recorded already.

    Raises:
        DeliveryRefusedError: if a file's bytes differ from those recorded under its name.
    """
    names = [file.name for delivery, _ in delivered for file in delivery.files]
    recorded = connection.execute(
        "SELECT delivery_id, file_name, sha256 FROM audit.deliveries "
        "WHERE file_name IN (SELECT unnest(?::VARCHAR[])) "
        "OR delivery_id IN (SELECT unnest(?::VARCHAR[]))",
        [names, [str(delivery.delivery_id) for delivery, _ in delivered]],
    ).fetchall()
    known = {name: sha256 for _, name, sha256 in recorded}
    complete = {delivery_id for delivery_id, _, _ in recorded}
    rows = []
    for delivery, layout in delivered:
        refuse_changed(delivery, known)
        if str(delivery.delivery_id) not in complete:
            rows += [
                {
                    "delivery_id": str(delivery.delivery_id),
                    "file_name": file.name,
                    "sha256": file.sha256,
                    "size_bytes": file.size,
                    "delivered_on": delivery.day,
                    "layout": layout,
                    "recorded_at": utc_now(),
                }
                for file in delivery.files
            ]
    _insert(connection, Deliveries, pl.DataFrame(rows, schema=Deliveries.polars_schema()))


def _last(connection: duckdb.DuckDBPyConnection) -> Record | None:
    """The last record, if there is one."""
    found = query(connection, f"{RECORDS} ORDER BY {RECORD} DESC LIMIT 1")
    return next(iter(as_records(typed(found, Materialisations))), None)


def _files_read(connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry]) -> pl.DataFrame:
    """The files of the deliveries that entries were read from, as `audit.deliveries`."""
    names = {str(name) for entry in entries if not entry.scheme for name in entry.deliveries}
    if not names:
        return Deliveries.without_rows()
    found = query(
        connection,
        "FROM audit.deliveries WHERE delivery_id IN (SELECT unnest(?::VARCHAR[]))",
        [sorted(names)],
    )
    return typed(found, Deliveries)


def _insert_rows(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], records: Sequence[Record]
) -> None:
    """Insert the entries' rows under their numbers, each table's at once."""
    by_table: dict[type[Table], list[pl.DataFrame]] = {}
    for entry, record in zip(entries, records, strict=True):
        numbered = entry.rows.with_columns(pl.lit(record.number, pl.Int64).alias(RECORD))
        by_table.setdefault(entry.table, []).append(numbered)
    for table, frames in by_table.items():
        _insert(connection, table, pl.concat(frames))


def _insert(connection: duckdb.DuckDBPyConnection, table: type[Table], frame: pl.DataFrame) -> None:
    if frame.is_empty():
        return
    connection.register("incoming", frame.to_arrow())
    connection.execute(
        f"INSERT INTO {table.qualified_name()} BY NAME SELECT * FROM incoming"  # noqa: S608
    )
    connection.unregister("incoming")
