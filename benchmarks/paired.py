"""Paired runs of two commands, in turn, and the ratio of their times pair by pair; figures that are kept."""

import json
import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.progress import track

from ledger.version import code_version
from schemas.places import VARIABLE, DataRoot

PAIRS = 5
KEPT = Path(__file__).with_name("results")
AS_INSTALLED = str(Path(__file__).with_name("as_installed"))
"""What stands first on the path of a process that is to find what users have installed."""
COMMAND = str(Path(sys.executable).with_name("bonuspott"))


@dataclass(frozen=True)
class Paired:
    """Seconds of each run of ours and of the floor's, in the order they ran.

    Attributes:
        ours: by the clock on the wall.
        floor: by the clock on the wall.
        ours_busy: of processor time, which other work on the machine changes less; where measured.
        floor_busy: of processor time; where measured.
    """

    ours: list[float]
    floor: list[float]
    ours_busy: list[float] = field(default_factory=list)
    floor_busy: list[float] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """The ratio of each pair, by the clock."""
        return _ratios(self.ours, self.floor)

    @property
    def ratio(self) -> float:
        """The median of the ratios, pair by pair: drift of the machine cancels out."""
        return statistics.median(self.ratios)

    @property
    def busy_ratio(self) -> float | None:
        """The same by processor time, where it was measured."""
        ratios = _ratios(self.ours_busy, self.floor_busy)
        return statistics.median(ratios) if ratios else None


def _ratios(ours: Sequence[float], floor: Sequence[float]) -> list[float]:
    return [a / b for a, b in zip(ours, floor, strict=True)]


def run_paired(ours: Callable[[], list[str]], floor: Callable[[], list[str]], words: str) -> Paired:
    """Run the two commands in turn, after one run of each that does not count.

    Each is made anew for every run, so that it can be given a folder of its own.

    Raises:
        subprocess.CalledProcessError: if one of the commands fails.
    """
    paired = Paired([], [])
    sides = ((ours, paired.ours, paired.ours_busy), (floor, paired.floor, paired.floor_busy))
    for number in track(range(PAIRS + 1), words, console=Console(stderr=True)):
        for make, clock, busy in sides:
            arguments = make()
            before, begun = _busy_seconds(), time.perf_counter()
            environment = os.environ | {"PYTHONPATH": AS_INSTALLED}
            subprocess.run(arguments, check=True, capture_output=True, env=environment)
            if number:
                clock.append(time.perf_counter() - begun)
                busy.append(_busy_seconds() - before)
    return paired


def _busy_seconds() -> float:
    """Processor time of all processes that this one has started and waited for."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def at(root: DataRoot, *arguments: str) -> list[str]:
    """Our command on the data root, which processes begun from now on find."""
    os.environ[VARIABLE] = str(root.path)
    os.environ.pop("DAGSTER_HOME", None)
    return [COMMAND, *arguments]


def python(module: str, *arguments: str) -> list[str]:
    """The command that runs a module with this Python."""
    return [sys.executable, "-m", module, *arguments]


def keep(name: str, figures: Mapping[str, object]) -> Path:
    """Keep the figures as JSON, with what they depend on: the code, the machine, and what else it did."""
    KEPT.mkdir(exist_ok=True)
    context = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": code_version(),
        "processors": os.cpu_count(),
        "load_average": os.getloadavg(),
    }
    path = KEPT / f"{name.replace('-', '_')}.json"
    path.write_text(json.dumps({**figures, **context}, indent=2) + "\n", encoding="utf-8")
    return path
