"""Tables of the record: which deliveries came in, and what was computed when, from what."""

import polars as pl

from schemas import fields
from schemas.table import MOST, Table, column

SHA256_PATTERN = r"^[0-9a-f]{64}$"


class Materialisations(Table, name="audit.materialisations", key=["materialisation_id"]):
    """Every materialisation ever recorded: a table's rows of one scheme and month.

    Nothing is changed or deleted: current is the latest of each table, scheme and month. Each
    record holds the hash of the one before, so that a changed or removed record shows.
    """

    materialisation_id: pl.Int64 = column(
        "The record's number, from 1, in the order recorded.",
        unit="ordinal",
        source="ledger/ledger.py",
        ge=1,
    )
    table_name: pl.String = column(
        "The table whose rows were recorded.", unit="name", source="schemas/tables.py"
    )
    scheme: pl.String = column(
        "The scheme; empty for what was observed.",
        unit="name",
        term_sv="statsbidrag",
        source="rules/schemes",
    )
    month: pl.Date = column(
        "The month measured or paid: the partition.",
        unit="month",
        term_sv="månad",
        source="the partition's key",
    )
    recorded_at: pl.Datetime = fields.moment("When the record was made, in UTC.")
    dagster_run_id: pl.String = fields.identifier("The Dagster run that made it.", source="Dagster")
    code_version: pl.String = fields.identifier(
        "The version of the code that made it.", source="ledger/version.py"
    )
    code_commit: pl.String = fields.identifier(
        "The commit of the code's history that was checked out; empty outside of version control.",
        source="ledger/version.py",
        nullable=True,
    )
    lock_sha256: pl.String = fields.sha256(
        "The hash of the locked dependencies.",
        source="requirements.lock",
        nullable=True,
    )
    scheme_sha256: pl.String = fields.sha256(
        "The hash of the scheme's folder; empty for what was observed.",
        source="rules/schemes",
    )
    inputs: pl.List = column(
        "The numbers of the materialisations it was computed from.",
        unit="ordinals",
        source="assets",
        dtype_kwargs={"inner": pl.Int64()},
    )
    deliveries: pl.List = column(
        "The deliveries it rests on, each as delivery_id.",
        unit="identifiers",
        source="assets",
        dtype_kwargs={"inner": pl.String()},
    )
    row_count: pl.Int64 = column(
        "How many rows were recorded.", unit="rows", source="ledger/ledger.py", ge=0, lt=MOST
    )
    fingerprint: pl.String = fields.sha256(
        "The hash of the rows, in order of their key.",
        source="ledger/fingerprint.py",
        str_matches=SHA256_PATTERN,
    )
    previous_hash: pl.String = fields.sha256(
        "The record_hash of the record before; empty for the first.",
        source="ledger/ledger.py",
    )
    record_hash: pl.String = fields.sha256(
        "The hash of this record's other columns.",
        source="ledger/ledger.py",
        str_matches=SHA256_PATTERN,
    )
    files_sha256: pl.String = fields.sha256(
        "The hash of the rows of audit.deliveries that it was read from; empty where it was computed.",
        source="ledger/fingerprint.py",
        nullable=True,
    )


class Deliveries(Table, name="audit.deliveries", key=["delivery_id", "file_name"]):
    """Every file of every delivery that was accepted, with its hash."""

    delivery_id: pl.String = fields.delivery_id(
        "The delivery: dataset, month, day, first 12 digits of its SHA-256.",
    )
    file_name: pl.String = column(
        "The file's path below raw/.", unit="path", term_sv="fil", source="the sender"
    )
    sha256: pl.String = fields.sha256(
        "The hash of the file's bytes, which is its name under deliveries/.",
        source="deliveries/delivered.py",
        str_matches=SHA256_PATTERN,
    )
    size_bytes: pl.Int64 = column(
        "The file's size.", unit="bytes", source="deliveries/delivered.py", ge=0
    )
    delivered_on: pl.Date = column(
        "The day that stands first in the file's name.",
        unit="day",
        term_sv="inlämningsdag",
        source="the sender",
    )
    layout: pl.String = column(
        "How the delivery was laid out.", unit="name", source="deliveries/layouts"
    )
    recorded_at: pl.Datetime = fields.moment("When the file was first accepted, in UTC.")
