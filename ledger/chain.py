"""The chain of records: what is kept of each materialisation, and the hash that binds it to the last."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from ledger.clock import recording_time
from ledger.fingerprint import fingerprint
from ledger.version import code_commit, lock_sha256
from schemas.table import Table

RECORD = "materialisation_id"


@dataclass(frozen=True)
class Entry:
    """A table's rows of one scheme and month, to be recorded; `scheme` is empty for the observed."""

    table: type[Table]
    scheme: str
    month: date
    rows: pl.DataFrame
    inputs: tuple[int, ...] = ()
    deliveries: tuple[str, ...] = ()
    scheme_sha256: str = ""


@dataclass(frozen=True)
class Recorded:
    """A materialisation as the ledger holds it."""

    materialisation_id: int
    table_name: str
    scheme: str
    month: date
    fingerprint: str
    deliveries: tuple[str, ...]


def chained(
    entries: Sequence[Entry],
    last_id: int,
    last_hash: str,
    last_time: datetime | None,
    run_id: str,
    code_version: str,
) -> list[dict[str, Any]]:
    """A record for each entry, numbered on from the last one, each with the hash of the one before.

    Raises:
        ClockError: if the machine's clock is behind the last record.
    """
    records = []
    recorded_at = recording_time(last_time)
    for number, entry in enumerate(entries, start=last_id + 1):
        record: dict[str, Any] = {
            RECORD: number,
            "table_name": entry.table.qualified_name(),
            "scheme": entry.scheme,
            "month": entry.month,
            "recorded_at": recorded_at,
            "dagster_run_id": run_id,
            "code_version": code_version,
            "code_commit": code_commit(),
            "lock_sha256": lock_sha256(),
            "scheme_sha256": entry.scheme_sha256,
            "inputs": json.dumps(sorted(set(entry.inputs))),
            "deliveries": json.dumps(sorted(set(entry.deliveries))),
            "row_count": entry.rows.height,
            "fingerprint": fingerprint(entry.table, entry.rows),
            "previous_hash": last_hash,
        }
        last_hash = record_hash(record)
        records.append({**record, "record_hash": last_hash})
    return records


def record_hash(record: Mapping[str, Any]) -> str:
    """The SHA-256 of a record's columns but its own hash, as JSON with sorted keys.

    A column without a value is left out: records made before a column was added keep their hash.
    """
    content = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in record.items()
        if name != "record_hash" and value is not None
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def as_recorded(record: Mapping[str, Any]) -> Recorded:
    """A row of `audit.materialisations` as a record."""
    return Recorded(
        record[RECORD],
        record["table_name"],
        record["scheme"],
        record["month"],
        record["fingerprint"],
        tuple(json.loads(record["deliveries"])),
    )
