"""`make distributed`: the years on the national set-up, with a worker and connections killed on the way.

2024 and 2025 are computed once in the embedded default, and once by Celery's workers on Postgres,
Redis and DuckLake. In the middle one worker is killed with -9 and replaced, and every connection to
Postgres is ended once. At the end every month must be there once, and equal by its fingerprint.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from shutil import copytree
from unittest.mock import patch

import dagster as dg

from deploy.loopback.backfill import hand_in, succeeded, unfinished, wait, waves
from deploy.loopback.installation import Installation, installation
from deploy.loopback.servers import wait_until
from ledger.audit.walk import audit
from ledger.engines import SETTING
from ledger.ledger import Ledger
from ledger.warehouse import read_published
from schemas.payouts import Payouts
from schemas.places import CHECKOUT, VARIABLE, DataRoot, Place

SCHEMES = ("access-2024", "bup-2025", "surgery-2025")
WAVE_SECONDS = 900.0


@dataclass(frozen=True)
class Proof:
    """What came of it.

    Attributes:
        expected: months that the embedded run recorded.
        missing: those that the distributed ledger lacks.
        differing: those whose fingerprints differ.
        surplus: those that only the distributed ledger has.
        recorded_again: records of a month that has a later one: steps done again.
        failed: runs that did not succeed, nor did a run that began them anew.
        begun_anew: runs that Dagster began anew.
        handed_in_again: runs that were handed in once more after they had failed.
        findings: what an audit of the distributed ledger found, and one of the embedded did not (as
            that deliveries lie there which no scheme needs).
        payouts_agree: whether both published warehouses hold the same payouts.
    """

    expected: int
    missing: list[Place]
    differing: list[Place]
    surplus: list[Place]
    recorded_again: int
    failed: list[str]
    begun_anew: int
    handed_in_again: int
    findings: list[str]
    payouts_agree: bool

    @property
    def holds(self) -> bool:
        """Whether every month is there, once and equal, and nothing else."""
        wrong = (self.missing, self.differing, self.surplus, self.failed, self.findings)
        return self.expected > 0 and self.payouts_agree and not any(wrong)


def prove(folder: Path, say: Callable[[str], None], schemes: Sequence[str] = SCHEMES) -> Proof:
    """Do all of it in a folder, for some schemes; logs stay there.

    Raises:
        ServerMissingError: if Postgres or Redis is not installed.
        TimeoutError: if something does not start, or a wave does not end, in time.
    """
    embedded, distributed = DataRoot(folder / "embedded"), DataRoot(folder / "distributed")
    for root in (embedded, distributed):
        copytree(CHECKOUT / "data" / "raw", root.raw)
    say(f"computing {', '.join(schemes)} in the embedded default")
    _run_embedded(embedded, schemes)
    expected = _fingerprints(Ledger(embedded.ledger))
    with patch.dict(os.environ, {SETTING: ""}):
        known = _audited(embedded)
    say("starting Postgres, Redis, storage, code server, webserver, daemon and two workers")
    with (
        installation(folder, distributed.path, workers=2) as made,
        patch.dict(os.environ, dict(made.environment)),
    ):
        say(f"the ledger's files lie in {made.files}")
        with dg.DagsterInstance.get() as instance:
            ids, handed_in_again = _backfill(made, instance, list(expected), say)
            again = [run for run in instance.get_runs() if run.parent_run_id]
            failed = [run for run, done in succeeded(instance, ids).items() if not done]
        ledger = Ledger.of(distributed)
        found = _fingerprints(ledger)
        records = len(ledger.records())
        return Proof(
            expected=len(expected),
            missing=sorted(expected.keys() - found.keys()),
            differing=sorted(
                key for key in expected.keys() & found.keys() if expected[key] != found[key]
            ),
            surplus=sorted(found.keys() - expected.keys()),
            recorded_again=records - len(found),
            failed=failed,
            begun_anew=len(again),
            handed_in_again=handed_in_again,
            findings=sorted(_audited(distributed) - known),
            payouts_agree=read_published(embedded, Payouts).equals(
                read_published(distributed, Payouts)
            ),
        )


def _audited(root: DataRoot) -> set[str]:
    """What an audit finds wrong, in words; a witness that lies elsewhere is none of it."""
    found = audit(root, [], lambda *_: None).findings
    return {f"{each.what}: {each.where}" for each in found if each.weight != "not at hand"}


def _run_embedded(root: DataRoot, schemes: Sequence[str]) -> None:
    environment = {**os.environ, VARIABLE: str(root.path), SETTING: ""}
    environment.pop("DAGSTER_HOME", None)
    command = Path(sys.executable).with_name("bonuspott")
    for scheme in schemes:
        subprocess.run([command, "run", scheme], check=True, env=environment, capture_output=True)


def _backfill(
    made: Installation,
    instance: dg.DagsterInstance,
    months: list[Place],
    say: Callable[[str], None],
) -> tuple[list[str], int]:
    """Hand in every wave; the runs that count in the end, and how many had to be handed in again."""
    ids: list[str] = []
    repeated = 0
    planned = [runs for runs in waves(months) if runs]
    for number, runs in enumerate(planned):
        say(f"wave {number + 1}: {len(runs)} runs")
        begun = time.monotonic()
        ids += hand_in(made.webserver, runs)
        handed = ids[-len(runs) :]
        if runs is max(planned, key=len):
            _break_things(made, instance, handed, say)
        wait(instance, WAVE_SECONDS)
        done = succeeded(instance, handed)
        again = [run for run, each in zip(runs, handed, strict=True) if not done[each]]
        if again:
            # Dagster begins anew what its own parts lost, but not a step that failed, and not always
            # a run that was lost while its connections broke: then somebody clicks.
            repeated += len(again)
            say(f"{len(again)} runs are handed in once more, as a person would")
            ids = [each for each in ids if done.get(each, True)] + hand_in(made.webserver, again)
            wait(instance, WAVE_SECONDS)
        say(f"wave {number + 1} took {time.monotonic() - begun:.0f} s")
    return ids, repeated


def _break_things(
    made: Installation, instance: dg.DagsterInstance, ids: list[str], say: Callable[[str], None]
) -> None:
    """Kill a worker when a third of the runs is done, and Postgres's connections at two thirds."""

    def done() -> int:
        return len(ids) - len([run for run in unfinished(instance) if run.run_id in ids])

    until = partial(wait_until, "the runs did not go on", seconds=WAVE_SECONDS, pause=0.5)
    until(lambda: done() >= len(ids) / 3)
    made.kill("worker-1")
    say(f"after {done()} of {len(ids)} runs: worker-1 killed with -9; worker-3 takes its place")
    made.start_worker("worker-3")
    until(lambda: done() >= 2 * len(ids) / 3)
    # At a moment at which a worker writes to the ledger, or at least reads it.
    in_ledger = "SELECT 1 FROM pg_stat_activity WHERE datname = 'ledger'"
    until(lambda: bool(made.cluster.execute(in_ledger)))
    ended = made.cluster.end_connections()
    say(f"after {done()} of {len(ids)} runs: {ended} connections to Postgres ended")


def _fingerprints(ledger: Ledger) -> Mapping[Place, str]:
    """The fingerprint of every current month.

    Raises:
        AssertionError: if a month is current twice.
    """
    current = ledger.current()
    found = {each.place: each.fingerprint for each in current}
    if len(found) < len(current):
        raise AssertionError("a month is current twice")
    return found


def main() -> None:
    """Prove it in a scratch folder, or in the one named, where logs then stay; 1 if it does not hold."""
    kept = Path(sys.argv[1]).resolve() if sys.argv[1:] else None
    if kept:
        kept.mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        begun = time.monotonic()
        proof = prove(kept or Path(scratch), lambda words: _say(begun, words))
    for name, value in vars(proof).items():
        print(f"{name.replace('_', ' ')}: {value}")
    print("every month is there once, and equal" if proof.holds else "NOT PROVED")
    sys.exit(0 if proof.holds else 1)


def _say(begun: float, words: str) -> None:
    print(f"{time.monotonic() - begun:6.0f} s  {words}", flush=True)


if __name__ == "__main__":
    main()
