"""The published warehouse: current rows, with words and keys, put in place as a whole.

Analysts open a file that nobody writes to. A new one is made beside it from one snapshot of the
ledger and takes its name in one step, so whoever has the old one open keeps it. Its tables are named
as the contract has them, the ledger's as their records were hashed: `schemas/published.py`.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

import duckdb
import polars as pl

from deliveries.door import sha256_of
from ledger.appending import ledger_tables
from ledger.chain import RECORD
from ledger.dialect import add_key, attached, comments, connected, create_table, no_rows, query
from ledger.engine import Engine
from ledger.engines import ledger_engine
from ledger.failures import GUIDE, StorageFailureError, as_it_was_made, not_writable
from ledger.heads import Head, note, noted
from ledger.ledger import current_rows_sql
from ledger.named import has_codes, named_view
from schemas.audit import Deliveries, Materialisations
from schemas.decisions import Decided
from schemas.labels import Labels, labels
from schemas.mendable import MendableError
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.published import PAID, all_published, published_tables, recorded_rows
from schemas.regions import REGISTER_FILE
from schemas.reporting import Corrections, ReportingDays, ReportingStatus, RoundMonths
from schemas.table import Described, Table
from schemas.tables import TABLES

READ_ONLY_MODE = 0o444

BESIDE: tuple[type[Table], ...] = (
    Labels,
    RoundMonths,
    ReportingDays,
    ReportingStatus,
    Corrections,
)
"""Tables that are made when the warehouse is published, and are recorded nowhere."""

NOTHING_MORE = "''"
"""In SQL, the rest of a key that has none."""

HOMES = ("home_region_code", "region_code")
"""The region that a row of what was observed is a report of, by the first of these columns it has."""

RESTING = Path(__file__).with_name("resting_on_decisions.sql")
STATUS_OF_REPORTS = Path(__file__).with_name("status_of_reports.sql")
CORRECTIONS = Path(__file__).with_name("corrections.sql")


class NothingPublishedError(MendableError):
    """There is no published warehouse yet."""


class AnotherChainError(StorageFailureError):
    """The ledger's chain does not continue the one that was published before."""


def publish(
    root: DataRoot,
    beside: Mapping[type[Table], pl.DataFrame] = MappingProxyType({}),
    beside_tables: Sequence[str] = (),
    engine: Engine | None = None,
) -> dict[str, int]:
    """Make the published warehouse anew from the ledger's current rows; the number of rows by table.

    What the schemes say of their months and names stands `beside`, as rows of tables of `BESIDE`; what else
    stands beside the recorded tables, statements of SQL make. The ledger is on the engine, or the root's own.

    Raises:
        LedgerBusyError: if another process holds the ledger too long.
        AnotherChainError: if a record that was published, or noted, before is not in the ledger.
        StorageFailureError, OSError: if the file cannot be made; then the old one stays.
    """
    engine = engine or ledger_engine(root)
    # Writers are kept out until the file has its name: else an older snapshot, made by another run
    # that started earlier, could take the place of a newer one.
    with engine.exclusive(), _unfinished(root.published) as path:
        with connected(path) as connection:
            engine.attach(connection, "ledger")
            chain = _chain(connection, "ledger.")
            _refuse_another_chain(engine, _noted_before(root), chain)
            # One transaction, for each of its hundreds of statements would be written by itself, and without a
            # log, from which everything would be written once more.
            connection.execute("SET wal_autocheckpoint = '1KB'")
            connection.execute("BEGIN")
            # What is paid says whether it was decided.
            ordered = sorted(TABLES.values(), key=lambda table: table is not Decided)
            there = ledger_tables(connection, "ledger").keys()
            counts: dict[str, int] = {}

            def fill(table: Described, rows: str) -> None:
                counts[table.qualified_name()] = _fill(connection, table, rows)

            for table in ordered:
                is_there = table.qualified_name() in there
                current = current_rows_sql(table, "ledger") if is_there else no_rows(table)
                for each in published_tables(table):
                    rows = f"SELECT {each.selection()} FROM ({current}) WHERE {each.condition()}"  # noqa: S608
                    fill(each, rows)
            for record in (Materialisations, Deliveries):
                order = ", ".join(record.key())
                fill(record, f"FROM ledger.{record.qualified_name()} ORDER BY {order}")
            for table in (Labels, RoundMonths, ReportingDays):
                # What stands there where no scheme says anything of it.
                nothing = labels({}) if table is Labels else table.without_rows()
                connection.register("given", beside.get(table, nothing).to_arrow())
                fill(table, "FROM given")
                connection.unregister("given")
            connection.execute(f"CREATE TEMP TABLE reports AS {_reports(there)}")
            fill(ReportingStatus, STATUS_OF_REPORTS.read_text(encoding="utf-8"))
            connection.execute(f"CREATE TEMP TABLE counts AS {_counts(there)}")
            fill(Corrections, CORRECTIONS.read_text(encoding="utf-8"))
            _take_back_decided(connection)
            _add_regions(connection)
            every: list[Described] = [
                *all_published().values(),
                *BESIDE,
                Materialisations,
                Deliveries,
            ]
            for published in filter(has_codes, every):
                connection.execute(named_view(published))
            connection.execute("\n".join(beside_tables))
            connection.execute("COMMIT")
            connection.execute("DETACH ledger")
            # Closing would do it too, but keeps silent if it fails, as on a full disk.
            connection.execute("CHECKPOINT")
        _assert_whole(path, counts)
        path.chmod(READ_ONLY_MODE)
        if chain:
            # Before it takes its name: whatever stands there was noted.
            note(root.heads, Head(*list(chain.items())[-1], sha256_of(path)))
        path.replace(root.published)
    return counts


@contextmanager
def one_publication(root: DataRoot) -> Iterator[None]:
    """Whatever is read of the published warehouse meanwhile is of one publication, if others take its place or not."""
    if not root.published.exists():
        yield
        return
    with attached(root.published):
        yield


def read_published(
    root: DataRoot, table: type[Table], scheme: str = "", month: date | None = None
) -> pl.DataFrame:
    """A table's rows in the published warehouse, as they are recorded, in order of key; all, or of a scheme or month.

    Raises:
        NothingPublishedError: if nothing was published yet, or by code with other names for it.
    """
    if not root.published.exists():
        raise NothingPublishedError(f"{root.published} does not exist yet; run a scheme first")
    wanted = {key: value for key, value in (("scheme", scheme), ("month", month)) if value}
    condition = " AND ".join(["true", *(f"{key} = ?" for key in wanted)])
    rows = f"FROM ({recorded_rows(table)}) WHERE {condition} ORDER BY {', '.join(table.key())}"
    with attached(root.published) as connection:
        try:
            return query(connection, rows, list(wanted.values()))
        except (duckdb.BinderException, duckdb.CatalogException) as error:
            raise NothingPublishedError(
                f"{root.published} was published by another version of the code, which gave "
                f"{table.qualified_name()} other columns; run a scheme, and it is published anew"
            ) from error


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A path beside the target to build on; what is left there, by the killed too, is removed."""
    path = target.with_name(f"{target.stem}.part")
    leftovers = (path, path.with_name(f"{path.name}.wal"))
    try:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)
        yield path
    finally:
        for leftover in leftovers:
            leftover.unlink(missing_ok=True)


def refuse_another_chain(root: DataRoot, told: Mapping[int, str]) -> None:
    """See that the ledger's chain continues the one that was published, noted or told of before.

    To be asked before anything is recorded, and after those who were told: what is written on another chain, and told
    to Dagster, bears witness against the true ledger once that is put back.

    Raises:
        AnotherChainError: if a record that was published, noted or told of before is not in the ledger.
        LedgerBusyError: if another process holds the ledger too long.
        StorageFailureError: if the ledger, or the published warehouse, is damaged.
    """
    # Before the ledger is read: what is published in between is then no contradiction.
    before, engine = _noted_before(root) | told.items(), ledger_engine(root)
    if not before:
        return
    chain: dict[int, str] = {}
    if engine.exists():
        with engine.reading() as connection:
            chain = _chain(connection)
    _refuse_another_chain(engine, before, chain)


def _chain(connection: duckdb.DuckDBPyConnection, catalog: str = "") -> dict[int, str]:
    """The hashes of the records of a database file, or of the catalog that is named."""
    sql = f"SELECT {RECORD}, record_hash FROM {catalog}audit.materialisations"  # noqa: S608 - our names
    return dict(query(connection, sql).iter_rows())


def _noted_before(root: DataRoot) -> set[tuple[int, str]]:
    """The records that were published, or noted, before, with their hashes: of two that differ, both."""
    before: set[tuple[int, str]] = set()
    if root.published.exists():
        # By an older version, maybe: these two columns it has had from the start.
        with (
            as_it_was_made(str(root.published)),
            attached(root.published) as connection,
        ):
            before.update(_chain(connection).items())
    if root.heads.exists():
        heads = [each for each in noted(root.heads) if isinstance(each, Head)]
        before.update((head.number, head.record_hash) for head in heads)
    return before


def _refuse_another_chain(
    engine: Engine, before: Iterable[tuple[int, str]], chain: Mapping[int, str]
) -> None:
    for number, record_hash in sorted(before):
        if chain.get(number) != record_hash:
            raise AnotherChainError(
                f"{engine.place} does not have record {number} with the hash {record_hash}, which was "
                "recorded before, as the published warehouse, heads.csv or Dagster's events have it: the ledger was "
                "cut off, written anew, or put back from an older copy. Nothing is recorded or published, and "
                "these three stay as they are, for they bear witness. `bonuspott audit` says all that differs; if "
                f"the ledger was put back on purpose, {GUIDE}, says what to move away first."
            )


def _assert_whole(path: Path, counts: Mapping[str, int]) -> None:
    """See, before it takes the name, that the file by itself holds what was put in, and is on disk."""
    counting = " UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in counts)  # noqa: S608
    with attached(path) as connection:
        for name, found in query(connection, counting).iter_rows():
            if found != counts[name]:
                raise not_writable(path, f"{name} has {found} rows of {counts[name]}")
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _reports(there: Collection[str]) -> str:
    """The query of the regions that each delivery ever recorded has any count of, and of its first record."""
    return " UNION ALL ".join(
        f"SELECT '{each.dataset}' AS dataset, month, {each.region} AS region_code, delivery_id, "  # noqa: S608
        f"min({RECORD}) AS record FROM {each.source} told "
        f"WHERE coalesce({', '.join(each.counts)}) IS NOT NULL GROUP BY ALL"
        for each in _observed(there)
    )


def _counts(there: Collection[str]) -> str:
    """The query of every count of the months that several deliveries hold a region of, a row a count."""
    several = (
        "SELECT dataset, month FROM reports GROUP BY ALL HAVING count(DISTINCT delivery_id) > 1"
    )
    return " UNION ALL ".join(
        f"SELECT '{each.dataset}' AS dataset, month, {each.region} AS region_code, "  # noqa: S608
        f"concat_ws(', ', {', '.join(each.rest)}) AS item, counted, "
        f"arg_max(number, {RECORD}) AS number, delivery_id "
        f"FROM (UNPIVOT (FROM {each.source} told SEMI JOIN ({several}) several "
        f"ON several.dataset = '{each.dataset}' AND several.month = told.month) "
        f"ON {', '.join(each.counts)} INTO NAME counted VALUE number) GROUP BY ALL"
        for each in _observed(there)
    )


class _Source(NamedTuple):
    """Where rows of a dataset are recorded, its column of regions, its counts, and the rest of its key."""

    dataset: str
    source: str
    region: str
    counts: Sequence[str]
    rest: Sequence[str]


def _observed(there: Collection[str]) -> Iterator[_Source]:
    """Every dataset; of one that nothing is recorded of, a source without rows."""
    for table in OBSERVED:
        region = next(name for name in HOMES if name in table.polars_schema())
        name = table.qualified_name()
        yield _Source(
            name.partition(".")[2],
            f"ledger.{name}"
            if name in there
            else f"(SELECT *, 0::BIGINT AS {RECORD} FROM ({no_rows(table)}))",  # noqa: S608
            region,
            [each.name for each in table.columns() if each.data_type == pl.Int64],
            [each for each in table.key() if each not in {"month", region}] or [NOTHING_MORE],
        )


def _fill(connection: duckdb.DuckDBPyConnection, table: Described, rows: str) -> int:
    connection.execute(create_table(table))
    connection.execute(f"INSERT INTO {table.qualified_name()} BY NAME {rows}")
    [[count]] = connection.fetchall()
    connection.execute(f"{add_key(table)} {comments(table)}")
    return int(count)


def _take_back_decided(connection: duckdb.DuckDBPyConnection) -> None:
    """Call what is paid `computed` where its record rests on no decision, though there is one.

    It was computed before the decision was entered, or by an older version, which recorded as fulfilment what was recomputed.
    """
    connection.execute(f"CREATE TEMP TABLE resting AS {RESTING.read_text(encoding='utf-8')}")
    for table in sorted(PAID, key=lambda paid: paid.qualified_name()):
        for each in published_tables(table):
            connection.execute(
                f"UPDATE {each.qualified_name()} SET status = 'computed' "  # noqa: S608 - names of ours
                f"WHERE status = 'decided' AND (payout_month, scheme) NOT IN "
                f"(SELECT (month, scheme) FROM resting WHERE table_name = ?)",
                [table.qualified_name()],
            )


def _add_regions(connection: duckdb.DuckDBPyConnection) -> None:
    register = pl.read_csv(REGISTER_FILE, infer_schema=False)
    connection.register("register", register.to_arrow())
    connection.execute(
        "CREATE TABLE regions (region_code VARCHAR PRIMARY KEY, region_name VARCHAR NOT NULL); "
        "INSERT INTO regions SELECT region_code, region_name FROM register; "
        "COMMENT ON TABLE regions IS 'The 21 regions: two-digit county code (länskod) and name.'; "
        "COMMENT ON COLUMN regions.region_code IS 'County code, as text. Swedish: länskod.'; "
        "COMMENT ON COLUMN regions.region_name IS 'The name in Swedish, without \"Region\".'"
    )
    connection.unregister("register")
