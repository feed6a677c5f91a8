"""The chain of records: what is kept of each materialisation, and the hash that binds it to the last."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date
from functools import cache
from typing import Any

import polars as pl

from ledger.clock import recording_time
from ledger.fingerprint import fingerprint
from ledger.version import code_commit, lock_sha256
from schemas.audit import Deliveries
from schemas.deliveries import DeliveryId
from schemas.records import Record
from schemas.table import Table

RECORD = "materialisation_id"

COLUMNS: Mapping[str, str] = {
    **{field.name: field.name for field in fields(Record)},
    "number": RECORD,
    "table": "table_name",
    "run": "dagster_run_id",
}
"""The column of `audit.materialisations` that holds each of a record's fields."""


@dataclass(frozen=True)
class Entry:
    """A table's rows of one scheme and month, to be recorded; `scheme` is empty for the observed.

    Attributes:
        inputs: the numbers of the records that it was computed from.
        beside: the positions of the entries, recorded in the same breath, that it was computed from.
    """

    table: type[Table]
    scheme: str
    month: date
    rows: pl.DataFrame
    inputs: tuple[int, ...] = ()
    deliveries: tuple[DeliveryId, ...] = ()
    scheme_sha256: str = ""
    beside: tuple[int, ...] = ()


def chained(
    entries: Sequence[Entry],
    last: Record | None,
    run: str,
    code_version: str,
    files: pl.DataFrame,
) -> list[Record]:
    """A record for each entry, numbered on from the last one, each with the hash of the one before.

    `files` are the rows of `audit.deliveries` of all deliveries that were read.

    Raises:
        ClockError: if the machine's clock is behind the last record.
    """
    records: list[Record] = []
    recorded_at = recording_time(last.recorded_at if last else None)
    for entry in entries:
        unsealed = Record(
            number=last.number + 1 if last else 1,
            table=entry.table.qualified_name(),
            scheme=entry.scheme,
            month=entry.month,
            recorded_at=recorded_at,
            run=run,
            code_version=code_version,
            code_commit=code_commit(),
            lock_sha256=lock_sha256(),
            scheme_sha256=entry.scheme_sha256,
            inputs=tuple(sorted({*entry.inputs, *(records[at].number for at in entry.beside)})),
            deliveries=tuple(sorted(set(entry.deliveries))),
            row_count=entry.rows.height,
            fingerprint=fingerprint(entry.table, entry.rows),
            previous_hash=last.record_hash if last else "",
            record_hash="",
            files_sha256=None if entry.scheme else files_sha256(files, entry.deliveries),
        )
        last = replace(unsealed, record_hash=record_hash(unsealed))
        records.append(last)
    return records


def files_sha256(files: pl.DataFrame, deliveries: Sequence[DeliveryId]) -> str | None:
    """The hash of the deliveries' rows of `audit.deliveries`; none without deliveries."""
    names = [str(each) for each in deliveries]
    of_them = pl.col("delivery_id").is_in(names)
    return fingerprint(Deliveries, files.filter(of_them)) if names else None


def record_hash(record: Record) -> str:
    """The SHA-256 of a record's columns but its own hash, as JSON with sorted keys.

    A list counts as its own JSON text. A column without a value is left out: records made before a
    column was added keep their hash.
    """
    content = {
        name: _text(value)
        for name, value in as_row(record).items()
        if name != "record_hash" and value is not None
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def as_row(record: Record) -> dict[str, object]:
    """A record as a row of `audit.materialisations`."""
    row = {column: getattr(record, field) for field, column in COLUMNS.items()}
    return row | {
        "inputs": list(record.inputs),
        "deliveries": [str(each) for each in record.deliveries],
    }


def as_record(row: Mapping[str, Any]) -> Record:
    """A row of `audit.materialisations` as a record.

    Raises:
        ValueError: if a delivery's name is none.
    """
    found = {field: row[column] for field, column in COLUMNS.items()}
    deliveries = tuple(map(_delivery, row["deliveries"]))
    return Record(**found | {"inputs": tuple(row["inputs"]), "deliveries": deliveries})


def as_records(rows: pl.DataFrame) -> list[Record]:
    """Rows of `audit.materialisations` as records; raises as `as_record`."""
    return [as_record(row) for row in rows.iter_rows(named=True)]


_delivery = cache(DeliveryId.parse)
"""A delivery is named by many records."""


def _text(value: object) -> object:
    if isinstance(value, date):
        return value.isoformat()
    return json.dumps(value) if isinstance(value, list) else value
