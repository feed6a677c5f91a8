"""What a payout pays before bonuses: each component's own explanation, held against the record."""

from collections.abc import Callable, Mapping

from explanation.context import Context
from explanation.decisions import as_decided, decided_in
from explanation.grants import granted
from explanation.nodes import Node, agree
from explanation.production import earned_in_period
from explanation.surgery import earned_by_operations
from explanation.waiting_times import earned_in_round
from rules.parameters import Payout
from schemas.payouts import RoundPayments
from schemas.records import Record

EXPLAINED: Mapping[str, Callable[[Context, Record, Payout], Node]] = {
    "waiting_time": earned_in_round,
    "first_visit_production": earned_in_period,
    "surgery": earned_by_operations,
}
"""How a component that is earned is explained, by name; the others are grants."""


def round_payment(context: Context, record: Record, payout: Payout, component: str) -> Node:
    """The region's payment of a component in a round; told in full once, where it comes up again.

    Args:
        context: of the explanation.
        record: the record that names the round's payments.
        payout: the round's payout.
        component: what was paid.
    """
    payments = context.basis.needed(record, RoundPayments, payout.month)
    node = context.once(
        ("round", payments.number, component),
        lambda: _explained(context, payments, payout, component),
    )
    row = context.basis.row(payments, region_code=context.region, component=component)
    agree(f"amount_sek, {component}, in {payments}", row["amount_sek"], node.amount_of())
    return node


def paid_round(context: Context, record: Record, payout: Payout, component: str) -> Node:
    """What the region was paid of a component in a round, as a record reckons it.

    Args:
        context: of the explanation.
        record: of `payouts.payout_lines`, which names the round's payments and what was decided.
        payout: the round's payout.
        component: what was paid.
    """
    decided = decided_in(context, record, payout.month)
    if decided is None:
        return round_payment(context, record, payout, component)
    computation = context.basis.row(decided, region_code=context.region, component=component)
    lines = context.basis.records[computation["computation"]]
    computed = round_payment(context, lines, payout, component)
    return as_decided(context, record, payout.month, component, computed)


def _explained(context: Context, payments: Record, payout: Payout, component: str) -> Node:
    explained = EXPLAINED.get(component)
    if explained:
        return explained(context, payments, payout)
    grant = next(name for name in context.scheme.grants if name == component)
    return granted(context, payments, payout, grant)
