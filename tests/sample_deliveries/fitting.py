"""Whole counts for shares: numbers of patients that put a month's improvement inside a band.

Small regions begin a dozen treatments in July, so that a share can seldom be had exactly: the
nearest counts that give the level are taken.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Final

from tests.sample_deliveries.counts import Completed, completed_of
from tests.sample_deliveries.levels import INNER_BANDS, SURELY_ATTAINED_PCT

# How far the counts may lie from the aims, in patients: this year's; last year's (in large regions
# further, a 60th of all); and how many more may have begun last year.
_REACH: Final = 2
_LEAST_REACH_LAST_YEAR: Final = 3
_PART_REACHED_LAST_YEAR: Final = 60
_MOST_ADDED_LAST_YEAR: Final = 3


@dataclass(frozen=True)
class Aim:
    """What the counts of a month are to be near.

    ``total``: number begun. ``share``: part of them within 30 days (0-1).
    ``patient_chosen_rate``: part of them later at the patient's own choice (0-1).
    """

    total: int
    share: float
    patient_chosen_rate: float

    def completed(self, offset: int, more: int = 0) -> Completed | None:
        """Return counts near the aim: ``more`` begun, ``offset`` from the nearest within 30 days.

        None if there would be fewer than none or more than all.
        """
        total = self.total + more
        within_30 = round(total * self.share) + offset
        if not 0 <= within_30 <= total:
            return None
        return completed_of(total, within_30, self.patient_chosen_rate)


def fit_pair(
    this_year: Aim, last_year: Aim, level: int, *, attained: bool
) -> tuple[Completed, Completed]:
    """Return counts of this year's and last year's month, nearest to the aims, that give the level.

    ``level`` is in quarters; ``attained`` says that it comes from the attainment rule, and then the
    improvement is free. Raises ValueError if no counts near the aims do.
    """
    low, high = INNER_BANDS[level]
    pairs = sorted(
        _pairs(this_year, last_year), key=lambda pair: _distance(pair, this_year, last_year)
    )
    for now, before in pairs:
        if attained:
            if now.within_30 * 100 >= now.total * SURELY_ATTAINED_PCT:
                return now, before
        elif all(low <= improvement <= high for improvement in _improvements(now, before)):
            return now, before
    message = f"no counts near {this_year} and {last_year} give level {level}"
    raise ValueError(message)


def _pairs(this_year: Aim, last_year: Aim) -> Iterator[tuple[Completed, Completed]]:
    reach = max(_LEAST_REACH_LAST_YEAR, last_year.total // _PART_REACHED_LAST_YEAR)
    for offset, offset_before, more_before in product(
        range(-_REACH, _REACH + 1), range(-reach, reach + 1), range(_MOST_ADDED_LAST_YEAR + 1)
    ):
        now = this_year.completed(offset)
        before = last_year.completed(offset_before, more_before)
        if now is not None and before is not None:
            yield now, before


def _distance(pair: tuple[Completed, Completed], this_year: Aim, last_year: Aim) -> float:
    now, before = pair
    off_shares = abs(now.share_pct - 100 * this_year.share) + abs(
        before.share_pct - 100 * last_year.share
    )
    return off_shares + (before.total - last_year.total)


def _improvements(now: Completed, before: Completed) -> tuple[Fraction, Fraction]:
    """Improvement in percentage points: of all, and without those who chose to wait longer."""
    everybody = Fraction(now.within_30, now.total) - Fraction(before.within_30, before.total)
    without_chosen = Fraction(now.within_30, now.total - now.patient_chosen) - Fraction(
        before.within_30, before.total - before.patient_chosen
    )
    return 100 * everybody, 100 * without_chosen
