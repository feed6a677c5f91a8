"""A scheme-year, started cold, against Dagster recording as many empty materialisations."""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from benchmarks.paired import Paired, python, run_paired
from schemas.places import CHECKOUT, VARIABLE

SCHEME = "bup-2025"
AIM = 1.5


def measure() -> Paired:
    """Five pairs, each in folders of its own, from a brand-new instance and ledger."""
    with tempfile.TemporaryDirectory() as scratch:
        return run_paired(
            lambda: _ours(Path(scratch)),
            lambda: python("benchmarks.empty_assets", tempfile.mkdtemp(dir=scratch)),
            "a scheme-year, cold",
        )


def _ours(scratch: Path) -> list[str]:
    root = Path(tempfile.mkdtemp(dir=scratch))
    shutil.copytree(CHECKOUT / "data" / "raw", root / "raw")
    os.environ[VARIABLE] = str(root)
    os.environ.pop("DAGSTER_HOME", None)
    return [str(Path(sys.executable).with_name("bonuspott")), "run", SCHEME]
