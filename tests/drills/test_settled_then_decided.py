"""A settlement whose process is ended before it recomputes: no decision passes it over, and nothing is wedged."""

from datetime import date
from pathlib import Path

import pytest

from ledger.ledger import Ledger
from pipeline.decisions import Authority, settle
from rules.loading import load_schemes
from tests.pipeline.runs import Runs, command

SCHEME = load_schemes()["access-2024"]
BY = ("--by", "a drill", "--reference", "made up")


@pytest.mark.slow
def test_a_payout_that_does_not_know_of_a_settlement(runs: Runs, tmp_path: Path) -> None:
    """It is not decided: the run that was cut off comes first, and then it is."""
    root = runs.of(SCHEME.name).copied(tmp_path)
    assert command(root, "decide", SCHEME.name, "2024-08", *BY).status == 0
    folder = root.raw / "waiting_times" / "2024-03"
    text = (folder / "2024-04-20.csv").read_text(encoding="utf-8")
    corrected = text.replace("\n09;first_visit;29;25;", "\n09;first_visit;29;20;")
    (folder / "2025-02-03.csv").write_text(corrected, encoding="utf-8")
    assert command(root, "run", SCHEME.name).status == 0
    # What the command does before the machine goes down: the entry alone.
    august, december = (payout.month for payout in SCHEME.payouts)
    authority = Authority("a drill", "made up", date(2025, 2, 3))
    settle(Ledger.of(root), SCHEME, august, december, authority)
    said = command(root, "decide", SCHEME.name, "2024-12", *BY)
    assert said.status == 1
    assert "does not reckon with payouts.settlements of 2024-08" in " ".join(said.err.split())
    assert command(root, "run", SCHEME.name).status == 0
    assert command(root, "decide", SCHEME.name, "2024-12", *BY).status == 0
    assert command(root, "run", SCHEME.name).status == 0
    assert command(root, "audit").status == 0
