"""The outlook (utsikt) of a year: what is known, and an assumption for the months that are not in yet.

An outlook is no payout, and no forecast either: it says what the year gives if the assumption holds. How far
such outlooks were from the outcome of a year that is over, `back_test` says.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl
from pandera.config import config_context

from rules.calculation import calculate
from rules.exact import percentage, with_decimals
from rules.parameters import NotKnownYetError
from rules.population import PopulationMissingError
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.keys import OfScheme
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.payouts import BonusPots, PayoutLines

Assumption = Callable[[pl.DataFrame, Sequence[date]], pl.DataFrame]
"""From the rows of an observed table, which has none of the months, to its rows of the months."""


def as_last_year(rows: pl.DataFrame, months: Sequence[date]) -> pl.DataFrame:
    """The counts of the same months last year."""
    return _copied(rows, {month: add_months(month, -MONTHS_A_YEAR) for month in months})


def as_latest(rows: pl.DataFrame, months: Sequence[date]) -> pl.DataFrame:
    """The counts of the latest month, in each of the months."""
    latest = rows["month"].max()
    return _copied(rows, dict.fromkeys(months, latest) if isinstance(latest, date) else {})


def nothing_more(rows: pl.DataFrame, months: Sequence[date]) -> pl.DataFrame:
    """No counts: nothing more is reported, and so nothing more is earned."""
    _ = months
    return rows.clear()


ASSUMPTIONS: Mapping[str, Assumption] = MappingProxyType(
    {each.__name__: each for each in (as_last_year, as_latest, nothing_more)}
)
"""The named scenarios."""


@dataclass(frozen=True)
class Outlook:
    """A year under one assumption.

    Attributes:
        scenario: the assumption's name.
        lines: what would be paid, as `payouts.payout_lines`.
        pots: how the pots would close, as `payouts.bonus_pots`.
    """

    scenario: str
    lines: pl.DataFrame
    pots: pl.DataFrame


def assumed_months(scheme: Scheme, observed: Inputs) -> list[date]:
    """The measured months of which nothing is in yet, of one dataset at least."""
    known = [set(observed[table]["month"]) for table in scheme.counted]
    return [month for month in scheme.measured_months if not all(month in each for each in known)]


def resting_on(scheme: Scheme, month: date, component: str, assumed: Sequence[date]) -> list[date]:
    """Those of the assumed months that a component of a payout rests on; a bonus rests on them all."""
    requirement = scheme.requirements.get(component)
    if requirement is None:
        return list(assumed)
    covered = scheme.round_months(month) if requirement.datasets else []
    return [each for each in assumed if each in covered]


def outlook(scheme: Scheme, observed: Inputs, scenario: str) -> Outlook:
    """The year if the months that are not in come as the scenario assumes.

    Args:
        scheme: whose year.
        observed: as `calculate` takes it; a payout that was decided stands as decided.
        scenario: one of `ASSUMPTIONS`.

    Raises:
        PopulationMissingError: if a population that shares rest on is missing.
        NotKnownYetError: if a parameter that payments rest on is not known yet.
    """
    assumed = assumed_months(scheme, observed)
    filled = {
        table: pl.concat([known, ASSUMPTIONS[scenario](known, assumed)])
        for table in scheme.counted
        for known in [observed[table].filter(~pl.col("month").is_in(assumed))]
    }
    tables = calculate(scheme, {**observed, **filled}, [PayoutLines])
    pots = tables.get(BonusPots, BonusPots.without_rows())
    return Outlook(scenario, tables[PayoutLines], pots)


def tested_years(scheme: Scheme, schemes: Collection[Scheme], observed: Inputs) -> Iterator[Scheme]:
    """The years that are over whose outlooks say how good this one's are, the best first.

    It is this year, or a year before that counts the same, the latest first.
    """
    for each in sorted(schemes, key=lambda each: each.months[0], reverse=True):
        is_like = each.counted == scheme.counted and each.months[0] <= scheme.months[0]
        if is_like and each.counted and not assumed_months(each, observed):
            yield each


def latest_back_test(
    scheme: Scheme, schemes: Collection[Scheme], observed: Inputs, assumed: int | None = None
) -> tuple[Scheme, pl.DataFrame] | None:
    """The back-test of the first of `tested_years` that can be computed; none if none can.

    Args:
        scheme: whose outlooks are to be trusted or not.
        schemes: all there are.
        observed: what was observed, by model.
        assumed: with how many months assumed; else every number of them.
    """
    for each in tested_years(scheme, schemes, observed):
        with suppress(NotKnownYetError, PopulationMissingError):
            return each, back_test(each, observed, assumed)
    return None


def back_test(scheme: Scheme, observed: Inputs, assumed: int | None = None) -> pl.DataFrame:
    """How far the outlooks after each month of a year that is over were from its outcome.

    Args:
        scheme: whose year.
        observed: all of it; what was decided plays no part.
        assumed: after the month alone that leaves so many to assume; else after each but the last.

    Returns:
        known_to (the last month that was in), assumed (how many were not), scenario, outcome_sek (the
        year's sum), off_by_sek (the regions' differences together, each without its sign), off_by_pct
        (of the outcome, half-up to one decimal; none of nothing), region_code and largest_sek (the region that was off
        most, and by how much).
    """
    counts = {table: rows for table, rows in observed.items() if not issubclass(table, OfScheme)}
    outcome = _by_region(calculate(scheme, counts, [PayoutLines])[PayoutLines])
    months = scheme.measured_months
    found = []
    # The outcome's tables were checked just now; those of so many outlooks need not be, one by one.
    with config_context(validation_enabled=False):
        for place in range(1, len(months)):
            left = len(months) - place
            if assumed not in {None, left}:
                continue
            later = pl.col("month").is_in(months[place:])
            known = counts | {table: counts[table].filter(~later) for table in scheme.counted}
            for scenario in ASSUMPTIONS:
                off = _off_by(outcome, _by_region(outlook(scheme, known, scenario).lines))
                found.append(
                    off.select(
                        pl.lit(months[place - 1]).alias("known_to"),
                        pl.lit(left, pl.Int64).alias("assumed"),
                        pl.lit(scenario).alias("scenario"),
                        pl.all(),
                    )
                )
    return pl.concat(found) if found else pl.DataFrame(schema={"assumed": pl.Int64})


def _off_by(outcome: pl.DataFrame, expected: pl.DataFrame) -> pl.DataFrame:
    """One row: the outcome's sum, how far the regions were off together, and the one that was most."""
    off = (pl.col("amount_sek_outlook") - pl.col("amount_sek")).abs()
    in_all, off_in_all = pl.col("amount_sek").sum(), pl.col("off").sum()
    return (
        outcome.join(expected, on="region_code", suffix="_outlook")
        .with_columns(off=off)
        .sort("off", "region_code", descending=[True, False])
        .select(
            outcome_sek=in_all,
            off_by_sek=off_in_all,
            off_by_pct=with_decimals(percentage(off_in_all, in_all, 1), 18, 1),
            region_code=pl.col("region_code").first(),
            largest_sek=pl.col("off").first(),
        )
    )


def _by_region(lines: pl.DataFrame) -> pl.DataFrame:
    return lines.group_by("region_code").agg(pl.col("amount_sek").sum()).sort("region_code")


def _copied(rows: pl.DataFrame, sources: Mapping[date, date]) -> pl.DataFrame:
    """The rows of each source, as rows of the month that it stands in for."""
    return pl.concat(
        [
            rows.clear(),
            *(
                rows.filter(month=source).with_columns(month=pl.lit(month))
                for month, source in sources.items()
            ),
        ]
    )
