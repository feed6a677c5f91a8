"""What was decided of a payout, and what a later round reckons an earlier one at."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple, Self

import polars as pl

from explanation.basis import by_region
from explanation.context import Context, named
from explanation.nodes import Node, Note
from explanation.values import Month, Value, kronor
from schemas.decisions import Decided, Settlements
from schemas.payouts import RoundPayments
from schemas.records import Record


class Decision(NamedTuple):
    """A payout as decided: when, by whom, by which reference, and resting on which computation."""

    decided_on: date
    decided_by: str
    reference: str
    computation: int

    @classmethod
    def of(cls, row: Mapping[str, Any]) -> Self:
        """The one that a row of `payouts.decided` is of."""
        return cls(*(row[name] for name in cls._fields))

    def words(self) -> Mapping[str, Value]:
        """What a sentence about it is filled with."""
        return {
            "day": self.decided_on,
            "name": self.decided_by,
            "reference": self.reference,
        }


def decisions(entered: pl.DataFrame) -> dict[date, Decision]:
    """By payout month, those that are decided, of rows of `payouts.decided` of one scheme."""
    return {row["month"]: Decision.of(row) for row in entered.iter_rows(named=True)}


def decided_in(context: Context, record: Record, month: date) -> Record | None:
    """The decision of a payout that a record names; none if it names none, or one that was taken back."""
    found = context.basis.input(record, Decided, month)
    return found if found and context.basis.rows(found) else None


def paid_by_region(
    context: Context, record: Record, month: date, component: str
) -> Mapping[str, int]:
    """What each region was paid of a component in a round, as a record reckons it.

    That is what was decided and settled where the record, of `payouts.bonus_pots` or `payouts.payout_lines`,
    names a decision of the round, and else the round's payments. The month is the round's payout month.
    """
    decided = decided_in(context, record, month)
    if decided is None:
        payments = context.basis.needed(record, RoundPayments, month)
        return by_region(context.basis.select(payments, component=component), "amount_sek")
    paid = by_region(context.basis.select(decided, component=component), "amount_sek")
    for row in _settlements(context, record, month, component=component):
        paid[row["region_code"]] += row["amount_sek"]
    return paid


def as_decided(
    context: Context, record: Record, month: date, component: str, computed: Node
) -> Node:
    """A decided round: its payment as the decision's computation gives it, and what was settled since.

    The record is the one that names the decision, the month the round's payout month.
    """
    decided = context.basis.needed(record, Decided, month)
    note = Note("decided", Decision.of(context.basis.rows(decided)[0]).words())
    computed = replace(computed, notes=[*computed.notes, note])
    settled = _settlements(context, record, month, **context.key(component=component))
    if not settled:
        return computed
    entries = [_settlement(each) for each in settled]
    amount = computed.amount_of() + sum(entry.amount_of() for entry in entries)
    return Node(
        "decided.settled",
        named("settled", component, month),
        kronor(amount),
        {"month": Month(month)},
        children=[computed, *entries],
    )


def _settlements(
    context: Context, record: Record, month: date, **key: object
) -> Sequence[Mapping[str, Any]]:
    """The settlements of a round that the pots reckon with: those paid before they close."""
    settlements = context.basis.input(record, Settlements, month)
    if settlements is None:
        return []
    closing = context.scheme.payouts[-1].month
    return [row for row in context.basis.select(settlements, **key) if row["month_paid"] <= closing]


def _settlement(row: Mapping[str, Any]) -> Node:
    return Node(
        "decided.settlement",
        named("settlement", row["component"], row["month"], row["month_paid"]),
        kronor(row["amount_sek"]),
        {
            "month": Month(row["month_paid"]),
            "day": row["settled_on"],
            "name": row["settled_by"],
            "reference": row["reference"],
        },
    )
