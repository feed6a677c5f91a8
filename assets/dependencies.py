"""What a step's asset depends on in Dagster, and how many months apart."""

from collections.abc import Collection
from datetime import date

import dagster as dg

from assets.groups import Group
from assets.keys import asset_key, input_key
from assets.partitions import FIRST, mapping
from rules.step import Step
from rules.steps import steps
from schemas.keys import OfScheme
from schemas.months import months_between
from schemas.observed import Population
from schemas.table import Table


def dependencies(group: Group, step: Step) -> list[dg.AssetDep]:
    """What the asset depends on.

    What rests on nothing, as caps and equal amounts do, begins with the first month observed: the
    roots of the whole graph then have the same months, and a range can be chosen for all of it.
    """
    if not step.needs:
        measured = [table for each in group.scheme.requirements.values() for table in each.datasets]
        return [
            dg.AssetDep(
                asset_key(table),
                partition_mapping=mapping({month: [month] for month in step.months}, step.months),
            )
            for table in measured or [Population]
        ]
    return [
        dg.AssetDep(
            input_key(step, table),
            partition_mapping=mapping(_looked_at(group, table), _months_of(group, table)),
        )
        for table in dict.fromkeys(need.table for need in step.needs)
    ]


def _looked_at(group: Group, table: type[Table]) -> dict[date, list[date]]:
    """For each month, the months of a table that any step of the group looks at.

    Dagster has one mapping from the assets of a step to another asset.
    """
    needs = [need for step in group.steps for need in step.needs if need.table is table]
    return {
        month: sorted({each for need in needs for each in need.months(month)})
        for month in group.months
    }


def _months_of(group: Group, table: type[Table]) -> Collection[date]:
    """The months that a table has: those of the step that makes it, of payouts if people enter it, or all."""
    if not issubclass(table, OfScheme):
        return months_between(FIRST, max(group.months))
    of_step = [step.months for step in steps(group.scheme) if step.table is table]
    return of_step[0] if of_step else group.scheme.payout_months
