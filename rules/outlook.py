"""The outlook (utsikt) of a year: what is known, and an assumption for the months that are not in yet.

An outlook is no payout, and no forecast either: it says what the year gives if the assumption holds. How far
such outlooks were from the outcome of a year that is over, `rules/back_tests.py` says.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType

import polars as pl

from rules.calculation import calculate
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.decisions import Settlements
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
        lines: what would be paid, as `payouts.payout_lines`, settlements of decided payouts included.
        pots: how the pots would close, as `payouts.bonus_pots`.
    """

    scenario: str
    lines: pl.DataFrame
    pots: pl.DataFrame


def assumed_months(scheme: Scheme, observed: Inputs, decided: Collection[date] = ()) -> list[date]:
    """The measured months of which nothing is in yet, of one dataset at least.

    What the payouts of the months in `decided` rest on need not be assumed any more.
    """
    known = [set(observed[table]["month"]) for table in scheme.counted]
    settled = {each for payout_month in decided for each in scheme.round_months(payout_month)}
    return [
        month
        for month in scheme.measured_months
        if month not in settled and not all(month in each for each in known)
    ]


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
        # What came of a later year is not the latest month of this one.
        for known in [
            observed[table].filter(
                ~pl.col("month").is_in(assumed), pl.col("month") <= scheme.measured_months[-1]
            )
        ]
    }
    tables = calculate(scheme, {**observed, **filled}, [PayoutLines])
    pots = tables.get(BonusPots, BonusPots.without_rows())
    return Outlook(scenario, _with_settled(tables[PayoutLines], scheme, observed), pots)


def _with_settled(lines: pl.DataFrame, scheme: Scheme, entered: Inputs) -> pl.DataFrame:
    """The lines with what is settled, in the payouts of the year that pay it."""
    if (settlements := entered.get(Settlements)) is None or settlements.is_empty():
        return lines
    paid = settlements.filter(pl.col("month_paid").is_in(scheme.payout_months))
    settled = paid.with_columns(month="month_paid").select(lines.columns)
    key = PayoutLines.key()
    return (
        pl.concat([lines, settled])
        .group_by(key, maintain_order=True)
        .agg(pl.col("amount_sek").sum())
        .sort(key)
    )


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
