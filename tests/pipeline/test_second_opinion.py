"""The second opinion in a run: nothing is recorded that SQL does not make, and anyone can look."""

from collections.abc import Mapping
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

import rules.payouts
import rules.requirements.surgery
from ledger.dialect import attached, connected, query
from ledger.ledger import Ledger
from schemas.observed import OBSERVED
from schemas.payouts import Payouts
from schemas.places import DataRoot
from schemas.regions import region_codes
from second_opinion.queries import recomputed_tables
from tests.pipeline.dagster_runs import check_alone, execute, failures
from tests.pipeline.expected import SCHEMES
from tests.pipeline.records import verdicts
from tests.pipeline.runs import Runs, opened, published
from tests.rules.scheme_data import scheme_named
from tests.second_opinion.opinions import by_sql, folder_rows

pytestmark = pytest.mark.slow

MONTHS, PAYOUTS, OCTOBER, DECEMBER = (
    *("surgery_2025_months", "surgery_2025_payouts"),
    *("2025-10", "2025-12"),
)


def found(root: DataRoot, sql: str) -> pl.DataFrame:
    """What a query finds in the published warehouse."""
    with attached(root.published) as connection:
        return query(connection, sql)


def tampered(root: DataRoot, statement: str) -> None:
    """Change the published warehouse, as nobody should."""
    root.published.chmod(0o644)
    with attached(root.published, read_only=False) as connection:
        connection.execute(statement)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_from_observations_alone(scheme: str, runs: Runs) -> None:
    """Every table of a year comes out of the queries, each reading those before it, to the krona."""
    tables = published(runs.all().root)
    observed = {table: tables[table.qualified_name()] for table in OBSERVED}
    computed = by_sql(folder_rows(scheme_named(scheme).folder), region_codes(), observed)
    for table, rows in computed.items():
        name = table.qualified_name()
        assert rows.equals(tables[name].filter(pl.col("scheme") == scheme)), name
    assert computed[Payouts].height


def test_an_analyst_sees_that_nothing_differs(runs: Runs) -> None:
    """One query compares every recorded table with the views."""
    root = runs.all().root
    comparison = found(root, "FROM second_opinion.comparison")
    assert comparison["table_name"].to_list() == [
        table.qualified_name() for table in recomputed_tables().values()
    ]
    for name, recorded, *differing in comparison.iter_rows():
        assert recorded == found(root, f"FROM {name}").height
        assert differing == [0, 0], name
    assert found(root, "FROM payouts.payouts EXCEPT FROM second_opinion.payouts").is_empty()


def test_from_another_database(runs: Runs) -> None:
    """The views also work where the warehouse is attached, read-only, under another name."""
    root = runs.all().root
    with connected(Path(":memory:")) as connection:
        connection.execute(f"ATTACH '{root.published}' AS theirs (READ_ONLY)")
        total = query(
            connection,
            "SELECT sum(amount_sek)::BIGINT FROM theirs.second_opinion.payouts "
            "WHERE scheme = 'access-2024'",
        )
    assert total.item() == 141_759_535 + 1_545_740_465


def test_no_column_of_views_or_parameters_is_a_float(runs: Runs) -> None:
    """Of those beside the recorded tables; each view and table is explained."""
    root = runs.all().root
    columns = found(
        root,
        "SELECT DISTINCT data_type FROM duckdb_columns() "
        "WHERE schema_name IN ('second_opinion', 'parameters')",
    )["data_type"]
    assert {"BIGINT", "DECIMAL(18,2)"} <= set(columns)
    assert not [kind for kind in columns if "DOUBLE" in kind or "FLOAT" in kind]
    comments = found(
        root,
        "SELECT comment FROM duckdb_tables() WHERE schema_name = 'parameters' UNION ALL "
        "SELECT comment FROM duckdb_views() WHERE schema_name = 'second_opinion'",
    )["comment"]
    assert comments.null_count() == 0


def test_a_krona_changed_in_the_warehouse_is_seen(runs: Runs, tmp_path: Path) -> None:
    """In the table that it was changed in, and in no other."""
    root = runs.all().copied(tmp_path)
    tampered(
        root,
        "UPDATE payouts.payout_lines SET amount_sek = amount_sek + 1 "
        "WHERE region_code = '09' AND scheme = 'surgery-2025'",
    )
    comparison = found(
        root, "FROM second_opinion.comparison WHERE not_recomputed + not_recorded > 0"
    )
    assert comparison.select("table_name", "not_recomputed", "not_recorded").rows() == [
        ("payouts.payout_lines", 1, 1)
    ]


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root where the operations of 2025 were computed."""
    return runs.all().copied(tmp_path)


def recorded(root: DataRoot) -> int:
    """How many materialisations the ledger's current ones go up to."""
    return max(each.number for each in Ledger.of(root).current())


def a_krona_more(rule: object, column: str) -> object:
    """The rule, but for a krona that Gotland gets too much."""

    def mistaken(*arguments: object) -> pl.DataFrame:
        rows = rule(*arguments)  # type: ignore[operator]
        gotland = pl.col("region_code") == "09"
        return rows.with_columns(
            pl.when(gotland).then(pl.col(column) + 1).otherwise(pl.col(column)).alias(column)
        )

    return mistaken


def test_a_mistaken_rule_records_nothing(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """The check fails with the cells, and the month keeps what it had."""
    rule = rules.requirements.surgery.surgery_performance
    mistaken = a_krona_more(rule, "earned_thirds_sek")
    monkeypatch.setattr(rules.requirements.surgery, "surgery_performance", mistaken)
    before = recorded(root)
    key = dg.AssetKey(["surgery-2025", "performance", "surgeries"])
    with opened(root) as instance:
        result = execute(instance, MONTHS, OCTOBER, [key])
        verdict = next(verdicts(instance, key, "second_opinion"))
    assert not result.success
    [told] = failures(result)
    assert told.startswith("nothing was recorded. ")
    assert "second_opinion: 2025-10: 3 cells are not what SQL makes of the same inputs" in told
    assert "surgery-2025 09 cataract" in told
    assert recorded(root) == before
    assert verdict.event is not None
    evaluation = verdict.event.asset_check_evaluation
    assert evaluation is not None
    assert not evaluation.passed
    assert evaluation.partition == OCTOBER
    cells: Mapping[str, object] = evaluation.metadata
    assert len(cells["cells"].records) == 3  # type: ignore[attr-defined]


def test_a_mistake_between_the_shown_tables_records_nothing(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the second opinion is no check of its own, it stops the month all the same."""
    rule = rules.payouts.round_payments
    monkeypatch.setattr(rules.payouts, "round_payments", a_krona_more(rule, "amount_sek"))
    before = recorded(root)
    key = dg.AssetKey(["surgery-2025", "payouts", "round_payments"])
    with opened(root) as instance:
        result = execute(instance, PAYOUTS, DECEMBER, [key])
    assert not result.success
    [told] = failures(result)
    assert "second_opinion: 2025-12: 1 cells" in told
    assert "amount_sek of 2025-12-01 surgery-2025 09 surgery" in told
    assert recorded(root) == before


def test_a_mistake_is_not_seen_where_nothing_is_recorded_anew(root: DataRoot) -> None:
    """Without the mistake the same month is recorded again, and the check passes."""
    before = recorded(root)
    key = dg.AssetKey(["surgery-2025", "performance", "surgeries"])
    with opened(root) as instance:
        result = execute(instance, MONTHS, OCTOBER, [key])
        verdict = next(verdicts(instance, key, "second_opinion"))
    assert result.success, failures(result)
    assert recorded(root) == before + 1
    assert verdict.event is not None
    assert verdict.event.asset_check_evaluation is not None
    assert (
        verdict.event.asset_check_evaluation.description == "2025-10: 63 rows, each as SQL makes it"
    )


def test_the_check_alone_looks_at_what_is_recorded(root: DataRoot) -> None:
    """It compares with the inputs recorded, and records nothing.

    Where they were recorded anew since there is nothing to hold the month against: it says nothing.
    """
    key = dg.AssetKey(["surgery-2025", "performance", "surgeries"])
    check = dg.AssetCheckKey(key, "second_opinion")
    told = []
    before = recorded(root)
    with opened(root) as instance:
        for _ in range(2):
            result = check_alone(instance, MONTHS, OCTOBER, check)
            assert result.success, failures(result)
            told.append([(e.passed, e.description) for e in result.get_asset_check_evaluations()])
            surgeries = [dg.AssetKey(["observed", "surgeries"])]
            assert execute(instance, "deliveries", OCTOBER, surgeries).success
    assert told == [[(True, "2025-10: 63 rows, each as SQL makes it")], []]
    assert recorded(root) == before + 2
