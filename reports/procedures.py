"""A region's operations of a procedure, as pages and documents show them."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

import polars as pl

from rules.exact import half_up_to
from rules.requirements.surgery import THIRDS


class Operations(NamedTuple):
    """Operations since the first month measured, and those of the years before; a sum may be missing."""

    operations_to_date: int | None
    last_year_to_date: int | None
    baseline_sum_to_date: int | None

    @property
    def mean(self) -> Decimal | None:
        """The mean of the three years, half-up to one decimal."""
        if self.baseline_sum_to_date is None:
            return None
        return half_up_to(Fraction(self.baseline_sum_to_date, THIRDS), 1)

    @property
    def change(self) -> Decimal | None:
        """Operations more than the exact mean, half-up to one decimal."""
        return change_of([self])

    @property
    def thirds_more(self) -> int | None:
        """Operations more than the mean, in thirds."""
        if self.operations_to_date is None or self.baseline_sum_to_date is None:
            return None
        return THIRDS * self.operations_to_date - self.baseline_sum_to_date

    @property
    def missing(self) -> int | None:
        """The least number of further operations that would give anything; 0 where some do."""
        return None if self.thirds_more is None else max(0, -self.thirds_more // THIRDS + 1)


class Procedure(NamedTuple):
    """A region's operations of a procedure as they are judged: what is missing counts nothing."""

    counts: Operations
    earned_thirds_sek: int
    status: str

    @property
    def earned(self) -> Decimal:
        """Kronor before the cap, half-up to öre."""
        return half_up_to(Fraction(self.earned_thirds_sek, THIRDS), 2)


def change_of(operations: Sequence[Operations]) -> Decimal | None:
    """Operations more than the exact mean, of regions together: summed as thirds, half-up to one decimal once."""
    thirds = [each.thirds_more for each in operations]
    known = [each for each in thirds if each is not None]
    return half_up_to(Fraction(sum(known), THIRDS), 1) if len(known) == len(thirds) else None


def procedures_in(rows: pl.DataFrame) -> dict[tuple[str, str], Procedure]:
    """By region and procedure, the rows of `performance.surgeries` of one scheme and month."""
    columns = ("region_code", "procedure", "earned_thirds_sek", "status", *Operations._fields)
    return {
        (region, name): Procedure(Operations(*sums), thirds, status)
        for region, name, thirds, status, *sums in rows.select(columns).iter_rows()
    }


def followed_up(rows: pl.DataFrame, *by: str) -> dict[tuple[str, ...], Operations]:
    """The sums of rows of `performance.surgery_followup` of one scheme and month, by columns of its key.

    A sum that a count is missing of is missing.
    """
    sums = pl.col(*Operations._fields)
    found = rows.group_by(by).agg(pl.when(sums.is_not_null().all()).then(sums.sum()))
    return {row[: len(by)]: Operations(*row[len(by) :]) for row in found.iter_rows()}
