"""What is written to the ledger: its tables, entries with their records, and the files that came with them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import duckdb
import polars as pl

from deliveries.delivered import Delivery
from deliveries.faults import DeliveryRefusedError, Fault
from ledger.chain import RECORD, Entry, Recorded, as_recorded, chained
from ledger.clock import utc_now
from ledger.dialect import add_column, create_table, query
from schemas.audit import Deliveries, Materialisations
from schemas.table import Table
from schemas.tables import TABLES


def create_tables(connection: duckdb.DuckDBPyConnection) -> None:
    """Create the tables, and the records' columns, that a new or older ledger does not have yet."""
    there = ledger_tables(connection)
    for audit in (Materialisations, Deliveries):
        name = audit.qualified_name()
        if name not in there:
            connection.execute(create_table(audit))
        for column in audit.columns():
            if column.name not in there.get(name, [column.name]):
                connection.execute(add_column(audit, column))
    for name, table in TABLES.items():
        if name not in there:
            connection.execute(create_table(table, extra=f"{RECORD} BIGINT NOT NULL"))


def ledger_tables(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """The ledger's tables, each with its columns."""
    found = query(
        connection,
        "SELECT schema_name || '.' || table_name AS name, list(column_name) AS columns "
        "FROM duckdb_columns() WHERE database_name = current_database() GROUP BY ALL",
    )
    return dict(found.iter_rows())


def append_entries(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], run_id: str, code_version: str
) -> list[Recorded]:
    """Record the entries after the last record, within the connection's transaction."""
    records = chained(entries, *_last(connection), run_id, code_version)
    _insert_rows(connection, entries, records)
    _insert(connection, Materialisations, pl.DataFrame(records))
    return [as_recorded(record) for record in records]


def append_files(
    connection: duckdb.DuckDBPyConnection, delivered: Sequence[tuple[Delivery, str]]
) -> None:
    """Record the deliveries' files that are not recorded yet, within the connection's transaction.

    Raises:
        DeliveryRefusedError: if a file's bytes differ from those recorded under its name.
    """
    _insert(connection, Deliveries, _new_files(connection, delivered))


def _last(connection: duckdb.DuckDBPyConnection) -> tuple[int, str, datetime | None]:
    """The number, the hash and the time of the last record."""
    found = query(
        connection,
        f"SELECT {RECORD}, record_hash, recorded_at FROM audit.materialisations "  # noqa: S608 - names of ours
        f"ORDER BY {RECORD} DESC LIMIT 1",
    )
    return found.row(0) if found.height else (0, "", None)


def _insert_rows(
    connection: duckdb.DuckDBPyConnection, entries: Sequence[Entry], records: list[dict[str, Any]]
) -> None:
    """Insert the entries' rows under their numbers, each table's at once."""
    by_table: dict[type[Table], list[pl.DataFrame]] = {}
    for entry, record in zip(entries, records, strict=True):
        numbered = entry.rows.with_columns(pl.lit(record[RECORD], pl.Int64).alias(RECORD))
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


def _new_files(
    connection: duckdb.DuckDBPyConnection, delivered: Sequence[tuple[Delivery, str]]
) -> pl.DataFrame:
    """The deliveries' files that are not recorded yet, as `audit.deliveries`.

    A file that comes after others of its day makes another delivery of them all; all are recorded
    under its name too, so that each delivery's files are there in full.
    """
    names = [file.name for delivery, _ in delivered for file in delivery.files]
    recorded = connection.execute(
        "SELECT delivery_id, file_name, sha256 FROM audit.deliveries "
        "WHERE file_name IN (SELECT unnest(?::VARCHAR[]))",
        [names],
    ).fetchall()
    known = {name: sha256 for _, name, sha256 in recorded}
    complete = {delivery_id for delivery_id, _, _ in recorded}
    rows = []
    for delivery, layout in delivered:
        for file in delivery.files:
            if known.get(file.name, file.sha256) != file.sha256:
                raise changed_bytes(delivery, file.name)
            if delivery.delivery_id not in complete:
                rows.append(
                    {
                        "delivery_id": delivery.delivery_id,
                        "file_name": file.name,
                        "sha256": file.sha256,
                        "size_bytes": file.size,
                        "delivered_on": delivery.day,
                        "layout": layout,
                        "recorded_at": utc_now(),
                    }
                )
    return pl.DataFrame(rows, schema=Deliveries.polars_schema())


def changed_bytes(delivery: Delivery, file: str) -> DeliveryRefusedError:
    """The refusal of a file whose bytes are not those recorded under its name."""
    fault = Fault(
        file,
        None,
        "",
        "",
        "the bytes recorded under this name",
        "Restore the recorded file, and deliver the correction under a later day.",
    )
    return DeliveryRefusedError(delivery.name, [fault])
