"""The ledger: every materialisation ever recorded, appended in one order, never changed.

A writer connects, writes one transaction while others wait, and closes: rows and their record are
there together or not at all. Current is the latest materialisation of each table, scheme and month.
Which database that is, and how writers wait, is the engine's business (`ledger/engines.py`);
reading and writing raise LedgerBusyError if another process holds it too long.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import polars as pl

from deliveries.delivered import Delivery
from ledger.appending import (
    RECORDS,
    append_entries,
    append_files,
    create_tables,
)
from ledger.chain import RECORD, Entry, as_records
from ledger.dialect import query, quoted, typed
from ledger.engine import EmbeddedEngine, Engine
from ledger.engines import ledger_engine
from schemas.audit import Deliveries, Materialisations
from schemas.days import day_of
from schemas.mendable import MendableError
from schemas.places import DataRoot, Place
from schemas.records import Record
from schemas.table import Table
from schemas.tables import TABLES

ENTERED_BY_HAND = ""
"""The Dagster run of what no run made."""


class OvertakenError(MendableError):
    """Something was recorded in between that what was to be recorded does not know of."""


@dataclass(frozen=True)
class Slice:
    """Rows read from a table, and the materialisations that they stand in, by month."""

    rows: pl.DataFrame
    records: dict[date, Record]


class Ledger:
    """The ledger on an engine; see the module."""

    def __init__(self, engine: Engine | Path) -> None:
        """Name the engine, or the file of an embedded ledger; it is made when first written to."""
        self.engine = EmbeddedEngine(engine) if isinstance(engine, Path) else engine

    @classmethod
    def of(cls, root: DataRoot) -> "Ledger":
        """The data root's ledger, on the engine that the settings name."""
        return cls(ledger_engine(root))

    def exists(self) -> bool:
        """Whether anything was ever recorded; asking makes nothing."""
        return self.engine.exists()

    def append(
        self,
        entries: Sequence[Entry],
        *,
        run_id: str,
        code_version: str,
        delivered: Sequence[tuple[Delivery, str]] = (),
    ) -> list[Record]:
        """Record the entries, all or none, in their order; and deliveries accepted in the same breath, with their layouts.

        Raises:
            DeliveryRefusedError: if a file's bytes differ from those recorded under its name.
            LedgerBusyError: if another process holds the ledger too long.
            StorageFailureError: if the file is damaged or cannot be written, or the clock is wrong;
                then nothing is recorded.
            duckdb.Error: if the database refuses the rows; then nothing is recorded.
        """

        def record(connection: duckdb.DuckDBPyConnection) -> list[Record]:
            create_tables(connection)
            append_files(connection, delivered)
            return append_entries(connection, entries, run_id, code_version)

        return self.engine.write(record)

    def enter(
        self, entries: Sequence[Entry], resting_on: Collection[Place], last: int, code_version: str
    ) -> list[Record]:
        """Record what people entered, if nothing it rests on was recorded anew since they looked.

        Its own place is among those it rests on; `last` is the number of the last record that was seen.

        Raises:
            OvertakenError: naming the records that have come in between; then nothing is recorded.
            LedgerBusyError: if another process holds the ledger too long.
            duckdb.Error: if the database cannot be written; then nothing is recorded.
        """

        def record(connection: duckdb.DuckDBPyConnection) -> list[Record]:
            create_tables(connection)
            since = query(connection, f"{RECORDS} WHERE {RECORD} > ? ORDER BY {RECORD}", [last])
            come = [
                each
                for each in as_records(typed(since, Materialisations))
                if each.place in resting_on
            ]
            if come:
                raise OvertakenError(
                    f"nothing was entered: {', '.join(map(str, come))} came in between. Look at it, "
                    "and begin again"
                )
            return append_entries(connection, entries, ENTERED_BY_HAND, code_version)

        return self.engine.write(record)

    def read(
        self,
        table: type[Table],
        scheme: str,
        months: Sequence[date],
        *,
        as_of: datetime | None = None,
    ) -> Slice:
        """The current rows of a table's months as the model has them, and the record of each that has one.

        The observed have no scheme. As of a time, with its zone, only what was recorded until then
        counts, and rests on no delivery of a later day.
        """
        return self.read_together({(table, scheme): months}, as_of=as_of)[table, scheme]

    def read_together(
        self,
        wanted: Mapping[tuple[type[Table], str], Collection[date]],
        *,
        as_of: datetime | None = None,
    ) -> dict[tuple[type[Table], str], Slice]:
        """Months of several tables, by table and scheme, as they stand at one moment; each as `read` gives it."""
        found = {each: Slice(each[0].without_rows(), {}) for each in wanted}
        if not self.engine.exists():
            return found
        names = sorted({table.qualified_name() for table, _ in wanted})
        with self.engine.reading() as connection:
            if not _is_begun(connection):
                return found
            current = _current(connection, names, as_of)
            for (table, scheme), months in wanted.items():
                of_months = current.filter(
                    pl.col("month").is_in(list(months)),
                    table_name=table.qualified_name(),
                    scheme=scheme,
                )
                # A ledger that is older than the table has no record of it, and no such table either.
                if not of_months.is_empty():
                    records = {record.month: record for record in as_records(of_months)}
                    rows = _rows(connection, table, of_months[RECORD].to_list())
                    found[table, scheme] = Slice(rows, records)
        return found

    def current(self, *, as_of: datetime | None = None) -> list[Record]:
        """The current record of every table, scheme and month, in order of number."""
        if not self.engine.exists():
            return []
        with self.engine.reading() as connection:
            if not _is_begun(connection):
                return []
            return as_records(_current(connection, list(TABLES), as_of))

    def records(self) -> list[Record]:
        """Every record, in order of number."""
        return as_records(self.record(Materialisations))

    def record(self, table: type[Materialisations] | type[Deliveries]) -> pl.DataFrame:
        """Every row of a table of the record: all materialisations, or all files accepted."""
        if not self.engine.exists():
            return table.without_rows()
        with self.engine.reading() as connection:
            if not _is_begun(connection):
                return table.without_rows()
            rows = RECORDS if table is Materialisations else f"FROM {table.qualified_name()}"
            found = query(connection, f"{rows} ORDER BY {', '.join(table.key())}")
        return typed(found, table)


def current_rows_sql(table: type[Table], ledger: str) -> str:
    """The query of a table's current rows in the ledger attached under the name, in order of key."""
    columns = ", ".join(f"t.{column}" for column in table.polars_schema())
    key = ", ".join(f"t.{column}" for column in table.key())
    return (
        f"SELECT {columns} FROM {ledger}.{table.qualified_name()} t "  # noqa: S608 - names of ours
        f"SEMI JOIN (SELECT max({RECORD}) AS {RECORD} FROM {ledger}.audit.materialisations "
        f"GROUP BY table_name, scheme, month) c ON t.{RECORD} = c.{RECORD} ORDER BY {key}"
    )


def _is_begun(connection: duckdb.DuckDBPyConnection) -> bool:
    """Whether the tables are there: whoever made the ledger may have been ended before them."""
    # To ask it of the catalog takes several times as long, in every read: it lists each table of each file attached.
    try:
        connection.execute(f"FROM {Materialisations.qualified_name()} LIMIT 0")
    except duckdb.CatalogException:
        return False
    return True


def _current(
    connection: duckdb.DuckDBPyConnection, tables: list[str], as_of: datetime | None
) -> pl.DataFrame:
    recorded = f"WHERE {_known_by(as_of)}" if as_of else ""
    found = query(connection, f"{RECORDS} {recorded} ORDER BY {RECORD}")
    # In SQL it would take three times as long: columns of lists are dear to carry along.
    current = typed(found, Materialisations).filter(pl.col("table_name").is_in(tables))
    return current.unique(["table_name", "scheme", "month"], keep="last", maintain_order=True)


def _known_by(time: datetime) -> str:
    """What was recorded by then, of deliveries that bear no later day."""
    # A slip of the pen can make a delivery's day later than its record.
    day = day_of(time).isoformat()
    moment = time.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")
    later = f"SELECT list(delivery_id) FROM audit.deliveries WHERE delivered_on > {quoted(day)}"  # noqa: S608
    return (
        f"recorded_at <= {quoted(moment)} AND "
        f"coalesce(list_has_any(deliveries::VARCHAR[], ({later})), false) = false"
    )


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
    return typed(found, table)
