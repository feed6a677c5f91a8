"""What holds whatever is delivered: conservation, order, repetition, and never punishing care."""

from collections.abc import Callable, Sequence
from datetime import date
from itertools import cycle

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rules.calculation import calculate
from rules.requirements.waiting_times import waiting_time_performance
from schemas.months import add_months
from schemas.observed import Population, WaitingTimes
from schemas.payouts import RoundPayments
from schemas.regions import region_codes
from tests.oracle.generate import make_year
from tests.oracle.model import DEFAULT_READINGS
from tests.oracle.parameters import SCHEMES as ORACLE_SCHEMES
from tests.rules.assessed import MEASURE, MONTH, reserved_for_waiting_times
from tests.rules.observations import population, waiting_times
from tests.rules.oracle_frames import observed_tables, product_scheme
from tests.rules.paid_tables import paid_tables
from tests.rules.scheme_data import of_regions, scheme_named
from tests.rules.years import NAMES, Counts, conserved, deliveries
from tests.slow_cases import slow_but

REGIONS = ["01", "09", "25"]
WHOLE_YEARS = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
SINGLE_CELLS = settings(max_examples=8, deadline=None)

READINGS = [
    {},
    {"band_gaps": "exact"},
    {"band_gaps": "shares_rounded"},
    {"nobody_waiting": "not_met"},
    {"patient_chosen": "excluded"},
]


@st.composite
def consistent_counts(draw: st.DrawFn) -> Counts:
    """Any counts that a delivery may hold, some of them missing."""
    completed, waiting = draw(st.integers(0, 60)), draw(st.integers(0, 60))
    within = draw(st.integers(0, completed))
    chosen = draw(st.integers(0, completed - within))
    counts = (completed, within, chosen, waiting, draw(st.integers(0, waiting)))
    missing = draw(st.sets(st.integers(0, 19)))
    first, second, third, fourth, fifth = (
        None if place in missing else value for place, value in enumerate(counts)
    )
    return first, second, third, fourth, fifth


CELLS = st.lists(st.none() | consistent_counts(), min_size=1, max_size=7)


def cycling(cells: list[Counts | None]) -> Callable[[date, str, str], Counts | None]:
    """The cells over and over, through months, regions and measures."""
    endless = cycle(cells)
    return lambda *_: next(endless)


def people(by_region: list[int], name: str) -> pl.DataFrame:
    """The population that the scheme's shares rest on."""
    weights = dict(zip(REGIONS, by_region, strict=True))
    if name == "bup-2025":
        return population(date(2024, 11, 1), "0-18", weights)
    return pl.concat(population(date(2023, 11, 1), group, weights) for group in ("0-18", "all"))


@pytest.mark.parametrize("name", slow_but(["bup-2025"], ["access-2024", "bup-2025"]))
@given(
    cells=CELLS,
    weights=st.lists(st.integers(1, 10**6), min_size=3, max_size=3),
    readings=st.sampled_from(
        [
            *READINGS,
            {"rounding_of_earned": "per_month_and_measure"},
            {"rounding_of_bonuses": "half_up"},
        ]
    ),
)
@WHOLE_YEARS
def test_every_pot_is_conserved(
    name: str, cells: list[Counts | None], weights: list[int], readings: dict[str, str]
) -> None:
    """Paid + bonus + undistributed - overdrawn = fund, to the krona, under every reading."""
    scheme = of_regions(scheme_named(name), REGIONS).read_as(**readings)
    observed = {
        Population: people(weights, name),
        WaitingTimes: deliveries(scheme, cycling(cells), REGIONS),
    }
    tables = paid_tables(scheme, observed)
    assert conserved(tables)
    assert tables[RoundPayments]["amount_sek"].min() >= 0  # type: ignore[operator]


@pytest.mark.parametrize("name", ["access-2024", "bup-2025", "surgery-2025"])
@pytest.mark.parametrize("seed", slow_but([0], range(3)))
def test_order_of_rows_and_regions_does_not_matter(name: str, seed: int) -> None:
    """Shuffled deliveries and a shuffled register give the very same tables."""
    inputs = make_year(1000 + seed, ORACLE_SCHEMES[name])
    scheme = product_scheme(name, inputs, DEFAULT_READINGS)
    observed = observed_tables(name, inputs)
    regions = list(inputs.regions)
    tables = calculate(scheme, observed)
    shuffled = {
        table: frame.sample(fraction=1, shuffle=True, seed=seed)
        for table, frame in observed.items()
    }
    reordered = pl.Series(regions).sample(fraction=1, shuffle=True, seed=seed).to_list()
    again = calculate(of_regions(scheme, reordered), shuffled)
    assert reordered != regions
    assert list(tables) == list(again)
    for table, frame in tables.items():
        assert frame.schema == again[table].schema, table
        assert frame.equals(again[table]), table


@pytest.mark.parametrize("name", ["bup-2025", "surgery-2025"])
def test_two_runs_are_byte_identical(name: str) -> None:
    """The same input gives the same rows in the same order, written out byte by byte."""
    inputs = make_year(2000, ORACLE_SCHEMES[name])
    scheme = product_scheme(name, inputs, DEFAULT_READINGS)
    observed = observed_tables(name, inputs)
    first, second = (
        {table: frame.write_csv() for table, frame in calculate(scheme, observed).items()}
        for _ in range(2)
    )
    assert first == second


@given(
    pairs=st.lists(st.tuples(consistent_counts(), consistent_counts()), min_size=10, max_size=10),
    readings=st.sampled_from(READINGS),
)
@SINGLE_CELLS
def test_one_more_in_time_never_lowers_the_level(
    pairs: list[tuple[Counts, Counts]], readings: dict[str, str]
) -> None:
    """Whether one of those completed had waited less, or one more was completed in time."""
    before, sooner, one_more = [], [], []
    for this_year, last_year in pairs:
        completed, within, chosen, *waiting = this_year
        if completed is None or within is None:
            continue
        can_be = within + (chosen or 0) < completed
        before.append((this_year, last_year))
        sooner.append(((completed, within + can_be, chosen, *waiting), last_year))
        one_more.append(((completed + 1, within + 1, chosen, *waiting), last_year))
    levels = levels_of(before, readings)
    for more in (sooner, one_more):
        found = levels_of(more, readings)
        assert all(after >= level for after, level in zip(found, levels, strict=True))


def levels_of(pairs: Sequence[tuple[Counts, Counts]], readings: dict[str, str]) -> list[int]:
    """The level that each pair of counts, this year's and last year's, gives: each is a region's of its own."""
    regions = region_codes()[: len(pairs)]
    scheme = of_regions(scheme_named("bup-2025").read_as(**readings), regions)
    rows = [
        {
            "month": month,
            "region_code": region,
            "measure": MEASURE,
            **dict(zip(NAMES, counts, strict=False)),
        }
        for region, (this_year, last_year) in zip(regions, pairs, strict=True)
        for month, counts in ((MONTH, this_year), (add_months(MONTH, -12), last_year[:3]))
        if any(each is not None for each in counts)
    ]
    reserves = reserved_for_waiting_times()
    for_regions = reserves.drop("region_code").join(
        pl.DataFrame({"region_code": regions}, {"region_code": pl.String}), how="cross"
    )
    table = waiting_time_performance(
        scheme, waiting_times(rows), for_regions.select(reserves.columns), [MONTH]
    )
    levels = dict(table.filter(measure=MEASURE).select("region_code", "level_pct").iter_rows())
    return [levels[region] for region in regions]


def test_regions_without_population_pay_nobody_by_guess() -> None:
    """An empty population table is refused rather than shared equally."""
    with pytest.raises(LookupError, match="population 0-18 of 2024-11-01 is missing"):
        calculate(
            of_regions(scheme_named("bup-2025"), REGIONS), {Population: Population.without_rows()}
        )
