"""The published warehouse: the contract's tables with words and keys, put in place as a whole."""

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ledger import warehouse
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.warehouse import VIEWS, NothingPublishedError, publish, read_published
from schemas.audit import Deliveries, Materialisations
from schemas.payouts import PayoutLines, Payouts
from schemas.places import DataRoot
from schemas.regions import register
from schemas.table import Table
from schemas.tables import TABLES
from tests.deliveries.case_files import CASES
from tests.deliveries.delivering import APRIL
from tests.ledger.ledger_entries import SCHEME, append, payouts, queried
from tests.schemas.models import good_rows

PUBLISHED = {
    **TABLES,
    **{record.qualified_name(): record for record in (Materialisations, Deliveries)},
}
FLOATS = {"DOUBLE", "FLOAT", "REAL"}
KEY = (
    "SELECT constraint_column_names FROM duckdb_constraints() "
    "WHERE constraint_type = 'PRIMARY KEY' AND schema_name = ? AND table_name = ?"
)
COLUMNS = "SELECT {} FROM duckdb_columns() WHERE NOT internal"


def contract() -> dict[str, list[Mapping[str, str]]]:
    """The contract's columns, by table."""
    tables: dict[str, list[Mapping[str, str]]] = {}
    with (CASES / "contract_columns.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines, strict=True):
            tables.setdefault(row["table"], []).append(row)
    return tables


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A data root with a row in every table, published; for reading only."""
    root = DataRoot(tmp_path_factory.mktemp("data"))
    entries = [Entry(table, SCHEME, APRIL, good_rows(table)) for table in TABLES.values()]
    append(Ledger(root.ledger), *entries)
    publish(root)
    return root


def found(root: DataRoot, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What a query finds in the published warehouse."""
    return queried(root.published, query, *values)


def left_in(root: DataRoot) -> dict[str, bytes]:
    """The published file and whatever lies beside it, but the ledger with its lock, and the heads."""
    return {
        path.name: path.read_bytes()
        for path in root.warehouse.iterdir()
        if not path.name.startswith("ledger.") and path != root.heads
    }


@pytest.mark.parametrize(("table", "columns"), contract().items(), ids=contract())
def test_the_contracts_columns(
    published: DataRoot, table: str, columns: list[Mapping[str, str]]
) -> None:
    """Each is there with the contract's type; the key is the contract's."""
    schema, name = table.split(".")
    place = "schema_name = ? AND table_name = ?"
    query = COLUMNS.format("column_name, data_type") + f" AND {place}"
    types = dict(found(published, query, schema, name))
    for column in columns:
        assert types.get(column["column"]) == column["type"], column["column"]
    [(key,)] = found(published, KEY, schema, name)
    assert set(key) == {column["column"] for column in columns if column["key"] == "yes"}


def test_money_is_in_whole_kronor(published: DataRoot) -> None:
    """But what was earned exactly, before it is paid."""
    columns = "table_name || '.' || column_name, data_type"
    money = dict(
        found(published, COLUMNS.format(columns) + " AND column_name LIKE '%\\_sek' ESCAPE '\\'")
    )
    exact = {"waiting_times.earned_sek", "first_visit_production.earned_sek"}
    assert exact <= set(money)
    for column, kind in money.items():
        assert kind == ("DECIMAL(18,2)" if column in exact else "BIGINT"), column


def test_no_column_is_a_float(published: DataRoot) -> None:
    """Of no table and of no view."""
    types = [kind for (kind,) in found(published, COLUMNS.format("data_type"))]
    assert types
    assert not [kind for kind in types if set(re.findall(r"\w+", kind)) & FLOATS]


@pytest.mark.parametrize("view", VIEWS)
def test_views_have_names_and_no_floats(published: DataRoot, view: str) -> None:
    """Their results, that is, whatever types the tables have."""
    columns = {row[0]: row[1] for row in found(published, f"DESCRIBE FROM {view}")}
    assert columns["region_name"] == "VARCHAR"
    assert columns["amount_sek"] == "BIGINT"
    assert not set(columns.values()) & FLOATS
    [names] = found(published, f"FROM {view} SELECT region_name")
    assert names == ("Stockholm",)


def test_views_hold_every_row_of_their_tables(root: DataRoot) -> None:
    """All 21 regions, each by its name."""
    append(Ledger(root.ledger), payouts(7))
    publish(root)
    query = "SELECT region_code, region_name, amount_sek FROM payouts.payouts_by_name"
    assert found(root, query) == [(code, each.name, 7) for code, each in register().items()]


def test_every_table_view_and_column_has_words(published: DataRoot) -> None:
    """Comments, also on the table of regions."""
    for kind in ("table", "view"):
        query = f"FROM duckdb_{kind}s() SELECT {kind}_name, comment WHERE NOT internal"
        words = found(published, query)
        assert words
        assert [name for name, comment in words if not comment] == []
    views = [view.partition(".")[2] for view in VIEWS]
    columns = found(published, COLUMNS.format("table_name, column_name, comment"))
    assert [row[:2] for row in columns if row[0] not in views and not row[2]] == []


@pytest.mark.parametrize("table", PUBLISHED.values(), ids=PUBLISHED)
def test_every_table_has_its_key(published: DataRoot, table: type[Table]) -> None:
    """As its model has it."""
    schema, name = table.qualified_name().split(".")
    assert found(published, KEY, schema, name) == [(table.key(),)]


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_current_rows_are_published(published: DataRoot, table: type[Table]) -> None:
    """Values and types, without the ledger's numbers."""
    rows = read_published(published, table)
    assert rows.equals(good_rows(table))
    assert rows.schema == table.polars_schema()


def test_only_current_rows_are_published(root: DataRoot) -> None:
    """Of each table, scheme and month; the record is published whole."""
    append(Ledger(root.ledger), payouts(1), payouts(2, scheme="bup-2026"))
    append(Ledger(root.ledger), payouts(3))
    counts = publish(root)
    query = "SELECT DISTINCT scheme, amount_sek FROM payouts.payouts ORDER BY ALL"
    assert found(root, query) == [("bup-2025", 3), ("bup-2026", 2)]
    assert (counts["payouts.payouts"], counts["audit.materialisations"]) == (42, 3)
    assert read_published(root, Payouts, "scheme = 'bup-2026'").height == 21


def test_the_file_is_read_only_and_of_the_pinned_version(published: DataRoot) -> None:
    """Mode 0444; a version that DuckDB 1.4 and every later one opens."""
    assert published.published.stat().st_mode & 0o777 == 0o444
    query = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE NOT internal"
    assert found(published, query) == [("v1.4.0+",)]


def test_it_can_be_attached_under_any_name(published: DataRoot) -> None:
    """Views too find their tables then."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published.published}' AS decided (READ_ONLY)")
        query = "SELECT region_name, amount_sek FROM decided.payouts.payouts_by_name"
        assert connection.execute(query).fetchall() == [("Stockholm", 1)]


def test_nothing_published(root: DataRoot) -> None:
    """Said so that a reader knows what to do."""
    with pytest.raises(NothingPublishedError, match="run a scheme first"):
        read_published(root, Payouts)


def fail_in_a_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nearly everything is made."""
    monkeypatch.setattr(warehouse, "VIEWS", {"payouts.wrong": ("Wrong.", "SELECT nothing")})


def fail_at_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    """When the file is to take its name."""

    def fail(_path: Path, _target: Path) -> None:
        raise OSError

    monkeypatch.setattr(Path, "replace", fail)


def fail_by_an_interruption(monkeypatch: pytest.MonkeyPatch) -> None:
    """When somebody presses Ctrl-C."""

    def interrupt(_connection: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(warehouse, "_add_regions", interrupt)


@pytest.mark.parametrize("fail", [fail_in_a_view, fail_at_the_disk, fail_by_an_interruption])
def test_a_failure_leaves_the_old_file_and_no_litter(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch, fail: Callable[[pytest.MonkeyPatch], None]
) -> None:
    """Whenever it comes; the next time all is well."""
    append(Ledger(root.ledger), payouts(1))
    publish(root)
    before = left_in(root)
    assert list(before) == ["bonuspott.duckdb"]
    append(Ledger(root.ledger), payouts(2))
    with monkeypatch.context() as patched:
        fail(patched)
        with pytest.raises((duckdb.Error, OSError, KeyboardInterrupt)):
            publish(root)
    assert left_in(root) == before
    publish(root)
    assert set(read_published(root, Payouts)["amount_sek"]) == {2}


def test_a_failure_before_anything_was_published_leaves_nothing(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better no file than half of one."""
    append(Ledger(root.ledger), payouts(1))
    fail_in_a_view(monkeypatch)
    with pytest.raises(duckdb.Error):
        publish(root)
    assert left_in(root) == {}


def test_a_key_that_is_there_twice_is_not_published(root: DataRoot) -> None:
    """Two rows of one key in the ledger are a fault, and the old file stays."""
    append(Ledger(root.ledger), payouts(1))
    publish(root)
    row = good_rows(PayoutLines)
    append(Ledger(root.ledger), Entry(PayoutLines, SCHEME, APRIL, row.vstack(row)))
    before = left_in(root)
    with pytest.raises(duckdb.ConstraintException):
        publish(root)
    assert left_in(root) == before
