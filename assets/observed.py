"""What was delivered: each month's latest delivery, read, checked, kept and recorded."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg

from assets.grid import GRID
from assets.in_words import in_words
from assets.lineage import observed_columns, raw_key
from assets.materialise import KINDS, basis
from assets.plausibility import NOT_LOOKED_AT, plausible_check, recorded_before, verdicts
from assets.presentation import OWNERS, fault_table, figures
from assets.recording import (
    CheckTarget,
    Materialised,
    StepResult,
    input_pointers,
    log_materialisations,
    log_verdict,
    results_without_events,
)
from assets.stage import Shown, Verdict, asset_key
from assets.store import Store
from rules.scheme import Scheme
from schemas.audit import Deliveries
from schemas.months import month_key, parse_month
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.table import Table
from storage.acceptance import keep, refused_as_changed
from storage.chain import Entry, Recorded
from storage.deliveries import Delivery, latest_delivery
from storage.faults import DeliveryRefusedError
from storage.layouts.cells import Vocabulary
from storage.layouts.tidy import columns_of
from storage.ledger import Slice
from storage.reading import Observed, read_deliveries
from storage.removed import removed_files
from storage.version import code_version

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
        delivered, refused = _find(store, source, context.partition_keys)
        before = recorded_before(
            store, source.table, list(map(parse_month, context.partition_keys))
        )
        delivered, removed = _still_there(store, delivered, before, context.partition_keys)
        observed, faulty = read_deliveries(delivered, words)
        observed, changed = _unchanged(store, observed)
        refused += [*removed, *faulty, *changed]
        _log_read(context, observed)
        targets: Mapping[str, CheckTarget] = {}
        if key in context.selected_asset_keys:
            observed, lost, targets = _record(context, store, key, observed)
            refused += lost
        _log_accepted(context, accepted, observed, refused, targets)
        odd = {
            **{_month_of(error): NOT_LOOKED_AT for error in refused},
            **verdicts(source.dataset, observed, before),
        }
        _log_plausible(context, plausible, odd, targets)
        # The results come first: what a step has logged is in its run's result only once it yields.
        yield from results_without_events(context, key, [accepted, plausible])
        if refused:
            raise _failure(refused)

    return ingest


def _find(
    store: Store, source: Source, partitions: Sequence[str]
) -> tuple[list[Delivery], list[DeliveryRefusedError]]:
    """The latest delivery of each month, and the months whose folders are not in order."""
    found: list[Delivery] = []
    refused: list[DeliveryRefusedError] = []
    for partition in partitions:
        try:
            delivery = latest_delivery(store.root, source.dataset, parse_month(partition))
            if delivery:
                found.append(delivery)
        except DeliveryRefusedError as error:
            refused.append(error)
    return found, refused


def _log_read(context: dg.AssetExecutionContext, observed: Sequence[Observed]) -> None:
    """A line for each delivery: its layout, its rows, and what was passed over in it."""
    for each in observed:
        notes = "".join(f"; {words}: {value}" for words, value in each.notes.items())
        words = f"{each.delivery.name}: {each.layout} layout, {each.rows.height} rows{notes}"
        context.log.info(words)


def _still_there(
    store: Store, delivered: Sequence[Delivery], before: Slice, partitions: Sequence[str]
) -> tuple[list[Delivery], list[DeliveryRefusedError]]:
    """The deliveries but those of months from which recorded files have been removed.

    Of what was never recorded nothing can have been removed, and what cannot be read is refused here.
    """
    ids, unreadable = {}, []
    for each in delivered:
        try:
            ids[each.month] = (each.delivery_id,) if each.month in before.records else ()
        except DeliveryRefusedError as error:
            unreadable.append(DeliveryRefusedError(each.name, error.faults))
    delivered = [each for each in delivered if each.month in ids]
    lost = {parse_month(error.delivery.split("/")[1]) for error in unreadable}
    doubtful = {
        month: record
        for partition in partitions
        if (month := parse_month(partition)) in before.records
        and month not in lost
        and ids.get(month) != (record := before.records[month]).deliveries
    }
    removed = (
        list(removed_files(delivered, doubtful, store.ledger.record(Deliveries)))
        if doubtful
        else []
    )
    months = {parse_month(error.delivery.split("/")[1]) for error in removed}
    return [each for each in delivered if each.month not in months], [*unreadable, *removed]


def _record(
    context: dg.AssetExecutionContext,
    store: Store,
    key: dg.AssetKey,
    observed: list[Observed],
) -> tuple[list[Observed], list[DeliveryRefusedError], Mapping[str, CheckTarget]]:
    """Record all but the deliveries whose files are not those recorded under their names."""
    observed, refused = _kept(store, observed)
    pointers = input_pointers(context, [raw_key(key.path[-1])])
    recorded: list[Recorded] = []
    while observed and not recorded:
        try:
            recorded = _append(context, store, observed)
        except DeliveryRefusedError as error:
            refused.append(error)
            observed = [each for each in observed if each.delivery.name != error.delivery]
    if not observed:
        context.log.info("there is no delivery to record in these months")
    rows = {each.delivery.month: each.rows for each in observed}
    files = {each.delivery.month: _files(each) for each in observed}
    shown = [
        Materialised(
            record,
            {
                **figures(rows[record.month]),
                **basis(store, record.deliveries),
                **files[record.month],
            },
        )
        for record in recorded
    ]
    return observed, refused, log_materialisations(context, key, shown, pointers, code_version())


def _unchanged(
    store: Store, observed: Sequence[Observed]
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """Those whose bytes are the ones recorded under their names, if any are; the others refused."""
    refused = list(refused_as_changed(store.root, [each.delivery for each in observed]))
    changed = {error.delivery for error in refused}
    return [each for each in observed if each.delivery.name not in changed], refused


def _kept(
    store: Store, observed: Sequence[Observed]
) -> tuple[list[Observed], list[DeliveryRefusedError]]:
    """Those whose files are kept, and so can be recorded; of the others nothing is kept."""
    kept, refused = [], []
    for each in observed:
        try:
            keep(store.root, each.delivery)
        except DeliveryRefusedError as error:
            refused.append(DeliveryRefusedError(each.delivery.name, error.faults))
        else:
            kept.append(each)
    return kept, refused


def _append(
    context: dg.AssetExecutionContext, store: Store, observed: Sequence[Observed]
) -> list[Recorded]:
    return store.ledger.append(
        [
            Entry(
                each.table,
                "",
                each.delivery.month,
                each.rows,
                deliveries=(each.delivery.delivery_id,),
            )
            for each in observed
        ],
        run_id=context.run.run_id,
        code_version=code_version(),
        delivered=[(each.delivery, each.layout) for each in observed],
    )


def _files(observed: Observed) -> Shown:
    listed = "\n".join(f"- `{file.name}` {file.sha256}" for file in observed.delivery.files)
    seen = "\n".join(f"- {words}: {value}" for words, value in observed.notes.items())
    notes = {"notes": dg.MetadataValue.md(seen)} if seen else {}
    folder = str(observed.delivery.paths[0].parent)
    return {
        "layout": observed.layout,
        "delivered_in": dg.MetadataValue.path(folder),
        "files": dg.MetadataValue.md(listed),
        **notes,
    }


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
        month_key(_month_of(error)): Verdict(
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


def _month_of(refused: DeliveryRefusedError) -> date:
    """The month of the delivery, whose name is its path below `raw/`."""
    return parse_month(refused.delivery.split("/")[1])


def _failure(refused: Sequence[DeliveryRefusedError]) -> dg.Failure:
    """One failure of all refusals, with every fault."""
    faults = [fault for error in refused for fault in error.faults]
    return dg.Failure(
        "; ".join(str(error) for error in refused),
        metadata={"faults": fault_table(faults)},
        allow_retries=False,
    )
