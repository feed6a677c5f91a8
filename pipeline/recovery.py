"""At the start: what earlier runs left unsaid, because their processes were ended from outside.

The commit to the ledger is what counts. A process that was ended after it could not tell Dagster any
more, nor that its run was over; both are said here, by whoever starts next.
"""

from collections.abc import Collection, Iterable, Iterator

import dagster as dg

from assets.events import materialisation
from assets.keys import asset_key
from assets.presentation import basis, figures
from ledger.chain import RECORD
from ledger.ledger import Ledger
from pipeline.processes import PROCESS, is_dead
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.records import Record
from schemas.tables import TABLES

UNFINISHED = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def recover(instance: dg.DagsterInstance, root: DataRoot) -> list[str]:
    """Close the runs whose processes are gone, and announce what was recorded and never said; what was done, a line each."""
    return [*_close_dead_runs(instance), *_announce_lost(instance, root)]


def _close_dead_runs(instance: dg.DagsterInstance) -> Iterator[str]:
    """Mark as failed what still counts as running: such runs would keep their places in the queue."""
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=list(UNFINISHED))):
        if is_dead(run):
            words = f"its process ({run.tags[PROCESS]}) is gone: killed, or the machine went down"
            # First its place in its pool: who is killed in between leaves a run that is closed at the next start.
            instance.event_log_storage.free_concurrency_slots_for_run(run.run_id)
            instance.report_run_failed(run, f"The run did not finish: {words}.")
            yield f"run {run.run_id} is marked as failed: {words}"


def _announce_lost(instance: dg.DagsterInstance, root: DataRoot) -> Iterator[str]:
    """Tell Dagster of each current record that it has no event of."""
    ledger = Ledger.of(root)
    by_asset: dict[dg.AssetKey, list[Record]] = {}
    for record in _suspects(instance, ledger.current()):
        by_asset.setdefault(asset_key(TABLES[record.table], record.scheme), []).append(record)
    for key, records in by_asset.items():
        known = _announced(instance, key, [month_key(record.month) for record in records])
        for record in records:
            if known.get(month_key(record.month), 0) >= record.number:
                continue
            rows = ledger.read(TABLES[record.table], record.scheme, [record.month]).rows
            later = f"recorded at {record.recorded_at} UTC by run {record.run}, which ended before it said so"
            shown = {**figures(rows), **basis(root, record.deliveries), "announced_later": later}
            instance.report_runless_asset_event(materialisation(key, record, shown))
            yield f"{record} was recorded and is announced now"


def _suspects(instance: dg.DagsterInstance, records: Iterable[Record]) -> list[Record]:
    """The records whose run did not end well: one that did has told of all that it recorded."""
    current = list(records)
    ids = sorted({record.run for record in current})
    runs = instance.get_runs(filters=dg.RunsFilter(run_ids=ids)) if ids else []
    trusted = {
        run.run_id
        for run in runs
        if run.status == dg.DagsterRunStatus.SUCCESS or not run.is_finished
    }
    return [record for record in current if record.run not in trusted]


def _announced(
    instance: dg.DagsterInstance, key: dg.AssetKey, partitions: Collection[str]
) -> dict[str, int]:
    """The number of the materialisation that Dagster last heard of, by partition."""
    latest = instance.event_log_storage.get_latest_storage_id_by_partition(
        key, dg.DagsterEventType.ASSET_MATERIALIZATION, set(partitions)
    )
    if not latest:
        return {}
    records = instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=key, storage_ids=list(latest.values())), limit=len(latest)
    ).records
    return {
        str(each.partition_key): int(str(each.asset_materialization.metadata[RECORD].value))
        for each in records
        # A month that nothing was delivered of has an event without a record.
        if each.asset_materialization and RECORD in each.asset_materialization.metadata
    }
