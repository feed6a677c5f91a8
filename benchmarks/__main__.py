"""`python -m benchmarks [NAME …]`: measure, print tables and plots, and keep the figures as JSON.

Names: cold-year, one-month, payouts, help, month, publishing, schemes, regions; all of them if
none is given.
`python -m benchmarks.records` measures the counting of records.
"""

import argparse
import statistics
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks import against_dagster, growth, history, printing
from benchmarks.paired import KEPT, Paired, keep

WIDTH = 120
BAR = 60
"""Characters of the longest bar."""


@dataclass(frozen=True)
class Benchmark:
    """What is measured, against what, and the ratio aimed at, if there is an aim."""

    words: str
    measure: Callable[[], Paired]
    aim: float | None = None


def benchmarks(stack: ExitStack) -> Mapping[str, Benchmark]:
    """Every benchmark by name; what two of them share is prepared once, by whichever comes first."""
    shared: list[history.Histories] = []

    def prepared() -> history.Histories:
        if not shared:
            shared.append(stack.enter_context(history.histories()))
        return shared[0]

    years = f"after {history.MANY} years of history, against {history.FEW}"
    return {
        "cold-year": Benchmark(
            f"{against_dagster.SCHEME}, cold, against as many empty materialisations and checks",
            against_dagster.cold_year,
            against_dagster.YEAR_AIM,
        ),
        "one-month": Benchmark(
            "a month that was just delivered, against as many empty materialisations and checks",
            against_dagster.one_month,
            against_dagster.MONTH_AIM,
        ),
        "payouts": Benchmark(
            "bonuspott payouts, against importing DuckDB, Polars and rich and printing a table",
            printing.payouts,
            printing.AIM,
        ),
        "help": Benchmark("bonuspott --help, against the same", printing.usage, printing.AIM),
        "month": Benchmark(
            f"a month's run {years}", lambda: history.month_run(prepared()), history.MONTH_AIM
        ),
        "publishing": Benchmark(f"publishing {years}", lambda: history.publication(prepared())),
        "schemes": Benchmark(
            f"{growth.MANY_SCHEMES} schemes, against {growth.FEW_SCHEMES}", growth.schemes
        ),
        "regions": Benchmark(
            f"{growth.MANY_REGIONS} regions, against {growth.FEW_REGIONS}", growth.regions
        ),
    }


def main() -> None:
    """Measure what is asked for, and say each ratio."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    with ExitStack() as stack:
        known = benchmarks(stack)
        parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(known))
        names = parser.parse_args().names or list(known)
        if unknown := sorted(set(names) - known.keys()):
            parser.error(f"no benchmark is called {', '.join(unknown)}")
        measured = {}
        for name in names:
            measured[name] = known[name].measure()
            keep(name, figures(known[name], measured[name]))
    console = Console(width=WIDTH)
    console.print(table(known, measured))
    for line in plot(known, measured):
        console.print(line, markup=False, highlight=False)
    console.print(f"kept in {KEPT.name}/, a file a benchmark")


def table(known: Mapping[str, Benchmark], measured: Mapping[str, Paired]) -> Table:
    """Seconds of both sides, and the ratio beside its aim; `Busy` is that of processor time."""
    shown = Table(title="Seconds and ratio, medians of five paired runs")
    for name in ("What", "Seconds", "Against", "Ratio", "Lowest", "Highest", "Busy", "Aim"):
        shown.add_column(name, justify="left" if name == "What" else "right")
    for name, paired in measured.items():
        aim = known[name].aim
        shown.add_row(
            known[name].words,
            f"{statistics.median(paired.ours):.2f}",
            f"{statistics.median(paired.floor):.2f}",
            f"{paired.ratio:.2f}",
            f"{min(paired.ratios):.2f}",
            f"{max(paired.ratios):.2f}",
            "" if paired.busy_ratio is None else f"{paired.busy_ratio:.2f}",
            "" if aim is None else f"{aim:.2f} or less",
        )
    return shown


def plot(known: Mapping[str, Benchmark], measured: Mapping[str, Paired]) -> Sequence[str]:
    """A line a pair: its ratio as a bar, all on one scale; `|` marks the aim."""
    longest = max(ratio for paired in measured.values() for ratio in paired.ratios)
    lines = []
    for name, paired in measured.items():
        lines.append(f"{name}: {known[name].words}")
        aim = known[name].aim
        for ratio in paired.ratios:
            bar = list("█" * max(1, round(BAR * ratio / longest)) + " " * BAR)[: BAR + 1]
            if aim is not None and aim <= longest:
                bar[round(BAR * aim / longest)] = "|"
            lines.append(f"  {''.join(bar)} {ratio:.2f}")
    return lines


def figures(benchmark: Benchmark, paired: Paired) -> Mapping[str, object]:
    """What is kept of a benchmark."""
    return {
        "what": benchmark.words,
        "aim": benchmark.aim,
        "ratio": round(paired.ratio, 3),
        "seconds": paired.ours,
        "against": paired.floor,
        "busy_ratio": paired.busy_ratio and round(paired.busy_ratio, 3),
        "busy_seconds": paired.ours_busy,
        "busy_against": paired.floor_busy,
    }


if __name__ == "__main__":
    main()
