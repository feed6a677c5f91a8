"""A scheme's steps in groups: those that have the same months, and so are made in one run.

An asset job takes assets of one definition of partitions. So what a scheme computes is run in two or
three parts, in the order data flows: what is reserved (where that is of other months), what is
measured, what is paid.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from assets.keys import group_name
from rules.scheme import Scheme
from rules.step import Step
from rules.steps import steps
from schemas.payouts import Reserves


@dataclass(frozen=True)
class Group:
    """Steps of a scheme that have the same months, in the order data flows."""

    scheme: Scheme
    steps: tuple[Step, ...]

    @property
    def months(self) -> tuple[date, ...]:
        """The months that each of the steps has."""
        return self.steps[0].months

    @property
    def part(self) -> str:
        """Which part of the scheme it is: `payouts`, `months`, or `reserves` alone."""
        if self.steps[0].pays:
            return "payouts"
        return "months" if any(step.table is not Reserves for step in self.steps) else "reserves"

    @property
    def name(self) -> str:
        """The name of its job, such as `bup_2025_months`."""
        return f"{group_name(self.scheme.name)}_{self.part}"


def groups_of(scheme: Scheme) -> list[Group]:
    """The scheme's groups, in the order data flows."""
    found: dict[tuple[tuple[date, ...], bool], list[Step]] = {}
    for step in steps(scheme):
        found.setdefault((step.months, step.pays), []).append(step)
    return [Group(scheme, tuple(each)) for each in found.values()]


def all_groups(schemes: Iterable[Scheme]) -> list[Group]:
    """The groups of all the schemes."""
    return [group for scheme in schemes for group in groups_of(scheme)]
