"""Paired runs of two commands, in turn, and the ratio of their times pair by pair."""

import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass

from rich.console import Console
from rich.progress import track

PAIRS = 5


@dataclass(frozen=True)
class Paired:
    """Seconds of each run of ours and of the floor's, in the order they ran."""

    ours: list[float]
    floor: list[float]

    @property
    def ratios(self) -> list[float]:
        """The ratio of each pair."""
        return [a / b for a, b in zip(self.ours, self.floor, strict=True)]

    @property
    def ratio(self) -> float:
        """The median of the ratios, pair by pair: drift of the machine cancels out."""
        return statistics.median(self.ratios)


def run_paired(ours: Callable[[], list[str]], floor: Callable[[], list[str]], words: str) -> Paired:
    """Run the two commands in turn, after one run of each that does not count.

    Each is made anew for every run, so that it can be given a folder of its own.

    Raises:
        subprocess.CalledProcessError: if one of the commands fails.
    """
    taken: tuple[list[float], list[float]] = ([], [])
    for number in track(range(PAIRS + 1), words, console=Console(stderr=True)):
        for times, command in zip(taken, (ours, floor), strict=True):
            arguments = command()
            start = time.perf_counter()
            subprocess.run(arguments, check=True, capture_output=True)
            if number:
                times.append(time.perf_counter() - start)
    return Paired(*taken)


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module with this Python."""
    return [sys.executable, "-m", module, *arguments]
