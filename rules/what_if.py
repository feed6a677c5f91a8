"""What if the counts, or a parameter, had been otherwise: the calculation walked again, and what it moves.

Nothing is recorded, and what was decided plays no part: the question is what the rules give.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import polars as pl
from pandera.errors import SchemaErrors

from rules.calculation import calculate
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.components import BONUS
from schemas.mendable import MendableError
from schemas.months import contiguous, month_key, span_words
from schemas.payouts import BonusPots, PayoutLines
from schemas.table import Table

EXAMPLES = 3
"""Changed rows that are named when they do not hold together."""


class ChangeError(MendableError, ValueError):
    """A change names nothing that was observed, or leaves counts that cannot be."""


class Amount(NamedTuple):
    """What becomes of a count: a number more or less, or another number."""

    number: int
    is_relative: bool


@dataclass(frozen=True)
class Change:
    """Counts that are taken to be otherwise.

    Attributes:
        table: the observed table's model.
        where: which rows: values by column; a column that is left out may have any.
        counts: what becomes of their counts, by column.
    """

    table: type[Table]
    where: Mapping[str, str | date]
    counts: Mapping[str, Amount]

    def __str__(self) -> str:
        """The change in words."""
        counts = ", ".join(
            f"{name} {number:+}" if is_relative else f"{name} = {number}"
            for name, (number, is_relative) in self.counts.items()
        )
        where = ", ".join(f"{name} {_said(value)}" for name, value in self.where.items())
        return f"{where or 'everywhere'}: {counts}"


@dataclass(frozen=True)
class Moved:
    """What moves.

    Attributes:
        lines: month, scheme, region_code, component, own_sek, other_sek, difference_sek.
        rising: how many cells reach a higher level than they did.
        falling: how many reach a lower one.
        undistributed_sek: how much more of the pots nobody gets.
    """

    lines: pl.DataFrame
    rising: int
    falling: int
    undistributed_sek: int


def changed(scheme: Scheme, observed: Inputs, change: Change) -> Inputs:
    """The observed tables with the counts changed.

    Args:
        scheme: whose measured months a change of its counts concerns that names no month.
        observed: what was observed, by model.
        change: which counts.

    Raises:
        ChangeError: if nothing that was observed is named, a count to be changed by some was not
            reported, or the counts do not hold together afterwards.
    """
    rows = observed[change.table]
    is_any = "month" in change.where or change.table not in scheme.counted
    here = pl.lit(is_any) | pl.col("month").is_in(scheme.measured_months)
    for name, value in change.where.items():
        known = rows[name].unique().sort()
        if value not in known:
            spans = map(span_words, contiguous(known)) if name == "month" else map(_said, known)
            listed = ", ".join(spans)
            raise ChangeError(f"{name} {_said(value)}: nothing was observed of it, but of {listed}")
        here &= pl.col(name) == pl.lit(value)
    if rows.filter(here).is_empty():
        raise ChangeError(f"{change}: nothing was observed of these together")
    for name, amount in change.counts.items():
        if amount.is_relative and rows.filter(here)[name].null_count():
            raise ChangeError(
                f"{change}: {name} was not reported everywhere there, so that it cannot be "
                f"changed by {amount.number:+}; give the number itself"
            )
    new = {
        name: pl.when(here)
        .then(pl.col(name) + amount.number if amount.is_relative else pl.lit(amount.number))
        .otherwise(pl.col(name))
        for name, amount in change.counts.items()
    }
    return {**observed, change.table: _whole(change, rows.with_columns(**new), here)}


def _said(value: object) -> str:
    return month_key(value) if isinstance(value, date) else str(value)


def _whole(change: Change, rows: pl.DataFrame, here: pl.Expr) -> pl.DataFrame:
    try:
        return change.table.conform(rows)
    except SchemaErrors as error:
        found = "; ".join(sorted({str(each) for each in error.failure_cases["check"]}))
        failed = found.replace("greater_than_or_equal_to(0)", "a count is never below 0")
        shown = rows.filter(here).drop("delivery_id").head(EXAMPLES).to_dicts()
        examples = "; ".join(
            ", ".join(f"{name} {_said(value)}" for name, value in row.items()) for row in shown
        )
        raise ChangeError(f"{change}: cannot be, for {failed}. It would be {examples}") from None


def moved(own: tuple[Scheme, Inputs], other: tuple[Scheme, Inputs]) -> Moved:
    """What moves when a scheme, or what was observed, is otherwise.

    Args:
        own: the scheme, and what was observed of all that it looks at.
        other: the same otherwise.

    Raises:
        ArithmeticError: if money came from nowhere, or was lost.
        PopulationMissingError: if a population that shares rest on is missing.
        NotKnownYetError: if a parameter that payments rest on is not known yet.
    """
    before, after = (calculate(*each, [PayoutLines]) for each in (own, other))
    changes = [
        difference(before[table], after[table], "level_pct")["difference_pct"].sign()
        for table in before
        if "level_pct" in table.polars_schema()
    ]
    signs = pl.concat([pl.Series(dtype=pl.Int64), *changes])
    undistributed = [_undistributed(*each) for each in ((own[0], before), (other[0], after))]
    return Moved(
        difference(before[PayoutLines], after[PayoutLines]),
        int((signs > 0).sum()),
        int((signs < 0).sum()),
        undistributed[1] - undistributed[0],
    )


def difference(own: pl.DataFrame, other: pl.DataFrame, column: str = "amount_sek") -> pl.DataFrame:
    """Two tables of the same rows side by side.

    Args:
        own: key and one column of numbers, beside others that play no part.
        other: the same.
        column: that column's name, such as `amount_sek`.

    Returns:
        month, scheme, region_code and what else is in the key, then the numbers and their difference:
        own_sek, other_sek, difference_sek. A row that only one table has counts as 0 in the other.
    """
    unit = column.rpartition("_")[2]
    names = [f"{each}_{unit}" for each in ("own", "other", "difference")]
    key = [
        name
        for name in ("month", "scheme", "region_code", "measure", "component")
        if name in own.columns
    ]
    return (
        own.select(*key, pl.col(column).alias(names[0]))
        .join(other.select(*key, pl.col(column).alias(names[1])), on=key, how="full", coalesce=True)
        .with_columns(pl.col(names[0], names[1]).fill_null(0))
        .with_columns((pl.col(names[1]) - pl.col(names[0])).alias(names[2]))
        .sort(key)
    )


def _undistributed(scheme: Scheme, tables: Inputs) -> int:
    """The kronor of the pots that nobody gets.

    Raises:
        ArithmeticError: if the year's payouts and the pots are not the funds together.
    """
    found = 0
    lines = tables[PayoutLines]
    for pot in scheme.pots:
        [closed] = tables[BonusPots].filter(pot=pot.name).to_dicts()
        paid = lines.filter(pl.col("component").is_in([*pot.components, f"{BONUS}{pot.name}"]))
        in_all = paid["amount_sek"].sum() + closed["undistributed_sek"] - closed["overdrawn_sek"]
        if in_all != closed["fund_sek"]:
            raise ArithmeticError(
                f"{scheme.name}, {pot.name}: {in_all} kr were paid, shared out or left, of a fund "
                f"of {closed['fund_sek']} kr"
            )
        found += closed["undistributed_sek"]
    return found
