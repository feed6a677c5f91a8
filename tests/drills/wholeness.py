"""What must hold of a data root after whatever happened to it."""

from collections import Counter
from collections.abc import Sequence

import dagster as dg
import duckdb
import polars as pl

from assets.keys import asset_key
from ledger.chain import RECORD, as_record, record_hash
from ledger.dialect import attached, query
from ledger.fingerprint import fingerprint
from ledger.warehouse import read_published
from schemas.audit import Materialisations
from schemas.months import month_key
from schemas.places import DataRoot, Place
from schemas.records import Record
from schemas.tables import TABLES
from tests.ledger.ledger_entries import records
from tests.pipeline.records import materialisations
from tests.pipeline.runs import opened, published

Records = list[Record]


def recorded(root: DataRoot) -> Records:
    """Every record of the ledger, in order of number."""
    return [as_record(row) for row in records(root.ledger)]


def whole_ledger(root: DataRoot, before: Sequence[Record] = ()) -> Records:
    """The ledger's records, once it is seen to open, with an unbroken chain and no half month.

    Raises:
        AssertionError: if it is not so.
    """
    found = whole_chain(root, before)
    if found:
        assert_rows_are_those_recorded(root, found, found)
    return found


def whole_chain(root: DataRoot, before: Sequence[Record] = ()) -> Records:
    """The ledger's records, once it is seen to open, with an unbroken chain.

    Args:
        root: whose ledger.
        before: records that were there earlier, which must be there still.
    """
    if not root.ledger.exists():
        assert not before
        return []
    try:
        found = recorded(root)
    except duckdb.CatalogException:  # the file was made, and nothing was ever committed to it
        assert not before
        return []
    assert [each.number for each in found] == [*range(1, len(found) + 1)]
    assert [each.record_hash for each in found] == [record_hash(each) for each in found]
    assert [each.previous_hash for each in found] == [
        "",
        *(each.record_hash for each in found[:-1]),
    ][: len(found)]
    times = [each.recorded_at for each in found]
    assert times == sorted(times)
    assert found[: len(before)] == list(before)
    return found


def assert_rows_are_those_recorded(root: DataRoot, found: Records, looked_at: Records) -> None:
    """Each record looked at has its rows, all of them, and no row is without a record."""
    with attached(root.ledger) as connection:
        for name, table in TABLES.items():
            rows = query(connection, f"FROM {name}")
            numbers = {record.number for record in found if record.table == name}
            assert set(rows[RECORD]) <= numbers, name
            for record in looked_at:
                if record.table != name:
                    continue
                own = rows.filter(pl.col(RECORD) == record.number).select(
                    pl.col(column).cast(kind) for column, kind in table.polars_schema().items()
                )
                assert own.height == record.row_count, str(record)
                assert fingerprint(table, own) == record.fingerprint, str(record)


def whole_publication(root: DataRoot) -> None:
    """The published warehouse, if there is one, opens, and shows what its records say."""
    if not root.published.exists():
        return
    found = read_published(root, Materialisations)
    current = found.filter(
        pl.col(RECORD) == pl.col(RECORD).max().over("table_name", "scheme", "month")
    )
    tables = published(root)
    for record in current.iter_rows(named=True):
        rows = tables[record["table_name"]].filter(pl.col("month") == record["month"])
        if record["scheme"]:
            rows = rows.filter(pl.col("scheme") == record["scheme"])
        shown = fingerprint(TABLES[record["table_name"]], rows)
        assert shown == record["fingerprint"], (record["table_name"], record["month"])


def current_fingerprints(root: DataRoot) -> dict[Place, str]:
    """The fingerprint of each table, scheme and month as it is current."""
    return {
        each.place: each.fingerprint
        for each in recorded(root)  # in order of number: the last one stays
    }


def told(instance: dg.DagsterInstance) -> dict[tuple[str, str], list[int]]:
    """The numbers of materialisations that Dagster was told of, by asset and partition."""
    found: dict[tuple[str, str], list[int]] = {}
    for (key, partition), event in materialisations(instance):
        number = event.metadata.get(RECORD)
        if number is not None:
            found.setdefault((key, partition), []).append(int(str(number.value)))
    return found


def assert_acknowledged(root: DataRoot, found: Records) -> None:
    """What Dagster was told of is in the ledger, under its number."""
    places = {each.number: _shown_at(each) for each in found}
    with opened(root) as instance:
        for place, numbers in told(instance).items():
            assert all(places[number] == place for number in numbers), place


def assert_all_told(root: DataRoot, *, cancelled: int = 0) -> None:
    """Of every current record Dagster knows, each of them once, and no run counts as running.

    So many as somebody cancelled are cancelled.
    """
    latest = {_shown_at(each): each.number for each in recorded(root)}
    with opened(root) as instance:
        numbers = told(instance)
        assert {place: max(of_place) for place, of_place in numbers.items()} == latest
        assert all(len(set(of_place)) == len(of_place) for of_place in numbers.values())
        statuses = Counter(run.status for run in instance.get_runs())
        assert statuses.pop(dg.DagsterRunStatus.CANCELED, 0) == cancelled
        assert statuses.keys() <= {dg.DagsterRunStatus.SUCCESS, dg.DagsterRunStatus.FAILURE}


def _shown_at(record: Record) -> tuple[str, str]:
    """The asset and the partition that show the record."""
    key = asset_key(TABLES[record.table], record.scheme)
    return key.to_user_string(), month_key(record.month)
