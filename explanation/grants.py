"""Grants by population: an equal amount where there is one, a share of the rest, and the condition."""

from explanation.context import Context, named, versions
from explanation.nodes import Node, Note
from explanation.reserves import reserve_of_grant
from explanation.values import Name, Value, kronor
from rules.parameters import Payout
from rules.requirements.grant import Grant
from schemas.payouts import Reserves
from schemas.records import Record


def granted(context: Context, payments: Record, payout: Payout, grant: Grant) -> Node:
    """What the region is granted; see `rounds.EXPLAINED`."""
    reserves = context.basis.needed(payments, Reserves, payout.month)
    standing = [
        (listed, note)
        for listed, note in ((grant.eligible, "not_eligible"), (grant.qualified, "not_qualified"))
        if listed
    ]
    failed = [note for listed, note in standing if context.region not in listed.at(payout.month)]
    amount_sek = context.row(payments, component=grant.component)["amount_sek"]
    parts = [] if "not_eligible" in failed else reserve_of_grant(context, grant, reserves)
    values: dict[str, Value] = {
        "component": Name(f"component.{grant.component}"),
        "fund": kronor(grant.fund.at(payout.month)),
    }
    equal_and_share = [part.amount for part in parts if part.amount]
    if has_both := len(equal_and_share) > 1 and not failed:
        values |= dict(zip(("fixed", "share"), equal_and_share, strict=True))
    return Node(
        "line.grant_not_paid" if failed else "line.grant_fixed" if has_both else "line.grant",
        named(grant.component, payout.month),
        kronor(amount_sek),
        values,
        rules=[payout, *versions(payout.month, [listed for listed, _ in standing])],
        notes=[Note(note) for note in failed],
        record=payments.number,
        children=parts,
    )
