"""What the public tables together let nobody work out: a count of 1 to 4, by trying all it may be."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

import polars as pl

from reports.pages.country_page import country_page
from reports.pages.region_page import region_page
from reports.pages.telling import Telling
from reports.results import Result
from reports.words import words_in
from rules.calculation import calculate
from rules.requirements.waiting_times import WaitingTime
from rules.small_numbers import FEWEST_SHOWN, PARTS
from schemas.months import parse_month
from schemas.observed import Population, WaitingTimes
from tests.reports.pages.conftest import NOTHING_ASSUMED, Tell, published
from tests.reports.pages.test_region_page import table

Cell = tuple[str, str, str]
Pairs = set[tuple[int, int]]
NOW, WAITING, BEFORE = PARTS
MONTHS = {"access-2024": "2024-11", "bup-2025": "2025-11"}
WORDS = words_in("sv")["audience"]


def rows(told: Telling) -> Iterator[tuple[Cell, dict[str, object], Result]]:
    """The counts of every region, month and measure as the region's public page has them, and as they are."""
    columns = [name for pair in PARTS.items() for name in reversed(pair)]
    for region in told.year.scheme.regions:
        page = region_page(told, region, NOTHING_ASSUMED)
        cells = [
            (month, measure)
            for month in told.year.computed_months
            for measure in told.year.measures
        ]
        for (month, measure), row in zip(cells, table(page, "antal").rows, strict=True):
            shown = dict(zip(columns, row[3:9], strict=True))
            yield (region, f"{month:%m}", measure), shown, told.year.results[region, month, measure]


def domain(shown: Mapping[str, object], part: str, known: Pairs | None) -> pl.DataFrame:
    """What a part and its whole may be: as they are shown, and as another year's table leaves it."""
    whole = shown[PARTS[part]]
    wholes = range(FEWEST_SHOWN) if whole == WORDS["few"] else [whole]
    pairs = [
        (within, among)
        for among in wholes
        for within in (
            range(among + 1)
            if shown[part] == WORDS["withheld"]
            else range(min(FEWEST_SHOWN, among + 1))
            if shown[part] == WORDS["few"]
            else [shown[part]]
        )
        if known is None or (within, among) in known
    ]
    return pl.DataFrame(pairs, {part: pl.Int64, PARTS[part]: pl.Int64}, orient="row").with_columns(
        pl.any_horizontal(
            pl.col(part) < FEWEST_SHOWN, pl.col(PARTS[part]) - pl.col(part) < FEWEST_SHOWN
        ).alias(f"{part}_low")
    )


def candidates(
    told: Telling, shown: Mapping[str, object], result: Result, known: Mapping[str, Pairs]
) -> dict[str, Pairs]:
    """Each pair's values with which the rule gives the public level by the public alternative."""
    rule = told.year.scheme.require(WaitingTime)
    levels = {
        each.name: each.level for each in rule.alternatives(told.year.scheme, told.year.until)
    }
    now, waiting, before = (domain(shown, part, known.get(part)) for part in PARTS)
    one = {name: pl.lit(1, pl.Int64) for part in (NOW, WAITING) for name in (part, PARTS[part])}
    in_time = waiting.with_columns(**{name: one[name] for name in (NOW, PARTS[NOW])})
    waiting = waiting.with_columns(in_time.select(waits=levels["attainment"] > 0))
    both = now.join(before, how="cross").with_columns(
        **{name: one[name] for name in (WAITING, PARTS[WAITING])}
    )
    both = both.with_columns(
        improved=levels["improvement"],
        attained=levels["attainment"] > 0,
        low=pl.any_horizontal(f"{NOW}_low", f"{BEFORE}_low"),
    ).drop(WAITING, PARTS[WAITING])
    is_attained = pl.col("attained") & pl.col("waits")
    fits = {
        "attainment": is_attained,
        "improvement": ~is_attained & (pl.col("improved") == result.level_pct),
        "none": ~is_attained & (pl.col("improved") == 0),
    }[result.alternative] & (pl.col("low") | pl.col(f"{WAITING}_low"))
    classes = ["waits", f"{WAITING}_low"]
    of_both = both.join(waiting.select(classes).unique(), how="cross").filter(fits)
    kinds = ["improved", "attained", "low"]
    of_waiting = waiting.join(both.select(kinds).unique(), how="cross").filter(fits)
    return {
        part: set(
            (of_waiting if part == WAITING else of_both).select(part, PARTS[part]).iter_rows()
        )
        for part in PARTS
    }


def test_no_count_of_one_to_four_can_be_worked_out(tell: Tell) -> None:
    """By level and alternative, and by the other year's table: more than one number is left for each."""
    years = {name: tell(until, audience="public", name=name) for name, until in MONTHS.items()}
    before, after = ({cell: row for cell, *row in rows(told)} for told in years.values())
    tried = 0
    for told, own, other, links in (
        (years["access-2024"], before, after, (NOW, BEFORE)),
        (years["bup-2025"], after, before, (BEFORE, NOW)),
    ):
        for cell, (shown, result) in own.items():
            if not {WORDS["withheld"], WORDS["few"]} & set(shown.values()):
                continue
            mine, theirs = links
            beside, theirs_result = other.get(cell, (None, None))
            known = {}
            if beside and theirs_result and isinstance(beside[theirs], int):
                counts = theirs_result._asdict()
                known = {mine: {(counts[theirs], counts[PARTS[theirs]])}}
            for part, left in candidates(told, shown, result, known).items():
                within, among = (result._asdict()[name] for name in (part, PARTS[part]))
                assert (within, among) in left
                is_low = 0 < within < FEWEST_SHOWN or 0 < among - within < FEWEST_SHOWN
                assert len(left) > 1 or not is_low, (cell, part)
                tried += is_low
    assert tried > 0


def test_the_public_pages_are_the_same_whatever_a_hidden_count_is(tell: Tell) -> None:
    """Made up: another number for which the level is the same moves no word, row or place of theirs."""
    told = tell("2025-11", audience="public")
    cell = {"region_code": "18", "measure": "assessment"}
    observed = published()[WaitingTimes]
    here = pl.all_horizontal(pl.col(name) == value for name, value in cell.items()) & (
        pl.col("month") == date(2025, 4, 1)
    )
    assert observed.filter(here)["completed_within_30"].to_list() == [5]
    less = pl.when(here).then(4).otherwise(pl.col("completed_within_30"))
    changed = {
        Population: published()[Population],
        WaitingTimes: observed.with_columns(completed_within_30=less),
    }
    tables = {**published(), **changed, **calculate(told.year.scheme, changed)}
    other = replace(told, year=replace(told.year, tables=tables))
    assert other.year.nearest["18"] != told.year.nearest["18"]
    for until in ("2025-04", "2025-11"):
        month = parse_month(until)
        pages = [
            page
            for each in (told, other)
            for now in [replace(each, year=each.year.at(month))]
            for page in (region_page(now, "18", NOTHING_ASSUMED), country_page(now))
        ]
        assert pages[:2] == pages[2:]
