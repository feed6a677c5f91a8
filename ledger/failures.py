"""What goes wrong outside the program, said so that the person who runs it can mend it."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from schemas.mendable import MendableError

GUIDE = "docs/operations.md, section 'When something fails'"

FULL = re.compile(r"No space left on device|Disk quota exceeded|File too large")
UNWRITABLE = re.compile(r"Permission denied|Read-only file system|Operation not permitted")
DAMAGED = re.compile(
    r"not a valid DuckDB database file|Corrupt database file|Could not read enough bytes"
    r"|Failure while replaying WAL|Is a directory"
)
HELD = re.compile(r"Could not set lock on file.*?\bPID (?P<process>\d+)", re.DOTALL)


class StorageFailureError(MendableError):
    """A disk, a folder, a file or the clock is not as it must be; nothing was half written."""


class DatabaseDamagedError(StorageFailureError):
    """A database file is not what was written to it."""


class NotWritableError(StorageFailureError):
    """The folder is full, or may not be written to."""


class DatabaseHeldError(StorageFailureError):
    """Another program has the database file open."""

    def __init__(self, path: Path, process: str) -> None:
        """Keep the number of the process that has it open."""
        self.process = process
        super().__init__(f"{path} is open in the process with PID {process}")


@contextmanager
def database_failures(path: Path) -> Iterator[None]:
    """Turn what DuckDB says of the world around a database file into what a person can do; leave the rest.

    Raises:
        DatabaseDamagedError: if the file is damaged.
        NotWritableError: if the disk is full, or the folder may not be written to.
        DatabaseHeldError: if another program has the file open.
    """
    try:
        yield
    except duckdb.Error as error:
        words = str(error)
        if held := HELD.search(words):
            raise DatabaseHeldError(path, held["process"]) from error
        if FULL.search(words):
            raise not_writable(path, "the disk is full") from error
        if UNWRITABLE.search(words):
            raise not_writable(path, "it may not be written to") from error
        if DAMAGED.search(words) or isinstance(error, duckdb.SerializationException):
            raise DatabaseDamagedError(
                f"{path} is damaged ({words.splitlines()[0]}). Nothing in it was repaired or "
                f"removed. {GUIDE}, says how to restore it."
            ) from error
        raise


@contextmanager
def interruptions() -> Iterator[None]:
    """Raise what interrupted a query: DuckDB tells of it as of a failure, whose cause it is."""
    try:
        yield
    except RuntimeError as error:
        if error.__cause__ is None or isinstance(error.__cause__, Exception):
            raise
        raise error.__cause__ from None


@contextmanager
def as_it_was_made(place: str) -> Iterator[None]:
    """Say of a ledger that a table or column is gone from that it is damaged, and where it lies.

    Raises:
        DatabaseDamagedError: in place of what DuckDB says of it.
    """
    try:
        yield
    except (duckdb.CatalogException, duckdb.BinderException) as error:
        raise DatabaseDamagedError(
            f"{place} is damaged ({str(error).splitlines()[0]}). Nothing in it was repaired or removed. "
            f"`bonuspott audit` says all that is not as it was recorded; {GUIDE}, says how to restore it."
        ) from error


def not_writable(path: Path, reason: str) -> NotWritableError:
    """The error of a file that could not be written."""
    return NotWritableError(
        f"{path} cannot be written: {reason}. What was recorded before stands, and nothing of "
        f"this step was. Make room or give leave to write in {path.parent}, and run again."
    )
