"""Dagster's events as a witness: one that cannot be read is named, and the others are compared."""

import json
import sqlite3
from contextlib import closing

import pytest

from assets.witness import LATEST, dagsters_events
from ledger.audit.witnesses import Said
from ledger.chain import RECORD
from schemas.places import DataRoot
from tests.drills.mounts import read_only


def event(**metadata: str | int) -> str:
    """An event as Dagster keeps it, as far as the witness looks."""
    entries = [
        {"label": label, "entry_data": {"text" if isinstance(told, str) else "value": told}}
        for label, told in metadata.items()
    ]
    data = {"materialization": {"metadata_entries": entries}}
    return json.dumps({"dagster_event": {"event_specific_data": data}})


def keep(root: DataRoot, *events: str) -> None:
    """Put events where an instance keeps them."""
    path = root.dagster_home / "history" / "runs" / "index.db"
    path.parent.mkdir(parents=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE event_logs (id, dagster_event_type, event)")
        connection.executemany(
            "INSERT INTO event_logs VALUES (?, 'ASSET_MATERIALIZATION', ?)", enumerate(events, 1)
        )


def test_events_that_cannot_be_read(empty_root: DataRoot) -> None:
    """Each is a finding, whatever stands in its place."""
    whole = event(**{RECORD: "3", "record_hash": "ab"})
    keep(
        empty_root,
        "{}",
        "[]",
        "no JSON",
        event(**{RECORD: "many", "record_hash": "ab"}),
        event(**{RECORD: "4"}),
        whole,
        # As older versions told a record's number.
        event(**{RECORD: 4, "record_hash": "cd"}),
        event(rows="a publication"),
    )
    witness = dagsters_events(empty_root)
    assert witness.said == [Said(3, "ab"), Said(4, "cd")]
    assert [(each.what, each.where, each.weight) for each in witness.findings] == [
        ("event unreadable", f"Dagster's events: event {number}", "open") for number in range(1, 6)
    ]


def test_the_latest_events(empty_root: DataRoot) -> None:
    """Say by their hashes which chain it is; those of versions that noted none say nothing."""
    older = [event(**{RECORD: str(number), "record_hash": "ab"}) for number in range(LATEST)]
    late = [event(**{RECORD: "7", "record_hash": "cd"}), event(**{RECORD: "8", "fingerprint": "e"})]
    keep(empty_root, *older, *late)
    said = dagsters_events(empty_root, LATEST).said
    hashes = {each.number: each.value for each in said if each.of == "record_hash"}
    assert hashes == dict.fromkeys(range(2, LATEST), "ab") | {7: "cd"}


def test_an_instance_without_events(empty_root: DataRoot) -> None:
    """Is no witness, and says why."""
    keep(empty_root)
    assert dagsters_events(empty_root).silence == "it notes nothing"


def test_reading_leaves_nothing_beside(empty_root: DataRoot) -> None:
    """Nor does it need to: a folder that may only be read is enough, though Dagster writes by way of a log."""
    keep(empty_root, event(**{RECORD: "3", "record_hash": "ab"}))
    folder = empty_root.dagster_home / "history" / "runs"
    with closing(sqlite3.connect(folder / "index.db")) as connection:
        connection.execute("PRAGMA journal_mode=WAL")
    with read_only(folder):
        assert dagsters_events(empty_root).said == [Said(3, "ab")]
    assert [each.name for each in folder.iterdir()] == ["index.db"]


def test_what_is_in_the_log_alone(empty_root: DataRoot) -> None:
    """Is read as well, while somebody writes."""
    keep(empty_root)
    path = empty_root.dagster_home / "history" / "runs" / "index.db"
    with closing(sqlite3.connect(path)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        for number in range(1, 4):
            told = event(**{RECORD: str(number), "record_hash": "ab"})
            writer.execute(
                "INSERT INTO event_logs VALUES (?, 'ASSET_MATERIALIZATION', ?)", [number, told]
            )
            writer.commit()
            assert len(dagsters_events(empty_root).said) == number


@pytest.mark.parametrize("content", [b"not a database\n" * 1000, None])
def test_a_damaged_database(empty_root: DataRoot, content: bytes | None) -> None:
    """Is wrong, and no witness that happens not to be at hand: somebody changed it."""
    keep(empty_root)
    path = empty_root.dagster_home / "history" / "runs" / "index.db"
    if content:
        path.write_bytes(content)
    else:
        with closing(sqlite3.connect(path)) as connection:
            connection.execute("DROP TABLE event_logs")
    [found] = dagsters_events(empty_root).findings
    assert (found.what, found.where, found.weight) == ("unreadable", str(path), "wrong")
