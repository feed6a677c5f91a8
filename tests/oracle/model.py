"""What goes into the oracle: the observations, and the readings of what the sources leave open."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

Month = tuple[int, int]


class Counts(NamedTuple):
    """What one region reported of one measure in one month; None is not available."""

    completed: int | None
    completed_within_30: int | None
    completed_patient_chosen: int | None
    waiting: int | None
    waiting_within_30: int | None


NOT_REPORTED = Counts(None, None, None, None, None)


class SurgeryRow(NamedTuple):
    """One row of a delivery of surgeries; None operations is not available."""

    home_region: str
    procedure: str
    performing_region: str
    provider_type: str
    operations: int | None


WaitingKey = tuple[Month, str, str]
DecidedKey = tuple[Month, str, str]


@dataclass(frozen=True)
class Inputs:
    """The observations of a year.

    `regions` is the register. `waiting` is keyed by month, region and measure; a key that is
    absent was not reported. A month absent from `surgeries` was not delivered. `population` is
    ages 0-18, `population_all` all ages. `decided` holds decided amounts of earlier rounds
    (section 3.3), keyed by payout month, region and component.
    """

    regions: Sequence[str]
    population: Mapping[str, int] = field(default_factory=dict)
    population_all: Mapping[str, int] = field(default_factory=dict)
    waiting: Mapping[WaitingKey, Counts] = field(default_factory=dict)
    surgeries: Mapping[Month, Sequence[SurgeryRow]] = field(default_factory=dict)
    caps: Mapping[str, int] = field(default_factory=dict)
    decided: Mapping[DecidedKey, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Readings:
    """Section 4: the interpretations that have another reading; the defaults come first."""

    gaps_between_bands: Literal["default", "exact", "shares_rounded"] = "default"  # I-1
    nobody_waiting: Literal["met", "not_met"] = "met"  # I-2
    patient_chosen: Literal["included", "excluded"] = "included"  # I-3
    mean_of_three_years: Literal["thirds", "floored"] = "thirds"  # I-8
    earned_rounding: Literal["per_round", "per_month_and_measure"] = "per_round"  # I-12
    bonus_rounding: Literal["largest_remainder", "half_up"] = "largest_remainder"  # I-16
    months_by_population: Literal["count", "left_out"] = "count"  # I-19


DEFAULT_READINGS = Readings()

OTHER_READINGS: Mapping[str, Readings] = {
    "I-1a": Readings(gaps_between_bands="exact"),
    "I-1b": Readings(gaps_between_bands="shares_rounded"),
    "I-2": Readings(nobody_waiting="not_met"),
    "I-3": Readings(patient_chosen="excluded"),
    "I-8": Readings(mean_of_three_years="floored"),
    "I-12": Readings(earned_rounding="per_month_and_measure"),
    "I-16": Readings(bonus_rounding="half_up"),
}


def a_year_before(month: Month, years: int = 1) -> Month:
    """Return the same month of an earlier year."""
    return month[0] - years, month[1]
