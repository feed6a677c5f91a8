"""Made-up waiting times: pairs of cells (last year's, this year's) and what befalls them."""

from collections.abc import Callable, Sequence
from random import Random

from .model import Counts, WaitingKey, a_year_before
from .parameters import FIRST_VISIT, MEASURES, Scheme

Pair = tuple[Counts, Counts]
Cells = dict[WaitingKey, Counts]

MANY = 100_000
IMPROVEMENT_EDGES = (
    *((40_000, 40_000 + step) for step in (0, 949, 950, 951, 999, 1_000, 1_001)),
    *((40_000, 40_000 + step) for step in (4_899, 4_900, 4_901, 4_949, 4_950, 4_951)),
    *((40_000, 40_000 + step) for step in (4_999, 5_000, 5_001, 9_899, 9_900, 9_901)),
    *((40_000, 40_000 + step) for step in (9_949, 9_950, 9_951, 9_999, 10_000, 10_001)),
    *((40_000, 40_000 - step) for step in (1, 50, 950, 1_000, 40_000)),
    (50_040, 54_960),
    (50_050, 55_040),
    (50_049, 51_050),
    (50_050, 51_049),
    (50_049, 60_050),
    (50_050, 60_049),
)
LEVELS = {0: 400, 50: 410, 75: 450, 100: 500}
ATTAINMENT_EDGES = (
    *((3, 4), (6, 8), (75_000, MANY), (74_999, MANY), (75_001, MANY)),
    *((74_950, MANY), (2, 3), (0, 0)),
)
PRODUCTION_EDGES = (
    *((completed, MANY) for completed in (99_949, 99_950, 99_999, MANY, 100_001)),
    *((completed, MANY) for completed in (102_499, 102_500, 102_501, 102_549, 102_550)),
    *((completed, MANY) for completed in (102_551, 102_600, 104_999, 105_000, 105_001)),
    *((completed, MANY) for completed in (105_040, 105_049, 105_050, 105_051, 0)),
    *((7, 0), (0, 0), (1, 1), (41, 40), (42, 40)),
)


def happens(random: Random, per_mille: int) -> bool:
    """Return whether something befalls a cell."""
    return random.randrange(1000) < per_mille


def part_of(random: Random, whole: int) -> int:
    """Return a part of a whole, often all of it or nothing."""
    return random.choice((0, whole, *(random.randint(0, whole) for _ in range(6))))


def ordinary_counts(random: Random) -> Counts:
    """Return any consistent counts."""
    completed = random.choice((0, 1, *(random.randint(2, 900) for _ in range(8))))
    within = part_of(random, completed)
    waiting = random.choice((0, 1, *(random.randint(2, 900) for _ in range(8))))
    chosen = part_of(random, completed - within)
    return Counts(completed, within, chosen, waiting, part_of(random, waiting))


def ordinary_pair(random: Random) -> Pair:
    """Return any counts of two years."""
    return ordinary_counts(random), ordinary_counts(random)


def pair_at_level(level: int) -> Pair:
    """Return a pair that earns a level by improvement alone."""
    return Counts(1000, 400, 0, 10, 1), Counts(1000, LEVELS[level], 0, 10, 1)


def improvement_edge(random: Random) -> Pair:
    """Return a pair on or just beside an edge of alternative 1."""
    before, after = random.choice(IMPROVEMENT_EDGES)
    return Counts(MANY, before, 0, 10, 2), Counts(MANY, after, 0, 10, 2)


def attainment_edge(random: Random) -> Pair:
    """Return a pair on or just beside the 75 % of alternative 2, with or without improvement."""
    within, completed = random.choice(ATTAINMENT_EDGES)
    waiting_within, waiting = random.choice(ATTAINMENT_EDGES)
    before = random.choice((within, 0, within // 2))
    return (
        Counts(completed, before, 0, 10, 2),
        Counts(completed, within, 0, waiting, waiting_within),
    )


def production_edge(random: Random) -> Pair:
    """Return a pair whose months have the same ratio of completed to added."""
    completed, added = random.choice(PRODUCTION_EDGES)
    return Counts(MANY, 50_000, 0, 10, 2), Counts(completed, completed // 2, 0, 2 * added, added)


def chosen_pair(random: Random) -> Pair:
    """Return a pair where taking out the patient-chosen waits tends to matter."""
    completed = random.randint(40, 120)
    within = completed * random.randint(60, 80) // 100
    chosen = part_of(random, completed - within)
    base_within = max(within - random.randint(0, 12), 0)
    only_chosen = random.choice((False, False, False, True))
    if only_chosen:
        within, chosen = 0, completed
    return (
        Counts(completed, base_within, part_of(random, completed - base_within), 8, 6),
        Counts(completed, within, chosen, 8, 6),
    )


def everything_pair(_: Random) -> Pair:
    """Return a pair that earns everything, in production too."""
    return Counts(100, 10, 0, 100, 10), Counts(100, 80, 0, 100, 80)


def nothing_pair(_: Random) -> Pair:
    """Return a pair that earns nothing, in production neither."""
    return Counts(100, 40, 0, 200, 100), Counts(50, 20, 0, 200, 100)


def zero_pair(_: Random) -> Pair:
    """Return true zeros."""
    return Counts(0, 0, 0, 0, 0), Counts(0, 0, 0, 0, 0)


PAIRS: Sequence[Callable[[Random], Pair]] = (
    *(ordinary_pair, improvement_edge, attainment_edge, production_edge, chosen_pair),
    *(everything_pair, nothing_pair, zero_pair),
)


def fill(scheme: Scheme, regions: Sequence[str], pair: Callable[[str], Pair]) -> Cells:
    """Return cells for all months measured and the same months the year before."""
    cells = {}
    for month in scheme.months:
        for region in regions:
            for measure in MEASURES:
                before, after = pair(region)
                cells[a_year_before(month), region, measure] = before
                cells[month, region, measure] = after
    return cells


def improvement_edges(scheme: Scheme, regions: Sequence[str]) -> Cells:
    """Return cells that go through every edge of alternative 1 in turn."""
    position = 0

    def pair(_: str) -> Pair:
        nonlocal position
        before, after = IMPROVEMENT_EDGES[position % len(IMPROVEMENT_EDGES)]
        position += 1
        return Counts(MANY, before, 0, 10, 2), Counts(MANY, after, 0, 10, 2)

    return fill(scheme, regions, pair)


def attainment_edges(scheme: Scheme, regions: Sequence[str]) -> Cells:
    """Return cells that go through every pair of edges of alternative 2 in turn."""
    position = 0

    def pair(_: str) -> Pair:
        nonlocal position
        edges = len(ATTAINMENT_EDGES)
        within, completed = ATTAINMENT_EDGES[position % edges]
        waiting_within, waiting = ATTAINMENT_EDGES[position // edges % edges]
        before = (within, 0)[position // edges**2 % 2]
        position += 1
        return (
            Counts(completed, before, 0, 10, 2),
            Counts(completed, within, 0, waiting, waiting_within),
        )

    return fill(scheme, regions, pair)


def production_edges(scheme: Scheme, regions: Sequence[str]) -> Cells:
    """Return cells where each region and period stays at one edge of production.

    The measures differ by those waiting, for three tables alike are refused as one saved thrice; the
    months by how many there are, for a table like another month's is refused as that one once more.
    """
    cells = {
        key: counts._replace(waiting=10 + MEASURES.index(key[2]))
        for key, counts in fill(scheme, regions, lambda _: pair_at_level(50)).items()
    }
    position = 0
    for round_ in scheme.rounds:
        for region in regions:
            completed, added = PRODUCTION_EDGES[position % len(PRODUCTION_EDGES)]
            position += 1
            for times, month in enumerate(round_.months, start=1):
                cells[month, region, FIRST_VISIT] = Counts(
                    times * completed,
                    times * completed // 2,
                    0,
                    2 * times * added,
                    times * added,
                )
    return cells


def without_column(cells: Cells, random: Random, column: str, per_mille: int) -> Cells:
    """Return cells where a column is not available here and there."""
    return {
        key: counts._replace(**{column: None}) if happens(random, per_mille) else counts
        for key, counts in cells.items()
    }


def without_rows(cells: Cells, random: Random, per_mille: int) -> Cells:
    """Return cells with rows missing here and there."""
    return {key: counts for key, counts in cells.items() if not happens(random, per_mille)}


def without_regions(cells: Cells, random: Random, per_mille: int) -> Cells:
    """Return cells where regions are missing from deliveries, and one from them all."""
    pairs = sorted({key[:2] for key in cells})
    never = random.choice(sorted({key[1] for key in cells}))
    gone = {pair for pair in pairs if pair[1] == never or happens(random, per_mille)}
    return {key: counts for key, counts in cells.items() if key[:2] not in gone}


def without_months(cells: Cells, random: Random, scheme: Scheme, *, base: bool) -> Cells:
    """Return cells with one to three months missing, measured ones or those of the year before."""
    gone = set(random.sample(scheme.months, random.randint(1, 3)))
    if base:
        gone = {a_year_before(month) for month in gone}
    return {key: counts for key, counts in cells.items() if key[0] not in gone}


def with_nobody_waiting(cells: Cells, random: Random, per_mille: int) -> Cells:
    """Return cells with nobody waiting here and there."""
    return {
        key: counts._replace(waiting=0, waiting_within_30=0)
        if happens(random, per_mille)
        else counts
        for key, counts in cells.items()
    }


def with_nothing_completed(cells: Cells, random: Random, years: set[int], per_mille: int) -> Cells:
    """Return cells with nothing completed here and there, in some years."""
    nothing = {"completed": 0, "completed_within_30": 0, "completed_patient_chosen": 0}
    return {
        key: counts._replace(**nothing)
        if key[0][0] in years and happens(random, per_mille)
        else counts
        for key, counts in cells.items()
    }
