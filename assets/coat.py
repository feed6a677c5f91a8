"""Dagster's coat over the calculation: each group of steps one multi-asset, each step an asset of it.

Dependencies, partitions, columns, checks and what is recorded follow from the steps; nothing of the
calculation is said here.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date

import dagster as dg

from assets.beforehand import Part, never_made, rests_on
from assets.checks.check import Check, Evidence, Shown, Verdict
from assets.checks.of_step import assertions_of, checks_of
from assets.events import (
    answered,
    input_pointers,
    log_verdict,
    materialisation,
    nothing_made,
    targets,
)
from assets.failures import failures_in_words
from assets.group_run import compute, in_words, read_inputs, record, recorded
from assets.groups import Group
from assets.keys import asset_key, group_name
from assets.lineage import computed_columns
from assets.observed import read, sources
from assets.partitions import exactly, mapping
from assets.presentation import KINDS, basis, figures, shown_of, sums_in_words
from assets.publication import publish_after
from assets.taking_in import untaken
from deliveries.layouts.cells import Vocabulary
from ledger.ledger import Ledger
from ledger.version import code_version
from rules.step import Need, Step
from schemas.keys import OfScheme
from schemas.months import month_key, parse_month
from schemas.observed import Population
from schemas.places import DataRoot, Place
from schemas.table import Table
from schemas.tables import TABLES

NOTHING = Verdict(True, "nothing to check in this month")

Checks = Mapping[type[Table], Sequence[tuple[Check, dg.AssetCheckSpec]]]
"""For each table, its checks, each as Dagster knows it."""


def group_assets(group: Group, words: Vocabulary) -> dg.AssetsDefinition:
    """The assets of a group: one step of Dagster's, whether it is run for one month or for many.

    Args:
        group: which one.
        words: what deliveries may say, for those that the group is the first to read.
    """
    partitions = exactly(group.months)
    checks: Checks = {
        step.table: [(check, _check_spec(step, check, partitions)) for check in checks_of(step)]
        for step in group.steps
    }
    specs = [spec for of_table in checks.values() for _, spec in of_table]

    @dg.multi_asset(
        name=f"compute_{group.name}",
        specs=[_spec(group, step, partitions) for step in group.steps],
        check_specs=specs,
        can_subset=True,
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=group.scheme.name,
    )
    def materialise(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None]]:
        with failures_in_words():
            root = DataRoot.from_environment()
            months = [parse_month(key) for key in context.partition_keys]
            chosen = [step for step in group.steps if _key(step) in context.selected_asset_keys]
            left_out: list[str] = []
            if chosen:
                refused = _read_first(context, root, words, rests_on(chosen, months))
                for part in never_made(_known(root), group, chosen, months):
                    unseen: Checks = {step.table: [] for step in part.steps}
                    _materialise(context, root, part, unseen, refused)
                left_out = _materialise(context, root, Part(group, chosen, months), checks, refused)
            for step in group.steps:
                if step not in chosen and _selected(context, checks[step.table]):
                    evidence = recorded(root, Ledger.of(root), step, months)
                    _log_checks(context, evidence, months, checks[step.table], fails=False)
            yield from answered(context, specs)
            if chosen:
                publish_after(context, root)
        if left_out:
            raise dg.Failure("; ".join(left_out), allow_retries=False)

    return materialise


def _read_first(
    context: dg.AssetExecutionContext, root: DataRoot, words: Vocabulary, places: Iterable[Place]
) -> set[Place]:
    """Read the deliveries of the places that nobody has read yet; those that are refused."""
    unread = untaken(root, places)
    for source in sources():
        months = sorted(
            place.month for place in unread if place.table == source.table.qualified_name()
        )
        if months:
            taken, _ = read(context, root, source, words, months, records=True)
            for each in taken.refused:
                context.log.error(str(each))
    return untaken(root, unread)


def _known(root: DataRoot) -> set[Place]:
    """The places that have a record."""
    return {
        Place(record.table, record.scheme, record.month) for record in Ledger.of(root).current()
    }


def _materialise(
    context: dg.AssetExecutionContext,
    root: DataRoot,
    part: Part,
    checks: Checks,
    refused: Collection[Place],
) -> list[str]:
    """Compute, assert, record, tell Dagster; what was left out of refused deliveries, in words."""
    group, chosen, months = part.group, part.steps, part.months
    made = {_key(step) for step in chosen}
    inputs = {_key(step): {dep.asset_key for dep in _dependencies(group, step)} for step in chosen}
    read_before = input_pointers(context, {key for keys in inputs.values() for key in keys} - made)
    ledger = Ledger.of(root)
    at_hand = read_inputs(ledger, chosen, months, refused)
    computed = compute(root, ledger, at_hand, chosen, months)
    _assert(context, computed, checks)
    for place in at_hand.waiting:
        words = "; ".join(in_words(at_hand, [place]))
        context.log.warning(words)
        context.log_event(nothing_made(_key_of(place), place.month, words))
    left_out = at_hand.left_out.keys() - set(at_hand.waiting)
    for evidence in record(ledger, group, at_hand, computed, context.run.run_id):
        step = evidence.step
        own = inputs[_key(step)]
        pointers = {key: read_before[key] for key in own - made}
        pointers |= input_pointers(context, own & made)
        for month, found in evidence.records.items():
            rows = evidence.rows[month]
            shown = {
                **figures(rows),
                **sums_in_words(rows),
                **shown_of(step.table, month, rows),
                **basis(root, found.deliveries),
                "scheme_sha256": group.scheme.content_sha256,
            }
            context.log_event(materialisation(_key(step), found, shown, pointers))
        _log_checks(context, evidence, months, checks[step.table], fails=bool(left_out))
    return in_words(at_hand, sorted(left_out))


def _assert(
    context: dg.AssetExecutionContext, computed: Sequence[Evidence], checks: Checks
) -> None:
    """Refuse to record anything if something that must hold does not: the months keep what they had.

    Raises:
        dg.Failure: naming each asset, month and check.
    """
    failed: list[str] = []
    shown: Shown = {}
    for evidence in computed:
        step = evidence.step
        specs = {check.name: spec for check, spec in checks[step.table]}
        for check in assertions_of(step):
            for month, verdict in check.evaluate(evidence).items():
                if verdict.passed:
                    continue
                failed.append(
                    f"{_key(step).to_user_string()} of {month_key(month)}: {check.name}: "
                    f"{verdict.description}"
                )
                shown = shown or verdict.metadata
                if check.name in specs:
                    log_verdict(context, specs[check.name], month_key(month), verdict)
    if failed:
        raise dg.Failure(
            "nothing was recorded. " + "; ".join(failed), metadata=dict(shown), allow_retries=False
        )


def _log_checks(
    context: dg.AssetExecutionContext,
    evidence: Evidence,
    months: Sequence[date],
    checks: Sequence[tuple[Check, dg.AssetCheckSpec]],
    *,
    fails: bool,
) -> None:
    """Log what each selected check says of the months of the run.

    Of a month with nothing to check nothing is logged, and Dagster calls the check skipped there; but
    where the run fails, it would call it failed.
    """
    if not _selected(context, checks):
        return
    about = targets(context, _key(evidence.step), [month_key(month) for month in evidence.records])
    for check, spec in checks:
        if spec.key in context.selected_asset_check_keys:
            verdicts = check.evaluate(evidence)
            for month in months:
                key = month_key(month)
                if verdict := verdicts.get(month, NOTHING if fails else None):
                    log_verdict(context, spec, key, verdict, about.get(key))


def _selected(
    context: dg.AssetExecutionContext, checks: Sequence[tuple[Check, dg.AssetCheckSpec]]
) -> bool:
    return any(spec.key in context.selected_asset_check_keys for _, spec in checks)


def _key(step: Step) -> dg.AssetKey:
    return asset_key(step.table, step.scheme.name)


def _key_of(place: Place) -> dg.AssetKey:
    return asset_key(TABLES[place.table], place.scheme)


def _spec(group: Group, step: Step, partitions: dg.PartitionsDefinition[str]) -> dg.AssetSpec:
    identity = group.scheme.identity
    return dg.AssetSpec(
        _key(step),
        deps=_dependencies(group, step),
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


def _dependencies(group: Group, step: Step) -> list[dg.AssetDep]:
    """What the asset depends on.

    What rests on nothing, as caps and equal amounts do, begins with the first month observed: the
    roots of the whole graph then have the same months, and a range can be chosen for all of it.
    """
    if not step.needs:
        same_month = {month: [month] for month in step.months}
        measured = [table for each in group.scheme.requirements.values() for table in each.datasets]
        return [
            dg.AssetDep(asset_key(table), partition_mapping=mapping(same_month))
            for table in measured or [Population]
        ]
    return [
        dg.AssetDep(key, partition_mapping=mapping(_looked_at(group, key)))
        for key in _sources(step)
    ]


def _check_spec(
    step: Step, check: Check, partitions: dg.PartitionsDefinition[str]
) -> dg.AssetCheckSpec:
    return dg.AssetCheckSpec(
        check.name,
        asset=_key(step),
        description=check.description,
        blocking=check.blocking,
        partitions_def=partitions,
    )


def _sources(step: Step) -> dict[dg.AssetKey, list[Need]]:
    """The assets that a step depends on, each with what the step needs of it."""
    found: dict[dg.AssetKey, list[Need]] = {}
    for need in step.needs:
        scheme = step.scheme.name if issubclass(need.table, OfScheme) else ""
        found.setdefault(asset_key(need.table, scheme), []).append(need)
    return found


def _looked_at(group: Group, key: dg.AssetKey) -> dict[date, list[date]]:
    """For each month, the months of an asset that any step of the group looks at.

    Dagster has one mapping from the assets of a step to another asset.
    """
    needs = [need for step in group.steps for need in _sources(step).get(key, [])]
    return {
        month: sorted({each for need in needs for each in need.months(month)})
        for month in group.months
    }
