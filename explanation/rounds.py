"""What a payout pays before bonuses: each component's own explanation."""

from collections.abc import Callable

from explanation.context import Context
from explanation.decisions import as_decided, decided_in
from explanation.grants import granted
from explanation.nodes import Node
from explanation.production import earned_in_period
from explanation.surgery import earned_by_operations
from explanation.tables import told_by_tables
from explanation.waiting_times import earned_in_round
from rules.parameters import Payout
from rules.requirement import Requirement
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.grant import Grant
from rules.requirements.surgery import Surgery
from rules.requirements.waiting_times import WaitingTime
from schemas.payouts import RoundPayments
from schemas.records import Record

EXPLAINED: dict[type[Requirement], Callable[..., Node]] = {
    WaitingTime: earned_in_round,
    FirstVisitProduction: earned_in_period,
    Surgery: earned_by_operations,
    Grant: granted,
}
"""How a component is explained, by the kind of its requirement; any other kind, by its tables.

Each takes the context of the explanation, the record of `payouts.round_payments`, the payout with its
round, and the requirement.
"""


def round_payment(context: Context, record: Record, payout: Payout, component: str) -> Node:
    """The region's payment in the round, which the record names; told in full once, where it comes up again."""
    payments = context.basis.needed(record, RoundPayments, payout.month)
    requirement = context.scheme.requirements[component]
    explained = EXPLAINED.get(type(requirement), told_by_tables)
    return context.once(
        ("round", payments.number, component),
        lambda: explained(context, payments, payout, requirement),
    )


def paid_round(context: Context, record: Record, payout: Payout, component: str) -> Node:
    """What the region was paid in the round, as a record of `payouts.payout_lines` reckons it."""
    decided = decided_in(context, record, payout.month)
    if decided is None:
        return round_payment(context, record, payout, component)
    computation = context.row(decided, component=component)
    lines = context.basis.records[computation["computation"]]
    computed = round_payment(context, lines, payout, component)
    return as_decided(context, record, payout.month, component, computed)
