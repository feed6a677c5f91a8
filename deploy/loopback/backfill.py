"""The years' runs, handed in through the webserver as its UI does, and waited for in Dagster's records."""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import dagster as dg

from assets.last_year import LAST_YEAR
from assets.publication import PUBLISHED
from assets.stage import asset_key, group_name
from deploy.loopback.servers import HOST
from deploy.loopback.webserver import RefusedError, Webserver
from pipeline.tags import RANGE_END, RANGE_START
from schemas.months import add_months, month_key
from schemas.tables import TABLES

PARTITION = "dagster/partition"
POLL_SECONDS = 1.0
ATTEMPTS = 6
"""A webserver has a few connections, each of which may have ended."""
RESERVES = "payouts.reserves"

Month = tuple[str, str, date]
"""A table, a scheme (empty for the observed) and a month."""


@dataclass(frozen=True)
class Run:
    """A run to hand in: a job, assets of it, and the first and last month."""

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


def waves(recorded: Iterable[Month]) -> list[list[Run]]:
    """The runs that record the months, in waves: each rests on what the waves before recorded.

    What was observed is a run a dataset and year; what rests on a month alone is a run a month, all
    independent of each other; what adds months up is a run a scheme. Then the warehouse is published.
    """
    months = sorted(set(recorded))
    schemes = sorted({scheme for _, scheme, _ in months if scheme})
    observed = [
        Run(_reader(table, schemes), (asset_key(TABLES[table]),), first, last)
        for table in sorted({table for table, scheme, _ in months if not scheme})
        for first, last in _years(month for name, _, month in months if name == table)
    ]
    monthly = [
        Run(group_name(scheme), _keys(tables, scheme), month, month)
        for scheme in schemes
        for month, tables in _by_month(months, scheme, monthly=True).items()
    ]
    payouts = []
    for scheme in schemes:
        by_month = _by_month(months, scheme, monthly=False)
        tables = sorted(set().union(*by_month.values()))
        payouts.append(Run(group_name(scheme), _keys(tables, scheme), min(by_month), max(by_month)))
    last = max(month for _, _, month in months)
    publication = [Run(group_name(schemes[0]), (PUBLISHED,), last, last)]
    return [observed, monthly, payouts, publication]


def _by_month(months: Iterable[Month], scheme: str, *, monthly: bool) -> dict[date, list[str]]:
    """A scheme's tables by month: those that rest on the month alone, or those that do not."""
    found: dict[date, list[str]] = {}
    for table, name, month in months:
        alone = table.startswith("performance.") or table == RESERVES
        if name == scheme and alone == monthly:
            found.setdefault(month, []).append(table)
    return found


def _keys(tables: Iterable[str], scheme: str) -> tuple[dg.AssetKey, ...]:
    keys = [asset_key(TABLES[table], scheme) for table in tables]
    return (*keys, LAST_YEAR) if "performance.waiting_times" in tables else tuple(keys)


def _reader(table: str, schemes: Sequence[str]) -> str:
    """The job of a scheme that reads the dataset."""
    surgical = [name for name in schemes if name.startswith("surgery")]
    others = [name for name in schemes if name not in surgical]
    return group_name((surgical if table == "observed.surgeries" else others)[0])


def _years(months: Iterable[date]) -> list[tuple[date, date]]:
    """The months as spans without gaps, none of more than a year."""
    spans: list[tuple[date, date]] = []
    for month in sorted(set(months)):
        if spans and add_months(spans[-1][1], 1) == month and spans[-1][0].year == month.year:
            spans[-1] = (spans[-1][0], month)
        else:
            spans.append((month, month))
    return spans


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
    """The runs that wait or are under way, or will be begun anew."""
    runs = instance.get_runs()
    begun_anew = {run.parent_run_id for run in runs if run.parent_run_id}
    return [
        run
        for run in runs
        if not run.is_finished
        or (
            run.status == dg.DagsterRunStatus.FAILURE
            and run.run_id not in begun_anew
            and run.tags.get("dagster/will_retry") == "true"
        )
    ]


def wait(instance: dg.DagsterInstance, seconds: float) -> None:
    """Wait until no run waits or is under way.

    Raises:
        TimeoutError: if they take longer.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not unfinished(instance):
            return
        time.sleep(POLL_SECONDS)
    names = [
        f"{run.job_name} {run.tags.get(PARTITION)}: {run.status}" for run in unfinished(instance)
    ]
    raise TimeoutError(f"after {seconds:.0f} s these runs are not done: {names}")


def succeeded(instance: dg.DagsterInstance, ids: Iterable[str]) -> dict[str, bool]:
    """Of each run that was handed in, whether it, or the last run that began it anew, succeeded."""
    runs = instance.get_runs()
    latest: dict[str, dg.DagsterRun] = {}
    for run in sorted(runs, key=lambda each: each.tags.get("dagster/retry_number", "0")):
        latest[run.root_run_id or run.run_id] = run
    return {each: latest[each].status == dg.DagsterRunStatus.SUCCESS for each in ids}
