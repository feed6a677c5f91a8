"""Entries for the ledger, and how its records are read back without it."""

from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from ledger.chain import Entry
from ledger.ledger import Ledger
from schemas.payouts import Payouts
from schemas.records import Record
from schemas.regions import region_codes
from tests.deliveries.delivering import APRIL

SCHEME = "bup-2025"


def payouts(amount: int, month: date = APRIL, scheme: str = SCHEME) -> Entry:
    """Every region's payout in a month, all of one amount."""
    rows = pl.DataFrame({"region_code": region_codes()}).with_columns(
        month=pl.lit(month), scheme=pl.lit(scheme), amount_sek=pl.lit(amount, pl.Int64)
    )
    return Entry(Payouts, scheme, month, Payouts.conform(rows))


def append(ledger: Ledger, *entries: Entry) -> list[Record]:
    """Record the entries."""
    return ledger.append(entries, run_id="a run", code_version="1")


def reading(place: Path | Ledger) -> AbstractContextManager[duckdb.DuckDBPyConnection]:
    """A connection to a database file, or to a ledger wherever it lies."""
    if isinstance(place, Ledger):
        return place.engine.reading()
    return duckdb.connect(str(place), read_only=True)


def queried(place: Path | Ledger, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What a query finds in a database, with values in place of its question marks."""
    with reading(place) as connection:
        return connection.execute(query, values).fetchall()


def records(place: Path | Ledger) -> list[dict[str, Any]]:
    """Every record of the ledger, in order of number."""
    with reading(place) as connection:
        found = connection.execute("FROM audit.materialisations ORDER BY materialisation_id")
        names = [column[0] for column in found.description or []]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
