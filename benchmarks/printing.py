"""Commands that only print, against a Python process that imports what they need and prints a table."""

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.paired import COMMAND, Paired, at, python, run_paired
from schemas.places import CHECKOUT, DataRoot

SCHEME = "bup-2025"
AIM = 2.0


def payouts() -> Paired:
    """`bonuspott payouts`, of a scheme that was computed."""
    with tempfile.TemporaryDirectory() as scratch:
        root = DataRoot(Path(scratch))
        shutil.copytree(CHECKOUT / "data" / "raw", root.raw)
        subprocess.run(at(root, "run", SCHEME), check=True, capture_output=True)
        return _paired("payouts", SCHEME)


def usage() -> Paired:
    """`bonuspott --help`."""
    return _paired("--help")


def _paired(*arguments: str) -> Paired:
    return run_paired(
        lambda: [COMMAND, *arguments],
        lambda: python("benchmarks.printed_table"),
        f"bonuspott {arguments[0]}",
    )
