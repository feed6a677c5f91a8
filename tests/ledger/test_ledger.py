"""The ledger: append-only, in one order, each append whole or not at all."""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest

from deliveries.faults import DeliveryRefusedError
from ledger import appending
from ledger.chain import Entry
from ledger.failures import DatabaseDamagedError
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from ledger.version import code_commit, lock_sha256
from schemas.audit import Deliveries, Materialisations
from schemas.deliveries import DeliveryId
from schemas.months import add_months
from schemas.observed import WaitingTimes
from schemas.payouts import PayoutLines, Payouts
from schemas.places import DataRoot
from schemas.table import Table
from schemas.tables import TABLES
from tests.deliveries.delivering import APRIL, FILE, accepted, deliver, lines
from tests.ledger.ledger_entries import SCHEME, append, payouts, queried, records
from tests.schemas.models import good_rows

MAY = add_months(APRIL, 1)


@pytest.fixture(params=["file", pytest.param("DuckLake", marks=pytest.mark.slow)])
def ledger(root: DataRoot, request: pytest.FixtureRequest) -> Ledger:
    """A ledger that nobody has written to, on each engine."""
    return Ledger(root.ledger if request.param == "file" else request.getfixturevalue("lake"))


EARLIER, LATER = (
    DeliveryId.parse(f"waiting_times/2025-04/{day}/0123456789ab")
    for day in ("2025-05-20", "2025-06-20")
)


def amounts(ledger: Ledger, month: date = APRIL, as_of: datetime | None = None) -> set[int]:
    """The amounts that the month's current rows hold."""
    return set(ledger.read(Payouts, SCHEME, [month], as_of=as_of).rows["amount_sek"])


def deliver_and_append(root: DataRoot, ledger: Ledger, name: str, completed: int) -> DeliveryId:
    """Record a delivery and its rows; the delivery's number."""
    deliver(root, name, lines(f"01;first_visit;{completed};1;1;1"))
    observed = accepted(root, name)
    number = observed.delivery.delivery_id
    entry = Entry(WaitingTimes, "", observed.delivery.month, observed.rows, deliveries=(number,))
    ledger.append(
        [entry], run_id="a run", code_version="1", delivered=[(observed.delivery, observed.layout)]
    )
    return number


def test_nothing_recorded(ledger: Ledger) -> None:
    """No file is made by reading."""
    assert ledger.current() == []
    found = ledger.read(Payouts, SCHEME, [APRIL])
    assert (found.rows.is_empty(), found.records) == (True, {})
    assert found.rows.schema == Payouts.polars_schema()
    assert not ledger.exists()


def test_a_ledger_whose_maker_was_ended_at_once(root: DataRoot) -> None:
    """Is one in which nothing is recorded, and can be written to."""
    root.ledger.parent.mkdir()
    duckdb.connect(str(root.ledger)).close()
    ledger = Ledger(root.ledger)
    assert ledger.current() == []
    assert ledger.read(Payouts, SCHEME, [APRIL]).records == {}
    append(ledger, payouts(1))
    assert amounts(ledger) == {1}


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_rows_come_back_as_they_went_in(ledger: Ledger, table: type[Table]) -> None:
    """Values and types, of every table."""
    rows = good_rows(table)
    [record] = append(ledger, Entry(table, SCHEME, APRIL, rows))
    found = ledger.read(table, SCHEME, [APRIL])
    assert found.rows.equals(rows)
    assert found.rows.schema == table.polars_schema()
    assert found.records == {APRIL: record}


def test_current_is_the_latest_of_each_table_scheme_and_month(ledger: Ledger) -> None:
    """One scheme or month never touches another's rows."""
    append(ledger, payouts(1), payouts(2, MAY), payouts(3, scheme="bup-2026"))
    append(ledger, payouts(4))
    assert (amounts(ledger), amounts(ledger, MAY)) == ({4}, {2})
    assert set(ledger.read(Payouts, "bup-2026", [APRIL]).rows["amount_sek"]) == {3}
    assert [record.number for record in ledger.current()] == [2, 3, 4]


def test_the_later_of_two_in_one_append_is_current(ledger: Ledger) -> None:
    """Their order counts."""
    append(ledger, payouts(1), payouts(2))
    assert amounts(ledger) == {2}


def test_a_month_recorded_without_rows(ledger: Ledger) -> None:
    """Is recorded; a month never materialised is not."""
    append(ledger, payouts(1), Entry(Payouts, SCHEME, APRIL, Payouts.without_rows()))
    found = ledger.read(Payouts, SCHEME, [APRIL, MAY])
    assert found.rows.is_empty()
    assert list(found.records) == [APRIL]


def test_as_of_a_time(ledger: Ledger) -> None:
    """Only what was recorded until then counts; the time may be of any zone."""
    before = datetime.now(UTC)
    append(ledger, payouts(1))
    between = datetime.now(UTC)
    append(ledger, payouts(2))
    assert amounts(ledger, as_of=before) == set()
    assert amounts(ledger, as_of=between) == {1}
    assert amounts(ledger, as_of=between.astimezone()) == {1}
    assert amounts(ledger, as_of=datetime.now(UTC)) == amounts(ledger) == {2}
    assert [record.number for record in ledger.current(as_of=between)] == [1]


def test_as_of_the_very_moment_of_a_record(ledger: Ledger) -> None:
    """Latest not after it: the moment itself counts."""
    append(ledger, payouts(1))
    [record] = records(ledger)
    assert amounts(ledger, as_of=record["recorded_at"].replace(tzinfo=UTC)) == {1}


def test_nothing_is_changed_by_later_appends(ledger: Ledger) -> None:
    """Rows and records of before stand as they stood."""
    append(ledger, payouts(1), payouts(2, MAY))
    query = "FROM payouts.payouts WHERE materialisation_id <= 2 ORDER BY ALL"
    rows, recorded = queried(ledger, query), records(ledger)
    for amount in range(3, 6):
        append(ledger, payouts(amount))
    assert queried(ledger, query) == rows
    assert records(ledger)[:2] == recorded
    assert len(rows) == 42


def test_what_a_record_says(ledger: Ledger) -> None:
    """Who made what, when, from what, with its number and fingerprint."""
    entry = replace(
        payouts(5), inputs=(7, 3, 7), deliveries=(LATER, EARLIER, LATER), scheme_sha256="0" * 64
    )
    begun = datetime.now(UTC).replace(tzinfo=None)
    [made] = ledger.append([entry], run_id="run 1", code_version="0.1.0+abc")
    [record] = records(ledger)
    assert begun <= record.pop("recorded_at") <= datetime.now(UTC).replace(tzinfo=None)
    assert record.pop("record_hash") != record["previous_hash"]
    assert record == {
        "materialisation_id": 1,
        "table_name": "payouts.payouts",
        "scheme": SCHEME,
        "month": APRIL,
        "dagster_run_id": "run 1",
        "code_version": "0.1.0+abc",
        "code_commit": code_commit(),
        "lock_sha256": lock_sha256(),
        "scheme_sha256": "0" * 64,
        "inputs": [3, 7],
        "deliveries": [str(EARLIER), str(LATER)],
        "row_count": 21,
        "fingerprint": fingerprint(Payouts, entry.rows),
        "files_sha256": None,
        "previous_hash": "",
    }
    assert (made.number, made.fingerprint) == (1, record["fingerprint"])
    assert (made.table, made.scheme, made.month) == ("payouts.payouts", SCHEME, APRIL)
    assert made.deliveries == (EARLIER, LATER)


def hash_of(record: dict[str, Any]) -> str:
    """The hash of a record, reckoned anew from what the database holds."""
    content = {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in record.items()
        # Without files there is nothing to hash, as in records made before there was such a column.
        if name != "record_hash" and (name, value) != ("files_sha256", None)
    }
    content |= {name: json.dumps(record[name]) for name in ("inputs", "deliveries")}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def test_numbers_and_hashes_are_in_order(ledger: Ledger) -> None:
    """Each record holds the hash of the one before, over appends and within them."""
    for _ in range(3):
        append(ledger, payouts(1), payouts(2, MAY))
    found = records(ledger)
    assert [record["materialisation_id"] for record in found] == [1, 2, 3, 4, 5, 6]
    assert [record["record_hash"] for record in found] == [hash_of(record) for record in found]
    assert [record["previous_hash"] for record in found] == [
        "",
        *(record["record_hash"] for record in found[:-1]),
    ]


def broken() -> Entry:
    """An entry whose rows the database cannot take."""
    rows = payouts(1).rows.with_columns(scheme=pl.lit(None, pl.String))
    return Entry(Payouts, SCHEME, MAY, rows)


@pytest.mark.parametrize("position", [0, 1, 2])
def test_a_failure_in_the_middle_leaves_nothing(ledger: Ledger, position: int) -> None:
    """Wherever the bad entry stands; the next append goes on as if it had not been."""
    append(ledger, payouts(1))
    lines_of = good_rows(PayoutLines)
    entries = [payouts(2), Entry(PayoutLines, SCHEME, APRIL, lines_of)]
    entries.insert(position, broken())
    with pytest.raises(duckdb.ConstraintException):
        append(ledger, *entries)
    assert amounts(ledger) == {1}
    assert queried(ledger, "FROM payouts.payout_lines") == []
    [record] = append(ledger, payouts(3))
    assert record.number == 2
    assert [each["previous_hash"] for each in records(ledger)][1:] == [
        each["record_hash"] for each in records(ledger)[:-1]
    ]


def test_a_failure_at_the_last_moment_leaves_nothing(
    ledger: Ledger, root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """When rows and files are in and only the record is not."""
    insert = appending._insert  # noqa: SLF001 - there is no other way in between

    def fail_at_the_record(connection: Any, table: type[Table], frame: pl.DataFrame) -> None:  # noqa: ANN401
        if table is Materialisations:
            raise KeyboardInterrupt
        insert(connection, table, frame)

    monkeypatch.setattr(appending, "_insert", fail_at_the_record)
    with pytest.raises(KeyboardInterrupt):
        deliver_and_append(root, ledger, FILE, 1)
    monkeypatch.undo()
    deliver_and_append(root, ledger, FILE, 1)
    assert queried(ledger, "SELECT count(*) FROM observed.waiting_times") == [(1,)]
    assert queried(ledger, "SELECT count(*) FROM audit.deliveries") == [(1,)]
    assert [record["materialisation_id"] for record in records(ledger)] == [1]


def test_deliveries_are_recorded_with_their_rows(root: DataRoot, ledger: Ledger) -> None:
    """Each file once: its delivery, bytes, day and layout."""
    number = deliver_and_append(root, ledger, FILE, 1)
    deliver_and_append(root, ledger, FILE, 1)
    content = (root.raw / FILE).read_bytes()
    query = "SELECT delivery_id, file_name, sha256, size_bytes, delivered_on, layout "
    assert queried(ledger, f"{query} FROM audit.deliveries") == [
        (
            str(number),
            FILE,
            hashlib.sha256(content).hexdigest(),
            len(content),
            date(2025, 5, 20),
            "tidy",
        )
    ]
    assert [record["deliveries"] for record in records(ledger)] == [[str(number)]] * 2


def test_changed_bytes_under_a_recorded_name_are_refused(root: DataRoot, ledger: Ledger) -> None:
    """Nothing of them is recorded; under a later day they are a correction."""
    deliver_and_append(root, ledger, FILE, 1)
    with pytest.raises(DeliveryRefusedError) as refusal:
        deliver_and_append(root, ledger, FILE, 2)
    [fault] = refusal.value.faults
    assert (fault.file, fault.expected) == (FILE, "the bytes recorded under this name")
    assert "under a later day" in fault.advice
    assert ledger.read(WaitingTimes, "", [APRIL]).rows["completed"].to_list() == [1]
    deliver(root, FILE, lines("01;first_visit;1;1;1;1"))
    deliver_and_append(root, ledger, FILE.replace("05-20", "06-20"), 2)
    assert ledger.read(WaitingTimes, "", [APRIL]).rows["completed"].to_list() == [2]
    assert queried(ledger, "SELECT count(*) FROM observed.waiting_times") == [(2,)]


def test_a_table_that_is_gone(ledger: Ledger) -> None:
    """Is damage, told in words, and left to the audit."""
    append(ledger, payouts(1))
    ledger.engine.write(lambda connection: connection.execute("DROP TABLE audit.deliveries"))
    with pytest.raises(DatabaseDamagedError, match=r"is damaged .*`bonuspott audit` says"):
        ledger.record(Deliveries)


def test_the_file_is_of_the_pinned_storage_version(root: DataRoot) -> None:
    """So that DuckDB 1.4 and every later one opens it."""
    append(Ledger(root.ledger), payouts(1))
    assert storage_version(root.ledger) == "v1.4.0+"


def storage_version(path: Path) -> str:
    """The storage version of a database file."""
    query = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal"
    [(version,)] = queried(path, query)
    return str(version)
