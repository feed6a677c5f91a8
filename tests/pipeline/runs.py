"""Running the command line in this process, and runs that many tests only look at."""

import io
import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import asdict, dataclass
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from filelock import FileLock

from ledger.dialect import attached
from ledger.warehouse import read_published
from pipeline.command_line import main
from pipeline.instance import open_instance
from schemas.places import CHECKOUT, VARIABLE, DataRoot
from schemas.tables import TABLES
from tests.conftest import SAMPLE
from tests.pipeline.expected import SCHEMES
from tests.pipeline.ticks import DELIVERIES, PAYOUTS, Daemon, of


@dataclass(frozen=True)
class Told:
    """What a command said, and its exit status."""

    status: int
    out: str
    err: str


@dataclass(frozen=True)
class Ran:
    """A data root in which schemes were run, and what each run said; only to be looked at."""

    root: DataRoot
    told: dict[str, Told]

    def copied(self, parent: Path) -> DataRoot:
        """A copy of the data root that a test may change."""
        return copy_of(self.root, parent / "copied")


def copy_of(root: DataRoot, into: Path) -> DataRoot:
    """A copy of a data root, which other tests may read at that moment.

    Whoever reads Dagster's databases has files of SQLite's beside them, empty but for his reading, which go with him.
    """
    beside = shutil.ignore_patterns("*.db-wal", "*.db-shm")
    return DataRoot(Path(shutil.copytree(root.path, into, ignore=beside)))


def deliver_july_again(root: DataRoot) -> None:
    """July 2024 anew, with one more of Gotland's waiting within 30 days.

    Gotland's first visits then meet their requirement in July: 70 177 kronor more of December's round.
    """
    july = root.raw / "waiting_times" / "2024-07"
    first = (july / "2024-08-20.csv").read_text(encoding="utf-8")
    (july / "2025-06-01.csv").write_text(
        first.replace("09;first_visit;14;13;0;20;14", "09;first_visit;14;13;0;20;15"),
        encoding="utf-8",
    )


def command(root: DataRoot, *arguments: str) -> Told:
    """Run `bonuspott` as the console script does, on the data root."""
    out, err = io.StringIO(), io.StringIO()
    with environment(root) as patch, redirect_stdout(out), redirect_stderr(err):
        patch.setattr(sys, "argv", ["bonuspott", *arguments])
        with pytest.raises(SystemExit) as ended:
            main()
    status = ended.value.code
    # Python's own reading of what `sys.exit` is given: nothing is success, words are failure.
    return Told(
        status if isinstance(status, int) else int(status is not None),
        out.getvalue(),
        err.getvalue(),
    )


@contextmanager
def environment(root: DataRoot) -> Iterator[pytest.MonkeyPatch]:
    """The process as it is where BONUSPOTT_DATA names the root, and DAGSTER_HOME nothing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(VARIABLE, str(root.path))
        patch.delenv("DAGSTER_HOME", raising=False)
        yield patch


@contextmanager
def opened(root: DataRoot) -> Iterator[dg.DagsterInstance]:
    """The root's Dagster instance."""
    with environment(root), open_instance(root) as instance:
        yield instance


def published(root: DataRoot) -> dict[str, pl.DataFrame]:
    """Every table of the published warehouse but `audit.*`, in order of key."""
    # Kept open: the file is opened once, and not for each table.
    with attached(root.published):
        return {name: read_published(root, table) for name, table in TABLES.items()}


class Runs:
    """Runs on the sample deliveries, each made once for all tests and all of xdist's workers."""

    def __init__(self, folder: Path) -> None:
        """Keep the runs below the folder."""
        self.folder = folder

    def of(self, *schemes: str) -> Ran:
        """The schemes run one after another in a data root that was fresh before the first."""
        name = "+".join(schemes)
        root, told = DataRoot(self.folder / name), self.folder / f"{name}.json"
        with FileLock(self.folder / f"{name}.lock"):
            if not told.exists():
                *earlier, last = schemes
                said = {}
                if earlier:
                    before = self.of(*earlier)
                    copy_of(before.root, root.path)
                    said = {scheme: asdict(each) for scheme, each in before.told.items()}
                else:
                    shutil.copytree(SAMPLE, root.raw)
                ran = command(root, "run", last)
                assert ran.status == 0, ran.err  # or whoever looks at it later would wonder
                said[last] = asdict(ran)
                told.write_text(json.dumps(said), encoding="utf-8")
        read = json.loads(told.read_text(encoding="utf-8"))
        return Ran(root, {scheme: Told(**read[scheme]) for scheme in schemes})

    def all(self) -> Ran:
        """The schemes that the sample has deliveries of, run one after another."""
        return self.of(*SCHEMES)

    def settled(self) -> DataRoot:
        """All schemes run, and then whatever they have no need of read by the sensors: nothing is left to do."""
        root = DataRoot(self.folder / "settled" / "copied")
        with FileLock(self.folder / "settled.lock"):
            if not (root.path / "told").exists():
                self.all().copied(self.folder / "settled")
                with opened(root) as instance:
                    read = Daemon(instance, of(*SCHEMES)).settle(DELIVERIES, PAYOUTS)
                (root.path / "told").write_text("\n".join(read), encoding="utf-8")
        return root

    def decided(self) -> DataRoot:
        """`access-2024` run, and both its payouts decided, as `docs/officers.md` has it typed."""
        root = DataRoot(self.folder / "decided" / "copied")
        with FileLock(self.folder / "decided.lock"):
            if not (root.path / "told").exists():
                root = self.of("access-2024").copied(self.folder / "decided")
                walk = (CHECKOUT / "docs" / "officers.md").read_text(encoding="utf-8").splitlines()
                lines = [each for each in walk if each.startswith("bonuspott decide ")]
                decided = [command(root, *shlex.split(line)[1:]) for line in lines]
                assert {told.status for told in decided} == {0}, decided
                (root.path / "told").write_text(decided[-1].err, encoding="utf-8")
        return root

    def redelivered(self) -> DataRoot:
        """What is decided, run once more: July came again."""
        root = DataRoot(self.folder / "redelivered" / "copied")
        with FileLock(self.folder / "redelivered.lock"):
            if not (root.path / "told").exists():
                (copy_of(self.decided(), root.path).path / "told").unlink()
                deliver_july_again(root)
                told = command(root, "run", "access-2024")
                assert told.status == 0, told.err
                (root.path / "told").write_text(told.err, encoding="utf-8")
        return root

    def elsewhere(self, scheme: str) -> DataRoot:
        """The scheme run by another process: other hashes of texts, other threads beside each other."""
        root = DataRoot(self.folder / f"{scheme}-elsewhere")
        seed = "2" if os.environ.get("PYTHONHASHSEED") == "1" else "1"
        with FileLock(self.folder / f"{scheme}-elsewhere.lock"):
            if not root.published.exists():
                shutil.copytree(SAMPLE, root.raw, dirs_exist_ok=True)
                environment = os.environ | {VARIABLE: str(root.path), "PYTHONHASHSEED": seed}
                environment["POLARS_MAX_THREADS"] = "3"
                environment.pop("DAGSTER_HOME", None)
                program = "from pipeline.command_line import main; main()"
                subprocess.run(
                    [sys.executable, "-c", program, "run", scheme],
                    check=True,
                    capture_output=True,
                    env=environment,
                    cwd=CHECKOUT,
                )
        return root
