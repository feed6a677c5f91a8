"""Made-up years: named scenarios that hit every edge, and seeded mixtures of them.

Everything is consistent as the contract wants deliveries to be: parts are at most their wholes,
and patient-chosen waits at most those completed after more than 30 days.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from random import Random

from . import generate_surgeries as surgeries
from . import generate_waiting as waiting
from .model import Counts, Inputs
from .parameters import BUP_2025, REGIONS, Scheme, Surgery

HIGH_CAP = 1_000_000_000

Cells = waiting.Cells
Deliveries = surgeries.Deliveries
Regions = Sequence[str]


def made_up_population(random: Random, regions: Regions) -> dict[str, int]:
    """Return a population per region."""
    return {region: random.randint(9_000, 600_000) for region in regions}


def filled(pair: Callable[[Random], waiting.Pair]) -> Callable[[Scheme, Regions, Random], Cells]:
    """Return a maker of cells out of one kind of pair."""
    return lambda scheme, regions, random: waiting.fill(scheme, regions, lambda _: pair(random))


def missing(column: str) -> Callable[[Scheme, Regions, Random], Cells]:
    """Return a maker of cells where a column is missing here and there."""

    def make(scheme: Scheme, regions: Regions, random: Random) -> Cells:
        cells = mixed_cells(scheme, regions, random)
        return waiting.without_column(cells, random, column, 100)

    return make


def mixed_cells(scheme: Scheme, regions: Regions, random: Random) -> Cells:
    """Return cells where every region has one kind of pair, or all kinds."""
    kinds = {region: random.choice((*waiting.PAIRS, None)) for region in regions}

    def pair(region: str) -> waiting.Pair:
        return (kinds[region] or random.choice(waiting.PAIRS))(random)

    return waiting.fill(scheme, regions, pair)


def one_region_everything(scheme: Scheme, regions: Regions, random: Random) -> Cells:
    """Return cells where one region earns everything and all others nothing."""
    winner = random.choice(list(regions))
    kinds = {True: waiting.everything_pair, False: waiting.nothing_pair}
    return waiting.fill(scheme, regions, lambda region: kinds[region == winner](random))


def base_years(scheme: Scheme) -> set[int]:
    """Return the years that improvement is measured from."""
    return {month[0] - 1 for month in scheme.months}


def measured_years(scheme: Scheme) -> set[int]:
    """Return the years that are measured."""
    return {month[0] for month in scheme.months}


WAITING_SCENARIOS: Mapping[str, Callable[[Scheme, Regions, Random], Cells]] = {
    "ordinary": filled(waiting.ordinary_pair),
    "improvement_edges": lambda s, r, _: waiting.improvement_edges(s, r),
    "attainment_edges": lambda s, r, _: waiting.attainment_edges(s, r),
    "production_edges": lambda s, r, _: waiting.production_edges(s, r),
    "patient_chosen": filled(waiting.chosen_pair),
    "all_zero": filled(waiting.zero_pair),
    "nothing_completed": lambda s, r, d: waiting.with_nothing_completed(
        mixed_cells(s, r, d), d, measured_years(s), 300
    ),
    "base_zero": lambda s, r, d: waiting.with_nothing_completed(
        mixed_cells(s, r, d), d, base_years(s), 300
    ),
    "nobody_waiting": lambda s, r, d: waiting.with_nobody_waiting(mixed_cells(s, r, d), d, 500),
    **{f"missing_{column}": missing(column) for column in Counts._fields},
    "missing_rows": lambda s, r, d: waiting.without_rows(mixed_cells(s, r, d), d, 100),
    "missing_regions": lambda s, r, d: waiting.without_regions(mixed_cells(s, r, d), d, 50),
    "missing_months": lambda s, r, d: waiting.without_months(
        mixed_cells(s, r, d), d, s, base=False
    ),
    "missing_base_months": lambda s, r, d: waiting.without_months(
        mixed_cells(s, r, d), d, s, base=True
    ),
    "missing_everything": lambda _s, _r, _d: {},
    "one_region_everything": one_region_everything,
    "nobody_earns": filled(waiting.nothing_pair),
    "everybody_everything": filled(waiting.everything_pair),
    "equal_populations": mixed_cells,
}

SURGERY_SCENARIOS: Mapping[str, Callable[[Surgery, Regions, Random], Deliveries]] = {
    "ordinary": surgeries.ordinary_surgeries,
    "around_thirds": lambda s, r, _: surgeries.around_thirds(s, r),
    "falls": lambda s, r, _: surgeries.falls(s, r),
    "cap_edges": lambda s, r, _: surgeries.steady_rise(s, r, 2),
    "missing_outcome_month": lambda s, r, d: surgeries.without_months(
        surgeries.ordinary_surgeries(s, r, d), d, s.months[0][0]
    ),
    "missing_base_month": lambda s, r, d: surgeries.without_months(
        surgeries.ordinary_surgeries(s, r, d), d, s.months[0][0] - s.baseline_years
    ),
    "missing_regions": lambda s, r, d: surgeries.without_regions(
        surgeries.ordinary_surgeries(s, r, d), d, 20
    ),
    "missing_keys": lambda s, r, d: surgeries.without_keys(
        surgeries.ordinary_surgeries(s, r, d), d, 400
    ),
    "missing_procedures": lambda s, r, d: surgeries.without_procedures(
        surgeries.ordinary_surgeries(s, r, d), d, 30
    ),
    "missing_counts": lambda s, r, d: surgeries.without_counts(
        surgeries.ordinary_surgeries(s, r, d), d, 10
    ),
    "missing_everything": lambda _s, _r, _d: {},
    "nobody_earns": lambda s, r, _: surgeries.steady_rise(s, r, 0),
    "everybody_everything": lambda s, r, _: surgeries.steady_rise(s, r, 900),
}


def scenarios_of(scheme: Scheme) -> tuple[str, ...]:
    """Return the names of the scenarios that a scheme has."""
    return tuple(SURGERY_SCENARIOS if scheme.surgery else WAITING_SCENARIOS)


def made_up_caps(
    random: Random, surgery: Surgery, scenario: str, regions: Regions
) -> dict[str, int]:
    """Return caps; at the cap edges a krona below, at, and above what every region earns."""
    if scenario == "cap_edges":
        amount = next(iter(surgery.amount_per_operation.values()))
        earned = 2 * len(surgery.months) * amount
        return {region: earned - 1 + place % 3 for place, region in enumerate(regions)}
    if scenario == "around_thirds":
        return dict.fromkeys(regions, HIGH_CAP)
    return {region: random.randint(2_000_000, 100_000_000) for region in regions}


def make_scenario(scenario: str, scheme: Scheme, regions: Regions = REGIONS) -> Inputs:
    """Return a named scenario of a scheme, always the same."""
    random = Random(f"{scheme.name} {scenario}")  # noqa: S311
    if scheme.surgery:
        return Inputs(
            regions=regions,
            surgeries=SURGERY_SCENARIOS[scenario](scheme.surgery, regions, random),
            caps=made_up_caps(random, scheme.surgery, scenario, regions),
        )
    population = made_up_population(random, regions)
    if scenario == "equal_populations":
        population = dict.fromkeys(regions, 10_000)
    return Inputs(
        regions=regions,
        population=population,
        population_all={region: 5 * number + 3 for region, number in population.items()},
        waiting=WAITING_SCENARIOS[scenario](scheme, regions, random),
    )


def make_year(seed: int, scheme: Scheme = BUP_2025, regions: Regions = REGIONS) -> Inputs:
    """Return a seeded year: all kinds of cells or rows mixed, and some of every fault."""
    random = Random(f"{scheme.name} {seed}")  # noqa: S311
    if scheme.surgery:
        deliveries = surgeries.ordinary_surgeries(scheme.surgery, regions, random)
        deliveries = surgeries.without_keys(deliveries, random, random.choice((0, 200)))
        deliveries = surgeries.without_regions(deliveries, random, random.choice((0, 5)))
        deliveries = surgeries.without_counts(deliveries, random, random.choice((0, 3)))
        return Inputs(
            regions=regions,
            surgeries=deliveries,
            caps=made_up_caps(random, scheme.surgery, "ordinary", regions),
        )
    population = made_up_population(random, regions)
    cells = mixed_cells(scheme, regions, random)
    for column in Counts._fields:
        cells = waiting.without_column(cells, random, column, random.choice((0, 10, 50)))
    cells = waiting.without_rows(cells, random, random.choice((0, 20)))
    cells = waiting.with_nobody_waiting(cells, random, random.choice((0, 100)))
    if random.choice((False, False, True)):
        cells = waiting.without_regions(cells, random, 10)
    if random.choice((False, False, False, True)):
        cells = waiting.without_months(cells, random, scheme, base=random.choice((False, True)))
    return replace(
        Inputs(regions=regions, population=population, waiting=cells),
        population_all={
            region: random.randint(4 * number, 6 * number) for region, number in population.items()
        },
    )
