"""Results of a region's months, as the published tables have them, and the shares and kronor that they come to."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from rules.exact import half_up_to
from rules.small_numbers import Case, year_before


class Result(NamedTuple):
    """A region's month of a measure, as `performance.waiting_times` has it, and whether the readers see its counts, and those of the year before."""

    completed: int | None
    completed_within_30: int | None
    waiting: int | None
    waiting_within_30: int | None
    completed_last_year: int | None
    completed_within_30_last_year: int | None
    improvement_pp: Decimal | None
    alternative: str
    level_pct: int
    reserved_sek: int
    earned_sek: Decimal
    status: str
    is_withheld: bool = False
    is_base_withheld: bool = False

    @property
    def is_any_withheld(self) -> bool:
        """Whether the readers see not all that it is judged by: nor, then, how far it is from a level."""
        return self.is_withheld or self.is_base_withheld

    @property
    def now(self) -> "Share":
        """Of those completed this year."""
        return Share(self.completed_within_30, self.completed, self.is_withheld)

    @property
    def before(self) -> "Share":
        """Of those completed last year."""
        return Share(
            self.completed_within_30_last_year, self.completed_last_year, self.is_base_withheld
        )

    @property
    def still(self) -> "Share":
        """Of those waiting."""
        return Share(self.waiting_within_30, self.waiting, self.is_withheld)

    def three(self) -> list["Share"]:
        """Completed this year and last, and waiting, each within 30 days."""
        return [self.now, self.before, self.still]


def results_of(rows: pl.DataFrame, withheld: Collection[Case] = ()) -> dict[Case, Result]:
    """The results of `performance.waiting_times`, by region, month and measure, of which some are withheld."""
    columns = [name for name in Result._fields if name not in Result._field_defaults]
    cells = rows.select("region_code", "month", "measure", *columns)
    return {
        case: Result(*values)._replace(
            is_withheld=case in withheld, is_base_withheld=year_before(case) in withheld
        )
        for code, month, measure, *values in cells.iter_rows()
        for case in [(code, month, measure)]
    }


class Correction(NamedTuple):
    """A count that a later report gave otherwise, as `observed.corrections` has it."""

    counted: str
    first_number: int | None
    corrected_number: int | None
    corrected_on: date


class Corrected(NamedTuple):
    """A region's month of a measure that was corrected: which counts, and the results by the first ones and now."""

    counts: Sequence[Correction]
    first: Result
    now: Result


class Production(NamedTuple):
    """A region's period so far, as `performance.first_visit_production` has it."""

    period: int
    completed_to_date: int
    added_to_date: int
    ratio_pct: Decimal | None
    level_pct: int
    reserved_sek: int
    earned_sek: Decimal
    is_final: bool
    status: str


class NextLevel(NamedTuple):
    """How a region's month could have had a higher level, as `performance.next_levels` has it."""

    month: date
    measure: str
    alternative: str
    level_pct: int
    to_level_pct: int
    patients: int
    patients_completed: int
    patients_waiting: int
    gain_sek: Decimal


class Share(NamedTuple):
    """A part and its whole; either may not have been reported.

    `is_withheld` says whether the readers see none of it.
    """

    part: int | None
    whole: int | None
    is_withheld: bool = False

    @property
    def tenths(self) -> Decimal | None:
        """The part in per cent of the whole, half-up to one decimal; none where undefined."""
        if self.part is None or not self.whole:
            return None
        return half_up_to(Fraction(100 * self.part, self.whole), 1)


class Money(NamedTuple):
    """Kronor earned, and of how many."""

    earned: Decimal
    reserved: int

    @property
    def share(self) -> Decimal | None:
        """Earned in per cent, half-up to one decimal; none of nothing."""
        return Share(int(self.earned * 100), self.reserved * 100).tenths

    @property
    def left(self) -> Decimal:
        """What was not earned."""
        return self.reserved - self.earned


def together(parts: Iterable[Money]) -> Money:
    """Their sum."""
    earned, reserved = Decimal(0), 0
    for each in parts:
        earned, reserved = earned + each.earned, reserved + each.reserved
    return Money(earned, reserved)
