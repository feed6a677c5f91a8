"""Where an asset's input lies on the grid: what Dagster is told covers what the rule reads."""

from collections.abc import Iterator
from datetime import UTC, date, datetime

import dagster as dg
import pytest
from dagster._core.test_utils import freeze_time

from assets.graph import scheme_stages
from assets.grid import GRID, distance, mapping, twelve_months_back
from assets.last_year import LAST_YEAR
from assets.stage import Stage
from rules.loading import load_schemes
from schemas.months import month_key
from schemas.regions import region_codes

JANUARY, MARCH, AUGUST = date(2025, 1, 1), date(2025, 3, 1), date(2025, 8, 1)
AFTERWARDS = datetime(2027, 1, 15, 12, tzinfo=UTC)
"""A day on which every scheme's months are on the grid."""

PRICE_OF_RANGES = {
    "round_payments",
    "fulfilment",
    "payout_lines",
    "differences",
    "first_visit_production",
}
"""Tables whose months look at different distances: their ranges take in more than their rule reads."""


def stages() -> Iterator[Stage]:
    """Every stage of every scheme."""
    for scheme in load_schemes().values():
        yield from scheme_stages(scheme, region_codes())


def upstream(given: dg.PartitionMapping, month: date) -> set[str]:
    """The months of an input that Dagster takes a month to depend on."""
    found = given.get_upstream_mapped_partitions_result_for_partitions(
        GRID.subset_with_partition_keys([month_key(month)]), GRID, GRID
    )
    return set(found.partitions_subset.get_partition_keys())


@pytest.mark.parametrize(
    ("looked_at", "month", "expected"),
    [
        ({MARCH: [MARCH]}, MARCH, {"2025-03"}),
        ({MARCH: [], AUGUST: []}, MARCH, {"2025-03"}),
        ({MARCH: [JANUARY], AUGUST: [JANUARY]}, AUGUST, {"2025-01"}),
        ({AUGUST: [MARCH, AUGUST], MARCH: [MARCH]}, AUGUST, {f"2025-0{n}" for n in range(3, 9)}),
    ],
)
def test_mapping(looked_at: dict[date, list[date]], month: date, expected: set[str]) -> None:
    """The same month, fixed months, or a range of distances."""
    assert upstream(mapping(looked_at), month) == expected


def test_twelve_months_back() -> None:
    """The same month last year and no other; before the grid begins, none."""
    assert upstream(twelve_months_back(), MARCH) == {"2024-03"}
    assert upstream(twelve_months_back(), date(2022, 5, 1)) == set()


def test_distance() -> None:
    """Months later are positive, across years too."""
    assert distance(MARCH, AUGUST) == 5
    assert distance(MARCH, date(2024, 12, 1)) == -3


@pytest.mark.parametrize("stage", list(stages()), ids=lambda stage: stage.key.to_user_string())
def test_what_a_rule_reads_is_a_dependency(stage: Stage) -> None:
    """Every month that a rule reads of an input is one that Dagster knows of, and few others are."""
    with freeze_time(AFTERWARDS):
        check_dependencies(stage)


def check_dependencies(stage: Stage) -> None:
    """Compare the months read with those that Dagster knows, month by month."""
    mappings = {dep.asset_key: dep.partition_mapping for dep in stage.dependencies()}
    for month in stage.months:
        read: dict[dg.AssetKey, set[str]] = {}
        for each in stage.inputs:
            months = [month] if each.key == LAST_YEAR else each.months(month)
            read.setdefault(each.key, set()).update(map(month_key, months))
        for key, months_read in read.items():
            given = mappings[key]
            assert given is not None
            known = upstream(given, month)
            assert months_read <= known, key
            if stage.key.path[-1] not in PRICE_OF_RANGES and months_read:
                excess = known - months_read
                assert not excess or stage.scheme.surgery, (key, excess)


def test_only_built_in_mappings() -> None:
    """Dagster drops a mapping of one's own when it stores the graph, and passes the asset over."""
    kinds = {type(dep.partition_mapping) for stage in stages() for dep in stage.dependencies()}
    assert kinds <= {dg.TimeWindowPartitionMapping, dg.SpecificPartitionsPartitionMapping}
