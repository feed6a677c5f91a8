"""`python -m benchmarks`: measure, print a table, and keep the figures as JSON."""

import json
import statistics
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks import cold_year
from storage.version import code_version

KEPT = Path(__file__).with_name("results")


def main() -> None:
    """Measure a cold scheme-year, and say what ratio it has to Dagster's floor."""
    paired = cold_year.measure()
    table = Table(title="Seconds, median of five paired runs")
    for name in ("What", "Ours", "Floor", "Ratio", "Aim"):
        table.add_column(name, justify="left" if name == "What" else "right")
    table.add_row(
        f"{cold_year.SCHEME}, cold, against as many empty materialisations",
        f"{statistics.median(paired.ours):.2f}",
        f"{statistics.median(paired.floor):.2f}",
        f"{paired.ratio:.2f}",
        f"{cold_year.AIM:.2f} or less",
    )
    Console(width=120).print(table)
    KEPT.mkdir(exist_ok=True)
    figures = {
        "measured_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "code_version": code_version(),
        "cold_year": {"ours": paired.ours, "floor": paired.floor, "ratio": paired.ratio},
    }
    path = KEPT / "cold_year.json"
    path.write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    Console(width=120).print(
        f"kept in {path.relative_to(Path.cwd())}"
        if path.is_relative_to(Path.cwd())
        else f"kept in {path}"
    )


if __name__ == "__main__":
    main()
