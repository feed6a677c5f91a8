"""Waiting times of January-November 2025, made up to give a varied result under the 2025 agreement.

Shares go on from 2024's, up in some regions and down in others. First visits and those added to the
list are made so that new-visit production falls in every band. No published figure per region
exists for them to be fitted to.
"""

from typing import Final

from tests.sample_deliveries.counts import (
    Cell,
    CellKey,
    Completed,
    completed_of,
    draw_patient_chosen_rate,
    draw_total,
)
from tests.sample_deliveries.drawing import clamp, split, stream
from tests.sample_deliveries.reference import MEASURES, Reference
from tests.sample_deliveries.waiting_lists import WaitingHalf, draw_waiting, draw_within_30
from tests.sample_deliveries.waiting_times import share_noise

MONTHS: Final = range(1, 12)
PRODUCTION_PERIODS: Final = {1: range(3, 7), 2: range(7, 12)}

# First visits in per cent of those added, well inside the agreement's bands: below 100, to 102.5,
# to 105.0, above.
_INNER_RATIOS_PCT: Final = ((93.0, 99.0), (100.8, 101.8), (103.2, 104.4), (106.0, 111.0))


def make_waiting_times_2025(reference: Reference) -> dict[CellKey, Cell]:
    """Make January-November 2025 for each region and measure."""
    completed = {
        key: _draw_completed(key, reference)
        for region in reference.regions
        for month in MONTHS
        for measure in MEASURES
        for key in (CellKey(2025, month, region, measure),)
    }
    added = _added_in_periods(reference, completed)
    return {
        key: _with_waiting(key, counts, added.get(key, draw_within_30(key, counts)))
        for key, counts in completed.items()
    }


def _draw_completed(key: CellKey, reference: Reference) -> Completed:
    children = reference.children[key.region]
    profile_pct = reference.profiles[key.region, key.measure]
    trend = stream("trend 2025", key.region, key.measure).uniform(-8, 9)
    within_year = stream("within 2025", key.region).uniform(-0.3, 0.7) * (key.month - 6)
    share_pct = clamp(profile_pct + trend + within_year + share_noise(key, children), 3, 98)
    total = draw_total(key, children)
    return completed_of(total, round(total * share_pct / 100), draw_patient_chosen_rate(key))


def _added_in_periods(
    reference: Reference, completed: dict[CellKey, Completed]
) -> dict[CellKey, int]:
    """Draw who has waited at most 30 days for a first visit, each period's ratio inside a band."""
    added: dict[CellKey, int] = {}
    for region in reference.regions:
        for period, months in PRODUCTION_PERIODS.items():
            keys = [CellKey(2025, month, region, "first_visit") for month in months]
            draw = stream("production", region, period)
            low, high = draw.choice(_INNER_RATIOS_PCT)
            begun = sum(completed[key].total for key in keys)
            total_added = round(100 * begun / draw.uniform(low, high))
            weights = [completed[key].total * draw.uniform(0.94, 1.06) for key in keys]
            added.update(zip(keys, split(total_added, weights), strict=True))
    return added


def _with_waiting(key: CellKey, completed: Completed, within_30: int) -> Cell:
    return Cell(completed, draw_waiting(key, completed, within_30, WaitingHalf.AS_DRAWN))
