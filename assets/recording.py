"""Telling Dagster what was materialised: an event for each month, each with its own versions.

A step can compute many months at once. Dagster would then write one event a month by itself, all
with one data version; so each event is logged here, with the month's own fingerprint, inputs and
figures, and Dagster's own are left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import dagster as dg
import polars as pl
from dagster._core.definitions.asset_checks.asset_check_evaluation import (
    AssetCheckEvaluationTargetMaterializationData,
)
from dagster._core.definitions.data_version import (
    CODE_VERSION_TAG,
    DATA_VERSION_IS_USER_PROVIDED_TAG,
    DATA_VERSION_TAG,
    get_input_data_version_tag,
    get_input_event_pointer_tag,
)

# Dagster has no public way to leave its own events out. Assets that Dagster converts from
# observable sources log events in their body as we do, and mark their output with this key.
from dagster._core.definitions.source_asset import SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION

from assets.presentation import figures, payout_markdown
from assets.stage import Shown, Verdict
from schemas.months import month_key
from schemas.records import Record

StepResult = dg.MaterializeResult[None] | dg.Output[None]
"""What a step yields."""

CheckTarget = AssetCheckEvaluationTargetMaterializationData
"""The materialisation that a check's verdict is about."""


@dataclass(frozen=True)
class Materialised:
    """A month as it was recorded, and what to show of it."""

    record: Record
    metadata: Shown


def input_pointers(
    context: dg.AssetExecutionContext, keys: Iterable[dg.AssetKey]
) -> dict[str, str]:
    """Tags that say up to which event of each input was read, so that Dagster knows what is stale.

    To be taken before the inputs are read: an event that comes in between then counts as unread.
    """
    tags = {}
    for key in sorted(keys):
        latest = context.instance.fetch_materializations(key, limit=1).records
        pointer, version = "NULL", "INITIAL"
        if latest and latest[0].asset_materialization:
            pointer = str(latest[0].storage_id)
            event_tags = latest[0].asset_materialization.tags or {}
            version = event_tags.get(DATA_VERSION_TAG, version)
        tags[get_input_event_pointer_tag(key)] = pointer
        tags[get_input_data_version_tag(key)] = version
    return tags


def log_materialisations(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    months: Iterable[Materialised],
    pointers: Mapping[str, str],
    code_version: str,
) -> dict[str, CheckTarget]:
    """Log an event for each month; returns what checks of each partition refer to."""
    logged = []
    for each in months:
        partition = month_key(each.record.month)
        tags = {
            **pointers,
            CODE_VERSION_TAG: code_version,
            DATA_VERSION_TAG: each.record.fingerprint,
            DATA_VERSION_IS_USER_PROVIDED_TAG: "true",
        }
        context.log_event(
            dg.AssetMaterialization(
                key,
                partition=partition,
                metadata={
                    **each.metadata,
                    "materialisation_id": each.record.number,
                    "fingerprint": each.record.fingerprint,
                },
                tags=tags,
            )
        )
        logged.append(partition)
    return _targets(context, key, logged)


def report_entered(
    instance: dg.DagsterInstance, key: dg.AssetKey, record: Record, rows: pl.DataFrame
) -> None:
    """Tell Dagster of what people entered: an event without a run."""
    instance.report_runless_asset_event(
        dg.AssetMaterialization(
            key,
            partition=month_key(record.month),
            metadata={
                **figures(rows),
                "table": dg.MetadataValue.md(payout_markdown(rows)),
                "materialisation_id": record.number,
                "fingerprint": record.fingerprint,
            },
            tags={DATA_VERSION_TAG: record.fingerprint, DATA_VERSION_IS_USER_PROVIDED_TAG: "true"},
        )
    )


def log_verdict(
    context: dg.AssetExecutionContext,
    check: dg.AssetCheckSpec,
    partition: str,
    verdict: Verdict,
    severity: dg.AssetCheckSeverity,
    target: CheckTarget | None,
) -> None:
    """Log what a check found of one partition."""
    context.log_event(
        dg.AssetCheckEvaluation(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=verdict.passed,
            description=verdict.description,
            metadata=dict(verdict.metadata),
            severity=severity,
            blocking=check.blocking,
            partition=partition,
            target_materialization_data=target,
        )
    )


def results_without_events(
    context: dg.AssetExecutionContext,
    key: dg.AssetKey,
    checks: Iterable[dg.AssetCheckSpec] = (),
) -> Iterator[StepResult]:
    """The step's results, so that what is downstream runs; their events have been logged."""
    if key in context.selected_asset_keys:
        yield dg.MaterializeResult(
            asset_key=key, metadata={SYSTEM_METADATA_KEY_SOURCE_ASSET_OBSERVATION: True}
        )
    for check in checks:
        if check.key in context.selected_asset_check_keys:
            yield dg.Output(None, output_name=check.get_python_identifier())


def _targets(
    context: dg.AssetExecutionContext, key: dg.AssetKey, partitions: list[str]
) -> dict[str, CheckTarget]:
    if not partitions:
        return {}
    records = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=key, asset_partitions=partitions),
        limit=len(partitions),
    ).records
    return {
        str(record.partition_key): CheckTarget(
            run_id=record.run_id, storage_id=record.storage_id, timestamp=record.timestamp
        )
        for record in records
    }
