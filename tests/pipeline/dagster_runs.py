"""Runs through Dagster's own interface, as its UI and its schedules start them."""

from collections.abc import Sequence

import dagster as dg

from pipeline.definitions import definitions
from pipeline.run import QUIET
from pipeline.tags import RANGE_END, RANGE_START


def execute(
    instance: dg.DagsterInstance,
    job: str,
    partition: str,
    assets: Sequence[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    """Run the job for one partition, or only some of its assets; a failure is in the result."""
    return definitions.resolve_job_def(job).execute_in_process(
        instance=instance,
        partition_key=partition,
        asset_selection=assets,
        run_config=QUIET,
        raise_on_error=False,
    )


def execute_range(
    instance: dg.DagsterInstance,
    job: str,
    first: str,
    last: str,
    assets: Sequence[dg.AssetKey] | None = None,
) -> dg.ExecuteInProcessResult:
    """Run the job, or some of its assets, for all partitions of a range, in one run."""
    return definitions.resolve_job_def(job).execute_in_process(
        instance=instance,
        asset_selection=assets,
        tags={RANGE_START: first, RANGE_END: last},
        run_config=QUIET,
        raise_on_error=False,
    )


def check_alone(
    instance: dg.DagsterInstance, job: str, partition: str, check: dg.AssetCheckKey
) -> dg.ExecuteInProcessResult:
    """Run one check of the job's assets for a partition, and materialise nothing of the job's."""
    subset = definitions.resolve_job_def(job).get_subset(
        asset_selection=set(), asset_check_selection={check}
    )
    return subset.execute_in_process(
        instance=instance,
        tags={RANGE_START: partition, RANGE_END: partition},
        run_config=QUIET,
        raise_on_error=False,
    )


def failures(result: dg.ExecuteInProcessResult) -> list[str]:
    """What each failed step says."""
    return [
        (told.description or "") if (told := event.step_failure_data.user_failure_data) else ""
        for event in result.all_events
        if event.is_step_failure
    ]


def materialised(result: dg.ExecuteInProcessResult) -> list[tuple[str, str]]:
    """The assets and partitions that the run materialised."""
    return [
        (event.asset_key.to_user_string(), str(event.partition))
        for event in result.all_events
        if event.event_type == dg.DagsterEventType.ASSET_MATERIALIZATION and event.asset_key
    ]
