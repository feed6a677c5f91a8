"""`decide` and `revoke` on what a run has recorded: what they compute, and what Dagster is told."""

import json
from pathlib import Path

import pytest

from assets.witness import dagsters_events
from ledger.ledger import Ledger
from tests.pipeline.runs import Runs, command
from tests.pipeline.test_formats import printed

AUGUST = ("access-2024", "2024-08", "--by", "a test", "--reference", "made up")


@pytest.mark.slow
def test_a_delivery_that_lies_there_unread(runs: Runs, tmp_path: Path) -> None:
    """No payout is decided unawares of it; one that is, by its number, is computed without it, and all is published."""
    root = runs.of("access-2024").copied(tmp_path)
    folder = root.raw / "waiting_times" / "2024-03"
    text = (folder / "2024-04-20.csv").read_text(encoding="utf-8")
    corrected = text.replace("\n09;first_visit;29;25;", "\n09;first_visit;29;20;")
    (folder / "2025-02-03.csv").write_text(corrected, encoding="utf-8")
    before = Ledger.of(root).records()
    refused = command(root, "decide", *AUGUST)
    assert refused.status == 1
    assert "unread delivery in raw/waiting_times/2024-03" in refused.err
    assert Ledger.of(root).records() == before
    number = refused.err.rpartition("--record ")[2].strip()
    assert command(root, "decide", *AUGUST, "--record", number).status == 0
    new = Ledger.of(root).records()[len(before) :]
    assert {each.table.partition(".")[0] for each in new} == {"payouts"}
    inputs = {number for each in new[1:] for number in each.inputs}
    assert {each.number for each in before if each.table == "payouts.round_payments"} <= inputs


@pytest.mark.slow
def test_a_revocation_is_told_to_dagster_at_once(runs: Runs, tmp_path: Path) -> None:
    """Both records that it is: the entry without what was taken back, and who took it back."""
    root = runs.of("access-2024").copied(tmp_path)
    [decided] = json.loads(command(root, "decide", *AUGUST, "--format", "json").out)
    assert (decided["entry"], decided["payout_month"]) == ("decided", "2024-08")
    assert (decided["by"], decided["amount_sek"], decided["regions"]) == ("a test", 141_759_535, 21)
    in_swedish = ("--reason", "made up", "--language", "sv", "--format", "csv-excel")
    swedish = printed(root, "revoke", *AUGUST, *in_swedish).decode("utf-8-sig")
    assert "Beslutet återkallat av a test (made up): access-2024, augusti 2024" in swedish
    assert "revoked" not in swedish
    told = {each.number for each in dagsters_events(root).said}
    assert told == {each.number for each in Ledger.of(root).records()}


@pytest.mark.slow
def test_dagsters_database_that_is_damaged(runs: Runs, tmp_path: Path) -> None:
    """The entry stands, and the exit status says so: whoever reads 1 would enter it once more."""
    root = runs.of("access-2024").copied(tmp_path)
    for database in root.dagster_home.rglob("*.db"):
        database.write_bytes(b"no database" * 1000)
    told = command(root, "decide", *AUGUST)
    assert told.status == 3
    assert "Dagster's instance" in told.err
    assert "It is entered, and what reckons with it was not computed" in told.err
    assert Ledger.of(root).records()[-1].table == "payouts.decided"
