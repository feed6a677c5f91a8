"""The whole audit: chain, rows, deliveries and files, in one reading of the ledger."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import polars as pl

from ledger.appending import RECORDS
from ledger.audit.deliveries import walk_deliveries
from ledger.audit.files import listed, walk_files
from ledger.audit.finding import Finding
from ledger.audit.records import Chain, walk_chain
from ledger.audit.rows import walk_rows
from ledger.audit.tables import walk_tables
from ledger.audit.witnesses import Witness, beside_the_ledger, walk_witnesses
from ledger.chain import RECORD
from ledger.dialect import query, typed
from ledger.engine import Engine
from ledger.engines import ledger_engine
from ledger.failures import DatabaseDamagedError
from schemas.audit import Deliveries, Materialisations
from schemas.mendable import MendableError
from schemas.places import DataRoot
from schemas.table import Table
from schemas.tables import TABLES

Progress = Callable[[str, int, int], None]
"""Told which part of the audit is under way, how much of it is done, and how much there is."""


class NothingRecordedError(MendableError):
    """There is no ledger, or nothing was ever recorded in it."""


@dataclass
class Audited:
    """What an audit found, and how much it walked.

    Attributes:
        findings: what is not as it was written.
        chain: the records, as walked; its head is the last record's hash.
        deliveries: `audit.deliveries`.
        rows: how many rows were counted and hashed.
        witnesses: who was asked what the chain was; nobody where it cannot be read.
    """

    findings: list[Finding] = field(default_factory=list)
    chain: Chain = field(default_factory=Chain)
    deliveries: pl.DataFrame = field(default_factory=Deliveries.without_rows)
    rows: int = 0
    witnesses: Sequence[Witness] = ()


def audit(
    root: DataRoot, heads: Sequence[str], progress: Progress, others: Sequence[Witness] = ()
) -> Audited:
    """Walk the ledger and the files that it names, and ask the witnesses. Nothing is written.

    The ledger is read as it stands at one moment; the files are hashed after that. Each of the heads, noted at
    earlier audits, must still be in the chain. Beside those in the warehouse's folder, other witnesses were asked just now.

    Raises:
        NothingRecordedError: if there is no ledger yet, and no witness knows of any.
        LedgerBusyError: if another process holds the ledger too long.
    """
    engine = ledger_engine(root)
    disk = listed(root)
    audited = Audited(witnesses=[*beside_the_ledger(root), *others])
    try:
        _walk(engine, audited, heads, progress)
    except (duckdb.Error, DatabaseDamagedError) as error:
        audited.findings.append(_unreadable(engine.place, error))
        audited.witnesses = ()
    except NothingRecordedError:
        if not any(each.said for each in audited.witnesses):
            raise
    audited.findings += walk_witnesses(audited.witnesses, audited.chain.records)
    recorded = dict(audited.deliveries.select("file_name", "sha256").iter_rows())
    of = len(recorded) + len(set(recorded.values()))
    done = iter(range(1, of + 1))
    audited.findings += walk_files(root, disk, recorded, lambda: progress("files", next(done), of))
    return audited


def _walk(engine: Engine, audited: Audited, heads: Sequence[str], progress: Progress) -> None:
    if not engine.exists():
        raise NothingRecordedError(f"{engine.place} does not exist; nothing was recorded yet")
    with engine.reading() as connection:
        walk_ledger(connection, audited, heads, progress)


def walk_ledger(
    connection: duckdb.DuckDBPyConnection,
    audited: Audited,
    heads: Sequence[str],
    progress: Progress,
) -> None:
    """Walk what a connection sees of a ledger; what is found is added to `audited`.

    Raises:
        NothingRecordedError: if the ledger's tables are not there.
        duckdb.Error: if they cannot be read.
    """
    sizes = _sizes(connection)
    records, deliveries = (each.qualified_name() for each in (Materialisations, Deliveries))
    if not sizes:
        raise NothingRecordedError("nothing was recorded in the ledger yet")
    audited.findings += walk_tables(connection)
    if records not in sizes:
        return
    walked = _records(connection, lambda done: progress("records", done, sizes[records]))
    audited.findings += walk_chain(walked, audited.chain, heads)
    if deliveries in sizes:
        _walk_deliveries(connection, audited)
    of = sum(size for name, size in sizes.items() if name in TABLES)
    named = {each.table for each in audited.chain.records.values()}
    for name, table in TABLES.items():
        # A ledger that is older than the table has neither it nor a record of it.
        if name in named | sizes.keys():
            _walk_table(connection, table, audited, lambda done: progress("rows", done, of))
    for name in sorted((named | sizes.keys()) - TABLES.keys() - {records, deliveries}):
        audited.findings.append(
            Finding(
                "unknown table",
                name,
                "only tables that this version of the code knows",
                "a table, or records of one, that it does not know",
                "Audit with the version of the code that wrote the ledger last.",
            )
        )


def _walk_table(
    connection: duckdb.DuckDBPyConnection,
    table: type[Table],
    audited: Audited,
    told: Callable[[int], None],
) -> None:
    def counted(rows: int) -> None:
        audited.rows += rows
        told(audited.rows)

    try:
        audited.findings += walk_rows(connection, table, audited.chain, counted)
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        audited.findings.append(_unreadable(table.qualified_name(), error))


def _unreadable(where: str, error: Exception) -> Finding:
    return Finding("unreadable", where, "tables as they were made", " ".join(str(error).split()))


def _records(
    connection: duckdb.DuckDBPyConnection, told: Callable[[int], None]
) -> Iterator[Mapping[str, Any]]:
    """Every record with all its columns, in order of number; after each it is told how many they were."""
    found = query(connection, f"{RECORDS} ORDER BY {RECORD}, record_hash")
    for done, record in enumerate(typed(found, Materialisations).iter_rows(named=True), 1):
        yield record
        told(done)


def _walk_deliveries(connection: duckdb.DuckDBPyConnection, audited: Audited) -> None:
    name = Deliveries.qualified_name()
    columns = ", ".join(Deliveries.polars_schema())
    try:
        found = typed(query(connection, f"SELECT {columns} FROM {name}"), Deliveries)  # noqa: S608
    except (duckdb.Error, pl.exceptions.PolarsError) as error:
        audited.findings.append(_unreadable(name, error))
        return
    audited.deliveries = found.drop_nulls()
    if missing := found.height - audited.deliveries.height:
        audited.findings.append(
            Finding("delivery unreadable", name, "a value in each column", f"{missing} rows")
        )
    audited.findings += walk_deliveries(audited.deliveries, audited.chain)


def _sizes(connection: duckdb.DuckDBPyConnection) -> Mapping[str, int]:
    """The ledger's tables, and about how many rows each has."""
    found = query(
        connection,
        "SELECT schema_name || '.' || table_name, estimated_size FROM duckdb_tables() "
        "WHERE database_name = current_database()",
    )
    return dict(found.iter_rows())
