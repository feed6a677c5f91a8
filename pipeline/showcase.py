"""`make run`: compute the schemes named, one after the other, and say what comes out."""

import subprocess
import sys
from pathlib import Path

from deliveries.finding import origin
from pipeline.commands.check import (
    compared_with,
    headline,
    not_as_published,
    reconcile_published,
    reconciliation_table,
)
from pipeline.rendering import results, terminal_table
from rules.loading import load_schemes
from schemas.deliveries import DATASETS
from schemas.places import DataRoot

COMMAND = Path(sys.executable).with_name("bonuspott")


def showcase(names: list[str]) -> int:
    """Run the schemes and print how their published figures come out; the exit status."""
    failed = [name for name in names if not _ran(name)]
    root, console, schemes = DataRoot.from_environment(), results(), load_schemes()
    lines = []
    for name in names:
        outcomes = reconcile_published(schemes[name], root)
        status = compared_with(schemes[name], root)
        table = reconciliation_table(schemes[name], outcomes, status)
        console.print(terminal_table(table))
        lines.append(headline(schemes[name], outcomes))
        if not_as_published(outcomes):
            failed.append(name)
    for dataset in DATASETS:
        console.print(f"{dataset}: {origin(root, dataset)}", markup=False)
    console.print(f"Published for analysts: {root.published}", markup=False)
    for line in lines:
        console.print(line, markup=False)
    return 1 if failed else 0


def _ran(name: str) -> bool:
    return subprocess.run([COMMAND, "run", name], check=False).returncode == 0  # noqa: S603 - ours


if __name__ == "__main__":
    sys.exit(showcase(sys.argv[1:]))
