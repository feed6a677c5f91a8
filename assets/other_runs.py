"""Other runs: which of them are under way, and what they have still to make that a step looks at.

Runs of many months go on side by side, and a month rests on earlier ones. A step that looked too soon
would find nothing, or would compute from rows that are just being replaced.
"""

import os
import socket
from collections.abc import Collection, Iterator
from datetime import date

import dagster as dg
from dagster._core.events import EngineEventData
from dagster._core.storage.tags import (
    ASSET_PARTITION_RANGE_END_TAG,
    ASSET_PARTITION_RANGE_START_TAG,
    PARTITION_NAME_TAG,
)

from schemas.months import month_key

PROCESS = "bonuspott/process"
"""The tag of a run that says which process executes it: host and process number."""

UNDER_WAY = (dg.DagsterRunStatus.STARTING, dg.DagsterRunStatus.STARTED)

DONE = {
    dg.DagsterEventType.STEP_SUCCESS,
    dg.DagsterEventType.STEP_FAILURE,
    dg.DagsterEventType.STEP_SKIPPED,
}

Place = tuple[dg.AssetKey, date]
"""An asset's month."""


def this_process() -> str:
    """This process, as the tag says it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(instance: dg.DagsterInstance, run: dg.DagsterRun) -> bool:
    """Whether the process that executed the run is gone; only known of this host's."""
    host, _, process = run.tags.get(PROCESS, "").rpartition(":")
    if run.is_finished or host != socket.gethostname() or _lives(int(process)):
        return False
    # A run that was launched can have more processes than one; then no single one is the run's.
    return run.remote_job_origin is None or process in _executing(instance, run.run_id)


def under_way(instance: dg.DagsterInstance, run_id: str) -> list[dg.DagsterRun]:
    """The other runs that some process executes, the earliest first."""
    runs = instance.get_runs(filters=dg.RunsFilter(statuses=list(UNDER_WAY)), ascending=True)
    return [run for run in runs if run.run_id != run_id and not is_dead(instance, run)]


def earlier(instance: dg.DagsterInstance, run_id: str) -> list[dg.DagsterRun]:
    """The runs under way that were begun before this one; runs thus never wait in a circle."""
    own = instance.get_run_record_by_id(run_id)
    if own is None:
        return []
    others = under_way(instance, run_id)
    records = (
        instance.get_run_records(filters=dg.RunsFilter(run_ids=[run.run_id for run in others]))
        if others
        else []
    )
    before = {each.dagster_run.run_id for each in records if each.storage_id < own.storage_id}
    return [run for run in others if run.run_id in before]


def awaited(
    instance: dg.DagsterInstance, runs: Collection[dg.DagsterRun], places: Collection[Place]
) -> list[str]:
    """The runs that have still to make one of the places, each said in words."""
    found = []
    for run in runs:
        months = {month for _, month in places if _covers(run, month)}
        if months:
            keys = set(_unmade(instance, run.run_id))
            wanted = sorted({key for key, month in places if month in months and key in keys})
            if wanted:
                names = ", ".join(key.to_user_string() for key in wanted)
                found.append(f"run {run.run_id[:8]} has still to make {names}")
    return found


def _covers(run: dg.DagsterRun, month: date) -> bool:
    key, only = month_key(month), run.tags.get(PARTITION_NAME_TAG)
    first = run.tags.get(ASSET_PARTITION_RANGE_START_TAG, only)
    last = run.tags.get(ASSET_PARTITION_RANGE_END_TAG, only)
    return first is not None and last is not None and first <= key <= last


def _unmade(instance: dg.DagsterInstance, run_id: str) -> Iterator[dg.AssetKey]:
    """The assets that the run plans to materialise, whose steps have not ended."""
    records = instance.get_records_for_run(
        run_id, of_type={dg.DagsterEventType.ASSET_MATERIALIZATION_PLANNED, *DONE}
    ).records
    events = [event for each in records if (event := each.event_log_entry.dagster_event)]
    ended = {event.step_key for event in events if event.event_type in DONE}
    for event in events:
        if event.asset_key and event.step_key not in ended:
            yield event.asset_key


def _lives(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:  # it is somebody else's
        return True
    return True


def _executing(instance: dg.DagsterInstance, run_id: str) -> set[str]:
    """The processes that said they execute the run's steps in themselves."""
    records = instance.get_records_for_run(run_id, of_type=dg.DagsterEventType.ENGINE_EVENT).records
    events = [event for each in records if (event := each.event_log_entry.dagster_event)]
    return {
        str(told.value)
        for event in events
        if isinstance(event.event_specific_data, EngineEventData)
        and (told := event.event_specific_data.metadata.get("pid"))
    }
