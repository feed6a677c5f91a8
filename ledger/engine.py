"""What the ledger asks of whatever holds it, and the engine that is always at hand: a DuckDB file.

The ledger is SQL on DuckDB wherever it lies. An engine says how to write to it in one order, how to
read it, and how to attach it while the published warehouse is made.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeVar

import duckdb

from ledger.dialect import attached, connected, quoted
from ledger.failures import as_it_was_made
from ledger.locking import alone_in_process, exclusive
from schemas.mendable import MendableError

READ_SECONDS = 5.0
"""Longer than a transaction takes, and short enough for a sensor's tick."""

Result = TypeVar("Result")


class LedgerSettingError(MendableError, ValueError):
    """The setting that names the ledger cannot be followed."""


class LedgerUnreachableError(MendableError):
    """What holds the ledger does not answer."""


class Engine(Protocol):
    """What the ledger asks of whatever holds it."""

    @property
    def place(self) -> str:
        """Where it lies, for people; never with a secret."""

    def exists(self) -> bool:
        """Whether anything was ever written there; asking makes nothing."""

    def exclusive(self) -> AbstractContextManager[None]:
        """Keep every other writer waiting.

        Raises:
            LedgerBusyError: if another process holds the ledger too long.
        """

    def write(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """Do the work in one transaction while every other writer waits: all of it, or nothing.

        Raises:
            LedgerBusyError: if another process holds the ledger too long.
            duckdb.Error: if the database cannot be written; then nothing is recorded.
        """

    def reading(self) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
        """A connection in which the ledger's tables go by their own names, to read from."""

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Attach the ledger under a name, to read from; the caller holds `exclusive`."""


@dataclass(frozen=True)
class EmbeddedEngine:
    """The default: a DuckDB file, made when first written to, with a lock file beside it that orders whoever opens it."""

    path: Path

    @property
    def place(self) -> str:
        """The file."""
        return str(self.path)

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.path.exists()

    def exclusive(self) -> AbstractContextManager[None]:
        """Hold the lock file."""
        return exclusive(self.path)

    def write(self, work: Callable[[duckdb.DuckDBPyConnection], Result]) -> Result:
        """Do the work under the lock, commit, close."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(self.path):
            if not self.path.exists():
                _begin(self.path)
            with (
                alone_in_process(self.path),
                attached(self.path, read_only=False) as connection,
            ):
                connection.execute("BEGIN")
                result = work(connection)
                connection.execute("COMMIT")
                return result

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection that only reads: nothing is written, no lock file either.

        DuckDB itself keeps writers out of a file while it is read, and they wait; a reader waits a
        little for a writer, who never stays long.

        Raises:
            LedgerBusyError: if a writer, or a stranger, has the file open for longer than that.
            DatabaseDamagedError: if a table that is read is gone.
        """
        with (
            as_it_was_made(self.place),
            alone_in_process(self.path, READ_SECONDS),
            attached(self.path, wait_seconds=READ_SECONDS) as connection,
        ):
            yield connection

    def attach(self, connection: duckdb.DuckDBPyConnection, name: str) -> None:
        """Attach the file."""
        connection.execute(f"ATTACH {quoted(str(self.path))} AS {name} (READ_ONLY)")


def _begin(path: Path) -> None:
    """Make the file, without tables, under another name first.

    On a full disk, or killed, DuckDB can leave a file that is none. Whatever has the ledger's name was
    a ledger once; if it is none, it was damaged.
    """
    unfinished = path.with_suffix(".new")
    for leftover in (unfinished, path.with_suffix(".new.wal")):
        leftover.unlink(missing_ok=True)
    with connected(unfinished) as connection:
        connection.execute("CHECKPOINT")
    unfinished.replace(path)
