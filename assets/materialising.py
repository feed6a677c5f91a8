"""A group's months materialised: what they rest on first; computed, asserted, recorded, and told to Dagster."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

import dagster as dg

from assets.beforehand import Part, outdated, rests_on
from assets.checks.check import Check, Evidence, Shown, Verdict
from assets.checks.of_step import assertions_of
from assets.dependencies import input_tables
from assets.events import input_pointers, log_verdict, materialisation, nothing_made, targets
from assets.group_run import compute, in_words, read_inputs, record, recorded
from assets.keys import asset_key, input_key, step_key
from assets.observed import read
from assets.presentation import basis, figures, shown_of, sums_in_words
from deliveries.finding import all_delivered
from ledger.accepted import untaken
from ledger.ledger import Ledger
from rules.planning import Known
from rules.step import Step
from schemas.deliveries import DATASETS
from schemas.months import month_key
from schemas.places import DataRoot, Place
from schemas.table import Table
from schemas.tables import TABLES

RECORDED_ALONE = "bonuspott/reads"
"""The tag of a run that computes from what is recorded, and reads no delivery first, with the value `nothing`."""

NOTHING = Verdict(True, "nothing to check in this month")

Verdicts = Mapping[str, Mapping[date, Verdict]]
"""By a check's name, its verdict on each month."""

Checks = Mapping[type[Table], Sequence[tuple[Check, dg.AssetCheckSpec]]]
"""For each table, its checks, each as Dagster knows it."""


def materialise(
    context: dg.AssetExecutionContext, root: DataRoot, part: Part, checks: Checks
) -> list[str]:
    """Materialise the months, and before them what they rest on and was never made, or is outdated.

    What comes back, in words, was left out because a delivery was refused.

    Raises:
        dg.Failure: if something that must hold does not; nothing is recorded then.
    """
    refused = set[Place]()
    if context.run.tags.get(RECORDED_ALONE) != "nothing":
        refused = _read_first(context, root, rests_on(part.steps, part.months))
    for each in outdated(Known(Ledger.of(root).records()), all_delivered(root), part):
        _materialise(context, root, each, {step.table: [] for step in each.steps}, refused)
    return _materialise(context, root, part, checks, refused)


def check_alone(
    context: dg.AssetExecutionContext,
    root: DataRoot,
    step: Step,
    months: Sequence[date],
    checks: Checks,
) -> None:
    """Log what the step's selected checks say of what is recorded of the months."""
    if _selected(context, checks[step.table]):
        evidence = recorded(root, Ledger.of(root), step, months)
        _log_checks(context, evidence, months, checks[step.table], {}, fails=False)


def _read_first(
    context: dg.AssetExecutionContext, root: DataRoot, places: Iterable[Place]
) -> set[Place]:
    """Read the deliveries of the places that nobody has read yet; those that are refused."""
    unread, refused = untaken(root, places), set[Place]()
    for dataset in DATASETS:
        table = f"observed.{dataset}"
        months = sorted(place.month for place in unread if place.table == table)
        if months:
            taken, _ = read(context, root, dataset, months, records=True)
            for each in taken.refused:
                context.log.error(str(each))
                refused.add(Place(table, "", each.month))
    return refused


def _materialise(
    context: dg.AssetExecutionContext,
    root: DataRoot,
    part: Part,
    checks: Checks,
    refused: Collection[Place],
) -> list[str]:
    """Compute, assert, record, tell Dagster; what was left out of refused deliveries, in words."""
    group, chosen, months = part.group, part.steps, part.months
    made = {step_key(step) for step in chosen}
    inputs = {
        step_key(step): {input_key(step, table) for table in input_tables(step)} for step in chosen
    }
    read_before = input_pointers(context, {key for keys in inputs.values() for key in keys} - made)
    ledger = Ledger.of(root)
    at_hand = read_inputs(ledger, chosen, months, refused)
    computed = compute(root, ledger, at_hand, chosen, months)
    found = _assert(context, computed, checks)
    waiting = at_hand.waiting
    for place in waiting:
        words = "; ".join(in_words(at_hand, [place]))
        context.log.warning(words)
        context.log_event(
            nothing_made(asset_key(TABLES[place.table], place.scheme), place.month, words)
        )
    left_out = at_hand.left_out.keys() - set(waiting)
    for evidence in record(ledger, group, at_hand, computed, context.run.run_id):
        step = evidence.step
        own = inputs[step_key(step)]
        pointers = {key: read_before[key] for key in own - made}
        pointers |= input_pointers(context, own & made)
        for month, of_month in evidence.records.items():
            rows = evidence.rows[month]
            shown = {
                **figures(rows),
                **sums_in_words(rows),
                **shown_of(step.table, month, rows),
                **basis(root, of_month.deliveries),
                "scheme_sha256": group.scheme.content_sha256,
            }
            context.log_event(materialisation(step_key(step), of_month, shown, pointers))
        _log_checks(
            context, evidence, months, checks[step.table], found[step.table], fails=bool(left_out)
        )
    return in_words(at_hand, sorted(left_out))


def _assert(
    context: dg.AssetExecutionContext, computed: Sequence[Evidence], checks: Checks
) -> Mapping[type[Table], Verdicts]:
    """What was found of each table; where something that must hold does not, nothing is recorded.

    Raises:
        dg.Failure: naming each asset, month and check.
    """
    failed: list[str] = []
    shown: Shown = {}
    found: dict[type[Table], Verdicts] = {}
    for evidence in computed:
        step = evidence.step
        specs = {check.name: spec for check, spec in checks[step.table]}
        asserted = {check.name: check.evaluate(evidence) for check in assertions_of(step)}
        found[step.table] = asserted
        for name, verdicts in asserted.items():
            for month, verdict in verdicts.items():
                if verdict.passed:
                    continue
                failed.append(
                    f"{step_key(step).to_user_string()} of {month_key(month)}: {name}: "
                    f"{verdict.description}"
                )
                shown = shown or verdict.metadata
                if name in specs:
                    log_verdict(context, specs[name], month_key(month), verdict)
    if failed:
        raise dg.Failure(
            "nothing was recorded. " + "; ".join(failed), metadata=dict(shown), allow_retries=False
        )
    return found


def _log_checks(
    context: dg.AssetExecutionContext,
    evidence: Evidence,
    months: Sequence[date],
    checks: Sequence[tuple[Check, dg.AssetCheckSpec]],
    found: Verdicts,
    *,
    fails: bool,
) -> None:
    """Log what each selected check says of the months of the run: what was found before, or finds now.

    Of a month with nothing to check nothing is logged, and Dagster calls the check skipped there; but
    where the run fails, it would call it failed.
    """
    if not _selected(context, checks):
        return
    about = targets(
        context, step_key(evidence.step), [month_key(month) for month in evidence.records]
    )
    for check, spec in checks:
        if spec.key in context.selected_asset_check_keys:
            verdicts = found.get(check.name) or check.evaluate(evidence)
            for month in months:
                key = month_key(month)
                if verdict := verdicts.get(month, NOTHING if fails else None):
                    log_verdict(context, spec, key, verdict, about.get(key))


def _selected(
    context: dg.AssetExecutionContext, checks: Sequence[tuple[Check, dg.AssetCheckSpec]]
) -> bool:
    return any(spec.key in context.selected_asset_check_keys for _, spec in checks)
