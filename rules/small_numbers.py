"""Which counts the public may not see: a region's month of a measure is shown whole, or not at all."""

from collections.abc import Iterable, Iterator
from datetime import date
from functools import cache
from typing import Literal

import polars as pl

from rules.loading import load_schemes
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.waiting_times import WaitingTime, excludes_patient_chosen
from schemas.months import MONTHS_A_YEAR, add_months

Audience = Literal["internal", "public"]
"""Whom a document is for: what is public shows no count below 5."""

FEWEST_SHOWN = 5
"""Lower counts could be about somebody; source: rules, section 7."""

Case = tuple[str, date, str]
"""A region's code, a month and a measure: what is counted together."""

PARTS = {
    "completed_within_30": "completed",
    "waiting_within_30": "waiting",
    "completed_within_30_last_year": "completed_last_year",
}
"""A column that counts a part of another one, and that other: the rest, by subtraction, is a count as well."""

CHOSEN = {"completed_patient_chosen": "completed"}
"""What a reading takes out of the completed: documents then show some with it, and some without."""

LAST_YEAR = {part: whole for part, whole in PARTS.items() if part.endswith("_last_year")}
"""Those of the same month the year before: another case."""


def withheld(audience: Audience, *tables: pl.DataFrame) -> frozenset[Case]:
    """The cases of which these readers see no count, in any document, of whichever scheme or year.

    One low count, or one low rest, withholds all four counts of the case. Level and alternative are
    public: beside them a whole leaves few numbers, or one, that its part may be, and the number completed
    and the level of new visits leave few that may have been added. Of a case without any number a
    level tells a share at most, which as many numbers have as one likes. A case is compared with that of
    the year before: beside the one's counts the level can leave one number for the other's, a 0, and by
    way of it for the next one's, so that the case is withheld of every year. New visits have a level by
    month of their period, of all its months so far: beside those of other months it leaves few too, so
    that the measure's cases of a region and period are withheld together.

    What an earlier publication showed stays known.

    Args:
        audience: the readers; of internal documents nothing is withheld.
        tables: all that is at hand of `observed.waiting_times` and `performance.waiting_times`, the
            latter of every scheme: a month is shown by its own year and by the next.
    """
    if audience == "internal":
        return frozenset()
    low = {case for table in tables for case in _low(table)}
    periods = _counted_together() if low else {}
    years = _years(tables)
    return frozenset(
        (region, each, measure)
        for region, month, measure in low
        for compared in (add_months(month, apart * MONTHS_A_YEAR) for apart in years)
        for each in periods.get((compared, measure), [compared])
    )


def _years(tables: Iterable[pl.DataFrame]) -> range:
    """By how many years any two cases of the tables may be apart."""
    years = [month.year for table in tables for month in table["month"].unique()]
    apart = max(years) - min(years) + 1 if years else 0  # last year's counts stand in the first
    return range(-apart, apart + 1)


@cache
def _counted_together() -> dict[tuple[date, str], list[date]]:
    """By each month and measure of new visits, the months of its period."""
    rules = (
        rule
        for scheme in load_schemes().values()
        for rule in scheme.all_of(FirstVisitProduction).values()
    )
    return {
        (month, rule.measure): period.months()
        for rule in rules
        for period in rule.period
        for month in period.months()
    }


@cache
def _takes_out_chosen() -> bool:
    """Whether some scheme does."""
    return any(
        excludes_patient_chosen(scheme)
        for scheme in load_schemes().values()
        if scheme.all_of(WaitingTime)
    )


def year_before(case: Case) -> Case:
    """The case that this one is compared with."""
    region, month, measure = case
    return region, add_months(month, -MONTHS_A_YEAR), measure


def _low(table: pl.DataFrame) -> Iterator[Case]:
    """The cases that a count or a rest of the table says to be low; what is missing is not."""
    own = {part: whole for part, whole in PARTS.items() if part not in LAST_YEAR}
    if _takes_out_chosen() and set(CHOSEN).issubset(table.columns):
        own |= CHOSEN
    yield from _cases(table, own)
    if set(LAST_YEAR).issubset(table.columns):
        yield from map(year_before, _cases(table, LAST_YEAR))


def _cases(table: pl.DataFrame, parts: dict[str, str]) -> Iterable[Case]:
    counts = [
        count
        for part, whole in parts.items()
        for count in (pl.col(part), pl.col(whole), pl.col(whole) - pl.col(part))
    ]
    is_low = pl.any_horizontal(count < FEWEST_SHOWN for count in counts)
    return table.filter(is_low).select("region_code", "month", "measure").iter_rows()
