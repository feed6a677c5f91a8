"""Section 3: the schemes, written by hand from rules.md."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Literal

from .apportionment import Method
from .model import Month

FIRST_VISIT = "first_visit"
MEASURES = (FIRST_VISIT, "assessment", "treatment")

REGIONS = (
    *("01", "03", "04", "05", "06", "07", "08", "09", "10", "12", "13"),
    *("14", "17", "18", "19", "20", "21", "22", "23", "24", "25"),
)


@dataclass(frozen=True)
class Round:
    """Months measured, and the payout month that they are paid in."""

    payout_month: Month
    months: tuple[Month, ...]


@dataclass(frozen=True)
class Grant:
    """An amount that does not depend on any performance (sections 3 and 3.4)."""

    component: str
    payout_month: Month
    amount: int
    population: Literal["0-18", "all"]
    method: Method = "largest_remainder"
    to_each_region: int = 0
    regions_not_passed: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Surgery:
    """Section 3.5."""

    payout_month: Month
    months: tuple[Month, ...]
    amount_per_operation: Mapping[str, int]
    baseline_years: int


@dataclass(frozen=True)
class Scheme:
    """A scheme; `production_fund` is None where new-visit production is not measured.

    `by_population_from` is section 6.5: by requirement, the first month that an amendment pays by
    population.
    """

    name: str
    rounds: tuple[Round, ...] = ()
    fund_per_measure: int = 0
    production_fund: int | None = None
    grants: tuple[Grant, ...] = ()
    surgery: Surgery | None = None
    by_population_from: Mapping[str, Month] = field(default_factory=dict)

    def is_by_population(self, requirement: str, month: Month) -> bool:
        """Whether an amendment pays the month whatever was reported."""
        since = self.by_population_from.get(requirement)
        return since is not None and since <= month

    @property
    def months(self) -> tuple[Month, ...]:
        """The months whose waiting times are measured."""
        return tuple(month for round_ in self.rounds for month in round_.months)

    @property
    def monthly_reserve(self) -> Fraction:
        """Section 3.1: the fund of a measure by the number of months."""
        return Fraction(self.fund_per_measure, len(self.months))

    def period_reserve(self, round_: Round) -> Fraction:
        """Section 3.2: the fund x months in the period / months measured in the year."""
        return Fraction((self.production_fund or 0) * len(round_.months), len(self.months))

    @property
    def bonus_funds(self) -> dict[str, int]:
        """Section 3.3: the measures of waiting times share a pot, production has its own."""
        if not self.rounds:
            return {}
        funds = {"waiting_time": self.fund_per_measure * len(MEASURES)}
        if self.production_fund is not None:
            funds["first_visit_production"] = self.production_fund
        return funds


def months_of(year: int, first: int, last: int) -> tuple[Month, ...]:
    """Return the months of a year from one to another, both included."""
    return tuple((year, month) for month in range(first, last + 1))


def development_grant(year: int) -> Grant:
    """Section 3.4, paid in March of the year (I-10)."""
    return Grant(
        component="development_grant",
        payout_month=(year, 3),
        amount=150_000_000,
        population="0-18",
        to_each_region=5_000_000,
    )


ACCESS_2024 = Scheme(
    name="access-2024",
    rounds=(
        Round((2024, 8), months_of(2024, 1, 6)),
        Round((2024, 12), months_of(2024, 7, 11)),
    ),
    fund_per_measure=150_000_000,
    grants=(
        Grant("population_grant", (2024, 12), 40_000_000, "0-18", "half_up"),
        Grant("general_grant", (2024, 12), 1_197_500_000, "all"),
    ),
)

BUP_2025 = Scheme(
    name="bup-2025",
    rounds=(
        Round((2025, 8), months_of(2025, 3, 6)),
        Round((2025, 12), months_of(2025, 7, 11)),
    ),
    fund_per_measure=210_000_000,
    production_fund=210_000_000,
    grants=(development_grant(2025),),
)

BUP_2026 = Scheme(
    name="bup-2026",
    rounds=(
        Round((2026, 8), months_of(2026, 1, 6)),
        Round((2026, 12), months_of(2026, 7, 11)),
    ),
    fund_per_measure=210_000_000,
    production_fund=210_000_000,
    grants=(development_grant(2026),),
)

SURGERY_2025 = Scheme(
    name="surgery-2025",
    surgery=Surgery(
        payout_month=(2025, 12),
        months=months_of(2025, 6, 10),
        amount_per_operation={"hip_replacement": 108_000, "prolapse": 39_000, "cataract": 19_000},
        baseline_years=3,
    ),
)

SCHEMES = {scheme.name: scheme for scheme in (ACCESS_2024, BUP_2025, BUP_2026, SURGERY_2025)}
