"""The ledger on DuckLake: one order among many writers, and each append once, whatever breaks."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import duckdb
import pytest
from polars.testing import assert_frame_equal

from deploy.loopback.servers import Postgres, object_storage
from ledger.chain import as_record, record_hash
from ledger.engine import EmbeddedEngine, LedgerSettingError, LedgerUnreachableError
from ledger.engines import SETTING, ledger_engine, named_engine
from ledger.ledger import Ledger
from ledger.locking import LedgerBusyError
from ledger.national import ducklake
from ledger.national.ducklake import DuckLakeEngine
from ledger.warehouse import publish, read_published
from schemas.months import add_months
from schemas.payouts import Payouts
from schemas.places import DataRoot
from schemas.tables import TABLES
from tests.deliveries.delivering import APRIL
from tests.deliveries.processes import line_of, started
from tests.ledger.ledger_entries import SCHEME, append, payouts, records

pytestmark = pytest.mark.slow

HOLDER = """
import sys
from ledger.engines import named_engine
with named_engine(sys.argv[1]).exclusive():
    print("held", flush=True)
    sys.stdin.readline()
"""
MADE_UP_SECRET = "hemligt-1234"  # noqa: S105 - made up, to be looked for in messages


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """No waiting between attempts, and a second's wait for the lock."""
    monkeypatch.setattr(ducklake.time, "sleep", lambda _: None)
    monkeypatch.setattr(ducklake, "WAIT_SECONDS", 1.0)


def assert_chained(ledger: Ledger, expected: int) -> None:
    """There are as many records as expected, numbered from 1, each with the hash of the one before."""
    found = records(ledger)
    assert [each["materialisation_id"] for each in found] == [*range(1, expected + 1)]
    assert [each["record_hash"] for each in found] == [
        record_hash(as_record(each)) for each in found
    ]
    assert [each["previous_hash"] for each in found] == [
        "",
        *(each["record_hash"] for each in found[:-1]),
    ][:expected]


def test_asking_makes_nothing(lake: DuckLakeEngine, root: DataRoot) -> None:
    """Reading a ledger that was never written to finds nothing and leaves no catalog."""
    ledger = Ledger(lake)
    assert ledger.current() == []
    assert ledger.read(Payouts, SCHEME, [APRIL]).records == {}
    assert not ledger.exists()
    assert not (root.path / "lake").exists()


def test_several_processes_append_at_once(lake: DuckLakeEngine, lake_setting: str) -> None:
    """Also at the very first append, when the catalog is made."""
    writers, appends = 6, 5
    with ExitStack() as stack:
        processes = [
            stack.enter_context(
                started(
                    "-m", "tests.ledger.ledger_writer", lake_setting, f"w-{number}", str(appends)
                )
            )
            for number in range(writers)
        ]
        assert [process.wait(timeout=180) for process in processes] == [0] * writers
    assert_chained(Ledger(lake), writers * appends)


@pytest.mark.usefixtures("impatient")
def test_two_writers_of_one_predecessor(
    lake: DuckLakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were the lock lost, of two that begin from one snapshot one commits, and the other begins anew."""
    ledger, other = Ledger(lake), Ledger(lake)
    append(ledger, payouts(1))

    @contextmanager
    def no_lock(_: DuckLakeEngine) -> Iterator[None]:
        yield

    monkeypatch.setattr(DuckLakeEngine, "exclusive", no_lock)
    with_something_between(monkeypatch, lambda: append(other, payouts(2)))
    append(ledger, payouts(3))
    assert_chained(ledger, 3)
    assert ledger.read(Payouts, SCHEME, [APRIL]).rows["amount_sek"].unique().to_list() == [3]


def with_something_between(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Act, once, between the work of a transaction and its commit."""
    commit = ducklake._commit  # noqa: SLF001 - there is no other way in between

    def acted(connection: duckdb.DuckDBPyConnection) -> None:
        monkeypatch.setattr(ducklake, "_commit", commit)
        act()
        commit(connection)

    monkeypatch.setattr(ducklake, "_commit", acted)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("whose", ["true", "application_name LIKE '%PID%'"], ids=["all", "lock's"])
def test_connections_that_break_before_the_commit(
    lake: DuckLakeEngine, postgres_cluster: Postgres, monkeypatch: pytest.MonkeyPatch, whose: str
) -> None:
    """The append is done anew, and is there once."""
    ledger = Ledger(lake)
    append(ledger, payouts(1))
    with_something_between(monkeypatch, lambda: postgres_cluster.end_connections(whose))
    [record] = append(ledger, payouts(2))
    assert record.number == 2
    assert_chained(ledger, 2)


@pytest.mark.usefixtures("impatient")
def test_connections_that_break_within_the_work(
    lake: DuckLakeEngine, postgres_cluster: Postgres
) -> None:
    """The extension would end the process, were the broken transaction merely dropped."""
    append(Ledger(lake), payouts(1))
    broken = []

    def work(connection: duckdb.DuckDBPyConnection) -> int:
        connection.execute("SELECT max(materialisation_id) FROM audit.materialisations")
        if not broken:
            broken.append(postgres_cluster.end_connections())
        return int(connection.execute("SELECT count(*) FROM payouts.payouts").fetchall()[0][0])

    assert lake.write(work) == 21
    assert broken[0] > 0


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("queries", [0, 1, 3])
def test_connections_that_break_within_a_reading(
    lake: DuckLakeEngine, postgres_cluster: Postgres, queries: int
) -> None:
    """Either it is read to its end or it is told; what comes after is not spoilt by it."""
    ledger = Ledger(lake)
    append(ledger, payouts(1))
    with suppress(LedgerUnreachableError), lake.reading() as connection:
        for _ in range(queries):
            assert connection.execute("SELECT count(*) FROM payouts.payouts").fetchall() == [(21,)]
        postgres_cluster.end_connections()
        for _ in range(3):
            found = connection.execute("SELECT count(*) FROM audit.materialisations").fetchall()
            assert found == [(1,)]
    assert_usable(ledger)


def test_a_database_in_disorder_is_left_behind(lake: DuckLakeEngine) -> None:
    """As a break left one: the ledger attached, and the connection to its catalog gone."""
    ledger = Ledger(lake)
    append(ledger, payouts(1))
    spoil = lake._attached(read_only=True)  # noqa: SLF001 - there is no other way in between
    with pytest.raises(duckdb.Error, match="does not exist"), spoil as (connection, name):
        spoil_catalog(connection, name)
    assert_usable(ledger)


def spoil_catalog(connection: duckdb.DuckDBPyConnection, name: str) -> None:
    """Take the connection to the catalog away, and look for anything."""
    connection.execute(f"ROLLBACK; DETACH __ducklake_metadata_{name}")
    connection.execute("SELECT * FROM duckdb_tables()").fetchall()


def assert_usable(ledger: Ledger) -> None:
    """It is read, and written to, as before."""
    for _ in range(2):
        assert ledger.read(Payouts, SCHEME, [APRIL]).rows.height == 21
    append(ledger, payouts(2))
    assert_chained(ledger, 2)


@pytest.mark.usefixtures("impatient")
def test_a_commit_whose_answer_is_lost(
    lake: DuckLakeEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It came through, so it is found, and not done a second time."""
    ledger = Ledger(lake)
    append(ledger, payouts(1))
    commit = ducklake._commit  # noqa: SLF001 - there is no other way in between

    def unanswered(connection: duckdb.DuckDBPyConnection) -> None:
        commit(connection)
        monkeypatch.setattr(ducklake, "_commit", commit)
        raise duckdb.TransactionException("the answer is lost")

    monkeypatch.setattr(ducklake, "_commit", unanswered)
    [told] = append(ledger, payouts(2))
    assert_chained(ledger, 2)
    [kept] = ledger.read(Payouts, SCHEME, [APRIL]).records.values()
    assert told == kept


def test_a_writer_killed_holding_the_lock(lake: DuckLakeEngine, lake_setting: str) -> None:
    """Its lock ends with its connection."""
    with started("-c", HOLDER, lake_setting) as process:
        assert line_of(process) == "held"
        process.kill()
        process.wait()
    append(Ledger(lake), payouts(1))
    assert_chained(Ledger(lake), 1)


@pytest.mark.usefixtures("impatient")
def test_a_lock_that_is_not_given_back(lake: DuckLakeEngine, lake_setting: str) -> None:
    """The message names the holder's process and machine; nothing is recorded."""
    with started("-c", HOLDER, lake_setting) as process:
        assert line_of(process) == "held"
        with pytest.raises(LedgerBusyError, match=f"PID {process.pid} on "):
            append(Ledger(lake), payouts(1))
        process.kill()
    assert not lake.exists()


@pytest.mark.usefixtures("impatient")
def test_postgres_gone() -> None:
    """A clear error after a few attempts, that says nothing was recorded."""
    engine = named_engine("ducklake:postgresql://nobody@127.0.0.1:1/none?data_path=lake")
    with pytest.raises(LedgerUnreachableError, match="nothing was recorded"):
        append(Ledger(engine), payouts(1))


def test_rows_that_do_not_fit_are_not_tried_again(lake: DuckLakeEngine) -> None:
    """What is wrong with the rows stays wrong: the error comes at once, and nothing is recorded."""
    calls = []

    def work(connection: duckdb.DuckDBPyConnection) -> None:
        calls.append(1)
        connection.execute("CREATE TABLE t (a INTEGER NOT NULL); INSERT INTO t VALUES (NULL)")

    with pytest.raises(duckdb.ConstraintException):
        lake.write(work)
    assert calls == [1]


def test_the_published_warehouse_is_the_same(
    lake: DuckLakeEngine, lake_setting: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """From the same entries, each engine publishes the same rows."""
    entries = [payouts(1), payouts(2), payouts(3, add_months(APRIL, 1), "bup-2026")]
    made = []
    for name, setting in (("file", ""), ("lake", lake_setting)):
        monkeypatch.setenv(SETTING, setting)
        root = DataRoot(tmp_path / name)
        root.warehouse.mkdir(parents=True)
        append(Ledger.of(root), *entries)
        counts = publish(root)
        made.append((counts, {key: read_published(root, table) for key, table in TABLES.items()}))
    (file_counts, of_file), (lake_counts, of_lake) = made
    assert file_counts == lake_counts
    for table, frame in of_file.items():
        assert_frame_equal(frame, of_lake[table])
    assert len(Ledger(lake).current()) == 2


def test_the_files_may_lie_in_an_object_store(
    postgres_cluster: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With keys and address where AWS's own tools look for them; the server is moto's stand-in."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "made-up")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", MADE_UP_SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    with object_storage("bonuspott") as endpoint:
        monkeypatch.setenv("AWS_ENDPOINT_URL_S3", endpoint)
        address = postgres_cluster.create("ledger-in-object-storage")
        engine = named_engine(f"ducklake:postgresql://{address}?data_path=s3://bonuspott/ledger")
        ledger = Ledger(engine)
        append(ledger, payouts(1))
        append(ledger, payouts(2))
        assert_chained(ledger, 2)
        assert set(ledger.read(Payouts, SCHEME, [APRIL]).rows["amount_sek"]) == {2}
    assert MADE_UP_SECRET not in engine.place


def test_the_setting_chooses(
    root: DataRoot, lake: DuckLakeEngine, lake_setting: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Empty or not set is the file; an address is the DuckLake there."""
    monkeypatch.delenv(SETTING, raising=False)
    engine = ledger_engine(root)
    assert isinstance(engine, EmbeddedEngine)
    assert engine.path == root.ledger
    monkeypatch.setenv(SETTING, lake_setting)
    assert ledger_engine(root) == lake


@pytest.mark.parametrize(
    ("address", "words"),
    [
        (f"ducklake:postgresql://me:{MADE_UP_SECRET}@db/x?data_path=/y", "PGPASSFILE"),
        (f"ducklake:postgresql://me@db/x?data_path=/y&password={MADE_UP_SECRET}", "PGPASSFILE"),
        (f"ducklake:postgresql://db/x?data_path=/y&{MADE_UP_SECRET}=1&sslmod=x", "unknown options"),
        ("ducklake:postgresql://db/x", "data_path="),
        ("ducklake:postgresql://db?data_path=/y", "DATABASE"),
        ("ducklake:mysql://db/x?data_path=/y", "postgresql://"),
        ("postgresql://db/x?data_path=/y", "begins with ducklake:"),
    ],
)
def test_addresses_that_cannot_be_followed(address: str, words: str) -> None:
    """Each is refused with what to do, and a password is never repeated."""
    with pytest.raises(LedgerSettingError, match=words) as refusal:
        named_engine(address)
    if "password" in address or f":{MADE_UP_SECRET}@" in address:
        assert MADE_UP_SECRET not in str(refusal.value)


def test_a_ledger_is_not_read_from_another_folder(lake: DuckLakeEngine, tmp_path: Path) -> None:
    """The catalog knows where its files lie, and another address of them is an error."""
    append(Ledger(lake), payouts(1))
    elsewhere = DuckLakeEngine(lake.dsn, f"{tmp_path}/elsewhere/")
    with pytest.raises(LedgerSettingError, match="another data_path"):
        Ledger(elsewhere).current()
