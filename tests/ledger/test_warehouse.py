"""The published warehouse: the contract's tables with words and keys, put in place as a whole."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ledger import warehouse
from ledger.chain import Entry
from ledger.dialect import attached, sql_type
from ledger.ledger import Ledger
from ledger.named import has_codes
from ledger.warehouse import (
    BESIDE,
    NothingPublishedError,
    one_publication,
    publish,
    read_published,
)
from rules.loading import load_schemes
from rules.tables_beside import tables_beside
from schemas.audit import Deliveries, Materialisations
from schemas.decisions import Decided
from schemas.labels import CODED
from schemas.payouts import Fulfilment, PayoutLines, Payouts
from schemas.places import DataRoot
from schemas.published import PAID, all_published
from schemas.regions import register
from schemas.table import Described, Table
from schemas.tables import TABLES
from second_opinion.parameters import scheme_rows
from second_opinion.publication import publication
from tests.deliveries.delivering import APRIL
from tests.ledger.ledger_entries import SCHEME, append, payouts
from tests.schemas.models import good_rows

EVERY: list[Described] = [*all_published().values(), *BESIDE, Materialisations, Deliveries]
NAMED = [each for each in EVERY if has_codes(each)]
FLOATS = {"DOUBLE", "FLOAT", "REAL"}
KEY = (
    "SELECT constraint_column_names FROM duckdb_constraints() "
    "WHERE constraint_type = 'PRIMARY KEY' AND schema_name = ? AND table_name = ?"
)
COLUMNS = "SELECT {} FROM duckdb_columns() WHERE NOT internal"


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DataRoot]:
    """A data root with a row in every table, published; for reading only, and held open, for to open it takes long."""
    root = DataRoot(tmp_path_factory.mktemp("data"))
    ordered = sorted(TABLES.values(), key=lambda table: table is not Decided)
    entries = [
        # What is paid rests on the decision, the first of them.
        Entry(table, SCHEME, APRIL, good_rows(table), beside=(0,) if table in PAID else ())
        for table in ordered
    ]
    append(Ledger(root.ledger), *entries)
    schemes = list(load_schemes().values())
    parameters = [scheme_rows(each.folder, each.identity.interpretations) for each in schemes]
    publish(root, tables_beside(schemes), list(publication(parameters)))
    with one_publication(root):
        yield root


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A data root with a record, published; to be copied."""
    root = DataRoot(tmp_path_factory.mktemp("first"))
    append(Ledger(root.ledger), payouts(1))
    publish(root)
    return root


@pytest.fixture
def published_once(first: DataRoot, tmp_path: Path) -> DataRoot:
    """A copy, to record and to publish more in."""
    return DataRoot(Path(shutil.copytree(first.path, tmp_path / "copy")))


def found(root: DataRoot, query: str, *values: str) -> list[tuple[Any, ...]]:
    """What a query finds in the published warehouse."""
    with attached(root.published) as connection:
        return connection.execute(query, values).fetchall()


def left_in(root: DataRoot) -> dict[str, bytes]:
    """The published file and whatever lies beside it, but the ledger with its lock, and the heads."""
    return {
        path.name: path.read_bytes()
        for path in root.warehouse.iterdir()
        if not path.name.startswith("ledger.") and path != root.heads
    }


@pytest.mark.parametrize("table", EVERY, ids=lambda table: table.qualified_name())
def test_columns_types_and_key_are_as_described(published: DataRoot, table: Described) -> None:
    """In order, as the data dictionary has them."""
    schema, name = table.qualified_name().split(".")
    query = COLUMNS.format("column_name, data_type") + " AND schema_name = ? AND table_name = ?"
    columns = [(each.name, sql_type(each)) for each in table.columns()]
    assert found(published, query, schema, name) == columns
    assert found(published, KEY, schema, name) == [(table.key(),)]


def test_money_is_in_whole_kronor(published: DataRoot) -> None:
    """But what was earned exactly, or would have been, before it is paid."""
    columns = "table_name || '.' || column_name, data_type"
    money = dict(
        found(published, COLUMNS.format(columns) + " AND column_name LIKE '%\\_sek' ESCAPE '\\'")
    )
    exact = {
        *("waiting_times.earned_sek", "first_visit_production.earned_to_date_sek"),
        *("surgeries.earned_to_date_sek", "next_levels.gain_sek"),
    }
    assert exact <= set(money)
    for column, kind in money.items():
        is_exact = column.replace("_named.", ".") in exact
        assert kind == ("DECIMAL(18,2)" if is_exact else "BIGINT"), column


def test_no_column_is_a_float(published: DataRoot) -> None:
    """Of no table and of no view."""
    types = [kind for (kind,) in found(published, COLUMNS.format("data_type"))]
    assert types
    assert not [kind for kind in types if set(re.findall(r"\w+", kind)) & FLOATS]


def test_every_table_with_codes_has_a_view_and_no_other(published: DataRoot) -> None:
    """Whatever it is a table of: what was observed, what is due, what was recorded."""
    with_codes = {
        f"{each.qualified_name()}_named"
        for each in EVERY
        if {of.name for of in each.columns()} & CODED.keys()
    }
    assert {"observed.reporting_days_named", "audit.materialisations_named"} <= with_codes
    views = "SELECT schema_name || '.' || view_name FROM duckdb_views() WHERE NOT internal"
    named = f"{views} AND view_name LIKE '%\\_named' ESCAPE '\\'"
    assert {name for (name,) in found(published, named)} == with_codes


@pytest.mark.parametrize("table", NAMED, ids=lambda table: table.qualified_name())
def test_a_table_has_a_view_with_words_for_its_codes(published: DataRoot, table: Described) -> None:
    """Beside the table's own columns and as many rows: names of regions, words in both languages."""
    name = table.qualified_name()
    columns = [row[0] for row in found(published, f"DESCRIBE FROM {name}_named")]
    rows = found(published, f"FROM {name}_named")
    assert [each for each in columns if each in {of.name for of in table.columns()}] == [
        each.name for each in table.columns()
    ]
    for code, words in (
        ("region_code", {"region_name": "Stockholm"}),
        ("component", {"component_sv": "Operationer", "component_en": "Operations"}),
        ("place", {"place_sv": "Hemregionen", "place_en": "Home region"}),
    ):
        assert (code in columns) == (set(words) <= set(columns))
        for column, word in words.items() if code in columns else ():
            assert {row[columns.index(column)] for row in rows} <= {word}
    assert len(rows) == len(found(published, f"FROM {name}"))


def test_what_is_computed_is_told_from_what_is_decided_as_its_words_say(
    published: DataRoot,
) -> None:
    """By the line of the same payout month, scheme, region and component; fulfilment says it itself."""
    key = "payout_month, scheme, region_code, component"
    lines = f"JOIN payouts.payout_lines lines USING ({key})"
    query = f"SELECT lines.status FROM payouts.round_payments {lines}"  # noqa: S608 - our names
    assert found(published, query) == [("decided",)]
    assert found(published, "SELECT DISTINCT status FROM payouts.fulfilment") == [("decided",)]


def test_what_was_computed_without_its_decision_is_no_decided_amount(root: DataRoot) -> None:
    """As before the decision was entered, or by a version that recorded as fulfilment what was recomputed."""
    lines, paid, decision, fulfilled = (
        Entry(table, SCHEME, APRIL, good_rows(table))
        for table in (PayoutLines, Payouts, Decided, Fulfilment)
    )
    status = "SELECT DISTINCT status FROM payouts.{}"
    names = ("payout_lines", "payouts", "fulfilment")

    def statuses() -> list[str]:
        publish(root)
        return [value for name in names for (value,) in found(root, status.format(name))]

    append(Ledger(root.ledger), lines, replace(paid, beside=(0,)), decision, fulfilled)
    assert statuses() == ["computed"] * 3
    append(Ledger(root.ledger), replace(lines, inputs=(3,)), replace(paid, beside=(0,)))
    assert statuses() == ["decided", "decided", "computed"]


def test_views_hold_every_row_of_their_tables(root: DataRoot) -> None:
    """All 21 regions, each by its name."""
    append(Ledger(root.ledger), payouts(7))
    publish(root)
    query = "SELECT region_code, region_name, amount_sek FROM payouts.payouts_named"
    assert found(root, query) == [(code, each.name, 7) for code, each in register().items()]


def test_every_table_view_and_column_has_words(published: DataRoot) -> None:
    """Comments, also on the table of regions and on what the second opinion puts beside."""
    for kind in ("table", "view"):
        query = f"FROM duckdb_{kind}s() SELECT {kind}_name, comment WHERE NOT internal"
        words = found(published, query)
        assert words
        assert [name for name, comment in words if not comment] == []
    columns = found(published, COLUMNS.format("table_name, column_name, comment"))
    assert [row[:2] for row in columns if not row[2]] == []


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
    assert read_published(root, Payouts, "bup-2026").height == 21


def test_what_is_read_together_is_of_one_publication(published_once: DataRoot) -> None:
    """Another one takes its place meanwhile, and is read afterwards."""
    ledger = Ledger(published_once.ledger)
    before = read_published(published_once, Payouts)
    with one_publication(published_once):
        append(ledger, payouts(2))
        publish(published_once)
        assert read_published(published_once, Payouts).equals(before)
    assert not read_published(published_once, Payouts).equals(before)


def test_the_file_is_read_only_and_of_the_pinned_version(published: DataRoot) -> None:
    """Mode 0444; a version that DuckDB 1.4 and every later one opens."""
    assert published.published.stat().st_mode & 0o777 == 0o444
    query = "SELECT tags['storage_version'] FROM duckdb_databases() WHERE database_name = current_database()"
    assert found(published, query) == [("v1.4.0+",)]


def test_it_can_be_attached_under_any_name(published: DataRoot) -> None:
    """Views too find their tables then."""
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH '{published.published}' AS decided (READ_ONLY)")
        query = "SELECT region_name, amount_sek FROM decided.payouts.payouts_named"
        assert connection.execute(query).fetchall() == [("Stockholm", 1)]


def test_nothing_published(root: DataRoot) -> None:
    """Said so that a reader knows what to do."""
    with pytest.raises(NothingPublishedError, match="run a scheme first"):
        read_published(root, Payouts)


def test_published_by_another_version(published_once: DataRoot) -> None:
    """That the columns have other names is said, and what to do; it is published anew all the same."""
    published_once.published.chmod(0o644)
    with duckdb.connect(published_once.published) as connection:
        connection.execute("DROP VIEW payouts.payouts_named")
        connection.execute("CREATE TABLE payouts.older AS FROM payouts.payouts")
        connection.execute("DROP TABLE payouts.payouts")
        connection.execute("ALTER TABLE payouts.older RENAME payout_month TO month")
        connection.execute("ALTER TABLE payouts.older RENAME TO payouts")
    with pytest.raises(NothingPublishedError, match="published by another version"):
        read_published(published_once, Payouts)
    publish(published_once)
    assert read_published(published_once, Payouts).height == 21


def fail_in_a_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """When nearly everything is made."""
    monkeypatch.setattr(
        warehouse, "named_view", lambda _table: "CREATE VIEW wrong AS SELECT nothing"
    )


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
    published_once: DataRoot,
    monkeypatch: pytest.MonkeyPatch,
    fail: Callable[[pytest.MonkeyPatch], None],
) -> None:
    """Whenever it comes; the next time all is well."""
    before = left_in(published_once)
    assert list(before) == ["bonuspott.duckdb"]
    append(Ledger(published_once.ledger), payouts(2))
    with monkeypatch.context() as patched:
        fail(patched)
        with pytest.raises((duckdb.Error, OSError, KeyboardInterrupt)):
            publish(published_once)
    assert left_in(published_once) == before
    publish(published_once)
    assert set(read_published(published_once, Payouts)["amount_sek"]) == {2}


def test_a_failure_before_anything_was_published_leaves_nothing(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Better no file than half of one."""
    append(Ledger(root.ledger), payouts(1))
    fail_in_a_view(monkeypatch)
    with pytest.raises(duckdb.Error):
        publish(root)
    assert left_in(root) == {}


def test_a_key_that_is_there_twice_is_not_published(published_once: DataRoot) -> None:
    """Two rows of one key in the ledger are a fault, and the old file stays."""
    row = good_rows(PayoutLines)
    append(Ledger(published_once.ledger), Entry(PayoutLines, SCHEME, APRIL, row.vstack(row)))
    before = left_in(published_once)
    with pytest.raises(duckdb.Error, match="duplicate key"):
        publish(published_once)
    assert left_in(published_once) == before
