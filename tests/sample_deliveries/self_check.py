"""Recompute from the made-up figures what was published, before anything is written.

The rules are stated here a second time, in whole numbers only and as briefly as they can be, apart
from both the product's rules and the bands the figures were fitted with. A difference is a fault in
this program.
"""

from typing import Final

from tests.sample_deliveries.counts import Cell, CellKey
from tests.sample_deliveries.reference import PROCEDURES, PublishedShares, Reference
from tests.sample_deliveries.surgeries import SurgeryKey

_ROUND_OF_MONTH: Final = {month: 1 if month <= 6 else 2 for month in range(1, 12)}
# The least improvement, in tenths of a percentage point, that earns a level in quarters.
_LEAST_TENTHS: Final = {0: -1000, 2: 10, 3: 50, 4: 100}
_FULL_LEVEL: Final = 4
_PRICES_SEK: Final = {"hip_replacement": 108_000, "prolapse": 39_000, "cataract": 19_000}
_PUBLISHED_NATIONAL_SURGERY_MSEK: Final = 243


class SampleDoesNotFitError(Exception):
    """The made-up figures do not give what was published; the message names every difference."""


def check(
    reference: Reference, cells: dict[CellKey, Cell], operations: dict[SurgeryKey, int]
) -> None:
    """Raise SampleDoesNotFitError unless the figures give every published one."""
    faults = [
        *_implausible_rows(cells),
        *_wrong_month_shares(reference, cells),
        *_wrong_shares(reference, cells),
        *_wrong_surgery(reference, operations),
    ]
    if faults:
        raise SampleDoesNotFitError("\n".join(faults))


def level_quarters(now: Cell, before: Cell) -> int:
    """Return the level of a month in quarters of its reserve, the better of the two rules."""
    tenths = _improvement_tenths(now, before)
    attained = (
        now.completed.within_30 * 4 >= now.completed.total * 3
        and now.waiting.within_30 * 4 >= now.waiting.total * 3
    )
    if attained:
        return _FULL_LEVEL
    return max(level for level, least in _LEAST_TENTHS.items() if tenths >= least)


def surgery_outcome_sek(reference: Reference, operations: dict[SurgeryKey, int]) -> dict[str, int]:
    """Return the kronor earned by each region for surgery in 2025, at most its cap."""
    increases = {(region, procedure): 0 for region in reference.regions for procedure in PROCEDURES}
    for key, count in operations.items():
        # Three times the outcome less the three years' sum: three times the increase on their mean.
        weight = 3 if key.year == 2025 else -1
        increases[key.home_region, key.procedure] += weight * count
    outcome = {}
    for region, cap in reference.caps_sek.items():
        thirds = sum(
            _PRICES_SEK[procedure] * max(0, increases[region, procedure])
            for procedure in PROCEDURES
        )
        outcome[region] = min(cap, (2 * thirds + 3) // 6)
    return outcome


def _improvement_tenths(now: Cell, before: Cell) -> int:
    """Improvement in tenths of a percentage point, half-up."""
    numerator = (
        now.completed.within_30 * before.completed.total
        - before.completed.within_30 * now.completed.total
    )
    denominator = now.completed.total * before.completed.total
    return (2000 * numerator + denominator) // (2 * denominator)


def _implausible_rows(cells: dict[CellKey, Cell]) -> list[str]:
    return [
        f"{key}: {cell} is not possible"
        for key, cell in cells.items()
        if not (
            0 <= cell.completed.within_30 <= cell.completed.total - cell.completed.patient_chosen
            and cell.completed.patient_chosen >= 0
            and 0 < cell.waiting.within_30 <= cell.waiting.total
        )
    ]


def _wrong_month_shares(reference: Reference, cells: dict[CellKey, Cell]) -> list[str]:
    earned = dict.fromkeys(reference.quarters, 0)
    for key, cell in cells.items():
        if key.year == 2024 and key.month in _ROUND_OF_MONTH:
            before = cells[key._replace(year=2023)]
            earned[key.region, _ROUND_OF_MONTH[key.month]] += level_quarters(cell, before)
    return [
        f"region {region}, round {payout_round} of 2024: {earned[region, payout_round]} quarters"
        f" of a month's reserve instead of {published}"
        for (region, payout_round), published in reference.quarters.items()
        if earned[region, payout_round] != published
    ]


def _wrong_shares(reference: Reference, cells: dict[CellKey, Cell]) -> list[str]:
    """Compare the shares of January-November 2024, in whole per cent, half-up."""
    faults = []
    for measure, published in reference.published_shares.items():
        by_region = [_whole_share_pct(cells, measure, {region}) for region in reference.regions]
        made_up = PublishedShares(
            _whole_share_pct(cells, measure, set(reference.regions)),
            min(by_region),
            max(by_region),
        )
        if made_up != published:
            faults.append(f"{measure}, January-November 2024: {made_up}, not {published}")
    return faults


def _whole_share_pct(cells: dict[CellKey, Cell], measure: str, regions: set[str]) -> int:
    completed = [
        cell.completed
        for key, cell in cells.items()
        if key.year == 2024
        and key.month in _ROUND_OF_MONTH
        and key.measure == measure
        and key.region in regions
    ]
    total = sum(counts.total for counts in completed)
    within_30 = sum(counts.within_30 for counts in completed)
    return (200 * within_30 + total) // (2 * total)


def _wrong_surgery(reference: Reference, operations: dict[SurgeryKey, int]) -> list[str]:
    outcome = surgery_outcome_sek(reference, operations)
    faults = []
    for region, published in reference.percent_of_cap.items():
        cap = reference.caps_sek[region]
        percent = (200 * outcome[region] + cap) // (2 * cap)
        if percent != published:
            faults.append(f"surgery, region {region}: {percent} % of its cap, not {published} %")
    total = sum(outcome.values())
    if (2 * total + 1_000_000) // 2_000_000 != _PUBLISHED_NATIONAL_SURGERY_MSEK:
        faults.append(f"surgery: {total} kr in all, not {_PUBLISHED_NATIONAL_SURGERY_MSEK} million")
    return faults
