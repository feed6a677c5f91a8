"""The rows that come out of the oracle: the contract's warehouse tables, one class for each."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal, NamedTuple

from .model import Month

Status = Literal[
    "not_reported", "no_completed", "no_base", "no_waiting", "incomplete", "no_activity", "ok"
]
Alternative = Literal["improvement", "attainment", "population", "none"]


class WaitingTimesPerformance(NamedTuple):
    """A row of `performance.waiting_times`; the counts are those used (see I-3)."""

    month: Month
    scheme: str
    region_code: str
    measure: str
    completed: int | None
    completed_within_30: int | None
    waiting: int | None
    waiting_within_30: int | None
    completed_last_year: int | None
    completed_within_30_last_year: int | None
    share_pct: Fraction | None
    share_last_year_pct: Fraction | None
    waiting_share_pct: Fraction | None
    improvement_pp: Fraction | None
    alternative: Alternative
    level_pct: int
    reserved_sek: int
    earned_sek: Fraction
    status: Status


class ProductionPerformance(NamedTuple):
    """A row of `performance.first_visit_production`; `period` counts from 1."""

    month: Month
    scheme: str
    region_code: str
    period: int
    completed_to_date: int
    added_to_date: int
    ratio_pct: Fraction | None
    level_pct: int
    reserved_sek: int
    earned_sek: Fraction
    is_final: bool
    status: Status


class SurgeriesPerformance(NamedTuple):
    """A row of `performance.surgeries`."""

    month: Month
    scheme: str
    region_code: str
    procedure: str
    operations_to_date: int
    last_year_to_date: int
    baseline_sum_to_date: int
    earned_thirds_sek: int
    is_final: bool
    status: Status


class SurgeryFollowup(NamedTuple):
    """A row of `performance.surgery_followup`; region `00` is the country."""

    month: Month
    scheme: str
    region_code: str
    procedure: str
    place: str
    operations_to_date: int | None
    last_year_to_date: int | None
    baseline_sum_to_date: int | None


class Reserve(NamedTuple):
    """A row of `payouts.reserves`."""

    scheme: str
    region_code: str
    component: str
    measure: str
    month: Month
    month_to: Month
    reserved_sek: int


class AmountLine(NamedTuple):
    """A row of `payouts.round_payments` and of `payouts.payout_lines`."""

    month: Month
    scheme: str
    region_code: str
    component: str
    amount_sek: int


class BonusPot(NamedTuple):
    """A row of `payouts.bonus_pots`."""

    month: Month
    scheme: str
    pot: str
    fund_sek: int
    paid_sek: int
    pot_sek: int
    undistributed_sek: int
    overdrawn_sek: int


class Payout(NamedTuple):
    """A row of `payouts.payouts`."""

    month: Month
    scheme: str
    region_code: str
    amount_sek: int


Row = (
    WaitingTimesPerformance
    | ProductionPerformance
    | SurgeriesPerformance
    | SurgeryFollowup
    | Reserve
    | AmountLine
    | BonusPot
    | Payout
)


@dataclass(frozen=True)
class Calculation:
    """All that a scheme's year comes to."""

    waiting_times: list[WaitingTimesPerformance]
    first_visit_production: list[ProductionPerformance]
    surgeries: list[SurgeriesPerformance]
    surgery_followup: list[SurgeryFollowup]
    reserves: list[Reserve]
    round_payments: list[AmountLine]
    bonus_pots: list[BonusPot]
    payout_lines: list[AmountLine]
    payouts: list[Payout]

    def tables(self) -> dict[str, Sequence[Row]]:
        """Return the tables under the names that the contract gives them."""
        return {
            "performance.waiting_times": self.waiting_times,
            "performance.first_visit_production": self.first_visit_production,
            "performance.surgeries": self.surgeries,
            "performance.surgery_followup": self.surgery_followup,
            "payouts.reserves": self.reserves,
            "payouts.round_payments": self.round_payments,
            "payouts.bonus_pots": self.bonus_pots,
            "payouts.payout_lines": self.payout_lines,
            "payouts.payouts": self.payouts,
        }
