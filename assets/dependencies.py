"""What a step's asset depends on in Dagster, and how many months apart."""

from collections.abc import Sequence
from datetime import date

import dagster as dg

from assets.groups import Group
from assets.keys import input_key
from assets.partitions import FIRST, mapping
from rules.step import Need, Step
from rules.steps import steps
from schemas.keys import OfScheme
from schemas.months import months_between
from schemas.observed import Population
from schemas.table import Table


def input_tables(step: Step) -> list[type[Table]]:
    """The tables that the step's asset depends on.

    What rests on nothing, as caps and equal amounts do, begins with the first month observed: the
    roots of the whole graph then have the same months, and a range can be chosen for all of it.
    """
    measured = [table for each in step.scheme.requirements.values() for table in each.datasets]
    return list(dict.fromkeys(need.table for need in step.needs)) or measured or [Population]


def dependencies(group: Group) -> dict[type[Table], list[dg.AssetDep]]:
    """What each asset of the group depends on, by its table."""
    made = {step.table: step.months for step in steps(group.scheme)}
    observed, entered = months_between(FIRST, max(group.months)), group.scheme.payout_months
    needs = [need for step in group.steps for need in step.needs]
    same_month = mapping({month: [month] for month in group.months}, group.months)
    mappings = {
        table: mapping(
            _looked_at(group, [need for need in needs if need.table is table]),
            made.get(table, entered) if issubclass(table, OfScheme) else observed,
        )
        for table in {need.table for need in needs}
    }
    return {
        step.table: [
            dg.AssetDep(
                input_key(step, table),
                partition_mapping=mappings[table] if step.needs else same_month,
            )
            for table in input_tables(step)
        ]
        for step in group.steps
    }


def _looked_at(group: Group, needs: Sequence[Need]) -> dict[date, list[date]]:
    """For each month, the months of a table that any step of the group looks at, by the needs of it.

    Dagster has one mapping from the assets of a step to another asset.
    """
    return {
        month: sorted({each for need in needs for each in need.months(month)})
        for month in group.months
    }
