"""Waiting times of 2023 and 2024, made up so that the 2024 agreement pays what it paid.

What belongs here: drawing the months, and fitting them to the monthly shares each region earned.
2025, for which nothing is published per region, stands in ``waiting_times_2025``.
"""

import math
from dataclasses import dataclass
from typing import Final

from tests.sample_deliveries.counts import (
    Cell,
    CellKey,
    Completed,
    draw_patient_chosen_rate,
    draw_total,
)
from tests.sample_deliveries.drawing import clamp, stream
from tests.sample_deliveries.fitting import Aim, fit_pair
from tests.sample_deliveries.levels import INNER_BANDS, Outlook, choose_levels, nearest_level
from tests.sample_deliveries.reference import MEASURES, Reference
from tests.sample_deliveries.waiting_lists import WaitingHalf, draw_waiting, draw_within_30

ROUNDS: Final = {1: range(1, 7), 2: range(7, 12)}

_FULL_LEVEL: Final = 4
_PROFILE_THAT_ATTAINS_PCT: Final = 77
# Waits grow over the holidays and are worked off by the spring; percentage points by month.
_SEASON_OF_SHARES: Final = {5: 1, 6: 2, 7: 1, 8: -4, 9: -3, 10: -1}


@dataclass(frozen=True)
class _Month:
    """A month of 2024 (its key) with its outlook and the level it is to reach, in quarters."""

    key: CellKey
    outlook: Outlook
    level: int

    @property
    def attained(self) -> bool:
        """Whether the level comes from the attainment rule."""
        return self.level == _FULL_LEVEL and self.outlook.attains


def make_waiting_times(reference: Reference) -> dict[CellKey, Cell]:
    """Make every month of 2023 and 2024, for each region and measure."""
    cells = {}
    for region in reference.regions:
        for month in _plan(reference, region):
            cells.update(_fit(month, reference.children[region]))
    return cells


def share_noise(key: CellKey, children: int) -> float:
    """Draw how far a month lies from the usual share (percentage points), more in small regions."""
    width = 4 + 20 / math.sqrt(draw_total(key, children))
    return stream("share", *key).uniform(-width, width) + _SEASON_OF_SHARES.get(key.month, 0)


def _plan(reference: Reference, region: str) -> list[_Month]:
    planned = []
    for payout_round, months in ROUNDS.items():
        quarters = reference.quarters[region, payout_round]
        keys = [CellKey(2024, month, region, measure) for month in months for measure in MEASURES]
        part_earned = quarters / (_FULL_LEVEL * len(keys))
        outlooks = [_draw_outlook(key, reference, part_earned) for key in keys]
        levels = choose_levels(outlooks, quarters)
        planned += [_Month(*month) for month in zip(keys, outlooks, levels, strict=True)]
    for measure in MEASURES:
        key = CellKey(2024, 12, region, measure)
        # No payout rests on December: it goes on as the round before.
        outlook = _draw_outlook(key, reference, part_earned)
        planned.append(_Month(key, outlook, nearest_level(outlook)))
    return planned


def _draw_outlook(key: CellKey, reference: Reference, part_earned: float) -> Outlook:
    """Draw a month: regions that earned more improved more, unless they were good already."""
    profile_pct = reference.profiles[key.region, key.measure]
    noise = share_noise(key, reference.children[key.region])
    share_pct = clamp(profile_pct + noise * _room_for_noise(profile_pct), 2.5, 99)
    usual = 2.0 if profile_pct >= _PROFILE_THAT_ATTAINS_PCT else -4 + 18 * part_earned
    draw = stream("improvement", *key)
    by_measure = stream("improvement", key.region, key.measure).uniform(-3, 3)
    improvement = usual + by_measure + draw.uniform(-7, 7)
    return Outlook(share_pct, clamp(improvement, share_pct - 97, share_pct - 2))


def _room_for_noise(profile_pct: int) -> float:
    """Shares near 0 and 100 vary less; 1 in the middle."""
    return min(1.0, profile_pct / 25, (100 - profile_pct) / 15)


def _fit(month: _Month, children: int) -> dict[CellKey, Cell]:
    key, key_before = month.key, month.key._replace(year=2023)
    share = month.outlook.share_pct / 100
    improvement = _improvement_aim(month) / 100
    now, before = fit_pair(
        Aim(draw_total(key, children), share, draw_patient_chosen_rate(key)),
        Aim(
            draw_total(key_before, children),
            clamp(share - improvement, 0, 1),
            draw_patient_chosen_rate(key_before),
        ),
        month.level,
        attained=month.attained,
    )
    half = WaitingHalf.MET if month.attained else WaitingHalf.MISSED
    return {
        key: _with_waiting(key, now, half),
        key_before: _with_waiting(key_before, before, WaitingHalf.AS_DRAWN),
    }


def _improvement_aim(month: _Month) -> float:
    """Return the improvement as drawn where it gives the level, or one from the level's band."""
    improvement = month.outlook.improvement
    low, high = (float(edge) for edge in INNER_BANDS[month.level])
    if month.attained or low <= improvement <= high:
        return improvement
    return stream("moved improvement", *month.key).uniform(max(low, -4.0), min(high, 14.0))


def _with_waiting(key: CellKey, completed: Completed, half: WaitingHalf) -> Cell:
    within_30 = draw_within_30(key, completed)
    return Cell(completed, draw_waiting(key, completed, within_30, half))
