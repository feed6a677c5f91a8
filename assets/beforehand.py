"""What a run rests on and was never made: made first, as `bonuspott run` does.

Who materialises December's payout, or a span of months of the whole graph, need not know which
deliveries and months it rests on. What lies there unread is read, and what was never computed is
computed, in the same run; what is recorded already is not made again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assets.groups import Group, groups_of
from rules.planning import Known, roots
from rules.step import Step
from schemas.places import Place


@dataclass(frozen=True)
class Part:
    """Steps of a group, and the months of them that are to be made."""

    group: Group
    steps: Sequence[Step]
    months: Sequence[date]


def rests_on(steps: Iterable[Step], months: Collection[date]) -> set[Place]:
    """The places of deliveries that the months of the steps, all of one scheme, rest on in the end."""
    chosen = list(steps)
    found = roots(chosen[0].scheme)
    return set().union(
        *(found[step.place(month)] for step in chosen for month in step.months if month in months)
    )


def never_made(known: Known, part: Part) -> list[Part]:
    """What a part's months rest on that the scheme makes and the ledger does not hold, in the order data flows.

    A payout comes after the year's earlier ones, whether it reckons with them or not.
    """
    groups, steps, months = groups_of(part.group.scheme), part.steps, part.months
    makes = {
        step.place(month): step for each in groups for step in each.steps for month in each.months
    }
    asked = {step.place(month) for step in steps for month in step.months if month in months}
    needed = {
        step.place(month)
        for step in steps
        for month in step.months
        if step.pays and month < max(months) and step.place(month) not in known
    } - asked
    looked_at = asked | needed
    while looked_at:
        sources = set().union(*(makes[place].sources(place.month) for place in looked_at))
        new = (sources & makes.keys()) - asked - needed
        looked_at = {place for place in new if place not in known}
        needed |= looked_at
    parts = [
        Part(
            each,
            [step for step in each.steps if needed & {step.place(month) for month in each.months}],
            [month for month in each.months if needed & {step.place(month) for step in each.steps}],
        )
        for each in groups
    ]
    return [each for each in parts if each.months]
