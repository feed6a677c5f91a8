"""Dagster's events as a witness of the chain: each names a record, its hash, and that of its rows.

The instance's database is read as it is, without Dagster: opening an instance writes to its folder, and takes
longer than an audit.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

from ledger.audit.witnesses import Said, Witness
from ledger.chain import RECORD
from schemas.places import DataRoot

NAME = "Dagster's events"
MATERIALISED = "SELECT event FROM event_logs WHERE dagster_event_type = 'ASSET_MATERIALIZATION'"


def dagsters_events(root: DataRoot) -> Witness:
    """What Dagster was told of the records; an instance in another database than SQLite is not at hand.

    To be asked before the ledger is read: an event follows its record.
    """
    path = root.dagster_home / "history" / "runs" / "index.db"
    if not path.is_file():
        return Witness(NAME, absent=f"{path} does not exist")
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            said = list(_said(connection))
    except sqlite3.Error as error:
        return Witness(NAME, absent=f"{path}: {error}")
    return Witness(NAME, said)


def _said(connection: sqlite3.Connection) -> Iterator[Said]:
    for (text,) in connection.execute(MATERIALISED):
        data = json.loads(text)["dagster_event"]["event_specific_data"]
        metadata = {
            entry["label"]: entry["entry_data"].get("text")
            for entry in data["materialization"]["metadata_entries"]
        }
        if RECORD not in metadata:  # a month that nothing was delivered of, or a publication
            continue
        number = int(metadata[RECORD])
        if "record_hash" in metadata:
            yield Said(number, metadata["record_hash"])
        else:
            yield Said(number, metadata["fingerprint"], "fingerprint")
