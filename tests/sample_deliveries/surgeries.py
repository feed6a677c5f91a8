"""Operations June-October of 2022-2025, made up to earn the published parts of the caps.

The three earlier years are drawn from the region's population. 2025's operations are then set by
the money the region is to earn, shared out over the procedures that increase.
"""

import math
from dataclasses import dataclass
from fractions import Fraction
from typing import Final, NamedTuple

from tests.sample_deliveries.drawing import split, stream
from tests.sample_deliveries.reference import PROCEDURES, Reference

MONTHS: Final = range(6, 11)
BASELINE_YEARS: Final = (2022, 2023, 2024)
OUTCOME_YEAR: Final = 2025
PRICES_SEK: Final = {"hip_replacement": 108_000, "prolapse": 39_000, "cataract": 19_000}

# Operations per 100 000 inhabitants and year; about 20 000, 8 000 and 130 000 in the country.
_PER_100_000_AND_YEAR: Final = {"hip_replacement": 190, "prolapse": 76, "cataract": 1230}
# The five months are a little less than five twelfths of a year, for the holidays.
_PART_OF_YEAR: Final = 0.38
_MONTH_WEIGHTS: Final = (1.1, 0.45, 0.85, 1.25, 1.35)
# How the money earned is shared out over the procedures that increase.
_MONEY_WEIGHTS: Final = {"hip_replacement": 0.4, "prolapse": 0.08, "cataract": 0.52}
_FULL_PCT: Final = 100
# Regions that earn no more than this per cent of their cap have two procedures that fall.
_LOW_OUTCOME_PCT: Final = 25
# The part of the other regions below their cap that have one that falls.
_PART_WITH_A_FALL: Final = 0.5
# The region most patients of a region go to when they are operated elsewhere.
_OTHER_REGION: Final = {
    "01": "03", "03": "01", "04": "01", "05": "06", "06": "05", "07": "12", "08": "05",
    "09": "01", "10": "12", "12": "13", "13": "14", "14": "13", "17": "18", "18": "03",
    "19": "18", "20": "03", "21": "03", "22": "24", "23": "24", "24": "22", "25": "24",
}  # fmt: skip


class SurgeryKey(NamedTuple):
    """One row of a surgeries delivery: month, the patients' home region, procedure, and place."""

    year: int
    month: int
    home_region: str
    procedure: str
    performing_region: str
    provider_type: str


@dataclass(frozen=True)
class _Place:
    performing_region: str
    provider_type: str


def make_surgeries(reference: Reference) -> dict[SurgeryKey, int]:
    """Make the number of operations of every month, home region, procedure and place with any."""
    operations: dict[SurgeryKey, int] = {}
    for region in reference.regions:
        baseline = {
            (year, procedure): _draw_baseline(year, region, procedure, reference.residents[region])
            for year in BASELINE_YEARS
            for procedure in PROCEDURES
        }
        sums = {
            procedure: sum(baseline[year, procedure] for year in BASELINE_YEARS)
            for procedure in PROCEDURES
        }
        outcome = _fit_outcome(
            region, sums, reference.caps_sek[region], reference.percent_of_cap[region]
        )
        totals = baseline | {(OUTCOME_YEAR, procedure): outcome[procedure] for procedure in outcome}
        for (year, procedure), total in totals.items():
            operations.update(_spread(year, region, procedure, total))
    return operations


def _draw_baseline(year: int, region: str, procedure: str, residents: int) -> int:
    usual = residents * _PER_100_000_AND_YEAR[procedure] / 100_000 * _PART_OF_YEAR
    region_factor = stream("surgery", region, procedure).uniform(0.9, 1.15)
    year_factor = stream("surgery", year, region, procedure).uniform(0.95, 1.05)
    return round(usual * region_factor * year_factor)


def _fit_outcome(
    region: str, baseline_sums: dict[str, int], cap_sek: int, percent_of_cap: int
) -> dict[str, int]:
    """Return operations in 2025 by procedure, whose increases earn the per cent of the cap."""
    draw = stream("surgery outcome", region)
    falling = _draw_falling(region, percent_of_cap)
    # A region at its cap has gone beyond it; how far, nobody is paid for.
    excess_pct = draw.randint(2, 9) if percent_of_cap == _FULL_PCT else 0
    still_to_earn = Fraction(cap_sek * (percent_of_cap + excess_pct), 100)
    rising = [procedure for procedure in PROCEDURES if procedure not in falling]
    weights = {
        procedure: _MONEY_WEIGHTS[procedure] * draw.uniform(0.7, 1.3) for procedure in rising
    }
    money = dict(zip(rising, split(math.floor(still_to_earn), list(weights.values())), strict=True))
    outcome: dict[str, int] = {}
    for procedure in PROCEDURES:
        mean = Fraction(baseline_sums[procedure], len(BASELINE_YEARS))
        if procedure in falling:
            outcome[procedure] = math.floor(float(mean) * draw.uniform(0.9, 0.98))
            continue
        # The last procedure that rises has the lowest price: it takes what is left.
        aim = still_to_earn if procedure == rising[-1] else Fraction(money[procedure])
        outcome[procedure] = round(mean + aim / PRICES_SEK[procedure])
        still_to_earn -= (outcome[procedure] - mean) * PRICES_SEK[procedure]
    return outcome


def _draw_falling(region: str, percent_of_cap: int) -> set[str]:
    """Draw the procedures that are done less than before: two, one or none."""
    draw = stream("surgery falls", region)
    if percent_of_cap <= _LOW_OUTCOME_PCT:
        # Prolapse operations are too few to earn the money alone, so they are always among the two.
        return {"prolapse", draw.choice(("hip_replacement", "cataract"))}
    if percent_of_cap < _FULL_PCT and draw.random() < _PART_WITH_A_FALL:
        return {draw.choice(PROCEDURES)}
    return set()


def _spread(year: int, region: str, procedure: str, total: int) -> dict[SurgeryKey, int]:
    """Spread a year's operations over its months and over places."""
    draw = stream("surgery months", year, region, procedure)
    by_month = split(total, [weight * draw.uniform(0.92, 1.08) for weight in _MONTH_WEIGHTS])
    spread = {}
    for month, in_month in zip(MONTHS, by_month, strict=True):
        places = _place_weights(month, year, region, procedure)
        for place, count in zip(places, split(in_month, list(places.values())), strict=True):
            if count:
                key = SurgeryKey(
                    year, month, region, procedure, place.performing_region, place.provider_type
                )
                spread[key] = count
    return spread


def _place_weights(month: int, year: int, region: str, procedure: str) -> dict[_Place, float]:
    """Draw the parts done at home and elsewhere, by public and private providers."""
    usual = stream("surgery places", region, procedure)
    private = usual.uniform(0.1, 0.6 if procedure == "cataract" else 0.3)
    elsewhere = usual.uniform(0.02, 0.1)
    draw = stream("surgery places", year, month, region, procedure)
    private = min(0.9, private * draw.uniform(0.85, 1.15))
    elsewhere *= draw.uniform(0.7, 1.3)
    other = _OTHER_REGION[region]
    return {
        _Place(region, "public"): (1 - private) * (1 - elsewhere),
        _Place(region, "private"): private * (1 - elsewhere),
        _Place(other, "public"): (1 - private) * elsewhere,
        _Place(other, "private"): private * elsewhere,
    }
