"""The years' runs, handed in through the webserver as its UI does, and waited for in Dagster's records."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg

from assets.groups import all_groups
from assets.keys import asset_key
from deploy.loopback.servers import HOST, wait_until
from deploy.loopback.webserver import RefusedError, Webserver
from pipeline.jobs import DELIVERIES
from pipeline.tags import RANGE_END, RANGE_START
from rules.loading import load_schemes
from schemas.months import contiguous, month_key
from schemas.places import Place
from schemas.tables import TABLES

PARTITION = "dagster/partition"
PROMISED_SECONDS = 120.0
POLL_SECONDS = 1.0
ATTEMPTS = 6
"""A webserver has a few connections, each of which may have ended."""


@dataclass(frozen=True)
class Run:
    """A run to hand in: a job, the assets of it if not all, and the first and last month."""

    job: str
    assets: tuple[dg.AssetKey, ...]
    first: date
    last: date

    @property
    def tags(self) -> dict[str, str]:
        """The partition, or the range of them, as Dagster's tags say it."""
        if self.first == self.last:
            return {PARTITION: month_key(self.first)}
        return {RANGE_START: month_key(self.first), RANGE_END: month_key(self.last)}


def waves(recorded: Iterable[Place]) -> list[list[Run]]:
    """The runs that record the months, in four waves: each rests on what the waves before recorded.

    What was observed is a run a dataset, and one more after each gap; what is measured is a run a month,
    those of different schemes independent of each other; what is reserved and what is paid is a run a scheme.
    """
    months = sorted(set(recorded))
    observed = [
        Run(DELIVERIES, (asset_key(TABLES[table]),), first, last)
        for table in sorted({table for table, scheme, _ in months if not scheme})
        for first, last in contiguous(month for name, _, month in months if name == table)
    ]
    by_part: dict[str, list[Run]] = {"reserves": [], "months": [], "payouts": []}
    for group in all_groups(load_schemes().values()):
        places = {step.place(month) for step in group.steps for month in group.months}
        own = sorted({month for *_, month in places.intersection(months)})
        spans = [(own[0], own[-1])] if own else []
        if group.part == "months":
            spans = [(month, month) for month in own]
        by_part[group.part] += [Run(group.name, (), first, last) for first, last in spans]
    return [observed, *by_part.values()]


def hand_in(port: int, runs: Sequence[Run]) -> list[str]:
    """Queue the runs through the webserver; their ids."""
    webserver = Webserver(f"http://{HOST}:{port}")
    return [_handed_in(webserver, run) for run in runs]


def _handed_in(webserver: Webserver, run: Run) -> str:
    """Queue a run; once more, as people would, where the webserver's own connections had ended.

    Raises:
        RefusedError: if the webserver still refuses.
    """
    for attempt in range(ATTEMPTS):
        try:
            return webserver.launch(run.job, run.tags, run.assets)
        except RefusedError as error:
            if attempt == ATTEMPTS - 1 or "OperationalError" not in str(error):
                raise
            time.sleep(POLL_SECONDS)
    raise AssertionError("unreachable")


def unfinished(instance: dg.DagsterInstance) -> list[dg.DagsterRun]:
    """The runs that wait or are under way, or will be begun anew.

    Dagster sometimes promises to begin a run anew and forgets, where its own connections were ended
    meanwhile: a promise holds for a while, and then the run has failed.
    """
    records = instance.get_run_records()
    begun_anew = {each.dagster_run.parent_run_id for each in records}
    return [
        run
        for each in records
        for run in [each.dagster_run]
        if not run.is_finished
        or (
            run.status == dg.DagsterRunStatus.FAILURE
            and run.run_id not in begun_anew
            and run.tags.get("dagster/will_retry") == "true"
            and time.time() - (each.end_time or 0) < PROMISED_SECONDS
        )
    ]


def wait(instance: dg.DagsterInstance, seconds: float) -> None:
    """Wait until no run waits or is under way.

    Raises:
        TimeoutError: if they take longer.
    """
    try:
        wait_until(
            "the runs were not done", lambda: not unfinished(instance), seconds, POLL_SECONDS
        )
    except TimeoutError as error:
        left = unfinished(instance)
        names = [f"{run.job_name} {run.tags.get(PARTITION)}: {run.status}" for run in left]
        raise TimeoutError(f"{error}: {names}") from error


def succeeded(instance: dg.DagsterInstance, ids: Iterable[str]) -> dict[str, bool]:
    """Of each run that was handed in, whether it, or the last run that began it anew, succeeded."""
    runs = instance.get_runs()
    latest: dict[str, dg.DagsterRun] = {}
    for run in sorted(runs, key=lambda each: each.tags.get("dagster/retry_number", "0")):
        latest[run.root_run_id or run.run_id] = run
    return {each: latest[each].status == dg.DagsterRunStatus.SUCCESS for each in ids}
