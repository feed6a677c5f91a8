"""Those waiting at a month's end, made up to suit those who began.

The number who have waited at most 30 days for a first visit is also what the agreement calls added
to the list: it is kept near the number of first visits, or new-visit production would be far from
100 per cent everywhere.
"""

import math
from enum import Enum

from tests.sample_deliveries.counts import CellKey, Completed, Waiting
from tests.sample_deliveries.drawing import clamp, stream
from tests.sample_deliveries.levels import SURELY_ATTAINED_PCT, SURELY_MISSED_PCT


class WaitingHalf(Enum):
    """Whether the waiting half of the attainment rule is to be met; it is never near its edge."""

    MET = "met"
    MISSED = "missed"
    AS_DRAWN = "as drawn"


def draw_within_30(key: CellKey, completed: Completed) -> int:
    """Draw how many have waited at most 30 days: near the number begun, above all first visits."""
    if key.measure == "first_visit":
        usual = stream("inflow", key.year, key.region, key.measure).uniform(0.94, 1.04)
        month_factor = stream("inflow", *key).uniform(0.95, 1.05)
    else:
        usual = stream("inflow", key.region, key.measure).uniform(0.85, 1.15)
        month_factor = stream("inflow", *key).uniform(0.88, 1.12)
    return max(1, round(completed.total * usual * month_factor))


def draw_waiting(key: CellKey, completed: Completed, within_30: int, half: WaitingHalf) -> Waiting:
    """Draw all who wait, so that their share within 30 days follows that of those who began."""
    draw = stream("waiting", *key)
    # Where few begin within 30 days, nearly all newly listed are still waiting: so the share of
    # those waiting falls slower.
    share_pct = clamp(12 + 0.85 * completed.share_pct + draw.uniform(-6, 6), 8, 98)
    beyond_edge = draw.uniform(0, 5)
    edge_pct = (SURELY_ATTAINED_PCT + SURELY_MISSED_PCT) / 2
    if half is WaitingHalf.MET or (half is WaitingHalf.AS_DRAWN and share_pct >= edge_pct):
        share_pct = max(share_pct, SURELY_ATTAINED_PCT + beyond_edge)
        return Waiting(math.floor(within_30 * 100 / share_pct), within_30)
    share_pct = min(share_pct, SURELY_MISSED_PCT - beyond_edge)
    return Waiting(math.ceil(within_30 * 100 / share_pct), within_30)
