"""What the made-up figures start from and are fitted to, read from the CSV files beside it.

Nothing is computed here beyond turning text into integers.
"""

import csv
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Final

MEASURES: Final = ("first_visit", "assessment", "treatment")
PROCEDURES: Final = ("hip_replacement", "prolapse", "cataract")

_HERE: Final = Path(__file__).resolve().parent
_QUARTERS_PER_MONTH_SHARE: Final = 4


@dataclass(frozen=True)
class PopulationFigure:
    """Persons of an age group in a region on a reference date (ISO date)."""

    reference_date: str
    region: str
    age_group: str
    population: int


@dataclass(frozen=True)
class PublishedShares:
    """Share completed within 30 days in January-November 2024, whole per cent, as published."""

    national_pct: int
    lowest_region_pct: int
    highest_region_pct: int


@dataclass(frozen=True)
class Reference:
    """All figures from the files.

    ``children`` and ``residents``: persons aged 0-18 and of all ages on 2023-11-01, by region.
    ``quarters``: quarters of a monthly reserve earned in 2024, by region and round (1 or 2).
    ``caps_sek``: the most a region can earn for surgery in 2025, kronor.
    ``percent_of_cap``: what it did earn, per cent of the cap, half-up.
    ``profiles``: made-up aim for the 2024 share within 30 days, per cent, by region and measure.
    ``published_shares``: what was published of those shares, by measure.
    """

    population: tuple[PopulationFigure, ...]
    children: dict[str, int]
    residents: dict[str, int]
    quarters: dict[tuple[str, int], int]
    caps_sek: dict[str, int]
    percent_of_cap: dict[str, int]
    profiles: dict[tuple[str, str], int]
    published_shares: dict[str, PublishedShares]

    @property
    def regions(self) -> tuple[str, ...]:
        """Region codes in ascending order."""
        return tuple(sorted(self.children))


def read_reference() -> Reference:
    """Read every file of ``published/`` and ``made_up/``.

    Columns: see ``published/SOURCES.md``; shares are whole per cent, money whole kronor.
    """
    population = tuple(
        PopulationFigure(
            row["reference_date"], row["region_code"], row["age_group"], int(row["population"])
        )
        for row in _rows("published/population.csv")
    )
    return Reference(
        population=population,
        children=_population_of(population, "0-18"),
        residents=_population_of(population, "all"),
        quarters=_quarters(),
        caps_sek={
            row["region_code"]: int(row["cap_sek"])
            for row in _rows("published/surgery_2025_caps.csv")
        },
        percent_of_cap={
            row["region_code"]: int(row["percent_of_cap"])
            for row in _rows("published/surgery_2025_outcome_percent_of_cap.csv")
        },
        profiles={
            (row["region_code"], measure): int(row[measure])
            for row in _rows("made_up/region_profiles.csv")
            for measure in MEASURES
        },
        published_shares={
            row["measure"]: PublishedShares(
                int(row["national_pct"]),
                int(row["lowest_region_pct"]),
                int(row["highest_region_pct"]),
            )
            for row in _rows("published/skr_2024_shares.csv")
        },
    )


def read_text(name: str) -> str:
    """Return a text of ``texts/``, which is written beside the data as it stands."""
    return (_HERE / "texts" / name).read_text(encoding="utf-8")


def _rows(name: str) -> list[dict[str, str]]:
    with (_HERE / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _population_of(figures: tuple[PopulationFigure, ...], age_group: str) -> dict[str, int]:
    return {
        figure.region: figure.population
        for figure in figures
        if figure.reference_date == "2023-11-01" and figure.age_group == age_group
    }


def _quarters() -> dict[tuple[str, int], int]:
    quarters = {}
    for row in _rows("published/access_2024_bup_awards_derived.csv"):
        for payout_round in (1, 2):
            share = Fraction(row[f"month_shares_round_{payout_round}"])
            quarters[row["region_code"], payout_round] = int(share * _QUARTERS_PER_MONTH_SHARE)
    return quarters
