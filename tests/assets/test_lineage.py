"""Column lineage: what is declared is what happens when a column is disturbed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import dagster as dg
import polars as pl
import pytest

from assets.graph import scheme_stages
from assets.stage import Input, Stage
from ledger.ledger import Ledger
from pipeline.definitions import definitions
from rules.loading import load_schemes
from schemas.lineage import ancestors, declared, sources
from schemas.regions import region_codes
from schemas.tables import TABLES
from tests.pipeline.runs import Runs
from tests.pipeline.test_staleness import SCHEMES

UNMOVED = {
    ("performance.surgeries", "status"),  # only where a delivery has a gap
    ("performance.waiting_times", "status"),
    ("performance.first_visit_production", "status"),
    ("payouts.differences", "recomputed_sek"),  # only where there is a decision
    ("payouts.differences", "difference_sek"),
    ("payouts.bonus_pots", "undistributed_sek"),  # only where nobody was paid anything
    ("payouts.bonus_pots", "overdrawn_sek"),  # only by the kronor that rounding can add
}
TENTHS = {
    **dict.fromkeys(("completed", "waiting"), (11, 20)),
    **dict.fromkeys(("completed_within_30", "waiting_within_30"), (0, 8)),
}
"""A whole is only made larger, its part smaller: else no rule would take them."""

LAST_YEAR = "observed.waiting_times_last_year"
Source = tuple[str, str]


def test_what_is_declared_exists() -> None:
    """Every table and column that is named is one."""
    columns = {name: set(table.polars_schema()) for name, table in TABLES.items()}
    columns[LAST_YEAR] = columns["observed.waiting_times"]
    for table, of_table in declared().items():
        for column, names in of_table.items():
            assert column in columns[table]
            for name in names:
                source, _, of_source = name.rpartition(".")
                assert of_source in columns[source or table], name


def test_from_payout_to_delivery() -> None:
    """A payout's kronor rest on the counts of the deliveries and on population."""
    found = ancestors("payouts.payouts", "amount_sek")
    assert ("observed.waiting_times", "completed_within_30") in found
    assert ("observed.population", "population") in found
    assert ("observed.surgeries", "operations") in found


def test_dagster_has_it() -> None:
    """Each asset's lineage names columns that the asset upstream has."""
    specs = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
    told = 0
    for spec in specs.values():
        lineage = spec.metadata.get("dagster/column_lineage")
        if not isinstance(lineage, dg.TableColumnLineage):
            continue
        upstream = {dep.asset_key for dep in spec.deps}
        for deps in lineage.deps_by_column.values():
            for dep in deps:
                assert dep.asset_key in upstream
                schema = specs[dep.asset_key].metadata.get("dagster/column_schema")
                if isinstance(schema, dg.TableSchema):
                    assert dep.column_name in [column.name for column in schema.columns]
                told += 1
    assert told > 100


class Real:
    """A scheme's stages over what was really recorded."""

    def __init__(self, runs: Runs, scheme: str) -> None:
        """Find them."""
        self.ledger = Ledger(runs.of(*SCHEMES).root.ledger)
        self.stages = [
            stage
            for stage in scheme_stages(load_schemes()[scheme], region_codes())
            if stage.table.qualified_name() in declared()
        ]

    def frames(self, stage: Stage) -> dict[str, pl.DataFrame]:
        """All that the stage reads."""
        found: dict[str, pl.DataFrame] = {}
        for each in stage.inputs:
            months = sorted({month for own in stage.months for month in each.months(own)})
            rows = self.ledger.read(each.table, each.scheme, months).rows
            name = each.table.qualified_name()
            found[name] = pl.concat([found[name], rows]).unique() if name in found else rows
        return found


def disturbed(
    stage: Stage, each: Input, frames: dict[str, pl.DataFrame], column: str
) -> Iterator[Mapping[str, pl.DataFrame]]:
    """The stage's inputs with a column of one of them changed to some tenths of what it was."""
    name = each.table.qualified_name()
    months = {month for own in stage.months for month in each.months(own)}
    here = pl.col("month").is_in(sorted(months))
    for tenths in TENTHS.get(column, (5, 12)):
        value = pl.col(column) * tenths // 10
        changed = frames[name].with_columns(
            pl.when(here).then(value).otherwise(pl.col(column)).cast(frames[name][column].dtype)
        )
        yield {**frames, name: changed}


def own_source(each: Input, column: str) -> Source:
    """What lineage calls a column of an input."""
    return ".".join(each.key.path[-2:]), column


def numbers(each: Input) -> Sequence[str]:
    """The input's columns that hold counts or kronor."""
    return [
        column.name
        for column in each.table.columns()
        if column.data_type.is_numeric() and not column.is_key
    ]


def changed_columns(before: pl.DataFrame, after: pl.DataFrame) -> set[str]:
    """The columns in which two results differ, region by region."""
    if before.height != after.height:
        return set(before.columns)
    return {name for name in before.columns if not before[name].equals(after[name])}


@pytest.mark.parametrize(
    "scheme", ["surgery-2025", pytest.param("bup-2025", marks=pytest.mark.slow)]
)
def test_disturbing_a_column(scheme: str, runs: Runs) -> None:
    """Only columns that are declared to rest on it change, and most of what is declared does."""
    real = Real(runs, scheme)
    moved_at_all: set[tuple[str, str]] = set()
    resting_at_all: set[tuple[str, str]] = set()
    for stage in real.stages:
        table, frames = stage.table, real.frames(stage)
        months: list[date] = list(stage.months)
        before = stage.rule(frames, months)
        for each in stage.inputs:
            name = each.table.qualified_name()
            if frames[name].is_empty():
                continue
            for column in numbers(each):
                moved: set[str] = set()
                for inputs in disturbed(stage, each, frames, column):
                    moved |= changed_columns(before, stage.rule(inputs, months))
                resting = {
                    own
                    for own in table.polars_schema()
                    if own_source(each, column) in sources(table.qualified_name(), own)
                }
                assert moved <= resting, f"{table.qualified_name()} on {name}.{column}"
                moved_at_all |= {(table.qualified_name(), own) for own in moved}
                resting_at_all |= {(table.qualified_name(), own) for own in resting}
    unmoved = resting_at_all - moved_at_all - UNMOVED
    assert unmoved == set(), unmoved
