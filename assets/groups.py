"""A scheme's steps in groups: those that have the same months, and so are made in one run.

An asset job takes assets of one definition of partitions. So what a scheme computes is run in up to
three parts, in the order data flows: what is reserved (where that is of other months), what is
measured, what is paid. Steps of the same months are never two parts: the UI would put them into one
run, in which Dagster skips what rests on another part.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from assets.keys import group_name
from rules.scheme import Scheme
from rules.step import Step
from rules.steps import steps
from schemas.payouts import Reserves


@dataclass(frozen=True)
class Group:
    """Steps of a scheme that have the same months, in the order data flows.

    `number` tells apart those of the same part: a value that is not known yet may leave what rests on
    it with fewer months than the rest.
    """

    scheme: Scheme
    steps: tuple[Step, ...]
    number: int = 1

    @property
    def months(self) -> tuple[date, ...]:
        """The months that each of the steps has."""
        return self.steps[0].months

    @property
    def part(self) -> str:
        """Which part of the scheme it is: `payouts`, `months`, or `reserves` alone."""
        if any(step.pays for step in self.steps):
            return "payouts"
        return "months" if any(step.table is not Reserves for step in self.steps) else "reserves"

    @property
    def name(self) -> str:
        """The name of its job, such as `bup_2025_months`."""
        which = f"_{self.number}" if self.number > 1 else ""
        return f"{group_name(self.scheme.name)}_{self.part}{which}"


def groups_of(scheme: Scheme) -> list[Group]:
    """The scheme's groups, in the order data flows."""
    found: list[list[Step]] = []
    for step in steps(scheme):
        _group_for(step, found).append(step)
    groups: list[Group] = []
    for each in found:
        group = Group(scheme, tuple(each))
        before = sum(other.part == group.part for other in groups)
        groups.append(replace(group, number=before + 1))
    return groups


def _group_for(step: Step, found: list[list[Step]]) -> list[Step]:
    """The last group of the same months, unless one after it makes what the step needs; else a new one."""
    needed = {need.table for need in step.needs}
    for group in reversed(found):
        if group[0].months == step.months:
            return group
        if not needed.isdisjoint(each.table for each in group):
            break
    found.append([])
    return found[-1]


def all_groups(schemes: Iterable[Scheme]) -> list[Group]:
    """The groups of all the schemes."""
    return [group for scheme in schemes for group in groups_of(scheme)]
