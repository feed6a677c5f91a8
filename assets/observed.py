"""What was delivered: each month's latest delivery, read, checked, kept and recorded."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import chain

import dagster as dg

from assets.checks.check import Verdict
from assets.events import (
    answered,
    input_pointers,
    log_verdict,
    materialisation,
    nothing_made,
    targets,
)
from assets.failures import failures_in_words
from assets.keys import observed_key, raw_key
from assets.lineage import observed_columns
from assets.partitions import OBSERVED
from assets.plausibility import NOT_LOOKED_AT, PLAUSIBLE, recorded_before, verdicts
from assets.presentation import KINDS, basis, fault_table, figures
from assets.publication import publish_after
from assets.taking_in import files_shown, record_taken
from assets.witness import refuse_contradicted
from deliveries.door import open_door
from deliveries.faults import DeliveryRefusedError
from deliveries.layouts.tidy import columns_of
from deliveries.taking_in import TakenIn, take_in
from ledger.accepted import already_recorded
from ledger.version import code_version
from schemas.deliveries import DATASETS
from schemas.months import month_key, parse_month
from schemas.places import DataRoot
from schemas.records import Record
from schemas.tables import TABLES

GROUP = "observed"

ARRIVED = "bonuspott/arrived"
"""The tag of a run that reads what arrived, and says nothing of the months in between."""

ACCEPTED = (
    "The month's latest delivery was read without a fault; a month without any delivery is not "
    "checked."
)
CHECKS = (("delivery_accepted", ACCEPTED, True), ("plausible", PLAUSIBLE, False))
"""The checks of a delivery: name, description, and whether it blocks."""

NOTHING_DELIVERED = "nothing was delivered of this month, and nothing is recorded"
NO_DELIVERY = Verdict(True, "there is no delivery of this month to check")


def raw_assets() -> list[dg.AssetSpec]:
    """The delivered files, as assets that senders make: where they lie, and how they are written."""
    return [
        dg.AssetSpec(
            raw_key(dataset),
            description=f"The files that senders deliver, in `raw/{dataset}/<month>/<day "
            "delivered>…`; docs/deliveries.md says how they are written. Nothing is ever written "
            "here. Columns are the headers of the tidy layout.",
            group_name=GROUP,
            tags={"dataset": dataset, "part": "deliveries"},
            kinds={"file"},
            partitions_def=OBSERVED,
            metadata={
                "dagster/column_schema": dg.TableSchema(
                    [dg.TableColumn(each.header, each.kind) for each in columns_of(dataset)]
                )
            },
        )
        for dataset in DATASETS
    ]


def observed_assets() -> dg.AssetsDefinition:
    """The assets of all datasets, one step."""
    checks = {
        dataset: [
            dg.AssetCheckSpec(
                name,
                asset=observed_key(dataset),
                description=description,
                blocking=blocking,
                partitions_def=OBSERVED,
            )
            for name, description, blocking in CHECKS
        ]
        for dataset in DATASETS
    }
    every = [*chain(*checks.values())]

    @dg.multi_asset(
        name=GROUP,
        specs=[_spec(dataset) for dataset in checks],
        check_specs=every,
        can_subset=True,  # so that a check can also be run alone, before anything is recorded
        backfill_policy=dg.BackfillPolicy.single_run(),
        pool=GROUP,
    )
    def ingest(context: dg.AssetExecutionContext) -> Iterator[dg.Output[None]]:
        refused: list[DeliveryRefusedError] = []
        with failures_in_words():
            root = DataRoot.from_environment()
            refuse_contradicted(root)
            for dataset, both in checks.items():
                records = observed_key(dataset) in context.selected_asset_keys
                if records or {each.key for each in both} & context.selected_asset_check_keys:
                    refused += _ingest(context, root, dataset, both, records=records)
            yield from answered(context, every)
            if context.selected_asset_keys:
                publish_after(context, root)
        if refused:
            faults = [fault for error in refused for fault in error.faults]
            raise dg.Failure(
                "; ".join(map(str, refused)),
                metadata={"faults": fault_table(faults)},
                allow_retries=False,
            )

    return ingest


def _ingest(
    context: dg.AssetExecutionContext,
    root: DataRoot,
    dataset: str,
    checks: Sequence[dg.AssetCheckSpec],
    *,
    records: bool,
) -> Sequence[DeliveryRefusedError]:
    """Read the months' deliveries of a dataset, and record them if asked to; what was refused."""
    key, months = observed_key(dataset), [parse_month(each) for each in context.partition_keys]
    before = recorded_before(root, TABLES[f"observed.{dataset}"], months)
    taken, recorded = read(context, root, dataset, months, records=records)
    if records and ARRIVED not in context.run.tags:
        nothing = set(months) - {each.delivery.month for each in taken.observed}
        for month in sorted(nothing - {error.month for error in taken.refused}):
            context.log_event(nothing_made(key, month, NOTHING_DELIVERED))
    about = targets(context, key, [month_key(month) for month in recorded])
    odd = {
        **{error.month: NOT_LOOKED_AT for error in taken.refused},
        **verdicts(dataset, taken.observed, before),
    }
    for check, found in zip(checks, (_accepted(taken), odd), strict=True):
        if check.key in context.selected_asset_check_keys:
            for month in months:
                name = month_key(month)
                # A run that fails would count what is planned and not said as failed too.
                if verdict := found.get(month, NO_DELIVERY if taken.refused else None):
                    log_verdict(context, check, name, verdict, about.get(name))
    return taken.refused


def read(
    context: dg.AssetExecutionContext,
    root: DataRoot,
    dataset: str,
    months: Sequence[date],
    *,
    records: bool,
) -> tuple[TakenIn, Mapping[date, Record]]:
    """Read the months' deliveries of a dataset; record and tell Dagster what was accepted, if asked to."""
    pointers = input_pointers(context, [raw_key(dataset)])
    with open_door(root.accepted) as folder:
        beside = already_recorded(root)[f"observed.{dataset}"]
        taken = take_in(root, dataset, months, beside, folder)
        recorded = record_taken(root, taken, context.run.run_id) if records else {}
    for each in taken.observed:
        notes = "".join(f"; {name}: {value}" for name, value in each.notes.items())
        line = f"{each.delivery.name}: {each.layout} layout, {each.rows.height} rows{notes}"
        context.log.info(line)
        if record := recorded.get(each.delivery.month):
            shown = {
                **figures(each.rows),
                **basis(root, record.deliveries),
                **files_shown(each),
            }
            context.log_event(materialisation(observed_key(dataset), record, shown, pointers))
    return taken, recorded


def _accepted(taken: TakenIn) -> Mapping[date, Verdict]:
    """For every month with a delivery, whether it was accepted."""
    return {
        each.delivery.month: Verdict(
            True, f"{each.delivery.name}: {each.layout} layout, {each.rows.height} rows, no fault"
        )
        for each in taken.observed
    } | {
        error.month: Verdict(False, str(error), {"faults": fault_table(error.faults)})
        for error in taken.refused
    }


def _spec(dataset: str) -> dg.AssetSpec:
    table = TABLES[f"observed.{dataset}"]
    return dg.AssetSpec(
        observed_key(dataset),
        description=f"{table.describe()}\n\nFrom `raw/{dataset}/`: the latest delivery of "
        "a month counts, and replaces an earlier one whole.",
        group_name=GROUP,
        tags={"dataset": dataset, "part": "deliveries"},
        kinds=KINDS,
        code_version=code_version(),
        partitions_def=OBSERVED,
        deps=[dg.AssetDep(raw_key(dataset))],
        metadata=observed_columns(table),
        skippable=True,
    )
