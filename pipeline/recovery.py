"""At the start: what earlier runs left unsaid, because their processes were ended from outside.

The commit to the ledger is what counts. A process that was ended after it could not tell Dagster any
more, nor that its run was over; both are said here, by whoever starts next.
"""

from collections.abc import Collection, Iterator

import dagster as dg
import polars as pl
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
)

from assets.materialise import basis
from assets.other_runs import PROCESS, is_dead
from assets.presentation import figures
from assets.stage import asset_key
from assets.store import Store
from ledger.chain import RECORD, as_records
from schemas.months import month_key
from schemas.tables import TABLES

UNFINISHED = (
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
)


def recover(instance: dg.DagsterInstance, store: Store) -> list[str]:
    """Close the runs whose processes are gone, and announce what was recorded and never told.

    Returns:
        What was done, a line each.
    """
    return [*_close_dead_runs(instance), *_announce_lost(instance, store)]


def _close_dead_runs(instance: dg.DagsterInstance) -> Iterator[str]:
    """Mark as failed what still counts as running: such runs would keep their places in the queue."""
    for run in instance.get_runs(filters=dg.RunsFilter(statuses=list(UNFINISHED))):
        if is_dead(instance, run):
            words = f"its process ({run.tags[PROCESS]}) is gone: killed, or the machine went down"
            instance.report_run_failed(run, f"The run did not finish: {words}.")
            yield f"run {run.run_id} is marked as failed: {words}"


def _announce_lost(instance: dg.DagsterInstance, store: Store) -> Iterator[str]:
    """Tell Dagster of each current record that it has no event of."""
    suspects = _suspects(instance, store.ledger.current())
    for (name, scheme), records in suspects.group_by(["table_name", "scheme"], maintain_order=True):
        table = TABLES[str(name)]
        key = asset_key(table, str(scheme))
        known = _announced(instance, key, [month_key(month) for month in records["month"]])
        for record in as_records(records):
            month = record.month
            if known.get(month_key(month), 0) >= record.number:
                continue
            rows = store.ledger.read(table, str(scheme), [month]).rows
            instance.report_runless_asset_event(
                dg.AssetMaterialization(
                    key,
                    partition=month_key(month),
                    metadata={
                        **figures(rows),
                        **basis(store, record.deliveries),
                        RECORD: record.number,
                        "fingerprint": record.fingerprint,
                        "code_version": record.code_version,
                        "announced_later": f"recorded at {record.recorded_at} UTC by run "
                        f"{record.run}, which ended before it told Dagster",
                    },
                    tags={
                        CODE_VERSION_TAG: record.code_version,
                        DATA_VERSION_TAG: record.fingerprint,
                        DATA_VERSION_IS_USER_PROVIDED_TAG: "true",
                    },
                )
            )
            yield (
                f"{key.to_user_string()} of {month_key(month)} was recorded (materialisation "
                f"{record.number}) and is announced now"
            )


def _suspects(instance: dg.DagsterInstance, records: pl.DataFrame) -> pl.DataFrame:
    """The records whose run did not end well: one that did has told of all that it recorded."""
    ids = records["dagster_run_id"].unique().to_list()
    runs = instance.get_runs(filters=dg.RunsFilter(run_ids=ids)) if ids else []
    trusted = [
        run.run_id
        for run in runs
        if run.status == dg.DagsterRunStatus.SUCCESS or not run.is_finished
    ]
    return records.filter(~pl.col("dagster_run_id").is_in(trusted))


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
        str(each.partition_key): number
        for each in records
        if each.asset_materialization
        and isinstance(number := each.asset_materialization.metadata[RECORD].value, int)
    }
