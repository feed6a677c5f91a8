"""Moving the ledger from one engine to another: every row and record as it is, or nothing."""

from collections.abc import Sequence

import duckdb

from ledger.appending import RECORDS, create_tables, ledger_tables
from ledger.audit.finding import Finding
from ledger.audit.walk import Audited, walk_ledger
from ledger.chain import RECORD
from ledger.dialect import IN_MEMORY, connected, query
from ledger.engine import Engine
from schemas.audit import Deliveries, Materialisations
from schemas.table import Table
from schemas.tables import TABLES

SOURCE = "moved_ledger"
PIECE = 100_000
"""Rows that are copied at a time."""


class NotMovedError(Exception):
    """The ledger was not moved; where it was to go, nothing is left."""

    def __init__(self, message: str, findings: Sequence[Finding] = ()) -> None:
        """Say why, and what an audit of the copy found, if that is it."""
        super().__init__(message)
        self.findings = list(findings)


def move(source: Engine, target: Engine) -> Audited:
    """Copy the whole ledger to another engine, where nothing was recorded, and audit the copy before it counts.

    What comes back is that audit, which found nothing.

    Nothing can be recorded in the source meanwhile. Numbers, hashes and fingerprints are the
    same afterwards: rows are read back from the target, and hashed anew. The source stays as it is.

    Raises:
        NotMovedError: if there is nothing to move, if something is recorded in the target, or if the
            copy is not in order, which it is not if the source was not.
        LedgerBusyError: if another process holds one of them too long.
    """
    if not source.exists():
        raise NotMovedError(f"{source.place}: nothing was ever recorded there")
    with source.exclusive(), connected(IN_MEMORY) as reading:
        source.attach(reading, SOURCE)
        reading.execute(f"USE {SOURCE}")
        return target.write(lambda writing: _copied(source, target, reading, writing))


def _copied(
    source: Engine,
    target: Engine,
    reading: duckdb.DuckDBPyConnection,
    writing: duckdb.DuckDBPyConnection,
) -> Audited:
    if ledger_tables(writing):
        raise NotMovedError(f"{target.place}: there is a ledger already, and it is never replaced")
    there = ledger_tables(reading)
    create_tables(writing)
    tables: tuple[type[Table], ...] = (Deliveries, Materialisations, *TABLES.values())
    for table in tables:
        # A ledger made by an older version lacks the tables that came later.
        if table.qualified_name() in there:
            _copy(reading, writing, table)
    # The copy's chain must hold the source's last record.
    last = f"SELECT record_hash FROM audit.materialisations ORDER BY {RECORD} DESC LIMIT 1"  # noqa: S608
    audited = Audited()
    walk_ledger(writing, audited, [*query(reading, last)["record_hash"]], lambda *_: None)
    if audited.findings:
        raise NotMovedError(
            f"{source.place}: its copy is not in order; see what `bonuspott audit` finds",
            audited.findings,
        )
    return audited


def _copy(
    reading: duckdb.DuckDBPyConnection, writing: duckdb.DuckDBPyConnection, table: type[Table]
) -> None:
    name = table.qualified_name()
    order = ", ".join(table.key() if table is Deliveries else [RECORD])
    found = RECORDS if table is Materialisations else f"FROM {name}"
    rows = reading.sql(f"{found} ORDER BY {order}")
    writing.register("moved", rows.to_arrow_reader(PIECE))
    writing.execute(f"INSERT INTO {name} BY NAME SELECT * FROM moved")  # noqa: S608
    writing.unregister("moved")
