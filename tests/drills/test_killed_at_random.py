"""A run that is ended with kill -9 at any time: the suite's fifty."""

import random
import shutil
import time
from pathlib import Path
from subprocess import Popen

import pytest

from schemas.places import DataRoot
from tests.conftest import SAMPLE
from tests.drills.processes import BONUSPOTT, begun, killed
from tests.drills.wholeness import (
    Records,
    assert_acknowledged,
    assert_all_told,
    current_fingerprints,
    whole_ledger,
    whole_publication,
)
from tests.pipeline.runs import Runs, command

SCHEME = "surgery-2025"
KILLS = 10
LINE_OF_START = "data root"
"""What a run says first; before that it only loads its libraries."""


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
def test_runs_killed_at_random(seed: int, tmp_path: Path, runs: Runs) -> None:
    """After each kill: nothing torn, nothing acknowledged is lost.

    A rerun, after one kill or several, gives what it should.
    """
    drawn = random.Random(seed)  # noqa: S311 - to be repeated, not to be secret
    expected = current_fingerprints(runs.of(SCHEME).root)
    root, found = DataRoot(tmp_path / "0"), Records()
    shutil.copytree(SAMPLE, root.raw)
    duration = seconds_of_a_run(root)
    is_through = True
    for number in range(1, KILLS + 1):
        if is_through and drawn.random() < 0.5:
            root, found = DataRoot(tmp_path / str(number)), Records()
            shutil.copytree(SAMPLE, root.raw)
        duration = kill_one(root, drawn, duration)
        found = whole_ledger(root, found)
        assert_acknowledged(root, found)
        whole_publication(root)
        is_through = number == KILLS or drawn.random() < 0.3
        if not is_through:
            continue
        rerun = command(root, "run", SCHEME)
        assert rerun.status == 0, (number, rerun.err)
        found = whole_ledger(root, found)
        whole_publication(root)
        assert current_fingerprints(root) == expected
        assert_all_told(root)


def kill_one(root: DataRoot, drawn: random.Random, duration: float) -> float:
    """Kill a run while it is at work; one that was through before is run again.

    Returns:
        How long runs work, by what was seen: not longer than one that was through.
    """
    while True:
        with begun(root, BONUSPOTT, "run", SCHEME) as process:
            wait_for_start(process)
            moment = drawn.uniform(0, duration)
            time.sleep(moment)
            if killed(process):
                return duration
        duration = moment


def seconds_of_a_run(root: DataRoot) -> float:
    """How long a run works after its start, on this machine and now."""
    with begun(root, BONUSPOTT, "run", SCHEME) as process:
        wait_for_start(process)
        begin = time.monotonic()
        said, _ = process.communicate(timeout=600)
        assert process.returncode == 0, said
    return time.monotonic() - begin


def wait_for_start(process: Popen[str]) -> None:
    """Read what the run says until it has loaded and begins."""
    assert process.stdout is not None
    assert LINE_OF_START in process.stdout.readline()
