"""Operations: each procedure against the mean of three years, then the cap."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import floor

from explanation.context import Context, named, versions
from explanation.leaves import Asked, counts
from explanation.nodes import Node, Note, Rounding, changing
from explanation.reserves import cap, total_of
from explanation.values import Change, Name, Number, Value, count, kronor, months_told
from rules.exact import half_up
from rules.parameters import Payout
from rules.requirements.surgery import Surgery
from schemas.observed import Surgeries
from schemas.payouts import Reserves
from schemas.records import Record
from schemas.surgery import SurgeryCaps, SurgeryPerformance

YEARS = 3


@dataclass(frozen=True)
class Operated:
    """A month's operations on the region's residents; none where the delivery has no row of them.

    `is_asked_for` is whether the delivery has a row of the procedure, of whatever region.
    """

    record: Record | None
    month: date
    region_reported: bool
    is_asked_for: bool
    operations: Sequence[int | None]

    @property
    def known(self) -> int | None:
        """The operations that are known; none where no count is there to know them by."""
        counts = [number for number in self.operations if number is not None]
        is_zero = self.region_reported and self.is_asked_for and not self.operations
        return sum(counts) if counts or is_zero else None


def earned_by_operations(context: Context, payments: Record, payout: Payout, rule: Surgery) -> Node:
    """What the region earned by operations, half-up to whole kronor, at most its cap; see `rounds.EXPLAINED`."""
    last = payout.round_months()[-1]
    caps = context.basis.needed(payments, SurgeryCaps, last)
    performance = context.basis.needed(caps, SurgeryPerformance, last)
    reserves = context.basis.needed(caps, Reserves, context.scheme.measured_months[0])
    procedures = [
        _procedure(context, rule, performance, procedure) for procedure in rule.procedures()
    ]
    limit = cap(rule, reserves, context.row(caps)["cap_sek"])
    exact = total_of(procedures)
    whole = half_up(exact)
    paid = context.row(payments, component=rule.component)["amount_sek"]
    roundings = changing(
        Rounding(kronor(exact), "half_up", kronor(whole)),
        Rounding(kronor(whole), "cap", kronor(paid)),
    )
    return Node(
        "line.surgery_capped" if paid < whole else "line.surgery",
        named("surgery", payout.month),
        kronor(paid),
        {
            **months_told(payout.round_months()[0], last),
            "cap": limit.amount or kronor(0),
        },
        roundings,
        rules=[payout],
        record=payments.number,
        children=[*procedures, limit],
    )


def _procedure(context: Context, rule: Surgery, record: Record, procedure: str) -> Node:
    """A procedure's increase over the mean, times its price; nothing where there is none."""
    last = record.month
    years = [last.year, *rule.baseline_years.at(last)]
    row = context.row(record, procedure=procedure)
    operations, base_sum = row["operations_to_date"], row["baseline_sum_to_date"]
    complete = row["status"] == "ok"
    exact = Fraction(operations) - Fraction(base_sum, YEARS)
    floored = context.scheme.reading("baseline_mean") == "whole_operations"
    increase = Fraction(floor(exact)) if floored else exact
    sentence = "none" if increase <= 0 else "earned"
    node = Node(
        f"procedure.{sentence if complete else 'incomplete'}",
        named("procedure", procedure),
        kronor(Fraction(row["earned_thirds_sek"], YEARS)),
        {
            "procedure": Name(f"procedure.{procedure}"),
            "operations": count(operations),
            "mean": Number(Fraction(base_sum, YEARS)),
            "base_sum": count(base_sum),
            "increase": Change(Number(increase)),
            "price": kronor(rule.price[procedure].at(last)),
        },
        changing(Rounding(Number(exact), "down", Number(increase))),
        notes=[_short(increase)] if complete and increase <= 0 else [],
        rules=versions(last, [rule.price[procedure], rule.baseline_years]),
        readings=["baseline_mean", *([] if complete else ["surgery_gaps"])],
        record=record.number,
        children=[_year(context, record, procedure, year) for year in years],
    )
    if context.audience == "internal":
        return node
    # A month's sum less that of the month before is a month's, which may be low.
    shown = {name: node.values[name] for name in ("procedure", "price")}
    return node.withheld("procedure.withheld", shown)


def _short(increase: Fraction) -> Note:
    """How many operations more would have been an increase."""
    return Note("short.operations", {"short": count(floor(-increase) + 1)})


def _operated(context: Context, record: Record, procedure: str, year: int) -> list[Operated]:
    """The months measured, in a year."""
    found = []
    shift = year - record.month.year
    for measured in context.scheme.measured_months:
        month = measured.replace(year=measured.year + shift)
        source = context.basis.input(record, Surgeries, month)
        everywhere = [] if source is None else context.basis.rows(source)
        rows = [row for row in everywhere if row["home_region_code"] == context.region]
        operations = [row["operations"] for row in rows if row["procedure"] == procedure]
        is_asked_for = any(row["procedure"] == procedure for row in everywhere)
        found.append(Operated(source, month, bool(rows), is_asked_for, operations))
    return found


def _year(context: Context, record: Record, procedure: str, year: int) -> Node:
    operated = _operated(context, record, procedure, year)
    known = [month.known for month in operated if month.known is not None]
    return Node(
        "procedure.year",
        named("operations", procedure, str(year)),
        Number(Fraction(sum(known))) if known else None,
        {
            "year": str(year),
            **months_told(operated[0].month, operated[-1].month),
        },
        children=[_month(context, procedure, month) for month in operated],
    )


def _month(context: Context, procedure: str, month: Operated) -> Node:
    key: Mapping[str, str] = {"home_region_code": context.region, "procedure": procedure}
    reported = "no_row_is_zero" if month.is_asked_for else "not_asked_for"
    absent = reported if month.region_reported else "no_row"
    asked = Asked(month.month, key, ["operations"], absent)
    values: dict[str, Value] = {
        "operations": count(month.known),
        "procedure": Name(f"procedure.{procedure}"),
    }
    name = named("operations", procedure, month.month)
    leaf = counts(context, month.record, asked, "counts.operations", name, values)
    partly = month.known is not None and None in month.operations
    return replace(leaf, notes=[*leaf.notes, Note("partly")]) if partly else leaf
