"""Work after twenty made-up years of history in the ledger, against the same work after one.

The sample deliveries are computed once; then what a year of them left in the ledger is recorded
again under earlier months and under names of made-up schemes, before Dagster's months begin. Dagster's own
records stay those of the sample deliveries.
"""

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl
from rich.console import Console

from benchmarks.paired import Paired, at, python, run_paired
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.version import code_version
from schemas.months import add_months
from schemas.places import CHECKOUT, DataRoot
from schemas.records import Record
from schemas.tables import TABLES

SCHEMES = ("access-2024", "bup-2025", "surgery-2025")
SCHEME, MONTH = "bup-2025", "2025-11"
MANY, FEW = 20, 1
FIRST_YEAR = 2022
"""The first year whose months Dagster knows."""

MODEL_YEAR = 2025
"""The year whose records are repeated as each year before."""

MONTH_AIM = 1.2


@dataclass(frozen=True)
class Histories:
    """Two data roots that differ in how many made-up years their ledgers hold."""

    many: DataRoot
    few: DataRoot


@contextmanager
def histories() -> Iterator[Histories]:
    """Both data roots, in a scratch folder."""
    with tempfile.TemporaryDirectory() as scratch:
        base = DataRoot(Path(scratch) / "base")
        shutil.copytree(CHECKOUT / "data" / "raw", base.raw)
        console = Console(stderr=True)
        for scheme in SCHEMES:
            console.print(f"preparing: {scheme}")
            subprocess.run(at(base, "run", scheme), check=True, capture_output=True)
        roots = []
        for years in (MANY, FEW):
            console.print(f"preparing: {years} made-up years")
            root = DataRoot(Path(scratch) / f"years-{years}")
            shutil.copytree(base.path, root.path)
            add_years(Ledger(root.ledger), years)
            roots.append(root)
        yield Histories(*roots)


def add_years(ledger: Ledger, years: int) -> None:
    """Record as many years before Dagster's months begin, each like the model year.

    They stand under a run that succeeded: else every start would look for events that were lost.
    """
    current = [each for each in ledger.current() if each.month.year == MODEL_YEAR]
    rows = [ledger.read(TABLES[each.table], each.scheme, [each.month]).rows for each in current]
    for year in range(FIRST_YEAR - years, FIRST_YEAR):
        entries = [
            _earlier(record, found, year) for record, found in zip(current, rows, strict=True)
        ]
        ledger.append(entries, run_id=current[0].run, code_version=code_version())


def _earlier(record: Record, rows: pl.DataFrame, year: int) -> Entry:
    """The same record in an earlier year, under a made-up scheme's name."""
    months = 12 * (year - MODEL_YEAR)
    name = f"{record.scheme}-like-{year}" if record.scheme else ""
    moved = rows.with_columns(
        pl.col(column).dt.offset_by(f"{months}mo")
        for column, kind in rows.schema.items()
        if kind == pl.Date
    )
    if name:
        moved = moved.with_columns(scheme=pl.lit(name))
    return Entry(TABLES[record.table], name, add_months(record.month, months), moved)


def month_run(made: Histories) -> Paired:
    """A month's run, in a copy of each data root, from the command to the published warehouse."""
    command = ("run", SCHEME, "--from", MONTH, "--to", MONTH)
    return _paired(made, "a month's run", lambda root: at(root, *command))


def publication(made: Histories) -> Paired:
    """Making the published warehouse anew, in a process of its own."""
    return _paired(
        made, "publishing the warehouse", lambda root: python("benchmarks.publish", str(root.path))
    )


def _paired(made: Histories, words: str, command: Callable[[DataRoot], list[str]]) -> Paired:
    with tempfile.TemporaryDirectory() as scratch:

        def of(root: DataRoot) -> list[str]:
            copy = DataRoot(Path(tempfile.mkdtemp(dir=scratch)) / "data")
            shutil.copytree(root.path, copy.path)
            return command(copy)

        return run_paired(lambda: of(made.many), lambda: of(made.few), words)
