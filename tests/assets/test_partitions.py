"""The months that Dagster has: exactly those of the steps, and what they look at is a dependency."""

from datetime import UTC, date, datetime

import dagster as dg
import pytest
from dagster._core.test_utils import freeze_time

from assets.groups import Group, all_groups
from assets.keys import PUBLISHED, asset_key, raw_key
from assets.partitions import OBSERVED, exactly, mapping
from pipeline.definitions import SCHEMES, definitions
from rules.scheme import Scheme
from rules.step import Step
from rules.steps import steps
from schemas.decisions import Decided, Settlements
from schemas.keys import OfScheme
from schemas.months import add_months, month_key, months_between, parse_month
from schemas.observed import OBSERVED as OBSERVED_TABLES
from schemas.payouts import Payouts

JANUARY, MARCH, AUGUST = date(2025, 1, 1), date(2025, 3, 1), date(2025, 8, 1)
YEAR = months_between(JANUARY, date(2025, 12, 1))
AFTERWARDS = datetime(2027, 1, 15, 12, tzinfo=UTC)
"""A day on which every scheme's months have begun."""

GRAPH = definitions.resolve_asset_graph()
SPECS = {spec.key: spec for spec in definitions.resolve_all_asset_specs()}
STEPS = [step for scheme in SCHEMES for step in steps(scheme)]


def key_of(step: Step) -> dg.AssetKey:
    """The asset of the step."""
    return asset_key(step.table, step.scheme.name)


PAYOUTS = [step for step in STEPS if step.table is Payouts]


def named(step: Step) -> str:
    """What the step's asset is called."""
    return key_of(step).to_user_string()


def partitions_of(key: dg.AssetKey) -> dg.PartitionsDefinition[str]:
    """The partitions of an asset that has some."""
    found = GRAPH.get(key).partitions_def
    assert found is not None
    return found


def keys(months: dg.PartitionsDefinition[str]) -> list[str]:
    """The partitions, when every scheme's year is over."""
    with freeze_time(AFTERWARDS):
        return list(months.get_partition_keys())


def upstream(
    given: dg.PartitionMapping | None,
    month: date,
    own: dg.PartitionsDefinition[str],
    of_input: dg.PartitionsDefinition[str],
) -> set[str]:
    """The months of an input that Dagster takes a month to depend on."""
    assert given is not None
    with freeze_time(AFTERWARDS):
        found = given.get_upstream_mapped_partitions_result_for_partitions(
            own.subset_with_partition_keys([month_key(month)]), own, of_input
        )
        return set(found.partitions_subset.get_partition_keys())


@pytest.mark.parametrize("step", STEPS, ids=named)
def test_an_asset_has_exactly_the_months_of_its_step(step: Step) -> None:
    """And so has each of its checks: the matrix has no square that nothing can fill."""
    expected = [month_key(month) for month in step.months]
    assert keys(partitions_of(key_of(step))) == expected
    for check in GRAPH.get_check_keys_for_assets({key_of(step)}):
        months = GRAPH.get_check_spec(check).partitions_def
        assert months is not None
        assert keys(months) == expected


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_what_people_enter_has_the_payout_months(scheme: Scheme) -> None:
    """There is nothing to decide in another month, nor where no payout is computed."""
    is_paid = any(step.pays for step in steps(scheme))
    for table in (Decided, Settlements):
        key = asset_key(table, scheme.name)
        assert GRAPH.has(key) == is_paid
        if is_paid:
            found = keys(partitions_of(key))
            assert found == [month_key(month) for month in scheme.payout_months]


def test_what_is_observed_has_every_month_that_has_begun() -> None:
    """Whatever scheme looks at it; its key format and first month are what is recorded under."""
    for table in OBSERVED_TABLES:
        dataset = table.qualified_name().partition(".")[2]
        assert partitions_of(asset_key(table)) == partitions_of(raw_key(dataset)) == OBSERVED
    with freeze_time(datetime(2025, 3, 1, 0, 30, tzinfo=UTC)):
        found = OBSERVED.get_partition_keys()
    assert found == [month_key(each) for each in months_between(parse_month("2022-01"), MARCH)]


def test_the_roots_of_the_graph_have_the_same_months() -> None:
    """Or the UI offers no range for "Materialize all", but all months or nothing."""
    run = GRAPH.executable_asset_keys
    roots = [key for key in run if not GRAPH.get(key).parent_keys & run]
    assert {repr(partitions_of(key)) for key in roots} == {repr(OBSERVED)}


def test_what_is_published_has_no_months() -> None:
    """It is one file."""
    assert GRAPH.get(PUBLISHED).partitions_def is None


@pytest.mark.parametrize("payouts", PAYOUTS, ids=named)
def test_a_payout_can_be_run_within_its_month(payouts: Step) -> None:
    """The running month has its partition, as what is paid in a month is computed within it."""
    for month in payouts.months:
        with freeze_time(datetime(month.year, month.month, 5, tzinfo=UTC)):
            found = partitions_of(key_of(payouts)).get_partition_keys()
        assert found[-1] == month_key(month)


@pytest.mark.parametrize(
    ("looked_at", "of_input", "expected"),
    [
        ({AUGUST: [AUGUST]}, YEAR, {"2025-08"}),
        ({MARCH: [], AUGUST: []}, YEAR, set()),
        ({MARCH: [JANUARY], AUGUST: [JANUARY]}, YEAR, {"2025-01"}),
        (
            {MARCH: [MARCH], AUGUST: [MARCH, AUGUST]},
            [MARCH, AUGUST],
            {f"2025-0{n}" for n in range(3, 9)},
        ),
        ({MARCH: [MARCH], AUGUST: [MARCH, AUGUST]}, YEAR, {"2025-08"}),
        ({MARCH: [JANUARY], AUGUST: [MARCH]}, YEAR, {f"2025-0{n}" for n in range(3, 7)}),
    ],
    ids=["itself alone", "none", "fixed", "exact", "itself and one apart", "others alone"],
)
def test_mapping(
    looked_at: dict[date, list[date]], of_input: list[date], expected: set[str]
) -> None:
    """What August depends on: a refused month that it passes over stops it only where it looks at others alone."""
    assert upstream(mapping(looked_at, of_input), AUGUST, OBSERVED, OBSERVED) == expected


def test_months_before_the_first() -> None:
    """A year back from the first months there is no partition, and no error either."""
    looked_at = {month: [add_months(month, -12)] for month in (MARCH, AUGUST)}
    year_back = mapping(looked_at, YEAR)
    assert upstream(year_back, MARCH, OBSERVED, OBSERVED) == {"2024-03"}
    assert upstream(year_back, date(2022, 5, 1), OBSERVED, OBSERVED) == set()


def test_exclusions() -> None:
    """Months that lie apart have nothing between them."""
    assert keys(exactly([MARCH, AUGUST])) == ["2025-03", "2025-08"]
    assert keys(exactly([MARCH])) == ["2025-03"]


@pytest.mark.parametrize("group", all_groups(SCHEMES), ids=lambda group: group.name)
def test_what_a_month_depends_on(group: Group) -> None:
    """Itself, and nothing that no rule of its run looks at; or, where it looks at others alone, at least all those."""
    for step in group.steps:
        own = partitions_of(key_of(step))
        given = {dep.asset_key: dep.partition_mapping for dep in SPECS[key_of(step)].deps}
        for table in {need.table for need in step.needs}:
            key = asset_key(table, group.scheme.name if issubclass(table, OfScheme) else "")
            needs = [need for each in group.steps for need in each.needs if need.table is table]
            of_input = partitions_of(key)
            there = set(keys(of_input))
            read = {
                month_key(month): there
                & {month_key(each) for need in needs for each in need.months(month)}
                for month in group.months
            }
            known = {
                month_key(month): upstream(given[key], month, own, of_input)
                for month in group.months
            }
            if all(month in months for month, months in read.items()):
                assert all(month in known[month] <= read[month] for month in read), key
            else:
                assert all(read[month] <= known[month] for month in read), key


def test_only_built_in_mappings() -> None:
    """Dagster drops a mapping of one's own when it stores the graph, and passes the asset over."""
    mappings = {type(dep.partition_mapping) for step in STEPS for dep in SPECS[key_of(step)].deps}
    assert mappings == {dg.TimeWindowPartitionMapping, dg.SpecificPartitionsPartitionMapping}
