"""Grants by population: an equal amount where there is one, a share of the rest, and the condition."""

from explanation.context import Context, named, versions
from explanation.nodes import Node, Note
from explanation.reserves import reserve_of_grant, total_of
from explanation.values import kronor
from rules.parameters import GrantName, Payout
from schemas.payouts import Reserves
from schemas.records import Record


def granted(context: Context, payments: Record, payout: Payout, component: GrantName) -> Node:
    """What the region is granted.

    Args:
        context: of the explanation.
        payments: the record of `payouts.round_payments`.
        payout: the payout.
        component: which grant.
    """
    grant = context.scheme.grants[component]
    reserves = context.basis.needed(payments, Reserves, payout.month)
    parts = reserve_of_grant(context, grant, reserves, component)
    qualifies = not grant.qualified or context.region in grant.qualified.at(payout.month)
    conditions = versions(payout.month, [grant.qualified]) if grant.qualified else []
    return Node(
        f"line.{component}",
        named(component, payout.month),
        kronor(total_of(parts) if qualifies else 0),
        rules=[payout, *conditions],
        notes=[] if qualifies else [Note("not_qualified")],
        record=payments.number,
        children=parts,
    )
