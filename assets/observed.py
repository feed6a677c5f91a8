"""What was delivered: each month's latest delivery, read, checked, kept and recorded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg

from assets.grid import GRID
from assets.in_words import in_words
from assets.lineage import observed_columns, raw_key
from assets.materialise import KINDS
from assets.plausibility import NOT_LOOKED_AT, plausible_check, recorded_before, verdicts
from assets.presentation import OWNERS, fault_table
from assets.recording import (
    CheckTarget,
    StepResult,
    log_verdict,
    results_without_events,
)
from assets.stage import Verdict, asset_key
from assets.store import Store
from assets.taking_in import log_read, record_deliveries, recorded_of
from deliveries.door import open_door
from deliveries.faults import DeliveryRefusedError
from deliveries.layouts.cells import Vocabulary
from deliveries.layouts.tidy import columns_of
from deliveries.reading import Observed
from deliveries.taking_in import month_of, take_in
from ledger.version import code_version
from rules.scheme import Scheme
from schemas.months import month_key, parse_month
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.table import Table

GROUP = "observed"


@dataclass(frozen=True)
class Source:
    """A dataset, its table, and what its asset says of it."""

    dataset: str
    table: type[Table]
    sentence: str


SOURCES = (
    Source(
        "population",
        Population,
        "Inhabitants by region and age group, from `raw/population/`; the month is that of the "
        "reference date. They decide how reserves and grants are shared.",
    ),
    Source(
        "waiting_times",
        WaitingTimes,
        "The national waiting-time extract of the month (väntetider i BUP), from "
        "`raw/waiting_times/`: the latest delivery counts, and replaces an earlier one whole.",
    ),
    Source(
        "surgeries",
        Surgeries,
        "The patient register's count of operations in the month, by where the patient lives "
        "(hemregion), from `raw/surgeries/`.",
    ),
)


def observed_assets(schemes: Sequence[Scheme]) -> list[dg.AssetsDefinition]:
    """The assets of all datasets; the schemes say which measures and procedures are known."""
    words = vocabulary(schemes)
    return [_observed_asset(source, words) for source in SOURCES]


def raw_assets() -> list[dg.AssetSpec]:
    """The delivered files, as assets that senders make: where they lie, and how they are written."""
    return [
        dg.AssetSpec(
            raw_key(source.dataset),
            description=f"The files that senders deliver, in `raw/{source.dataset}/<month>/<day "
            "delivered>…`; docs/deliveries.md says how they are written. Nothing is ever written "
            "here. Columns are the headers of the tidy layout.",
            group_name=GROUP,
            owners=OWNERS,
            kinds={"file"},
            partitions_def=GRID,
            metadata={
                "dagster/column_schema": dg.TableSchema(
                    [dg.TableColumn(each.header, each.kind) for each in columns_of(source.dataset)]
                )
            },
        )
        for source in SOURCES
    ]


def vocabulary(schemes: Sequence[Scheme]) -> Vocabulary:
    """The measures and procedures that some scheme's parameters name."""
    measures = {name for each in schemes if each.waiting_time for name in each.waiting_time.fund}
    measures |= {
        each.first_visit_production.measure for each in schemes if each.first_visit_production
    }
    procedures = {name for each in schemes if each.surgery for name in each.surgery.price}
    return {"measure": measures, "procedure": procedures}


def _observed_asset(source: Source, words: Vocabulary) -> dg.AssetsDefinition:
    key = asset_key(source.table)
    accepted = dg.AssetCheckSpec(
        "delivery_accepted",
        asset=key,
        description="The month's latest delivery was read without a fault; a month without any "
        "delivery is not checked.",
        blocking=True,
        partitions_def=GRID,
    )
    plausible = plausible_check(key, GRID)

    @dg.multi_asset(
        name="__".join(key.path),
        specs=[
            dg.AssetSpec(
                key,
                description=f"{source.table.describe()}\n\n{source.sentence}",
                group_name=GROUP,
                owners=OWNERS,
                kinds=KINDS,
                code_version=code_version(),
                partitions_def=GRID,
                deps=[dg.AssetDep(raw_key(source.dataset))],
                metadata=observed_columns(source.table),
            )
        ],
        check_specs=[accepted, plausible],
        can_subset=True,  # so that the check can also be run alone, before anything is recorded
        backfill_policy=dg.BackfillPolicy.single_run(),
    )
    @in_words
    def ingest(
        context: dg.AssetExecutionContext, store: dg.ResourceParam[Store]
    ) -> Iterator[StepResult]:
        months = list(map(parse_month, context.partition_keys))
        before = recorded_before(store, source.table, months)
        recorded = recorded_of(store, source.table)
        targets: Mapping[str, CheckTarget] = {}
        with open_door(store.root.accepted) as folder:
            taken = take_in(store.root, source.dataset, months, recorded, words, folder)
            observed, refused = taken.observed, taken.refused
            log_read(context, observed)
            if key in context.selected_asset_keys:
                observed, lost, targets = record_deliveries(context, store, key, observed)
                refused += lost
        _log_accepted(context, accepted, observed, refused, targets)
        odd = {
            **{month_of(error): NOT_LOOKED_AT for error in refused},
            **verdicts(source.dataset, observed, before),
        }
        _log_plausible(context, plausible, odd, targets)
        # The results come first: what a step has logged is in its run's result only once it yields.
        yield from results_without_events(context, key, [accepted, plausible])
        if refused:
            raise _failure(refused)

    return ingest


NO_DELIVERY = Verdict(True, "there is no delivery of this month to check")


def _log_accepted(
    context: dg.AssetExecutionContext,
    check: dg.AssetCheckSpec,
    observed: Sequence[Observed],
    refused: Sequence[DeliveryRefusedError],
    targets: Mapping[str, CheckTarget],
) -> None:
    """Log for every month of the step whether its delivery was accepted, or that there is none."""
    found = {
        month_key(each.delivery.month): Verdict(
            True, f"{each.delivery.name}: {each.layout} layout, {each.rows.height} rows, no fault"
        )
        for each in observed
    } | {
        month_key(month_of(error)): Verdict(
            False, str(error), {"faults": fault_table(error.faults)}
        )
        for error in refused
    }
    for partition in context.partition_keys:
        verdict, target = found.get(partition, NO_DELIVERY), targets.get(partition)
        log_verdict(context, check, partition, verdict, dg.AssetCheckSeverity.ERROR, target)


def _log_plausible(
    context: dg.AssetExecutionContext,
    check: dg.AssetCheckSpec,
    odd: Mapping[date, Verdict],
    targets: Mapping[str, CheckTarget],
) -> None:
    for partition in context.partition_keys:
        verdict = odd.get(parse_month(partition), NO_DELIVERY)
        target = targets.get(partition)
        log_verdict(context, check, partition, verdict, dg.AssetCheckSeverity.WARN, target)


def _failure(refused: Sequence[DeliveryRefusedError]) -> dg.Failure:
    """One failure of all refusals, with every fault."""
    faults = [fault for error in refused for fault in error.faults]
    return dg.Failure(
        "; ".join(str(error) for error in refused),
        metadata={"faults": fault_table(faults)},
        allow_retries=False,
    )
