"""Bonus pots: what was left of a fund, and the region's share of it by what it was paid in the rounds."""

from collections import Counter
from collections.abc import Iterator, Mapping

from explanation.context import Context, named, versions
from explanation.decisions import paid_by_region
from explanation.nodes import Node
from explanation.reserves import total_of
from explanation.rounds import paid_round
from explanation.sharing import share
from explanation.values import Month, Name, Value, kronor
from rules.bonus_pots import left_out
from rules.parameters import Apportionment, BonusPot, Kronor, Parameter, Payout
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.waiting_times import WaitingTime
from schemas.components import BONUS
from schemas.payouts import BonusPots, Reserves
from schemas.records import Record
from schemas.regions import region_name


def bonus(context: Context, lines: Record, payout: Payout, component: str) -> Node:
    """The region's share of a pot in the last payout, where it closes; the component is `bonus_` and its name."""
    pot = next(each for each in context.scheme.pots if f"{BONUS}{each.name}" == component)
    closed = _closed(context, context.basis.needed(lines, BonusPots, payout.month), pot)
    own = [paid_round(context, lines, each, name) for each, name in _rounds(context, pot)]
    paid_in_rounds = _paid_in_rounds(context, lines, pot)
    weights = _counted(context, lines, pot, paid_in_rounds)
    less = paid_in_rounds[context.region] - weights[context.region]
    not_counted = (
        [Node("bonus.not_counted", named("not_counted", pot.name), kronor(-less))] if less else []
    )
    is_amended = not context.scheme.amended.keys().isdisjoint(pot.components)
    to_share, paid_all = closed.amount_of(), sum(weights.values())
    is_half_up = context.scheme.reading("rounding_of_bonuses") == "half_up"
    method: Apportionment = "half_up_residual_on_largest" if is_half_up else "largest_remainder"
    # A pot that nobody can share stays whole, and a pot without a krona gives none.
    is_shared = to_share and paid_all
    roundings = share(to_share, weights, context.region, method) if is_shared else ()
    paid = kronor(weights[context.region])
    return Node(
        "line.bonus" if is_shared else "line.bonus_nothing",
        named(component, payout.month),
        kronor(context.row(lines, component=component)["amount_sek"]),
        {
            "component": Name(f"component.{component}"),
            "pot": kronor(to_share),
            "paid": paid,
            "paid_all": kronor(paid_all),
        },
        roundings,
        rules=[payout, pot],
        readings=["rounding_of_bonuses", *["months_by_population"] * is_amended],
        record=lines.number,
        children=[
            closed,
            Node("bonus.paid", named("paid", pot.name), paid, children=[*own, *not_counted]),
        ],
    )


def _paid_in_rounds(context: Context, record: Record, pot: BonusPot) -> Counter[str]:
    """What each region was paid of the pot's components in the rounds."""
    paid = Counter[str]()
    for each, name in _rounds(context, pot):
        paid.update(paid_by_region(context, record, each.month, name))
    return paid


def _counted(
    context: Context, record: Record, pot: BonusPot, paid: Mapping[str, int]
) -> dict[str, int]:
    """What of what each was paid the pot is shared by: all, or without the months that are paid by population (I-19)."""
    counted = Counter(paid)
    for component in pot.components:
        for month in left_out(context.scheme).get(component, ()):
            reserved = context.basis.needed(record, Reserves, month)
            for row in context.basis.select(reserved, component=component):
                counted[row["region_code"]] -= row["reserved_sek"]
    return {code: max(amount, 0) for code, amount in counted.items()}


def _rounds(context: Context, pot: BonusPot) -> Iterator[tuple[Payout, str]]:
    """Each round's payout with each of the pot's components that it pays."""
    for payout in context.scheme.payouts:
        for component in payout.components:
            if component in pot.components:
                yield payout, component


def _closed(context: Context, record: Record, pot: BonusPot) -> Node:
    """How the pot closed: its fund less what was paid in the rounds."""
    funds = list(_funds(context, record, pot))
    rounds = [
        _round(context, record, payout, component) for payout, component in _rounds(context, pot)
    ]
    closed = context.basis.row(record, pot=pot.name)
    nobody = "nobody_counts" if closed["paid_sek"] else "undistributed"
    overdrawn = "overdrawn" if closed["overdrawn_sek"] else "closed"
    key = nobody if closed["undistributed_sek"] else overdrawn
    return Node(
        f"pot.{key}",
        named("pot", pot.name),
        kronor(closed["pot_sek"]),
        {
            "fund": kronor(closed["fund_sek"]),
            "paid": kronor(closed["paid_sek"]),
            "overdrawn": kronor(closed["overdrawn_sek"]),
            "component": Name(f"component.{pot.name}"),
        },
        rules=[pot],
        record=record.number,
        children=[*funds, *rounds],
    )


def _funds(context: Context, record: Record, pot: BonusPot) -> Iterator[Node]:
    """The kronor set aside for the pot's components."""
    for component in pot.components:
        requirement = context.scheme.requirements[component]
        if isinstance(requirement, WaitingTime):
            for measure, fund in requirement.fund.items():
                words: dict[str, Value] = {"measure": Name(f"measure.{measure}")}
                yield _fund(record, "pot.fund_of_measure", measure, fund, words)
        elif isinstance(requirement, FirstVisitProduction):
            yield _fund(record, "pot.fund_of_production", "production", requirement.fund, {})
        else:
            words = {"component": Name(f"component.{component}")}
            fund_sek = kronor(requirement.fund_at(record.month))
            yield Node("pot.fund", named("fund", component), fund_sek, words)


def _fund(
    record: Record, key: str, name: str, fund: Parameter[Kronor], words: dict[str, Value]
) -> Node:
    month = record.month
    return Node(
        key, named("fund", name), kronor(fund.at(month)), words, rules=versions(month, [fund])
    )


def _round(context: Context, record: Record, payout: Payout, component: str) -> Node:
    """What all regions were paid of a component in a round, region by region."""
    paid = paid_by_region(context, record, payout.month, component)
    regions = [
        Node(
            "pot.region",
            named("paid", component, payout.month, code),
            kronor(amount),
            {"region": region_name(code)},
        )
        for code, amount in sorted(paid.items())
    ]
    return Node(
        "pot.round",
        named("paid", component, payout.month),
        kronor(total_of(regions)),
        {"month": Month(payout.month), "component": Name(f"component.{component}")},
        children=regions,
    )
