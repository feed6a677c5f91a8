"""Commands of ours, against Dagster recording as many empty materialisations and checks.

A scheme-year is started cold, in a brand-new instance and ledger. One month is delivered anew to a
data root in which the months before it were computed; Dagster's floor then has them too.
"""

import shutil
import subprocess
import tempfile
from pathlib import Path

from benchmarks.empty_assets import recorded_runs, write_runs
from benchmarks.paired import Paired, at, python, run_paired
from schemas.places import CHECKOUT, DataRoot

SCHEME = "bup-2025"
YEAR_AIM = 1.5
MONTH, MONTH_BEFORE = "2025-10", "2025-09"
MONTH_AIM = 1.5


def cold_year() -> Paired:
    """Five pairs, each in folders of its own."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        root = DataRoot(folder)

        def ours() -> list[str]:
            nonlocal root
            root = _copied(DataRoot(CHECKOUT / "data").raw, folder, "raw")
            return at(root, "run", SCHEME)

        return run_paired(
            ours,
            lambda: _floor(root, Path(tempfile.mkdtemp(dir=folder)), after=0),
            "a scheme-year, cold",
        )


def one_month() -> Paired:
    """Five pairs, each in a copy of the data root, and of the floor's instance."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        base = _copied(DataRoot(CHECKOUT / "data").raw, folder, "raw")
        delivered = base.raw / "waiting_times" / MONTH
        delivered.rename(base.path / "delivered")
        before = at(base, "run", SCHEME, "--to", MONTH_BEFORE)
        subprocess.run(before, check=True, capture_output=True)
        (base.path / "delivered").rename(delivered)
        number = len(recorded_runs(base.dagster_home))
        floor = folder / "floor"
        floor.mkdir()
        subprocess.run(_floor(base, floor, after=0), check=True, capture_output=True)
        root = base

        def ours() -> list[str]:
            nonlocal root
            root = _copied(base.path, folder)
            return at(root, "run", SCHEME, "--from", MONTH, "--to", MONTH)

        return run_paired(
            ours, lambda: _floor(root, _copied(floor, folder).path, after=number), "one month"
        )


def _copied(source: Path, folder: Path, name: str = "") -> DataRoot:
    """A new data root in the folder: a copy of the source, or one with a copy under the name."""
    root = DataRoot(Path(tempfile.mkdtemp(dir=folder)))
    shutil.copytree(source, root.path / name, dirs_exist_ok=True)
    return root


def _floor(root: DataRoot, folder: Path, after: int) -> list[str]:
    """The floor of the runs made in the data root, but for so many of the first."""
    runs = folder / "runs.json"
    write_runs(recorded_runs(root.dagster_home, after), runs)
    return python("benchmarks.empty_assets", str(folder), str(runs))
