"""Telling Dagster what was recorded: an event for each month, with the month's own versions.

A step computes many months of several assets at once. What it yields to Dagster would be one event an
asset, or one a month with all the same data version; so it yields nothing, and logs each event with
the month's own fingerprint, inputs and figures. Its assets are declared as ones that may be left
out.
"""

from collections.abc import Iterable, Mapping
from datetime import date

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

from assets.checks.check import Shown, Verdict
from assets.presentation import figures, payout_markdown
from ledger.chain import RECORD
from schemas.months import month_key
from schemas.records import Record

Target = AssetCheckEvaluationTargetMaterializationData
"""The materialisation that a check's verdict is about."""


Pointers = Mapping[dg.AssetKey, Mapping[str, str]]
"""For each input, the tags that say up to which of its events it was read."""


def input_pointers(context: dg.AssetExecutionContext, keys: Iterable[dg.AssetKey]) -> Pointers:
    """How far the inputs' events go now, so that Dagster knows later what is stale.

    To be taken before the inputs are read: an event that comes in between then counts as unread.
    """
    pointers = {}
    for key in sorted(keys):
        latest = context.instance.fetch_materializations(key, limit=1).records
        pointer, version = "NULL", "INITIAL"
        if latest and latest[0].asset_materialization:
            pointer = str(latest[0].storage_id)
            event_tags = latest[0].asset_materialization.tags or {}
            version = event_tags.get(DATA_VERSION_TAG, version)
        pointers[key] = {
            get_input_event_pointer_tag(key): pointer,
            get_input_data_version_tag(key): version,
        }
    return pointers


def materialisation(
    key: dg.AssetKey, record: Record, shown: Shown, pointers: Pointers | None = None
) -> dg.AssetMaterialization:
    """The event of a record: what to show of it, the versions of data and code, and what was read, if a run read any."""
    return dg.AssetMaterialization(
        key,
        partition=month_key(record.month),
        metadata={
            **shown,
            # As text: Dagster would plot a number over the months.
            RECORD: str(record.number),
            "fingerprint": record.fingerprint,
            "record_hash": record.record_hash,
        },
        tags={
            **{tag: value for of in (pointers or {}).values() for tag, value in of.items()},
            CODE_VERSION_TAG: record.code_version,
            DATA_VERSION_TAG: record.fingerprint,
            DATA_VERSION_IS_USER_PROVIDED_TAG: "true",
        },
    )


def nothing_made(key: dg.AssetKey, month: date, words: str) -> dg.AssetMaterialization:
    """The event of a month that was asked for and that there is nothing to record of.

    Without one Dagster would count the month as failed, and whatever rests on it.
    """
    return dg.AssetMaterialization(
        key,
        partition=month_key(month),
        description=words,
        tags={DATA_VERSION_TAG: "nothing", DATA_VERSION_IS_USER_PROVIDED_TAG: "true"},
    )


def targets(
    context: dg.AssetExecutionContext, key: dg.AssetKey, partitions: list[str]
) -> dict[str, Target]:
    """What checks of the partitions that were just logged refer to."""
    if not partitions:
        return {}
    records = context.instance.fetch_materializations(
        dg.AssetRecordsFilter(asset_key=key, asset_partitions=partitions), limit=len(partitions)
    ).records
    return {
        str(each.partition_key): Target(
            run_id=each.run_id, storage_id=each.storage_id, timestamp=each.timestamp
        )
        for each in records
    }


def log_verdict(
    context: dg.AssetExecutionContext,
    check: dg.AssetCheckSpec,
    partition: str,
    verdict: Verdict,
    target: Target | None = None,
) -> None:
    """Log what a check found of one partition."""
    context.log_event(
        dg.AssetCheckEvaluation(
            asset_key=check.asset_key,
            check_name=check.name,
            passed=verdict.passed,
            description=verdict.description,
            metadata=dict(verdict.metadata),
            severity=dg.AssetCheckSeverity.ERROR if check.blocking else dg.AssetCheckSeverity.WARN,
            blocking=check.blocking,
            partition=partition,
            target_materialization_data=target,
        )
    )


def answered(
    context: dg.AssetExecutionContext, checks: Iterable[dg.AssetCheckSpec]
) -> Iterable[dg.Output[None]]:
    """The outputs of the checks that were selected; their verdicts have been logged."""
    for check in checks:
        if check.key in context.selected_asset_check_keys:
            yield dg.Output(None, output_name=check.get_python_identifier())


def report_entered(
    instance: dg.DagsterInstance, key: dg.AssetKey, record: Record, rows: pl.DataFrame
) -> None:
    """Tell Dagster of what people entered: an event without a run."""
    shown = {**figures(rows), "table": dg.MetadataValue.md(payout_markdown(rows))}
    instance.report_runless_asset_event(materialisation(key, record, shown))
