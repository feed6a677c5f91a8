"""The levels a region is to reach in the months of a round, so that they add up to what it earned.

A level is counted in quarters of the month's reserve: 0, 2, 3 or 4 (0, 50, 75 or 100 per cent).

What belongs here: the inner parts of the agreement's bands, and the choice of levels. Both stay
clear of the edges, so that 2024 gives the same result under every reading of them. The exact rule
stands in ``self_check``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

# Improvement in percentage points, well inside the bands 1.0-4.9, 5.0-9.9 and from 10.0.
INNER_BANDS: Final = {
    0: (Fraction(-100), Fraction(6, 10)),
    2: (Fraction(14, 10), Fraction(45, 10)),
    3: (Fraction(54, 10), Fraction(95, 10)),
    4: (Fraction(105, 10), Fraction(100)),
}
# The agreement asks for 75 per cent; from 77 it is surely met, at 72 it surely is not.
SURELY_ATTAINED_PCT: Final = 77
SURELY_MISSED_PCT: Final = 72

# A high share without attainment needs long waits of those still waiting. That is a little
# unnatural: as much as moving the improvement by this many percentage points.
_COST_OF_MISSING_ATTAINMENT: Final = 3.0
# A share last year below this many per cent is not made up.
_LOWEST_SHARE_PCT: Final = 2.0


@dataclass(frozen=True)
class Outlook:
    """A month as first drawn.

    ``share_pct``: share within 30 days, per cent.
    ``improvement``: of the share on the same month last year, percentage points.
    """

    share_pct: float
    improvement: float

    @property
    def attains(self) -> bool:
        """Whether the share is high enough for the attainment rule."""
        return self.share_pct >= SURELY_ATTAINED_PCT


def choose_levels(outlooks: Sequence[Outlook], quarters: int) -> list[int]:
    """Choose the levels, a month each, that add up to the quarters and lie nearest to the outlooks.

    Raises ValueError if no levels add up.
    """
    # The cheapest way to each sum so far, with the levels that make it.
    cheapest: dict[int, tuple[float, list[int]]] = {0: (0.0, [])}
    for outlook in outlooks:
        extended: dict[int, tuple[float, list[int]]] = {}
        for reached, (cost, levels) in cheapest.items():
            for level in INNER_BANDS:
                level_cost = _cost(outlook, level)
                if level_cost is None:
                    continue
                candidate = (cost + level_cost, [*levels, level])
                known = extended.get(reached + level)
                if known is None or candidate < known:
                    extended[reached + level] = candidate
        cheapest = extended
    if quarters not in cheapest:
        message = f"no levels add up to {quarters} quarters"
        raise ValueError(message)
    return cheapest[quarters][1]


def nearest_level(outlook: Outlook) -> int:
    """Return the level, in quarters, that lies nearest to a month as drawn."""
    costs = {level: _cost(outlook, level) for level in INNER_BANDS}
    return min((cost, level) for level, cost in costs.items() if cost is not None)[1]


def _cost(outlook: Outlook, level: int) -> float | None:
    """How far the month must be moved to reach the level (percentage points); None if it cannot."""
    if level == max(INNER_BANDS) and outlook.attains:
        return 0.0
    low, high = (float(edge) for edge in INNER_BANDS[level])
    if outlook.share_pct - low < _LOWEST_SHARE_PCT:
        return None
    distance = max(low - outlook.improvement, outlook.improvement - high, 0.0)
    return distance + (_COST_OF_MISSING_ATTAINMENT if outlook.attains else 0.0)
