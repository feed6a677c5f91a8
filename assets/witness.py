"""Dagster's events as a witness of the chain: each names a record, its hash, and that of its rows.

SQLite is read as it is, without Dagster: opening an instance takes longer than an audit, and writes to its folder.
An instance whose records lie elsewhere, such as in Postgres, is asked through Dagster.
"""

import json
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, suppress
from pathlib import Path

from ledger.audit.finding import Finding
from ledger.audit.witnesses import Said, Witness
from ledger.chain import RECORD
from ledger.failures import GUIDE
from ledger.warehouse import refuse_another_chain
from schemas.places import DataRoot

NAME = "Dagster's events"
MATERIALISED = "FROM event_logs WHERE dagster_event_type = 'ASSET_MATERIALIZATION'"
EVENTS = (
    f"SELECT id, event {MATERIALISED} "
    f"AND id IN (SELECT id {MATERIALISED} ORDER BY id DESC LIMIT ?) ORDER BY id"
)

STORAGE = re.compile(r"^storage\s*:", re.MULTILINE)
"""In an instance's settings: its records lie where it says."""

NOT_NOW = frozenset(
    {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_PERM}
)
"""Errors of SQLite that say nothing against the database."""

PIECE = 1000
"""Events asked for at a time."""

LATEST = 100
"""So many of the latest events say whether the chain is the one that Dagster knows: each hash holds all those before."""


def refuse_contradicted(root: DataRoot) -> None:
    """See that the ledger is the one that was published, noted, and told to Dagster: to be asked before anything is recorded.

    Raises:
        AnotherChainError, LedgerBusyError, StorageFailureError: as `ledger.warehouse.refuse_another_chain`.
    """
    # A few milliseconds, however many events there are, but where they lie in a storage of another kind.
    said = dagsters_events(root, LATEST).said
    told = {each.number: each.value for each in said if each.of == "record_hash"}
    refuse_another_chain(root, told)


def dagsters_events(root: DataRoot, latest: int | None = None) -> Witness:
    """What Dagster was told of the records.

    To be asked before the ledger is read: an event follows its record. Of `latest` so many are looked at, of each asset
    where the instance is asked; else all.
    """
    path = root.dagster_home / "history" / "runs" / "index.db"
    settings = root.dagster_home / "dagster.yaml"
    if settings.is_file() and STORAGE.search(settings.read_text(encoding="utf-8")):
        return _asked(root.dagster_home, latest)
    if not path.is_file():
        return Witness(NAME, absent=f"{path} does not exist")
    try:
        return _witness(_unwritten(path, latest))
    except sqlite3.Error as error:
        if getattr(error, "sqlite_errorcode", None) in NOT_NOW:
            return Witness(NAME, absent=f"{path}: {error}")
        damaged = Finding(
            "unreadable",
            str(path),
            "Dagster's database of events",
            str(error),
            "It is damaged, or was changed: put Dagster's folder back from a backup, or begin a new one as "
            f"{GUIDE} says.",
        )
        return Witness(NAME, findings=[damaged])


def _unwritten(path: Path, latest: int | None) -> list[Said | Finding]:
    """What the database's events note, read without anything written, where nobody writes to it meanwhile.

    A database as Dagster has it is read by way of two files beside it, which SQLite makes even where nothing is in
    them, and cannot make in a folder that may only be read.
    """
    log = path.with_name(f"{path.name}-wal")

    def state() -> tuple[int, int, int]:
        found = path.stat()
        return found.st_mtime_ns, found.st_size, log.stat().st_size if log.exists() else 0

    before = state()
    if not before[-1]:
        with suppress(sqlite3.Error):
            said = _read(path, "immutable=1", latest)
            if state() == before:
                return said
    return _read(path, "mode=ro", latest)


def _read(path: Path, way: str, latest: int | None) -> list[Said | Finding]:
    with closing(sqlite3.connect(f"{path.as_uri()}?{way}", uri=True)) as connection:
        return list(_said(connection, latest))


def _asked(home: Path, latest: int | None) -> Witness:
    """What the instance answers; not at hand, with the reason, if it cannot be opened."""
    import dagster as dg  # noqa: PLC0415 - takes longer than an audit

    said: list[Said | Finding] = []
    try:
        with dg.DagsterInstance.from_config(str(home)) as instance:
            for key in instance.get_asset_keys():
                cursor, has_more = None, True
                while has_more:
                    found = instance.fetch_materializations(
                        key, latest or PIECE, cursor, ascending=not latest
                    )
                    cursor, has_more = found.cursor, found.has_more and not latest
                    for each in found.records:
                        if event := each.asset_materialization:
                            texts = {name: of.value for name, of in event.metadata.items()}
                            said += _of_record(each.storage_id, texts)
    # The storage is whichever the settings name, and so are its errors.
    except Exception as error:  # noqa: BLE001
        words = " ".join(str(error).split())
        return Witness(NAME, absent=f"the storage that {home}/dagster.yaml names: {words}")
    return _witness(said)


def _witness(noted: Sequence[Said | Finding]) -> Witness:
    """What the events note, and those that cannot be read."""
    said = [each for each in noted if isinstance(each, Said)]
    return Witness(NAME, said, "", [each for each in noted if isinstance(each, Finding)])


def _said(connection: sqlite3.Connection, latest: int | None) -> Iterator[Said | Finding]:
    everything = -1
    for event, text in connection.execute(EVENTS, [latest or everything]):
        try:
            data = json.loads(text)["dagster_event"]["event_specific_data"]
            texts = {
                # A number, as older versions of ours told it, has a value and no text.
                entry["label"]: entry["entry_data"].get("text", entry["entry_data"].get("value"))
                for entry in data["materialization"]["metadata_entries"]
            }
        except (AttributeError, KeyError, TypeError, ValueError):
            yield _unreadable(event)
        else:
            yield from _of_record(event, texts)


def _of_record(event: int, metadata: Mapping[str, object]) -> Iterator[Said | Finding]:
    """What an event notes of its record; nothing if it is of a publication, or a month without delivery."""
    if RECORD not in metadata:
        return
    try:
        number = int(str(metadata[RECORD]))
        if "record_hash" in metadata:
            yield Said(number, str(metadata["record_hash"]))
        else:
            yield Said(number, str(metadata["fingerprint"]), "fingerprint")
    except (KeyError, ValueError):
        yield _unreadable(event)


def _unreadable(event: int) -> Finding:
    return Finding(
        "event unreadable",
        f"{NAME}: event {event}",
        "a record's number and hash",
        "an event that has none",
        "It was changed, or written by another version of Dagster; the other events are compared.",
        "open",
    )
