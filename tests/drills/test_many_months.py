"""Many months at once, through a real webserver and daemon: nothing lost, doubled or locked out."""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path
from subprocess import Popen

import dagster as dg
import pytest

from schemas.months import add_months, month_key, parse_month
from schemas.places import DataRoot
from tests.conftest import SAMPLE
from tests.deliveries.processes import line_of, started
from tests.drills.test_stranger import LOCKING, stranger
from tests.drills.wholeness import (
    assert_acknowledged,
    assert_all_told,
    current_fingerprints,
    told,
    whole_ledger,
    whole_publication,
)
from tests.pipeline.runs import Runs, opened
from tests.pipeline.served import Served, serving, until

pytestmark = [pytest.mark.slow, pytest.mark.waits]

AT_ONCE = 4
"""dagster.yaml: max_concurrent_runs."""


def span(first: str, last: str) -> dict[str, str]:
    """The tags of a run over the months from the first to the last."""
    return {"asset_partition_range_start": first, "asset_partition_range_end": last}


YEAR = span("2024-01", "2024-11")
PAID = {
    f"{scheme}_payouts": span(first, last)
    for scheme, first, last in (
        ("access_2024", "2024-08", "2024-12"),
        ("bup_2025", "2025-03", "2025-12"),
        ("surgery_2025", "2025-12", "2025-12"),
    )
}
"""The jobs of payouts, each with the range of its months."""

STEPS = """
query Steps($id: ID!) {
  runOrError(runId: $id) { ... on Run { stepStats { startTime endTime } } }
}"""

ANALYST_WHO_STAYS = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
query = "SELECT count(*), sum(row_count) FROM audit.materialisations"
before = connection.execute(query).fetchall()
print("open", flush=True)
sys.stdin.readline()
assert connection.execute(query).fetchall() == before
print("the same")
"""
ANALYST_WHO_COMES_AGAIN = """
import sys, threading
import duckdb
told = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), told.set())).start()
reads, seen = 0, [0]
while not told.wait(0.5):
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        [(last, rows)] = connection.execute(
            "SELECT max(materialisation_id), count(*) FROM audit.materialisations"
        ).fetchall()
        [(paid,)] = connection.execute("SELECT count(*) FROM payouts.payouts_named").fetchall()
    assert last == rows and paid % 21 == 0, (last, rows, paid)
    assert last >= seen[-1], (last, seen)
    seen.append(last)
    reads += 1
    if reads == 1:
        print("read", flush=True)
print(reads, len(set(seen)))
"""


def months(first: str, last: str) -> list[str]:
    """The keys from the first to the last."""
    found = [parse_month(first)]
    while found[-1] < parse_month(last):
        found.append(add_months(found[-1], 1))
    return [month_key(month) for month in found]


@contextmanager
def analyst(root: DataRoot, program: str, first: str) -> Iterator[Popen[str]]:
    """Another process that looks at the published warehouse."""
    with started("-c", program, str(root.published)) as process:
        try:
            assert line_of(process) == first
            yield process
        finally:
            process.kill()


def most_at_once(served: Served, runs: Sequence[str]) -> int:
    """How many of the runs were under way at the same time, at most."""
    found = [served.run(number) for number in runs]
    return max(
        sum(other["startTime"] <= each["startTime"] < other["endTime"] for other in found)
        for each in found
    )


def assert_as_run_alone(root: DataRoot, runs: Runs, *schemes: str) -> None:
    """Whatever the schemes made is what a run of each by itself makes."""
    found = current_fingerprints(root)
    for scheme in schemes:
        alone = current_fingerprints(runs.of(scheme).root)
        assert {place: found.get(place) for place in alone} == alone


def steps_follow_each_other(served: Served, runs: Sequence[str]) -> bool:
    """Whether no two of the runs were at work at the same time."""
    spans = sorted(
        (step["startTime"], step["endTime"])
        for run in runs
        for step in served.ask(STEPS, id=run)["runOrError"]["stepStats"]
    )
    return all(before[1] <= after[0] for before, after in pairwise(spans))


def test_a_year_at_once_and_a_run_for_each_month(runs: Runs, tmp_path: Path) -> None:
    """One scheme's year as one run, others' as runs of months, several at a time, under analysts' eyes.

    The year was cancelled and killed before: it is whole all the same.
    """
    root = DataRoot(tmp_path / "data")
    shutil.copytree(SAMPLE, root.raw)
    with serving(root, tmp_path / "ui.log") as served:
        reading = served.backfill(months("2022-01", "2025-12"), job="deliveries")
        assert len(served.runs_of_backfill(reading)) == 1
        reserves = served.backfill(months("2024-01", "2024-12"), job="access_2024_reserves")
        served.succeed(
            [
                served.launch("surgery_2025_reserves", partition="2025-06"),
                *served.runs_of_backfill(reserves),
            ]
        )
        assert_ended_at_work_leaves_nothing(served)
        with (
            analyst(root, ANALYST_WHO_STAYS, "open") as staying,
            analyst(root, ANALYST_WHO_COMES_AGAIN, "read") as coming,
        ):
            with stranger(root.ledger, LOCKING):  # so that the first is at work until the other is
                of_bup = [served.launch("bup_2025_months", **span("2025-03", "2025-09"))]
                of_surgery = [served.launch("surgery_2025_months", **span("2025-06", "2025-09"))]
                for [first] in (of_bup, of_surgery):
                    process_of(served, first)
            year = served.backfill(months("2024-01", "2024-11"), job="access_2024_months")
            of_bup += [
                served.launch("bup_2025_months", partition="2025-10"),
                served.launch("bup_2025_months", partition="2025-11"),
            ]
            of_surgery.append(served.launch("surgery_2025_months", partition="2025-10"))
            served.succeed([*of_bup, *of_surgery])
            [whole] = served.runs_of_backfill(year)
            served.succeed([served.launch(job, **span) for job, span in PAID.items()])
            output, _ = coming.communicate("enough\n", timeout=120)
            assert coming.returncode == 0
            assert all(number > 1 for number in map(int, output.split()))
            output, _ = staying.communicate("enough\n", timeout=120)
            assert output == "the same\n"
        assert 1 < most_at_once(served, [*of_bup, *of_surgery, whole]) <= AT_ONCE
        assert steps_follow_each_other(served, of_bup)
        assert steps_follow_each_other(served, of_surgery)
    found = whole_ledger(root)
    whole_publication(root)
    assert_as_run_alone(root, runs, "access-2024", "bup-2025", "surgery-2025")
    assert_all_told(root, cancelled=1)
    with opened(root) as instance:
        numbers = [number for of_place in told(instance).values() for number in of_place]
    assert sorted(numbers) == [record.number for record in found]


def assert_ended_at_work_leaves_nothing(served: Served) -> None:
    """A run that is cancelled through the UI, and one that is killed from outside, both at work."""
    root = served.root
    found = whole_ledger(root)
    with stranger(root.ledger, LOCKING):  # so that the runs are at work for as long as it takes
        cancelled = served.launch("access_2024_months", **YEAR)
        process_of(served, cancelled)
        served.terminate(cancelled)
        assert served.finished([cancelled]) == {cancelled: "CANCELED"}

        killed = served.launch("access_2024_months", **YEAR)
        os.kill(process_of(served, killed), signal.SIGKILL)
        assert served.finished([killed]) == {killed: "FAILURE"}
    assert whole_ledger(root, found) == found
    assert_acknowledged(root, found)


def process_of(served: Served, run: str) -> int:
    """The process that is at work on the run's step, once it is."""

    def look() -> int | None:
        with opened(served.root) as instance:
            for entry in instance.all_logs(run, of_type=dg.DagsterEventType.STEP_START):
                if entry.dagster_event and entry.dagster_event.pid:
                    return entry.dagster_event.pid
        assert served.run(run)["status"] not in {"SUCCESS", "FAILURE"}, served.failures([run])
        return None

    return until(look)
