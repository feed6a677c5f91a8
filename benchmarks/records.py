"""Records counted: ours beside merely reading the columns, and the same count in DuckDB.

`python -m benchmarks.records [--rows N …]` makes up records in a scratch folder, as Parquet and as
CSV, and runs each way as a process of its own, all ways in turn. Seconds leave out Python's start
and imports.
"""

import argparse
import json
import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.paired import keep, python
from benchmarks.records_ways import FLOOR, OURS, WAYS, make_files

ROWS = (1_000_000, 10_000_000, 50_000_000)
MANY = 20_000_000
"""Rows from which three repetitions do."""


@dataclass(frozen=True)
class Measured:
    """One way of reading one file, repeated.

    Attributes:
        kind: `parquet` or `csv`.
        rows: how many records the file has.
        way: what was done.
        seconds: of each repetition, in order.
        peak_mb: the most memory that the process held, of all repetitions.
    """

    kind: str
    rows: int
    way: str
    seconds: list[float]
    peak_mb: int


def measure(rows: Sequence[int]) -> list[Measured]:
    """Every way, for Parquet and CSV with as many records; the ways take turns, after one that does not count.

    Raises:
        subprocess.CalledProcessError: if a way fails.
    """
    found = []
    for number in rows:
        with tempfile.TemporaryDirectory() as scratch:
            for kind, path in make_files(Path(scratch), number).items():
                found += _measured(kind, path, number)
    return found


def _measured(kind: str, path: Path, rows: int) -> list[Measured]:
    seconds: dict[str, list[float]] = {way: [] for way in WAYS[kind]}
    peaks = dict.fromkeys(seconds, 0)
    repetitions = 3 if rows > MANY else 5
    words = f"{rows:,} records, {kind}"
    for number in track(range(repetitions + 1), words, console=Console(stderr=True)):
        for way, taken in seconds.items():
            command = python("benchmarks.records_ways", kind, way, str(path))
            done = subprocess.run(command, check=True, capture_output=True, text=True)
            told = json.loads(done.stdout)
            if number:
                taken.append(told["seconds"])
                peaks[way] = max(peaks[way], told["peak_mb"])
    return [Measured(kind, rows, way, seconds[way], peaks[way]) for way in seconds]


def table(found: Sequence[Measured]) -> Table:
    """The figures as a table; speed beside the floor is the median of the ratios, turn by turn."""
    shown = Table(title="Records counted, median of the repetitions")
    for name in ("Records", "File", "Way", "Seconds", "Million/s", "Speed by floor", "Peak MB"):
        shown.add_column(name, justify="left" if name in {"File", "Way"} else "right")
    for each in found:
        middle = statistics.median(each.seconds)
        ratio = speed_by_floor(each, found)
        figures = (f"{middle:.2f}", f"{each.rows / middle / 1e6:.1f}", f"{ratio:.2f}")
        shown.add_row(f"{each.rows:,}", each.kind, each.way, *figures, str(each.peak_mb))
    return shown


def speed_by_floor(each: Measured, found: Sequence[Measured]) -> float:
    """How fast a way is beside the floor for the same file: 1 is as fast, 0.5 half as fast."""
    [floor] = [
        other
        for other in found
        if (other.kind, other.rows, other.way) == (each.kind, each.rows, FLOOR[each.kind])
    ]
    return statistics.median(a / b for a, b in zip(floor.seconds, each.seconds, strict=True))


def main() -> None:
    """Measure, print the table, and keep the figures as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=ROWS, metavar="N")
    found = measure(parser.parse_args().rows)
    Console(width=140).print(table(found))
    figures = {
        "floor": FLOOR,
        "ours_by_floor": {
            f"{each.kind} {each.rows}": round(speed_by_floor(each, found), 3)
            for each in found
            if each.way == OURS
        },
        "measured": [asdict(each) for each in found],
    }
    Console(width=140).print(f"kept in {keep('records', figures)}")


if __name__ == "__main__":
    main()
