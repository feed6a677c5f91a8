"""What DuckDB says of the world around it, turned into what a person can do."""

from pathlib import Path

import duckdb
import pytest

from ledger.failures import (
    DatabaseDamagedError,
    DatabaseHeldError,
    NotWritableError,
    StorageFailureError,
    database_failures,
)

PATH = Path("warehouse/ledger.duckdb")


@pytest.mark.parametrize(
    ("said", "error", "told"),
    [
        (
            duckdb.TransactionException(
                'TransactionContext Error: Failed to commit: Could not write file "x.wal": '
                "No space left on device"
            ),
            NotWritableError,
            "the disk is full",
        ),
        (
            duckdb.IOException('IO Error: Cannot open file "x": Permission denied'),
            NotWritableError,
            "it may not be written to",
        ),
        (
            duckdb.IOException('IO Error: Cannot open file "x": Read-only file system'),
            NotWritableError,
            "Make room or give leave to write in warehouse, and run again",
        ),
        (
            duckdb.IOException(
                "IO Error: Corrupt database file: computed checksum 1 does not match stored "
                "checksum 2 in block at location 4096"
            ),
            DatabaseDamagedError,
            "docs/operations.md",
        ),
        (duckdb.SerializationException("unknown type"), DatabaseDamagedError, "unknown type"),
        (
            duckdb.IOException(
                'IO Error: Could not set lock on file "x": Conflicting lock is held in /usr/bin/'
                "duckdb (PID 4711). See also https://duckdb.org/docs/stable/connect/concurrency"
            ),
            DatabaseHeldError,
            "PID 4711",
        ),
    ],
)
def test_what_people_can_mend(
    said: duckdb.Error, error: type[StorageFailureError], told: str
) -> None:
    """Is said with the file and what to do."""
    with pytest.raises(error) as raised, database_failures(PATH):
        raise said
    assert str(PATH) in str(raised.value)
    assert told in str(raised.value)
    assert raised.value.__cause__ is said


def test_a_defect_of_ours_stays_what_it_is() -> None:
    """With its own words and its whole story."""
    with (
        pytest.raises(duckdb.CatalogException, match="does not exist"),
        database_failures(PATH),
        duckdb.connect() as connection,
    ):
        connection.execute("FROM nothing")
