"""What a run rests on and was never made, or is outdated: made first, as `bonuspott run` does.

Who materialises December's payout, or a span of months of the whole graph, need not know which
deliveries and months it rests on. What lies there unread is read, and what was never computed, or
from what has changed since, is computed in the same run; what stands already is not made again.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from assets.groups import Group, groups_of
from rules.planning import Delivered, Known, plan, roots
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


def outdated(known: Known, delivered: Delivered, part: Part) -> list[Part]:
    """What a part's months rest on that the scheme makes and is not as it would be made now, in the order data flows.

    A month that is made is made whole, but for what waits for a delivery: pages show what stands beside what
    a payout rests on. A payout comes after the year's earlier ones, whether it reckons with them or not. What
    rests on a delivery that is at hand and not recorded, unread or refused, is not made: its counts are not zero.
    """
    scheme, groups = part.group.scheme, groups_of(part.group.scheme)
    units = {unit.place: unit for unit in plan(scheme, known, delivered, max(part.months)).units}
    made_together = {step.table: group.steps for group in groups for step in group.steps}
    own = {step.place(month) for step in part.steps for month in step.months}
    asked = {place for place in own if place.month in part.months}
    to_make = {
        place for place, unit in units.items() if unit.is_outdated and unit.is_possible
    } - asked
    needed = {
        place
        for place in own & to_make
        if units[place].step.pays and place.month < max(part.months)
    }
    looked_at = [units[place] for place in asked | needed]
    while looked_at:
        sources = {place for unit in looked_at for place in unit.step.sources(unit.month)}
        beside = {
            step.place(unit.month)
            for unit in looked_at
            if unit.place in needed
            for step in made_together[unit.step.table]
        }
        new = sources | {place for place in beside if not units[place].missing}
        looked_at = [units[place] for place in (new & to_make) - needed]
        needed |= {unit.place for unit in looked_at}
    parts = [
        Part(
            each,
            [step for step in each.steps if needed & {step.place(month) for month in each.months}],
            [month for month in each.months if needed & {step.place(month) for step in each.steps}],
        )
        for each in groups
    ]
    return [each for each in parts if each.months]
