"""Column lineage: what is declared is what happens when a column is disturbed."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

import dagster as dg
import polars as pl
import pytest
from pandera.config import config_context

from deliveries.door import copied, open_door
from deliveries.finding import latest_delivery, months_delivered
from deliveries.reading import read_deliveries
from pipeline.definitions import definitions
from rules.calculation import calculate
from rules.loading import load_schemes
from rules.scheme import Scheme
from rules.step import Need, Step
from rules.steps import steps
from schemas.lineage import ancestors, declared, sources
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.table import Table
from schemas.tables import TABLES
from tests.conftest import SAMPLE

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

Tables = Mapping[type[Table], pl.DataFrame]


def test_what_is_declared_exists() -> None:
    """Every table and column that is named is one."""
    columns = {name: set(table.polars_schema()) for name, table in TABLES.items()}
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


def sample(table: type[Table]) -> pl.DataFrame:
    """What the sample deliveries have of the table."""
    root, dataset = DataRoot(SAMPLE.parent), table.qualified_name().partition(".")[2]
    sent = [
        each
        for month in months_delivered(root, dataset)
        if (each := latest_delivery(root, dataset, month))
    ]
    with TemporaryDirectory() as store, open_door(Path(store)) as folder:
        observed, refused = read_deliveries([copied(each, folder) for each in sent])
    assert refused == []
    return pl.concat(each.rows for each in observed)


def inputs_of(scheme: Scheme) -> dict[type[Table], pl.DataFrame]:
    """All that the scheme's steps read: what the sample deliveries have, and what is made of it."""
    observed = {table: sample(table) for table in OBSERVED}
    return {**observed, **calculate(scheme, observed)}


def disturbed(frames: Tables, need: Need, months: Sequence[date], column: str) -> Iterator[Tables]:
    """The tables with a column of one of them, in the months, changed to tenths of what it was."""
    rows = frames[need.table]
    here = pl.col("month").is_in(months)
    for tenths in TENTHS.get(column, (5, 12)):
        value = pl.when(here).then(pl.col(column) * tenths // 10).otherwise(pl.col(column))
        changed = rows.with_columns(value.cast(rows[column].dtype).alias(column))
        yield {**frames, need.table: changed}


def numbers(table: type[Table]) -> Sequence[str]:
    """The table's columns that hold counts or kronor."""
    return [
        column.name
        for column in table.columns()
        if column.data_type.is_numeric() and not column.is_key
    ]


def changed_columns(table: type[Table], before: pl.DataFrame, after: pl.DataFrame) -> set[str]:
    """The columns in which two results differ, in the rows that both have."""
    first, second = (
        one.join(other, on=table.key(), how="semi").sort(table.key())
        for one, other in ((before, after), (after, before))
    )
    return {name for name in before.columns if not first[name].equals(second[name])}


@pytest.mark.parametrize(
    "scheme", ["surgery-2025", pytest.param("bup-2025", marks=pytest.mark.slow)]
)
def test_disturbing_a_column(scheme: str) -> None:
    """Only columns that are declared to rest on it change, and most of what is declared does."""
    frames = inputs_of(load_schemes()[scheme])
    moved_at_all: set[tuple[str, str]] = set()
    resting_at_all: set[tuple[str, str]] = set()
    for step in steps(load_schemes()[scheme]):
        name, months = step.table.qualified_name(), step.months
        before = step.rule(_given(step, frames), months)
        for need in step.needs:
            if need.table not in frames or frames[need.table].is_empty():
                continue
            looked_at = sorted({each for month in months for each in need.months(month)})
            for column in numbers(need.table):
                moved: set[str] = set()
                for inputs in disturbed(frames, need, looked_at, column):
                    # A level that its counts do not give is no input that a run could have.
                    with config_context(validation_enabled=False):
                        after = step.rule(_given(step, inputs), months)
                    moved |= changed_columns(step.table, before, after)
                resting = {
                    own
                    for own in step.table.polars_schema()
                    if (need.table.qualified_name(), column) in sources(name, own)
                }
                assert moved <= resting, f"{name} on {need.table.qualified_name()}.{column}"
                moved_at_all |= {(name, own) for own in moved}
                resting_at_all |= {(name, own) for own in resting}
    unmoved = resting_at_all - moved_at_all - UNMOVED
    assert unmoved == set(), unmoved


def _given(step: Step, frames: Tables) -> dict[type[Table], pl.DataFrame]:
    """What the step reads of all the tables."""
    return {need.table: frames.get(need.table, need.table.without_rows()) for need in step.needs}
