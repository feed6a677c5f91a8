"""The counts of a region, measure and month, and where in the year they are high and low.

What a month's waiting times consist of; how they are made stands in the modules named by year.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from tests.sample_deliveries.drawing import stream

# Begun per 1000 persons aged 0-18 and year; made up so that the country has about 70 000 first
# visits, 42 000 assessments and 46 000 treatments.
_PER_THOUSAND_AND_YEAR: Final = {"first_visit": 31.5, "assessment": 19.0, "treatment": 20.7}
_YEAR_FACTOR: Final = {2023: 0.96, 2024: 1.0, 2025: 1.03}
# January first. Sweden is on holiday in July, and schools refer many children in the autumn.
_SEASON: Final = (1.05, 1.0, 1.08, 1.05, 1.1, 0.92, 0.5, 0.82, 1.13, 1.16, 1.15, 0.86)


class CellKey(NamedTuple):
    """One row of a waiting times delivery: the month it counts, the region, the measure."""

    year: int
    month: int
    region: str
    measure: str


@dataclass(frozen=True)
class Completed:
    """Numbers begun in a month: all, within 30 days, and later at the patient's own choice."""

    total: int
    within_30: int
    patient_chosen: int

    @property
    def share_pct(self) -> float:
        """Share begun within 30 days, per cent."""
        return 100 * self.within_30 / self.total


@dataclass(frozen=True)
class Waiting:
    """Numbers waiting at a month's end: all, and those who have waited at most 30 days."""

    total: int
    within_30: int


@dataclass(frozen=True)
class Cell:
    """What a row of a waiting times delivery counts."""

    completed: Completed
    waiting: Waiting


def draw_total(key: CellKey, children: int) -> int:
    """Draw how many were begun in the month, from the number of persons aged 0-18 in the region."""
    region_factor = stream("size", key.region, key.measure).uniform(0.85, 1.15)
    month_factor = stream("size", *key).uniform(0.93, 1.07)
    per_month = children * _PER_THOUSAND_AND_YEAR[key.measure] / 1000 / 12
    size = per_month * _YEAR_FACTOR[key.year] * _SEASON[key.month - 1]
    return round(size * region_factor * month_factor)


def draw_patient_chosen_rate(key: CellKey) -> float:
    """Draw the part (0-1) that waited longer by their own choice, much the same in all months."""
    usual = stream("patient chosen", key.region, key.measure).uniform(0.005, 0.03)
    return usual + stream("patient chosen", *key).uniform(-0.002, 0.002)


def completed_of(total: int, within_30: int, patient_chosen_rate: float) -> Completed:
    """Put the counts together; only those who waited longer can have chosen to."""
    chosen = min(total - within_30, round(total * patient_chosen_rate))
    return Completed(total, within_30, chosen)
