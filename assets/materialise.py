"""From a stage to its asset: read the inputs, apply the rule, assert, record, tell Dagster."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import dagster as dg
import polars as pl

from assets.grid import GRID
from assets.in_words import await_inputs, in_words
from assets.lineage import computed_columns
from assets.links import links
from assets.presentation import OWNERS, figures, sums_in_words
from assets.recording import (
    CheckTarget,
    Materialised,
    StepResult,
    input_pointers,
    log_materialisations,
    log_verdict,
    results_without_events,
)
from assets.reproduction import AS_RECORDED_BEFORE, reproduction
from assets.reserves import rests_on
from assets.stage import InputCheck, Shown, Stage, Verdict, group_name
from assets.store import Store
from assets.verdicts import Verdicts, verdicts_before_write, verdicts_on_inputs
from deliveries.finding import is_made_up
from ledger.chain import Entry
from ledger.ledger import Slice, Wanted
from ledger.version import code_version
from schemas.deliveries import DeliveryId
from schemas.months import month_key, parse_month
from schemas.records import Record
from schemas.table import Table

KINDS = {"polars", "duckdb"}


def stage_asset(stage: Stage) -> dg.AssetsDefinition:
    """The asset of a stage: one step, whether it is run for one month or for many."""
    check_specs = {
        check.name: dg.AssetCheckSpec(
            check.name,
            asset=stage.key,
            description=check.description,
            blocking=check.blocking,
            partitions_def=GRID,
        )
        for check in stage.checks
    }

    @dg.multi_asset(
        name="__".join(stage.key.path).replace("-", "_"),
        specs=[
            dg.AssetSpec(
                stage.key,
                deps=stage.dependencies(),
                description=description(stage),
                group_name=group_name(stage.scheme.name),
                owners=OWNERS,
                kinds=KINDS,
                code_version=code_version(),
                partitions_def=GRID,
                metadata={
                    **computed_columns(stage.table, stage.inputs, rests_on(stage.scheme)),
                    **links(stage.scheme, stage.rule),
                },
            )
        ],
        check_specs=list(check_specs.values()),
        can_subset=True,  # so that checks can also be run alone, on what is recorded
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    @in_words
    def materialise(
        context: dg.AssetExecutionContext, store: dg.ResourceParam[Store]
    ) -> Iterator[StepResult]:
        months = [month for month in _months(context) if month in stage.months]
        by_month: Mapping[date, pl.DataFrame] = {}
        targets: Mapping[str, CheckTarget] = {}
        known: Verdicts = {}
        if not months:
            context.log.info("the scheme computes nothing here in these months")
        elif stage.key in context.selected_asset_keys:
            by_month, targets, known = _materialise(context, store, stage, months, check_specs)
        else:
            by_month, known = _recorded(store, stage, months)
        _log_verdicts(context, store, stage, by_month, check_specs, targets, known)
        yield from results_without_events(context, stage.key, check_specs.values())

    return materialise


def description(stage: Stage) -> str:
    """What the asset holds, by which rule, from which source, paid by whom."""
    identity = stage.scheme.identity
    return (
        f"{stage.table.describe()}\n\n{stage.sentence}\n\n"
        f"{identity.title} ({identity.title_sv}). Agreement: {identity.agreement}. "
        f"Paid by {identity.payer}, assessed by {identity.assessor}, appropriation "
        f"{identity.appropriation}. Rests on: {identity.data_source}."
    )


def _months(context: dg.AssetExecutionContext) -> list[date]:
    return [parse_month(key) for key in context.partition_keys]


def _materialise(
    context: dg.AssetExecutionContext,
    store: Store,
    stage: Stage,
    months: list[date],
    specs: Mapping[str, dg.AssetCheckSpec],
) -> tuple[Mapping[date, pl.DataFrame], Mapping[str, CheckTarget], Verdicts]:
    """Compute, assert, record and log the months: rows, what checks refer to, and verdicts."""
    await_inputs(context, stage)
    pointers = input_pointers(context, {each.key for each in stage.inputs})
    slices, before = _read_inputs(store, stage, months)
    inputs = {name: each.rows for name, each in slices.items()}
    rows = stage.rule(inputs, months)
    by_month = {month: rows.filter(pl.col("month") == month) for month in months}
    verdicts = verdicts_before_write(store, stage, inputs, by_month)
    _assert_blocking(context, stage, verdicts, specs)
    entries = [
        Entry(
            stage.table,
            stage.scheme.name,
            month,
            by_month[month],
            inputs=tuple(record.number for record in used),
            deliveries=tuple(name for record in used for name in record.deliveries),
            scheme_sha256=stage.scheme.content_sha256,
        )
        for month in months
        for used in [_used(stage, slices, month)]
    ]
    recorded = store.ledger.append(entries, run_id=context.run.run_id, code_version=code_version())
    targets = log_materialisations(
        context,
        stage.key,
        [
            Materialised(
                record,
                {
                    **figures(by_month[record.month]),
                    **sums_in_words(by_month[record.month]),
                    **(
                        stage.figures(record.month, by_month[record.month]) if stage.figures else {}
                    ),
                    **basis(store, record.deliveries),
                    "scheme_sha256": stage.scheme.content_sha256,
                    "code_version": code_version(),
                },
            )
            for record in recorded
        ],
        pointers,
        code_version(),
    )
    seen = reproduction(store, stage.table, before, recorded, by_month)
    return by_month, targets, {**verdicts, AS_RECORDED_BEFORE: seen}


def _read_inputs(
    store: Store, stage: Stage, months: Sequence[date]
) -> tuple[dict[str, Slice], Slice]:
    """Each input table in the months that the rule looks at for these; and what is current of the stage.

    All of it as it stands at one moment.

    Raises:
        NeverMaterialisedError: if a month that an input must have was never materialised.
    """
    needed: dict[tuple[type[Table], str, bool], set[date]] = {}
    for each in stage.inputs:
        looked_at = needed.setdefault((each.table, each.scheme, each.required), set())
        looked_at.update(*(each.months(month) for month in months))
    wanted = [
        Wanted(table, scheme, tuple(sorted(looked_at)))
        for (table, scheme, _), looked_at in needed.items()
    ]
    own = Wanted(stage.table, stage.scheme.name, tuple(months))
    *found, before = store.ledger.read_together([*wanted, own])
    for of_input, (_, _, required), there in zip(wanted, needed, found, strict=True):
        if required:
            store.refuse_missing(of_input, there)
    names = [each.table.qualified_name() for each in wanted]
    return dict(zip(names, found, strict=True)), before


def _used(stage: Stage, slices: Mapping[str, Slice], month: date) -> list[Record]:
    """The records that a month of the stage rests on."""
    return [
        records[needed]
        for each in stage.inputs
        for records in [slices[each.table.qualified_name()].records]
        for needed in each.months(month)
        if needed in records
    ]


def _assert_blocking(
    context: dg.AssetExecutionContext,
    stage: Stage,
    verdicts: Verdicts,
    specs: Mapping[str, dg.AssetCheckSpec],
) -> None:
    """Refuse to record anything if a blocking check fails: the months keep what they had."""
    failed = []
    shown: Shown = {}
    for name, of_check in verdicts.items():
        for month, verdict in of_check.items():
            if verdict is None or verdict.passed:
                continue
            failed.append(f"{month_key(month)}: {name}: {verdict.description}")
            shown = shown or verdict.metadata
            if name in specs:
                severity = dg.AssetCheckSeverity.ERROR
                log_verdict(context, specs[name], month_key(month), verdict, severity, None)
    if failed:
        raise dg.Failure(
            f"{stage.key.to_user_string()} was not recorded. " + "; ".join(failed),
            metadata=dict(shown),
            allow_retries=False,
        )


def _recorded(
    store: Store, stage: Stage, months: Sequence[date]
) -> tuple[Mapping[date, pl.DataFrame], Verdicts]:
    """The rows that are recorded of the months, for checks that are run alone; and their verdicts."""
    slices, found = _read_inputs(store, stage, months)
    store.refuse_missing(Wanted(stage.table, stage.scheme.name, tuple(months)), found)
    by_month = {month: found.rows.filter(pl.col("month") == month) for month in months}
    used = {month: _used(stage, slices, month) for month in months}
    return by_month, verdicts_on_inputs(store, stage, slices, used, found.records, by_month)


def _log_verdicts(
    context: dg.AssetExecutionContext,
    store: Store,
    stage: Stage,
    by_month: Mapping[date, pl.DataFrame],
    specs: Mapping[str, dg.AssetCheckSpec],
    targets: Mapping[str, CheckTarget],
    known: Verdicts,
) -> None:
    """Log what each selected check finds of every month of the step.

    A month with nothing to check is logged too: Dagster planned the check, and would call it
    skipped.
    """
    for check in stage.checks:
        spec = specs[check.name]
        if spec.key not in context.selected_asset_check_keys:
            continue
        severity = dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN
        for month in _months(context):
            rows = by_month.get(month)
            if check.name in known or rows is None or isinstance(check, InputCheck):
                found = known.get(check.name, {}).get(month)
            else:
                found = check.evaluate(store, month, rows)
            verdict = found or Verdict(True, "nothing to check in this month")
            partition = month_key(month)
            log_verdict(context, spec, partition, verdict, severity, targets.get(partition))


def basis(store: Store, deliveries: Sequence[DeliveryId]) -> Shown:
    """The deliveries that a materialisation rests on, and which of their datasets are made up."""
    if not deliveries:
        return {}
    names = sorted(set(deliveries))
    datasets = sorted({each.dataset for each in names})
    made_up = [dataset for dataset in datasets if is_made_up(store.root, dataset)]
    listed = "\n".join(f"- `{name}`" for name in names)
    warning = {"made_up": f"rests on made-up deliveries: {', '.join(made_up)}"} if made_up else {}
    return {"deliveries": dg.MetadataValue.md(listed), **warning}
