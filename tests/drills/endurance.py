"""Commands that write, each ended with kill -9 at a random moment, beside readers and an auditor.

`python -m tests.drills.endurance [KILLS [SEED]]`, or `make endurance`: a thousand by default, which takes hours; the slow
suite has a few. After each kill nothing is lost that was said to be done, nothing is half there, and whatever comes next works.
"""

import argparse
import json
import random
import re
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from assets.warehouse import publish_all
from ledger.ledger import Ledger
from schemas.decisions import Decided, Settlements
from schemas.places import DataRoot
from tests.conftest import SAMPLE
from tests.deliveries.processes import started
from tests.drills.processes import Program, begun, bonuspott
from tests.drills.wholeness import (
    Records,
    assert_acknowledged,
    assert_all_told,
    assert_rows_are_those_recorded,
    whole_chain,
    whole_publication,
)
from tests.pipeline.runs import command

SCHEME, MONTH = "surgery-2025", date(2025, 12, 1)
OF_MONTH = (SCHEME, "2025-12")
BY = ("--by", "a drill", "--reference", "made up")
REASON = ("--reason", "entered wrongly")


def publish() -> None:
    """Publish the warehouse, and nothing else."""
    publish_all(DataRoot.from_environment())


COMMANDS: dict[str, tuple[Program, tuple[str, ...]]] = {
    "run": (bonuspott, ("run", SCHEME)),
    "decide": (bonuspott, ("decide", *OF_MONTH, *BY)),
    "settle": (bonuspott, ("settle", *OF_MONTH, "--in", "2026-12", *BY)),
    "revoke the settlement": (
        bonuspott,
        ("revoke", *OF_MONTH, "--in", "2026-12", *BY, *REASON),
    ),
    "revoke": (bonuspott, ("revoke", *OF_MONTH, *BY, *REASON)),
    "publish": (publish, ()),
}
ENTERED = re.compile(r"Record (\d+), ([0-9a-f]{64})")
"""What a command says once its entry is recorded."""

DONE = (0, 3)
"""How a command ends that did its work; 3 where what was entered could not be computed yet."""

A_ROOT = 40
"""Kills before a new data root is begun: an audit's time grows with the ledger."""


@dataclass
class Endured:
    """What was done, and what came of it."""

    kills: Counter[str] = field(default_factory=Counter)
    through: Counter[str] = field(default_factory=Counter)
    looks: Counter[str] = field(default_factory=Counter)
    records: int = 0


class Drill:
    """A data root, and what was seen of it so far."""

    def __init__(self, root: DataRoot, drawn: random.Random, endured: Endured) -> None:
        """Begin with a run that nobody kills."""
        self.root, self.drawn, self.endured = root, drawn, endured
        self.found = Records()
        self.day = date(2026, 1, 1)
        self.seconds = dict.fromkeys(COMMANDS, 0.0)
        shutil.copytree(SAMPLE, root.raw)
        self.run_to_its_end()

    def run_to_its_end(self) -> None:
        """Nobody is locked out: a run computes and publishes all, and Dagster knows of it."""
        begin = time.monotonic()
        rerun = command(self.root, "run", SCHEME)
        assert rerun.status == 0, rerun.err
        self.seconds = {
            name: known or time.monotonic() - begin for name, known in self.seconds.items()
        }
        self.look()
        assert_acknowledged(self.root, self.found)
        assert_all_told(self.root)

    def look(self) -> None:
        """Nothing is lost, and nothing half there; the auditor beside looks at the rows of earlier records again."""
        before, self.found = self.found, whole_chain(self.root, self.found)
        assert_rows_are_those_recorded(self.root, self.found, self.found[len(before) :])
        whole_publication(self.root)

    def redeliver(self) -> None:
        """July again, under a later day, with another count."""
        self.day += timedelta(days=1)
        folder = self.root.raw / "surgeries" / "2025-07"
        lines = min(folder.iterdir()).read_text(encoding="utf-8").splitlines()
        *cells, _ = lines[1].split(";")
        changed = ";".join([*cells, str(self.drawn.randrange(100, 900))])
        content = "\n".join([lines[0], changed, *lines[2:], ""])
        (folder / f"{self.day}.csv").write_text(content, encoding="utf-8")

    def drawn_command(self) -> str:
        """A command that has something to do, most of the time."""
        ledger = Ledger(self.root.ledger)
        if self.drawn.random() < 0.5:
            if self.drawn.random() < 0.6:
                self.redeliver()
            return self.drawn.choice(["run", "run", "publish"])
        if ledger.read(Decided, SCHEME, [MONTH]).rows.is_empty():
            return "decide"
        if ledger.read(Settlements, SCHEME, [MONTH]).rows.is_empty():
            return self.drawn.choice(["settle", "settle", "revoke"])
        return "revoke the settlement"

    def kill_one(self) -> None:
        """Draw commands until one is killed at work; whatever it said it had entered is there."""
        while True:
            name = self.drawn_command()
            program, words = COMMANDS[name]
            begin = time.monotonic()
            with begun(self.root, program, *words) as process:
                if process.ended(self.seconds[name] * self.drawn.random()) in DONE:
                    # A refusal is sooner there; of it a kill would learn nothing more.
                    self.seconds[name] = time.monotonic() - begin
                at_work = process.kill()
                said = process.said()
            (self.endured.kills if at_work else self.endured.through)[name] += 1
            assert "Traceback" not in said, said
            self.look()
            recorded = {(each.number, each.fingerprint) for each in self.found}
            entered = {(int(number), print_) for number, print_ in ENTERED.findall(said)}
            assert entered <= recorded, said
            if at_work:
                return


@contextmanager
def watched(root: DataRoot, endured: Endured) -> Iterator[None]:
    """Readers and an auditor beside; what they saw was whole."""
    with started("-m", "tests.drills.watching", str(root.path)) as watcher:
        yield
        said, _ = watcher.communicate(timeout=600)
    assert watcher.returncode == 0, said
    endured.looks.update(json.loads(said))


def endure(
    folder: Path, kills: int, seed: int, tell: Callable[[str], object] = lambda _: None
) -> Endured:
    """Kill commands that many times, on a data root after the other below the folder; what was done."""
    drawn, endured = random.Random(seed), Endured()  # noqa: S311 - to be repeated, not to be secret
    for number, first in enumerate(range(0, kills, A_ROOT)):
        drill = Drill(DataRoot(folder / str(number)), drawn, endured)
        with watched(drill.root, endured):
            for done in range(first, min(first + A_ROOT, kills)):
                drill.kill_one()
                if done % 5 == 4:
                    drill.run_to_its_end()
                    tell(f"{done + 1} of {kills}: {endured}")
            drill.run_to_its_end()
        for words in (("verify", SCHEME), ("audit",)):
            told = command(drill.root, *words)
            assert told.status == 0, told.out
        endured.records += len(drill.found)
        tell(f"data root {number + 1} is whole: {endured}")
        shutil.rmtree(drill.root.path)
    return endured


def say(words: str) -> None:
    """Tell whoever waits how far it is."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", nargs="?", type=int, default=1000)
    parser.add_argument("seed", nargs="?", type=int, default=1)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="bonuspott-") as kept:
        endure(Path(kept), given.kills, given.seed, say)
