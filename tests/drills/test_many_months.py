"""Many months at once, through a real webserver and daemon: nothing lost, doubled or locked out."""

import os
import shutil
import signal
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen

import pytest

from ledger.chain import RECORD
from schemas.months import add_months, month_key, parse_month
from schemas.places import DataRoot
from tests.conftest import SAMPLE
from tests.deliveries.processes import line_of, started
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

pytestmark = pytest.mark.slow

AT_ONCE = 4
"""dagster.yaml: max_concurrent_runs."""

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
while not told.wait(0.05):
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        [(last, rows)] = connection.execute(
            "SELECT max(materialisation_id), count(*) FROM audit.materialisations"
        ).fetchall()
        [(paid,)] = connection.execute("SELECT count(*) FROM payouts.payouts_by_name").fetchall()
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


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """A fresh data root, served, whose deliveries have been read by a backfill."""
    root = DataRoot(tmp_path / "data")
    shutil.copytree(SAMPLE, root.raw)
    with serving(root, tmp_path / "ui.log") as made:
        reading = made.backfill(months("2022-01", "2025-12"), job="deliveries")
        assert len(made.runs_of_backfill(reading)) == 1
        yield made


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


def test_a_year_at_once_and_a_run_for_each_month(served: Served, runs: Runs) -> None:
    """One scheme's year as one run, another's as a run a month, four at a time, under analysts' eyes."""
    root = served.root
    served.succeed([served.launch("surgery_2025", partition="2025-06")])
    with (
        analyst(root, ANALYST_WHO_STAYS, "open") as staying,
        analyst(root, ANALYST_WHO_COMES_AGAIN, "read") as coming,
    ):
        year = served.backfill(months("2024-01", "2024-12"), job="access_2024")
        singly = [
            served.launch("bup_2025", partition=month) for month in months("2025-03", "2025-12")
        ]
        singly += [
            served.launch("surgery_2025", partition=month) for month in months("2025-06", "2025-12")
        ]
        served.succeed(singly)
        [whole] = served.runs_of_backfill(year)
        output, _ = coming.communicate("enough\n", timeout=120)
        assert coming.returncode == 0
        assert all(number > 1 for number in map(int, output.split()))
        output, _ = staying.communicate("enough\n", timeout=120)
        assert output == "the same\n"
    assert 1 < most_at_once(served, [*singly, whole]) <= AT_ONCE
    found = whole_ledger(root)
    whole_publication(root)
    assert_as_run_alone(root, runs, "access-2024", "bup-2025", "surgery-2025")
    assert_all_told(root)
    with opened(root) as instance:
        numbers = [number for of_place in told(instance).values() for number in of_place]
    assert sorted(numbers) == [record[RECORD] for record in found]


def test_runs_that_are_cancelled_and_killed(served: Served, runs: Runs) -> None:
    """In the middle, through the UI and from outside: the ledger is whole, and a rerun completes."""
    root = served.root
    year = {"asset_partition_range_start": "2024-01", "asset_partition_range_end": "2024-12"}

    cancelled = served.launch("access_2024", **year)
    begun(served, cancelled)
    served.terminate(cancelled)
    assert served.finished([cancelled]) == {cancelled: "CANCELED"}
    found = whole_ledger(root)
    assert_acknowledged(root, found)

    killed = served.launch("access_2024", **year)
    begun(served, killed)
    tags = {tag["key"]: tag["value"] for tag in served.run(killed)["tags"]}
    os.kill(int(tags["bonuspott/process"].rpartition(":")[2]), signal.SIGKILL)
    assert served.finished([killed]) == {killed: "FAILURE"}
    found = whole_ledger(root, found)
    assert_acknowledged(root, found)

    served.succeed([served.launch("access_2024", **year)])
    whole_ledger(root, found)
    whole_publication(root)
    assert_as_run_alone(root, runs, "access-2024")


def begun(served: Served, run: str) -> None:
    """Wait until the run has made something, and has more to make."""

    def look() -> bool | None:
        known = served.run(run)
        ended = [step for step in known["stepStats"] or [] if step["status"] == "SUCCESS"]
        assert known["status"] not in {"SUCCESS", "FAILURE"}, served.failures([run])
        return True if len(ended) >= 1 else None

    until(look)
