"""Dagster's coat over the calculation: each group of steps one multi-asset, each step an asset of it.

Dependencies, partitions, columns, checks and what is recorded follow from the steps; nothing of the
calculation is said here.
"""

from collections.abc import Iterator, Sequence

import dagster as dg

from assets.beforehand import Part
from assets.checks.check import Check
from assets.checks.of_step import checks_of
from assets.dependencies import dependencies
from assets.events import answered
from assets.failures import failures_in_words
from assets.groups import Group
from assets.keys import group_name, step_key
from assets.lineage import computed_columns
from assets.materialising import Checks, check_alone, materialise
from assets.partitions import exactly
from assets.presentation import KINDS
from assets.publication import publish_after
from assets.witness import refuse_contradicted
from ledger.version import code_version
from rules.step import Step
from schemas.months import parse_month
from schemas.places import DataRoot


def group_assets(group: Group) -> dg.AssetsDefinition:
    """The assets of a group: one step of Dagster's, whether it is run for one month or for many."""
    partitions, deps = exactly(group.months), dependencies(group)
    checks: Checks = {
        step.table: [(check, _check_spec(step, check, partitions)) for check in checks_of(step)]
        for step in group.steps
    }
    specs = [spec for of_table in checks.values() for _, spec in of_table]

    @dg.multi_asset(
        name=f"compute_{group.name}",
        specs=[_spec(group, step, deps[step.table], partitions) for step in group.steps],
        check_specs=specs,
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=group.scheme.name,
    )
    def compute_group(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None]]:
        with failures_in_words():
            root = DataRoot.from_environment()
            refuse_contradicted(root)
            months = [parse_month(key) for key in context.partition_keys]
            chosen = [step for step in group.steps if step_key(step) in context.selected_asset_keys]
            part = Part(group, chosen, months)
            left_out = materialise(context, root, part, checks) if chosen else []
            for step in group.steps:
                if step not in chosen:
                    check_alone(context, root, step, months, checks)
            yield from answered(context, specs)
            if chosen:
                publish_after(context, root)
        if left_out:
            raise dg.Failure("; ".join(left_out), allow_retries=False)

    return compute_group


def _spec(
    group: Group,
    step: Step,
    deps: Sequence[dg.AssetDep],
    partitions: dg.PartitionsDefinition[str],
) -> dg.AssetSpec:
    identity = group.scheme.identity
    return dg.AssetSpec(
        step_key(step),
        deps=deps,
        description=f"{step.table.describe()}\n\n{step.sentence}\n\n"
        f"{identity.title} ({identity.title_sv}). Agreement: {identity.agreement}. Paid by "
        f"{identity.payer}, assessed by {identity.assessor}, appropriation "
        f"{identity.appropriation}. Rests on: {identity.data_source}.",
        group_name=group_name(group.scheme.name),
        tags={"scheme": group.scheme.name, "part": group.part},
        kinds=KINDS,
        code_version=code_version(),
        partitions_def=partitions,
        skippable=True,
        metadata={
            **computed_columns(step),
            "parameters": f"rules/schemes/{group.scheme.name}/",
            "rules_in_words": "docs/rules.md",
        },
    )


def _check_spec(
    step: Step, check: Check, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check.name,
        asset=step_key(step),
        description=check.description,
        blocking=check.blocking,
        partitions_def=partitions,
    )
