"""What a payout pays before bonuses: each component's own explanation, held against the record."""

from collections.abc import Callable, Mapping
from datetime import date

from explanation.basis import Record, by_region
from explanation.context import Context
from explanation.grants import granted
from explanation.nodes import Node, agree
from explanation.production import earned_in_period
from explanation.reserves import total_of
from explanation.surgery import earned_by_operations
from explanation.waiting_times import earned_in_round
from rules.parameters import Payout
from schemas.payouts import RoundPayments

EXPLAINED: Mapping[str, Callable[[Context, Record, Payout], Node]] = {
    "waiting_time": earned_in_round,
    "first_visit_production": earned_in_period,
    "surgery": earned_by_operations,
}
"""How a component that is earned is explained, by name; the others are grants."""


def paid_by_region(
    context: Context, record: Record, month: date, component: str
) -> Mapping[str, int]:
    """What each region was paid of a component in a round, as the record reckons it.

    Args:
        context: of the explanation.
        record: of `payouts.bonus_pots` or `payouts.payout_lines`, which names the round's payments.
        month: the round's payout month.
        component: what was paid.
    """
    payments = context.basis.needed(record, RoundPayments, month)
    return by_region(context.basis.select(payments, component=component), "amount_sek")


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
    agree(f"amount_sek, {component}, in {payments}", row["amount_sek"], total_of([node]))
    return node


def _explained(context: Context, payments: Record, payout: Payout, component: str) -> Node:
    explained = EXPLAINED.get(component)
    if explained:
        return explained(context, payments, payout)
    grant = next(name for name in context.scheme.grants if name == component)
    return granted(context, payments, payout, grant)
