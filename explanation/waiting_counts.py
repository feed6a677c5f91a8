"""The six counts that a month of a measure is judged by, as the rule takes them, and their leaves."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from typing import Any

from explanation.context import Context, named
from explanation.leaves import Asked, counts, observed
from explanation.nodes import Node
from explanation.values import Month, Share, Value, count, percent
from rules.parameters import Sourced
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.observed import WaitingTimes
from schemas.records import Record

COMPLETED = ("completed", "completed_within_30")
WAITING = ("waiting", "waiting_within_30")


@dataclass(frozen=True)
class Counted:
    """Of how many, how many had waited at most 30 days; none where it was not available.

    `taken_out` are waits that the patient chose, where the reading takes them out of the completed.
    """

    record: Record | None
    month: date
    measure: str
    whole: int | None
    within: int | None
    taken_out: int | None = None

    @property
    def is_known(self) -> bool:
        """Whether both were available."""
        return self.whole is not None and self.within is not None

    @property
    def told(self) -> Value:
        """The share as a sentence has it; 0 where it is not defined."""
        return Share(self.within or 0, self.whole) if self.whole else percent(0)

    @property
    def share(self) -> Fraction | None:
        """The share within 30 days, in per cent; none where it is not defined."""
        if self.whole is None or self.within is None or self.whole == 0:
            return None
        return Fraction(100 * self.within, self.whole)


@dataclass(frozen=True)
class Counts:
    """This month's completed and waiting, and last year's completed."""

    now: Counted
    waiting: Counted
    base: Counted


def counts_of(context: Context, record: Record, row: Mapping[str, Any]) -> Counts:
    """The counts in a row of a record of `performance.waiting_times`, with the records that they came from."""
    month, measure = record.month, row["measure"]
    then = add_months(month, -MONTHS_A_YEAR)
    this_year = context.basis.input(record, WaitingTimes, month)
    last_year = context.basis.input(record, WaitingTimes, then)
    now, base = (
        Counted(of, when, measure, row[f"completed{suffix}"], row[f"completed_within_30{suffix}"])
        for of, when, suffix in ((this_year, month, ""), (last_year, then, "_last_year"))
    )
    return Counts(
        _with_chosen(context, now),
        Counted(this_year, month, measure, row["waiting"], row["waiting_within_30"]),
        _with_chosen(context, base),
    )


def completed_leaf(context: Context, counted: Counted) -> Node:
    """The leaf of those completed in a month."""
    values = _words(counted)
    # Of how many themselves chose to wait, the public is told nothing.
    if counted.taken_out is None or context.audience == "public":
        return _leaf(context, counted, "counts.completed", COMPLETED, "completed", values)
    values = {
        **values,
        "chosen": count(counted.taken_out),
        "all": count((counted.whole or 0) + counted.taken_out),
    }
    key, columns = "counts.completed_without_chosen", (*COMPLETED, "completed_patient_chosen")
    return _leaf(context, counted, key, columns, "completed", values)


def withheld(counts: Counts, nodes: Sequence[Node], rules: Sequence[Sourced]) -> Node:
    """For the public, in place of the nodes that tell of the counts: that they are not shown, and why.

    It cites the rules whatever the counts are, and no reading: one that decided could say that a count is 0.
    """
    places = [place for node in nodes for each in node.walk() for place in each.places]
    now, base = counts.now, counts.base
    values = {"month": Month(now.month), "month_base": Month(base.month)}
    name = named("withheld", now.month, now.measure)
    return Node("counts.withheld", name, values=values, rules=rules, places=places)


def waiting_leaf(context: Context, counted: Counted) -> Node:
    """The leaf of those waiting at a month's end."""
    return _leaf(context, counted, "counts.waiting", WAITING, "waiting", _words(counted))


def _leaf(
    context: Context,
    counted: Counted,
    key: str,
    columns: Sequence[str],
    side: str,
    values: Mapping[str, Value],
) -> Node:
    asked = Asked(counted.month, context.key(measure=counted.measure), columns)
    name = named(side, counted.month, counted.measure)
    return counts(context, counted.record, asked, key, name, values)


def _with_chosen(context: Context, completed: Counted) -> Counted:
    """The completed, with how many waits were taken out of them."""
    if context.scheme.reading("patient_chosen") != "excluded" or completed.whole is None:
        return completed
    row = observed(context, completed.record, context.key(measure=completed.measure))
    return replace(completed, taken_out=row.get("completed_patient_chosen") or 0)


def _words(counted: Counted) -> Mapping[str, Value]:
    return {
        "month": Month(counted.month),
        "whole": count(counted.whole),
        "within": count(counted.within),
    }
