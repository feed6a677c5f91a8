"""The ledger: every materialisation ever recorded, appended in one order, never changed.

A writer connects, writes one transaction under the lock, and closes: rows and their record are
there together or not at all. Current is the latest materialisation of each table, scheme and month.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from schemas.audit import Deliveries, Materialisations
from schemas.table import Table
from schemas.tables import TABLES
from storage.chain import RECORD, Entry, Recorded, as_recorded, chained
from storage.clock import utc_now
from storage.deliveries import Delivery
from storage.dialect import connected, create_table, query, quoted
from storage.faults import DeliveryRefusedError, Fault
from storage.locking import exclusive


@dataclass(frozen=True)
class Slice:
    """Rows read from a table, and the materialisations that they stand in, by month."""

    rows: pl.DataFrame
    records: dict[date, Recorded]


class Ledger:
    """The ledger in a file; see the module."""

    def __init__(self, path: Path) -> None:
        """Name the file; it is made when first written to."""
        self.path = path

    def append(
        self,
        entries: Sequence[Entry],
        *,
        run_id: str,
        code_version: str,
        delivered: Sequence[tuple[Delivery, str]] = (),
    ) -> list[Recorded]:
        """Record the entries, all or none, in their order.

        Args:
            entries: what was materialised.
            run_id: the Dagster run that did it.
            code_version: the version of the code.
            delivered: deliveries accepted in the same breath, each with its layout.

        Returns:
            The records, in the order of `entries`.

        Raises:
            DeliveryRefusedError: if a file's bytes differ from those recorded under its name.
            LedgerBusyError: if another process holds the ledger too long.
            StorageFailureError: if the file is damaged or cannot be written, or the clock is wrong;
                then nothing is recorded.
            duckdb.Error: if the database refuses the rows; then nothing is recorded.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(self.path):
            if not self.path.exists():
                _begin(self.path)
            with connected(self.path, read_only=False) as connection:
                connection.execute("BEGIN")
                _create(connection)
                _insert(connection, Deliveries, _new_files(connection, delivered))
                records = chained(entries, *_last(connection), run_id, code_version)
                _insert_rows(connection, entries, records)
                _insert(connection, Materialisations, pl.DataFrame(records))
                connection.execute("COMMIT")
        return [as_recorded(record) for record in records]

    def read(
        self,
        table: type[Table],
        scheme: str,
        months: Sequence[date],
        *,
        as_of: datetime | None = None,
    ) -> Slice:
        """The current rows of a table's months, or those current at a time.

        Args:
            table: the model.
            scheme: whose rows; empty for the observed.
            months: first days of months; those never materialised have no rows and no record.
            as_of: a time with its zone; only what was recorded until then counts.

        Returns:
            Rows as the model has them, and the record of each month that has one.
        """
        if not self.path.exists():
            return Slice(table.without_rows(), {})
        with exclusive(self.path), connected(self.path, read_only=True) as connection:
            if not _is_begun(connection):
                return Slice(table.without_rows(), {})
            current = _current(connection, [table.qualified_name()], as_of).filter(
                (pl.col("scheme") == scheme) & pl.col("month").is_in(list(months))
            )
            rows = _rows(connection, table, current[RECORD].to_list())
        records = {row["month"]: as_recorded(row) for row in current.iter_rows(named=True)}
        return Slice(rows, records)

    def current(self, *, as_of: datetime | None = None) -> pl.DataFrame:
        """The current record of every table, scheme and month, as `audit.materialisations`."""
        if not self.path.exists():
            return Materialisations.without_rows()
        with exclusive(self.path), connected(self.path, read_only=True) as connection:
            if not _is_begun(connection):
                return Materialisations.without_rows()
            return _current(connection, list(TABLES), as_of)

    def delivered(self) -> pl.DataFrame:
        """Every file of every delivery that was accepted, as `audit.deliveries`."""
        if not self.path.exists():
            return Deliveries.without_rows()
        with exclusive(self.path), connected(self.path, read_only=True) as connection:
            if not _is_begun(connection):
                return Deliveries.without_rows()
            return _typed(query(connection, "FROM audit.deliveries"), Deliveries)


def current_rows_sql(table: type[Table], ledger: str) -> str:
    """The query of a table's current rows, in order of key.

    Args:
        table: the model.
        ledger: the name under which the ledger is attached.
    """
    columns = ", ".join(f"t.{column}" for column in table.polars_schema())
    key = ", ".join(f"t.{column}" for column in table.key())
    return (
        f"SELECT {columns} FROM {ledger}.{table.qualified_name()} t "  # noqa: S608 - names of ours
        f"SEMI JOIN (SELECT max({RECORD}) AS {RECORD} FROM {ledger}.audit.materialisations "
        f"GROUP BY table_name, scheme, month) c ON t.{RECORD} = c.{RECORD} ORDER BY {key}"
    )


def _begin(path: Path) -> None:
    """Make the file, with empty tables, under another name first.

    On a full disk, or killed, DuckDB can leave a file that is none. Whatever has the ledger's name was
    a ledger once; if it is none, it was damaged.
    """
    unfinished = path.with_suffix(".new")
    for leftover in (unfinished, path.with_suffix(".new.wal")):
        leftover.unlink(missing_ok=True)
    with connected(unfinished, read_only=False) as connection:
        _create(connection)
        connection.execute("CHECKPOINT")
    unfinished.replace(path)


def _create(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute(create_table(Materialisations))
    connection.execute(create_table(Deliveries))
    for table in TABLES.values():
        connection.execute(create_table(table, extra=f"{RECORD} BIGINT NOT NULL"))


def _is_begun(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables are there: whoever made the file may have been ended before them."""
    tables = "SELECT table_name FROM duckdb_tables() WHERE schema_name = 'audit'"
    return query(connection, tables).height > 0


def _current(
    connection: duckdb.DuckDBPyConnection, tables: list[str], as_of: datetime | None
) -> pl.DataFrame:
    recorded = f"recorded_at <= {quoted(_naive_utc(as_of))}" if as_of else "true"
    found = query(
        connection,
        "SELECT * FROM audit.materialisations "  # noqa: S608 - names of ours
        f"WHERE table_name IN (SELECT unnest(?)) AND {recorded} "
        f"QUALIFY {RECORD} = max({RECORD}) OVER (PARTITION BY table_name, scheme, month) "
        f"ORDER BY {RECORD}",
        [tables],
    )
    return _typed(found, Materialisations)


def _naive_utc(time: datetime) -> str:
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def _rows(
    connection: duckdb.DuckDBPyConnection, table: type[Table], numbers: list[int]
) -> pl.DataFrame:
    columns = ", ".join(table.polars_schema())
    found = query(
        connection,
        f"SELECT {columns} FROM {table.qualified_name()} "  # noqa: S608 - the models' own names
        f"WHERE {RECORD} IN (SELECT unnest(?)) ORDER BY {', '.join(table.key())}",
        [numbers],
    )
    return _typed(found, table)


def _typed(found: pl.DataFrame, table: type[Table]) -> pl.DataFrame:
    return found.select(pl.col(name).cast(kind) for name, kind in table.polars_schema().items())


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
    """The deliveries' files that are not recorded yet, as `audit.deliveries`."""
    names = [file.name for delivery, _ in delivered for file in delivery.files]
    known = dict(
        connection.execute(
            "SELECT file_name, sha256 FROM audit.deliveries "
            "WHERE file_name IN (SELECT unnest(?::VARCHAR[]))",
            [names],
        ).fetchall()
    )
    rows = []
    for delivery, layout in delivered:
        for file in delivery.files:
            if known.get(file.name, file.sha256) != file.sha256:
                raise changed_bytes(delivery, file.name)
            if file.name not in known:
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
