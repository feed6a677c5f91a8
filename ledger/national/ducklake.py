"""The national ledger: DuckLake, with its catalog in Postgres and its rows in Parquet files.

The files lie in a folder that all machines share, or in S3-compatible storage. Writers take turns by
an advisory lock on a connection of their own. Should that connection break, a second writer could
begin; so DuckLake is also told never to rebase a transaction: of two that began from one snapshot,
only one commits. A commit whose answer was lost is looked for before it is tried again.
"""

import itertools
import os
import socket
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

import duckdb
import psycopg2
from psycopg2.errors import LockNotAvailable
from psycopg2.extensions import make_dsn

from ledger.dialect import query, quoted
from ledger.engine import LedgerSettingError, LedgerUnreachableError
from ledger.failures import as_it_was_made
from ledger.locking import WAIT_SECONDS, LedgerBusyError
from ledger.national.extensions import prepare

Result = TypeVar("Result")

CATALOG = "bonuspott_ledger"
"""The schema in Postgres that holds DuckLake's catalog."""

LIBPQ = {"sslmode", "sslrootcert", "sslcert", "sslkey", "passfile", "connect_timeout"}
"""What a setting may pass on to the Postgres client."""

KEEPALIVES = (
    "-c tcp_keepalives_idle=20 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=4 "
    "-c client_connection_check_interval=10s"
)
"""Postgres lets the lock of a machine that vanished go before others have waited in vain."""

ATTEMPTS = 6
"""How often a transaction is begun whose connection breaks; the waits between add up to 31 s."""

_numbers = itertools.count()
_spoilt: list[duckdb.DuckDBPyConnection] = []
"""Databases that a break left in disorder; as many as there were breaks."""


@dataclass(frozen=True)
class DuckLakeEngine:
    """The ledger on DuckLake.

    Attributes:
        dsn: how to reach Postgres, without a password: libpq finds that in its own places.
        data_path: the folder or `s3://` address of the Parquet files.
    """

    dsn: str
    data_path: str

    @classmethod
    def from_setting(cls, setting: str) -> "DuckLakeEngine":
        """From `ducklake:postgresql://USER@HOST:PORT/DATABASE?data_path=FOLDER`.

        Raises:
            LedgerSettingError: if it is not of that form, or holds a password.
        """
        parts = urlsplit(setting.removeprefix("ducklake:"))
        options = dict(parse_qsl(parts.query))
        data_path = options.pop("data_path", "")
        if parts.password or "password" in options:
            raise LedgerSettingError(
                "the ledger's address holds a password, which would show wherever the address is "
                "printed; take it out, and put it into a file that PGPASSFILE names"
            )
        if parts.scheme != "postgresql" or not parts.path.strip("/") or not data_path:
            raise LedgerSettingError(
                "the ledger is named as ducklake:postgresql://USER@HOST:PORT/DATABASE?data_path="
                "FOLDER, where FOLDER is a shared folder or an address as s3://bucket/folder"
            )
        if unknown := options.keys() - LIBPQ:
            raise LedgerSettingError(
                f"the ledger's address has unknown options: {', '.join(sorted(unknown))}; "
                f"beside data_path there are {', '.join(sorted(LIBPQ))}"
            )
        dsn = make_dsn(
            host=parts.hostname,
            port=parts.port,
            user=unquote(parts.username or "") or None,
            dbname=unquote(parts.path.strip("/")),
            **options,
        )
        return cls(dsn, f"{data_path.rstrip('/')}/")

    @property
    def place(self) -> str:
        """Both parts, as they were set; there is no password in them."""
        return f"DuckLake ({self.dsn}; {self.data_path})"

    def exists(self) -> bool:
        """Whether the catalog is there."""
        with self._postgres() as cursor:
            cursor.execute("SELECT to_regclass(%s)", [f"{CATALOG}.ducklake_snapshot"])
            [(found,)] = cursor.fetchall()
        return found is not None

    @contextmanager
    def exclusive(self) -> Iterator[None]:
        """Hold the advisory lock; Postgres frees it when the connection ends, however it ends."""
        with self._postgres() as cursor:
            cursor.execute(f"SET lock_timeout = '{WAIT_SECONDS:.0f}s'")
            try:
                cursor.execute("SELECT pg_advisory_lock(hashtext(%s))", [CATALOG])
            except LockNotAvailable as error:
                raise LedgerBusyError(
                    f"{self.place} has been held by {_holder(cursor)} for more than "
                    f"{WAIT_SECONDS:.0f} s; see whether that process hangs, end it if so, and run "
                    "again"
                ) from error
            yield

    def write(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """Do the work under the lock and commit; begin anew, a few times, if a connection breaks.

        The work may so be done more than once, each time on a new connection; one commits.
        """
        tried: dict[str, Result] = {}
        cause: Exception | None = None
        for attempt in range(ATTEMPTS):
            if attempt:
                time.sleep(2.0 ** (attempt - 1))
            try:
                return self._attempt(work, tried)
            except LedgerUnreachableError as error:
                cause = error
            except duckdb.Error as error:
                if not _is_broken(error):
                    raise
                cause = error
        outcome = "whether it was recorded is not known" if tried else "nothing was recorded"
        raise LedgerUnreachableError(
            f"{self.place} broke off {ATTEMPTS} times in a row, and {outcome}; see whether "
            "Postgres and the storage of the files answer, and run again"
        ) from cause

    def _attempt(
        self, work: Callable[[duckdb.DuckDBPyConnection], Result], tried: dict[str, Result]
    ) -> Result:
        """One transaction. Those tried before may have come through, though no answer came."""
        with self.exclusive(), self._attached(read_only=False) as (connection, name):
            if tried and (committed := _committed(connection, name, tried)):
                return tried[committed]
            token = uuid.uuid4().hex
            connection.execute(
                f"CALL {name}.set_commit_message('bonuspott', {quoted(_process())}, "
                f"extra_info => {quoted(token)})"
            )
            result = tried[token] = work(connection)
            _commit(connection)
            return result

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that sees one snapshot; it neither waits for writers nor hinders them.

        Raises:
            LedgerUnreachableError: if Postgres or the storage of the files does not answer.
            DatabaseDamagedError: if a table that is read is gone.
        """
        try:
            with as_it_was_made(self.place), self._attached(read_only=True) as (connection, _):
                yield connection
        except duckdb.Error as error:
            if not _is_broken(error):
                raise
            raise LedgerUnreachableError(
                f"{self.place} broke off while it was read: {error}"
            ) from error

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Attach the catalog."""
        prepare(connection, self.data_path)
        connection.execute(self._attach_sql(name, read_only=True))

    def _attach_sql(self, name: str, *, read_only: bool) -> str:
        options = {
            "METADATA_SCHEMA": quoted(CATALOG),
            "DATA_PATH": quoted(self.data_path),
            **({"READ_ONLY": "true"} if read_only else {}),
        }
        listed = ", ".join(f"{option} {value}" for option, value in options.items())
        return f"ATTACH {quoted(f'ducklake:postgres:{self.dsn}')} AS {name} ({listed})"

    @contextmanager
    def _attached(self, *, read_only: bool) -> Iterator[tuple[duckdb.DuckDBPyConnection, str]]:
        """A connection in a transaction, in which the ledger is the database that is used."""
        database, name = _database(os.getpid(), self.data_path), f"ledger_{next(_numbers)}"
        with closing(database.cursor()) as connection:
            try:
                connection.execute(self._attach_sql(name, read_only=read_only))
                connection.execute(f"USE {name}; BEGIN")
                yield connection, name
            except duckdb.Error as error:
                _forget(database)
                if "DATA_PATH" not in str(error):
                    raise
                raise LedgerSettingError(
                    f"{self.place} names another data_path than the one that the ledger's files "
                    f"were written to: {error}"
                ) from error
            finally:
                # Said outright: where a connection to Postgres broke within a transaction that is
                # merely dropped, the extension ends the whole process.
                for statement in ("ROLLBACK", "USE memory", f"DETACH DATABASE IF EXISTS {name}"):
                    with suppress(duckdb.Error):
                        connection.execute(statement)

    @contextmanager
    def _postgres(self) -> Iterator[Any]:
        """A cursor on a connection of its own.

        Raises:
            LedgerUnreachableError: if Postgres does not answer.
        """
        try:
            connection = psycopg2.connect(self.dsn, application_name=_process(), options=KEEPALIVES)
        except psycopg2.OperationalError as error:
            raise LedgerUnreachableError(f"{self.place} does not answer: {error}") from error
        with closing(connection):
            connection.autocommit = True
            yield connection.cursor()


def _forget(database: duckdb.DuckDBPyConnection) -> None:
    """Let the next transaction begin in a new database: what is half attached spoils this one.

    It is kept as it is, for other threads' connections, and since the extension may end the process
    where a broken one is dropped.
    """
    _spoilt.append(database)
    _database.cache_clear()


@cache
def _database(process: int, data_path: str) -> duckdb.DuckDBPyConnection:  # noqa: ARG001 - a process has its own
    """A database in memory to attach from: loading the extensions takes longer than attaching."""
    connection = duckdb.connect(config={"temp_directory": tempfile.gettempdir()})
    prepare(connection, data_path)
    return connection


def _commit(connection: duckdb.DuckDBPyConnection) -> None:
    connection.execute("COMMIT")


def _committed(
    connection: duckdb.DuckDBPyConnection, name: str, tried: Mapping[str, object]
) -> str | None:
    """The token of the attempt that came through, if one did."""
    found = query(
        connection,
        f"SELECT commit_extra_info AS token FROM ducklake_snapshots({quoted(name)}) "  # noqa: S608
        "WHERE commit_extra_info IN (SELECT unnest(?))",
        [list(tried)],
    )
    return str(found["token"][0]) if found.height else None


def _is_broken(error: duckdb.Error) -> bool:
    """Whether the error is of a connection or a lost race, not of what was to be written."""
    # The extension raises the bare type where Postgres broke off.
    return isinstance(error, duckdb.OperationalError) or type(error) is duckdb.Error


def _process() -> str:
    """This process, as Postgres shows it to whoever looks for the holder of a lock."""
    return f"{Path(sys.argv[0]).name[:20]} PID {os.getpid()} on {socket.gethostname()[:20]}"


def _holder(cursor: Any) -> str:  # noqa: ANN401 - psycopg2 has no types
    """Who holds the advisory lock."""
    cursor.execute(
        "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid) "
        "WHERE locktype = 'advisory' AND granted AND objid = "
        "(hashtext(%s)::bigint & 4294967295)::oid",
        [CATALOG],
    )
    names = [name for (name,) in cursor.fetchall()]
    return ", ".join(names) or "an unknown process"
