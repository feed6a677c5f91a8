"""What all public pages together let nobody work out: in another world each count withheld is another, and every page the same."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from random import Random

import pytest

from reports.pages.country_page import country_page
from reports.pages.data_page import data_page
from reports.pages.page import Page
from reports.pages.region_page import region_page
from reports.pages.telling import Telling
from reports.pages.year import Year
from rules.calculation import calculate
from rules.scheme import Scheme
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.observed import Population, WaitingTimes
from tests.oracle.model import NOT_REPORTED, Counts, Readings
from tests.oracle.production import production_level
from tests.oracle.waiting_times import (
    better_alternative,
    improvement,
    is_attained,
    share,
)
from tests.reports.pages.conftest import NOTHING_ASSUMED, Tables, published, withheld_of
from tests.rules.observations import real_population, waiting_times
from tests.rules.scheme_data import of_regions, scheme_named

Case = tuple[str, date, str]
World = Mapping[Case, Counts]

SCHEMES = ("access-2024", "bup-2025")
LARGE, SMALL = ("01",), ("09", "23")
MEASURES = ("first_visit", "assessment", "treatment")
MONTHS = [date(year, month, 1) for year in (2023, 2024, 2025) for month in range(1, 12)]
LOW = 5
TRIES = 200_000
DEFAULT = Readings()
REST = (4, 5)
"""Where the numbers of a case are what is left: that it is none, a level itself can say."""

ROUNDS = [payout.round_months() for payout in scheme_named("bup-2025").payouts]
KEY = ("region_code", "month", "measure")


def made_up(random: Random) -> World:
    """Two small regions beside a large one; some of their counts are missing."""
    return {
        (region, month, measure): counted(random, 300 if region in LARGE else 40)
        if random.random() < 0.98
        else NOT_REPORTED
        for region in (*LARGE, *SMALL)
        for month in MONTHS
        for measure in MEASURES
    }


def counted(random: Random, most: int) -> Counts:
    """Counts of about three quarters within 30 days, where every level is."""
    completed, waiting = random.randint(most // 10, most), random.randint(most // 10, most)
    parts = (min(n, round(n * random.gauss(0.77, 0.13))) for n in (completed, waiting))
    within, still = (max(0, part) for part in parts)
    return Counts(completed, within, None, waiting, still)


def numbers(counts: Counts) -> list[int | None]:
    """The four counts, and what is left of the two wholes."""
    completed, within, _, waiting, still = counts
    later = None if completed is None or within is None else completed - within
    longer = None if waiting is None or still is None else waiting - still
    return [completed, within, waiting, still, later, longer]


def is_low(counts: Counts) -> bool:
    """Whether any of them is below 5."""
    return any(each is not None and each < LOW for each in numbers(counts))


def judged(world: World, case: Case) -> tuple[str, int]:
    """The alternative and the level, as anybody may know them."""
    region, month, measure = case
    now = world.get(case, NOT_REPORTED)
    base = world.get((region, add_months(month, -MONTHS_A_YEAR), measure), NOT_REPORTED)
    points = improvement(
        share(now.completed_within_30, now.completed),
        share(base.completed_within_30, base.completed),
        DEFAULT,
    )
    return better_alternative(points, attained=is_attained(now, DEFAULT))


def produced(world: World, case: Case) -> list[int]:
    """The levels of new-visit production of the months whose sums hold the case."""
    region, month, measure = case
    months = next((each for each in ROUNDS if month in each), [])
    if measure != "first_visit":
        return []
    levels, sums = [], [0, 0]
    for each in months:
        counts = world.get((region, each, measure), NOT_REPORTED)
        if counts.completed is None or counts.waiting_within_30 is None:
            break
        sums = [sums[0] + counts.completed, sums[1] + counts.waiting_within_30]
        levels += [production_level(*sums, DEFAULT)] * (each >= month)
    return levels


def known(world: World, case: Case) -> list[object]:
    """All that hangs on a case and is public though its counts are not."""
    region, month, measure = case
    after = region, add_months(month, MONTHS_A_YEAR), measure
    return [judged(world, case), judged(world, after), *produced(world, case)]


def another(world: World, case: Case, random: Random) -> Counts:
    """Counts as low, by which all that is public is the same: each of the four another, and of what is left each 1 to 4."""
    true, public = world[case], known(world, case)
    for _ in range(TRIES):
        found = drawn(true, random)
        pairs = zip(numbers(true), numbers(found), strict=True)
        is_other = all(
            was is None or was != now or (place in REST and not was)
            for place, (was, now) in enumerate(pairs)
        )
        if is_other and is_low(found) and known({**world, case: found}, case) == public:
            return found
    raise AssertionError(f"{case}: from {true} and what is public, a count can be worked out")


def drawn(true: Counts, random: Random) -> Counts:
    """Others, of which a part or what is left may be low; those that make new visits are as many more or fewer."""
    completed, within, _, waiting, still = true
    step = random.choice([-12, 12, 60]) * random.randint(1, 12) // 12
    if completed is not None:
        completed = max(0, completed + step)
        within = part_of(completed, random) if within is not None else None
    if still is not None:
        still = max(0, still + random.choice([step, step, step + random.randint(-3, 3), 5 - still]))
        waiting = still + part_of(random.choice([4, still]), random)
    return Counts(completed, within, None, waiting, still)


def part_of(whole: int, random: Random) -> int:
    """Any of it, often few, or all but few."""
    low = random.randint(0, min(LOW - 1, whole))
    return random.choice([low, whole - low, random.randint(0, whole)])


def tables_of(world: World) -> Tables:
    """What would be published of it, of both schemes."""
    rows = [
        {**dict(zip(KEY, case, strict=True)), **counts._asdict()} for case, counts in world.items()
    ]
    counted = {Population: real_population(), WaitingTimes: waiting_times(rows)}
    tables = {**published(), **counted}
    of_schemes = [calculate(scheme, tables) for scheme in map(scheme_of, SCHEMES)]
    for table in of_schemes[0] | of_schemes[1]:
        found = [each[table] for each in of_schemes if table in each]
        tables[table] = found[0].vstack(found[1]) if len(found) > 1 else found[0]
    return tables


def scheme_of(name: str) -> Scheme:
    """The scheme with these regions alone."""
    return of_regions(scheme_named(name), (*LARGE, *SMALL))


def without_share_of_country(page: Page) -> Page:
    """The page but for the country's shares, which are of three regions withheld together, and tell none of them."""
    sections = [
        replace(each, table=replace(each.table, totals=())) if each.table else each
        for each in page.sections
    ]
    return replace(page, sections=sections)


def pages_of(tables: Tables) -> Iterator[Page]:
    """Every page of every month, for the public."""
    withheld = withheld_of(tables, "public")
    for name in SCHEMES:
        scheme = scheme_of(name)
        for month in scheme.measured_months:
            told = Telling(Year(scheme, month, tables, True, "public", withheld), "sv")
            yield without_share_of_country(country_page(told))
            for region in scheme.regions:
                yield region_page(told, region, NOTHING_ASSUMED)
        yield data_page([told])


@pytest.mark.parametrize(
    "seed", [0, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (1, 2))]
)
def test_every_count_withheld_may_be_another(seed: int) -> None:
    """Levels, kronor, sums, shares and another year's tables are the same, so nothing in them tells which it is."""
    random = Random(seed)  # noqa: S311 - made up
    world = made_up(random)
    low = [case for case, counts in world.items() if is_low(counts)]
    assert len(low) > len(MONTHS)
    other = dict(world)
    for case in low:
        other[case] = another(other, case, random)
    for page, of_other in zip(pages_of(tables_of(world)), pages_of(tables_of(other)), strict=True):
        assert page == of_other, page.path
