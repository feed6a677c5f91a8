"""Two of Celery's workers against one, on the national set-up: two schemes' months, a run a month.

The servers, code server, webserver and daemon run throughout; workers are started and ended between
the repetitions. All of it shares this machine's processors, so what two machines would gain shows
here only as far as processors are idle while one worker works.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path
from unittest.mock import patch

import dagster as dg
from rich.console import Console

from benchmarks.paired import PAIRS, Paired
from deploy.loopback.backfill import Run, hand_in, succeeded, wait, waves
from deploy.loopback.installation import Installation, installation
from rules.loading import load_schemes
from rules.steps import steps
from schemas.places import CHECKOUT, Place

SCHEMES = ("access-2024", "bup-2025")
"""Two, since runs of one scheme follow each other, however many workers there are."""

WAIT_SECONDS = 1200.0


def measure() -> Paired:
    """Five pairs, after one run of each that does not count.

    Raises:
        RuntimeError: if a run fails.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    console = Console(stderr=True)
    with tempfile.TemporaryDirectory() as scratch:
        folder, data = Path(scratch), Path(scratch) / "data"
        shutil.copytree(CHECKOUT / "data" / "raw", data / "raw")
        with (
            installation(folder, data, workers=1) as made,
            patch.dict(os.environ, dict(made.environment)),
            dg.DagsterInstance.get() as instance,
        ):
            observed, reserves, monthly, _ = waves(_places())
            for before in (observed, reserves):
                _seconds(made, instance, before)
            for number in range(PAIRS + 1):
                for times, workers in zip(taken, (2, 1), strict=True):
                    if workers == 2:  # noqa: PLR2004 - two against one
                        made.start_worker("second")
                        made.wait_for_log("second", "ready.")
                    seconds = _seconds(made, instance, monthly)
                    if workers == 2:  # noqa: PLR2004
                        made.end("second")
                    console.print(f"pair {number}, {workers} workers: {seconds:.1f} s")
                    if number:
                        times.append(seconds)
    return Paired(*taken)


def _places() -> set[Place]:
    """What the schemes reserve and measure, and what was observed that they look at."""
    return {
        place
        for name in SCHEMES
        for step in steps(load_schemes()[name])
        for month in (() if step.pays else step.months)
        for place in (step.place(month), *step.sources(month))
    }


def _seconds(made: Installation, instance: dg.DagsterInstance, runs: list[Run]) -> float:
    begun = time.perf_counter()
    ids = hand_in(made.webserver, runs)
    wait(instance, WAIT_SECONDS)
    seconds = time.perf_counter() - begun
    if failed := [run for run, done in succeeded(instance, ids).items() if not done]:
        raise RuntimeError(f"these runs failed, so nothing was measured: {failed}")
    return seconds
