"""The next level: the patients named give it, one less does not, at every edge of every band."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.next_levels import next_levels, not_the_least
from rules.requirements.first_visit_production import first_visit_production
from rules.requirements.waiting_times import waiting_time_performance
from rules.scheme import Scheme
from rules.steps import steps
from schemas.months import add_months
from schemas.observed import WaitingTimes
from schemas.payouts import Reserves
from schemas.performance import FirstVisitProductionPerformance, NextLevels, WaitingTimePerformance
from schemas.table import Table
from tests.rules.observations import waiting_times
from tests.rules.scheme_data import SCHEME_NAMES, scheme_named
from tests.rules.test_properties import consistent_counts
from tests.rules.years import MEASURES, NAMES, Counts

SCHEME = scheme_named("bup-2025")
MONTH = date(2025, 4, 1)
RESERVED = 1001
"""Kronor in reserve: a quarter of it is not whole."""

Key = tuple[date, str, str]
Cells = Mapping[Key, Counts]
GAPS = ["rounded", "exact", "shares_rounded"]


def grid() -> list[Key]:
    """Every month, region and measure of the scheme's year."""
    return list(product(SCHEME.measured_months, SCHEME.regions, MEASURES))


def reserves() -> pl.DataFrame:
    """The same reserve for every cell and every period."""
    rows = [(month, region, "waiting_time", measure) for month, region, measure in grid()] + [
        (month, region, "first_visit_production", "")
        for month in (date(2025, 3, 1), date(2025, 7, 1))
        for region in SCHEME.regions
    ]
    names = ["month", "region_code", "component", "measure"]
    frame = pl.DataFrame(rows, schema=names, orient="row")
    return Reserves.conform(
        frame.with_columns(
            month_to="month", scheme=pl.lit(SCHEME.name), reserved_sek=pl.lit(RESERVED)
        )
    )


RESERVES = reserves()


def observed(cells: Cells) -> pl.DataFrame:
    """`observed.waiting_times` with the counts of these cells."""
    rows = [
        {
            **dict(zip(("month", "region_code", "measure"), key, strict=True)),
            **dict(zip(NAMES, counts, strict=True)),
        }
        for key, counts in cells.items()
    ]
    return waiting_times(rows)


def assessed(
    scheme: Scheme, counts: pl.DataFrame, months: list[date]
) -> dict[type[Table], pl.DataFrame]:
    """The tables of performance of the months."""
    return {
        WaitingTimePerformance: waiting_time_performance(scheme, counts, RESERVES, months),
        FirstVisitProductionPerformance: first_visit_production(scheme, counts, RESERVES, months),
    }


def searched(scheme: Scheme, cells: Cells) -> dict[tuple[object, ...], dict[str, object]]:
    """The next levels of the whole year by month, region, measure and alternative."""
    months = scheme.measured_months
    found = next_levels(scheme, assessed(scheme, observed(cells), months), months)
    key = ("month", "region_code", "measure", "alternative")
    return {tuple(row[name] for name in key): row for row in found.iter_rows(named=True)}


@pytest.mark.parametrize("reading", GAPS)
def test_every_edge_of_improvement(reading: str) -> None:
    """What is named is what trying one patient more after the other gives."""
    base = {"first_visit": (100, 10), "assessment": (90, 37), "treatment": (7, 4)}
    completed = 188
    within = {measure: iter(range(completed + 1)) for measure in MEASURES}
    now = {key: next(within[key[2]]) for key in grid()}
    cells: dict[Key, Counts] = {}
    for (month, region, measure), number in now.items():
        cells[month, region, measure] = (completed, number, 0, None, None)
        last_year = (add_months(month, -12), region, measure)
        cells[last_year] = (*base[measure], 0, None, None)
    scheme = SCHEME.read_as(band_gaps=reading)
    found = searched(scheme, cells)
    table = waiting_time_performance(scheme, observed(cells), RESERVES, SCHEME.measured_months)
    levels: dict[str, dict[int, int]] = {measure: {} for measure in MEASURES}
    for row in table.iter_rows(named=True):
        levels[row["measure"]][row["completed_within_30"]] = row["level_pct"]
    assert {level for each in levels.values() for level in each.values()} == {0, 50, 75, 100}
    for (month, region, measure), number in now.items():
        level = levels[measure][number]
        higher = [each for each, then in levels[measure].items() if each > number and then > level]
        row = found.get((month, region, measure, "improvement"))
        if not higher:
            assert row is None
            continue
        assert row is not None
        assert row["patients"] == row["patients_completed"] == min(higher) - number
        assert row["to_level_pct"] == levels[measure][min(higher)]
        assert row["gain_sek"] == Decimal((levels[measure][min(higher)] - level) * RESERVED) / 100


@pytest.mark.parametrize("nobody_waiting", ["met", "not_met"])
def test_every_edge_of_attainment(nobody_waiting: str) -> None:
    """Both shortfalls are named; where nobody waits, there is none or no way, as it is read."""
    pairs = list(product(range(13), range(13)))  # of 12 completed and of 12 waiting, 9 are enough
    cells: dict[Key, Counts] = {
        key: (12, pair[0], 0, 12, pair[1]) for key, pair in zip(grid(), pairs, strict=False)
    }
    nobody = grid()[len(pairs)]
    cells[nobody] = (12, 8, 0, 0, 0)
    found = searched(SCHEME.read_as(nobody_waiting=nobody_waiting), cells)
    for (key, counts), (completed, waiting) in zip(cells.items(), pairs, strict=False):
        row = found.get((*key, "attainment"))
        missing = (max(9 - completed, 0), max(9 - waiting, 0))
        if missing == (0, 0):
            assert row is None, counts
            continue
        assert row is not None
        assert (row["patients_completed"], row["patients_waiting"]) == missing
        assert (row["patients"], row["to_level_pct"]) == (sum(missing), 100)
    last = found.get((*nobody, "attainment"))
    assert (last and last["patients"]) == (1 if nobody_waiting == "met" else None)


@pytest.mark.parametrize("reading", ["rounded", "exact"])
def test_every_edge_of_production(reading: str) -> None:
    """Further first visits, over the period so far; a running figure until its last month."""
    added, first = 97, 80
    cells: dict[Key, Counts] = {}
    for place, region in enumerate(SCHEME.regions):
        for months in (SCHEME.measured_months[:4], SCHEME.measured_months[4:]):
            for number, month in enumerate(months):
                began = number == 0
                completed = first + len(months) * place if began else 1
                waiting = added if began else 0
                cells[month, region, "first_visit"] = (completed, 0, 0, waiting, waiting)
    scheme = SCHEME.read_as(band_gaps=reading)
    table = assessed(scheme, observed(cells), SCHEME.measured_months)
    rows = table[FirstVisitProductionPerformance].to_dicts()
    levels = {row["completed_to_date"]: row["level_pct"] for row in rows}
    assert set(levels.values()) == {0, 50, 75, 100}
    found = searched(scheme, cells)
    for row in rows:
        number, level = row["completed_to_date"], row["level_pct"]
        higher = [each for each, then in levels.items() if each > number and then > level]
        next_level = found.get((row["month"], row["region_code"], "first_visit", "production"))
        assert (next_level and next_level["patients"]) == (min(higher) - number if higher else None)


def test_nothing_can_raise_what_was_not_reported() -> None:
    """No row where a count is missing that the alternative needs, nor for an incomplete period."""
    cells: dict[Key, Counts] = {
        (MONTH, "01", "assessment"): (10, None, 0, 10, 1),
        (MONTH, "03", "assessment"): (0, 0, 0, 10, 1),
        (MONTH, "04", "assessment"): (10, 1, 0, None, 1),
        (MONTH, "04", "first_visit"): (10, 1, 0, 10, 1),  # March is missing
    }
    found = searched(SCHEME, cells)
    assert [key[1:] for key in found] == [("04", "first_visit", "attainment")]


def test_the_first_visit_of_a_period_without_any() -> None:
    """Where nobody was added, one visit gives the whole (I-7)."""
    found = searched(SCHEME, {(date(2025, 3, 1), "01", "first_visit"): (0, 0, 0, 0, 0)})
    [row] = found.values()
    assert (row["alternative"], row["patients"], row["to_level_pct"]) == ("production", 1, 100)


@given(
    cells=st.lists(consistent_counts(), min_size=63, max_size=63),
    last_year=st.lists(consistent_counts(), min_size=63, max_size=63),
    gaps=st.sampled_from(GAPS),
    chosen=st.sampled_from(["included", "excluded"]),
)
@settings(max_examples=8, deadline=None)
def test_the_patients_named_raise_the_level_and_one_less_does_not(
    cells: list[Counts], last_year: list[Counts], gaps: str, chosen: str
) -> None:
    """Added to what was observed, with the other alternative out of reach."""
    keys = list(product([MONTH], SCHEME.regions, MEASURES))
    now = observed(dict(zip(keys, cells, strict=True)))
    then = observed(
        {
            (add_months(MONTH, -12), *key[1:]): counts
            for key, counts in zip(keys, last_year, strict=True)
        }
    )
    scheme = SCHEME.read_as(band_gaps=gaps, patient_chosen=chosen)
    no_waiting = pl.lit(None, pl.Int64)
    alone = {
        "improvement": (now.with_columns(waiting=no_waiting, waiting_within_30=no_waiting), then),
        "attainment": (now, then.clear()),
    }
    tables = assessed(scheme, pl.concat([now, then]), [MONTH])
    found = next_levels(scheme, tables, [MONTH]).filter(component="waiting_time")
    for alternative, (counts, base) in alone.items():
        named = found.filter(alternative=alternative)
        for less_completed, less_waiting in ((0, 0), (1, 0), (0, 1)):
            said = named.filter(
                pl.col("patients_completed") >= less_completed,
                pl.col("patients_waiting") >= less_waiting,
            )
            raised = counts.join(
                said.drop("scheme"), on=["month", "region_code", "measure"], how="inner"
            ).with_columns(
                pl.col("completed_within_30") + pl.col("patients_completed") - less_completed,
                pl.col("waiting_within_30") + pl.col("patients_waiting") - less_waiting,
            )
            observed_then = pl.concat([raised.select(WaitingTimes.polars_schema().keys()), base])
            after = waiting_time_performance(scheme, observed_then, RESERVES, [MONTH])
            levels = said.join(after, on=["region_code", "measure"], suffix="_then")
            assert levels.height == said.height
            if less_completed or less_waiting:
                assert (levels["level_pct_then"] <= levels["level_pct"]).all()
            else:
                assert levels["level_pct_then"].equals(levels["to_level_pct"])


@pytest.mark.parametrize("change", [-1, 1])
def test_a_number_that_is_not_the_least_is_noticed(change: int) -> None:
    """One patient too many, or too few."""
    counts = observed({(MONTH, "01", "assessment"): (12, 5, 0, 12, 12)})
    tables = assessed(SCHEME, counts, [MONTH])
    found = next_levels(SCHEME, tables, [MONTH])
    assert not_the_least(SCHEME, tables, found).is_empty()
    wrong = found.with_columns(pl.col("patients_completed") + change)
    assert not_the_least(SCHEME, tables, wrong).equals(wrong)


@pytest.mark.parametrize("name", SCHEME_NAMES)
def test_whatever_pays_by_levels_has_next_levels(name: str) -> None:
    """A step for every measured month where some table of performance has levels; else none."""
    made = {step.table: step for step in steps(scheme_named(name))}
    has_levels = [
        table for table in made if table is not NextLevels and "level_pct" in table.polars_schema()
    ]
    step = made.get(NextLevels)
    assert [need.table for need in step.needs] == has_levels if step else not has_levels
