"""`bonuspott audit` on what runs have recorded: what it prints, and its exit status."""

import csv
import io
import json
import re
import shutil
from collections.abc import Sequence
from pathlib import Path

import pytest

from pipeline.jobs import DELIVERIES
from schemas.places import DataRoot
from tests.ledger.audit.ledgers import tamper
from tests.ledger.audit.rewriting import rewritten
from tests.pipeline.dagster_runs import execute, failures
from tests.pipeline.runs import Runs, command, opened

pytestmark = pytest.mark.slow

HEAD = re.compile(r"^Head: ([0-9a-f]{64}) \(record (\d+)\)$", re.MULTILINE)
RAISED = (
    "UPDATE payouts.payouts SET amount_sek = amount_sek + 1 "
    "WHERE scheme = 'access-2024' AND month = DATE '2024-12-01' AND region_code = '09'"
)

AUGUST = ("access-2024", "2024-08", "--by", "a test", "--reference", "made up")


@pytest.fixture
def copy(runs: Runs, tmp_path: Path) -> DataRoot:
    """What a run of one scheme has left, without Dagster's own, to change."""
    root = DataRoot(tmp_path / "copied")
    ran = runs.of("access-2024").root
    shutil.copytree(ran.raw, root.raw)
    shutil.copytree(ran.warehouse, root.warehouse)
    return root


def test_after_a_run(copy: DataRoot) -> None:
    """Nothing is wrong; deliveries that the scheme does not need are listed; the head is told."""
    told = command(copy, "audit")
    assert (told.status, told.err) == (0, "")
    assert re.search(
        r"^Walked [\d\xa0]+ records, [\d\xa0]+ rows, 23 deliveries of 23 files\.$",
        told.out,
        re.MULTILINE,
    )
    assert HEAD.search(told.out)
    assert "All that is recorded is as it was recorded." in told.out
    assert "raw/surgeries/2025-06/2025-07-20" in told.out
    assert "Not as it was recorded" not in told.out


def test_a_krona_more_for_one_region(copy: DataRoot) -> None:
    """Is found, with the record, and the status is 1."""
    tamper(copy.ledger, RAISED)
    told = command(copy, "audit")
    assert told.status == 1
    assert "Not as it was recorded: 1" in told.out
    assert re.search(r"rows changed .* record \d+: payouts.payouts access-2024 2024-12 ", told.out)
    assert "Not as recorded: rows changed (1)" in told.out
    assert "Traceback" not in told.err


def test_witnesses_are_named(copy: DataRoot, runs: Runs) -> None:
    """Those compared, with how much they noted, and those that are not at hand, with where they were looked for."""
    told = command(copy, "audit")
    assert re.search(
        r"^Witnesses compared, with what each noted: warehouse/heads.csv \(1\), "
        r"published warehouse \((\d+)\)$",
        told.out,
        re.MULTILINE,
    )
    assert "Witness not at hand: Dagster's events;" in told.out
    assert "Witness not at hand: signed heads;" in told.out
    beside = command(runs.of("access-2024").root, "audit")
    numbers = re.findall(r"(?:published warehouse|Dagster's events) \((\d+)\)", beside.out)
    assert len(numbers) == 2
    assert len(set(numbers)) == 1


@pytest.mark.parametrize("keeps", ["in its folder", "elsewhere"])
def test_dagster_s_events_find_a_rewritten_ledger(copy: DataRoot, runs: Runs, keeps: str) -> None:
    """The instance of the run knows each record; the ledger's chain was written anew, whole in itself, or put back with all beside it.

    Nothing is recorded on it then.
    """
    whole = runs.of("access-2024").copied(copy.path.parent / "whole")
    dagster = (whole.path / "dagster").rename(copy.path / "dagster")
    if keeps == "elsewhere":
        (dagster / "history").rename(copy.path / "history")
        settings = f"storage:\n  sqlite:\n    base_dir: {copy.path}\n"
        (dagster / "dagster.yaml").write_text(settings, encoding="utf-8")
    copy.heads.unlink()
    copy.published.unlink()
    rewritten(copy.ledger, RAISED)
    told = command(copy, "audit")
    assert told.status == 1
    assert "Not as recorded: witness contradicts (1)" in told.out
    assert re.search(r"Dagster's events: record\s", told.out)
    before = copy.ledger.read_bytes()
    told = command(copy, "run", "access-2024")
    assert told.status == 1
    assert "which was recorded before" in told.err
    assert copy.ledger.read_bytes() == before


@pytest.mark.parametrize(
    "arguments",
    [
        ("run", "access-2024"),
        ("decide", *AUGUST),
        ("settle", *AUGUST, "--in", "2025-12"),
        ("revoke", *AUGUST, "--reason", "made up"),
    ],
    ids=lambda arguments: arguments[0],
)
def test_nothing_is_recorded_on_another_chain(copy: DataRoot, arguments: Sequence[str]) -> None:
    """Else what is told to Dagster would bear witness against the true ledger, once that is put back."""
    true = copy.ledger.read_bytes()
    rewritten(copy.ledger, RAISED)
    before = copy.ledger.read_bytes()
    told = command(copy, *arguments)
    assert told.status == 1
    assert "which was recorded before" in told.err
    assert copy.ledger.read_bytes() == before
    assert not copy.dagster_home.exists()
    copy.ledger.write_bytes(true)
    assert command(copy, "audit").status == 0


@pytest.mark.parametrize(
    ("job", "month"),
    [(DELIVERIES, "2024-01"), ("access_2024_months", "2024-01")],
    ids=lambda each: each,
)
def test_no_run_of_dagster_records_on_another_chain(copy: DataRoot, job: str, month: str) -> None:
    """Whoever starts it, a sensor or a person in the UI: the run fails with the same words."""
    rewritten(copy.ledger, RAISED)
    before = copy.ledger.read_bytes()
    with opened(copy) as instance:
        failed = execute(instance, job, month)
    assert all("which was recorded before" in said for said in failures(failed))
    assert not failed.success
    assert copy.ledger.read_bytes() == before


def test_another_checkout_with_ledger_and_raw(copy: DataRoot) -> None:
    """What lies elsewhere is not at hand, and the status is 0."""
    for folder in (copy.accepted, copy.heads, copy.published):
        folder.rename(copy.path / folder.name)
    told = command(copy, "audit")
    assert told.status == 0
    assert "Not at hand: folder gone (1)" in told.out
    assert "Not as recorded" not in told.out


def test_records_removed_at_the_end(copy: DataRoot) -> None:
    """Where no witness is at hand, only whoever noted the head sees it."""
    copy.heads.unlink()
    copy.published.unlink()
    found = HEAD.search(command(copy, "audit").out)
    assert found
    head, last = found.groups()
    told = command(copy, "audit", "--head", head)
    assert told.status == 0
    assert f"The noted head {head} is record {last}; records after it: 0." in told.out
    tamper(
        copy.ledger,
        f"DELETE FROM audit.materialisations WHERE materialisation_id = {last}",  # noqa: S608
        f"DELETE FROM payouts.payouts WHERE materialisation_id = {last}",  # noqa: S608
    )
    assert command(copy, "audit").status == 0
    told = command(copy, "audit", "--head", head)
    assert told.status == 1
    assert "noted head missing" in told.out


def test_findings_as_csv_and_json(copy: DataRoot) -> None:
    """All of them on stdout, what is walked on stderr."""
    tamper(copy.ledger, RAISED)
    as_csv, as_json = (command(copy, "audit", "--format", name) for name in ("csv", "json"))
    assert (as_csv.status, as_json.status) == (1, 1)
    rows = json.loads(as_json.out)
    assert list(csv.DictReader(io.StringIO(as_csv.out))) == rows
    assert [row["what"] for row in rows if row["weight"] == "wrong"] == ["rows changed"]
    assert HEAD.search(as_csv.err)


def test_findings_in_swedish(copy: DataRoot) -> None:
    """For people alone: what programs read is the same."""
    tamper(copy.ledger, RAISED)
    told = command(copy, "audit", "--language", "sv")
    assert told.status == 1
    assert "Avviker från det registrerade: 1" in told.out
    assert re.search(r"rader ändrade .* registrering \d+: payouts.payouts access-2024", told.out)
    assert "Avviker: rader ändrade (1)" in told.out
    assert re.search(r"^Slutled: [0-9a-f]{64} \(registrering \d+\)$", told.out, re.MULTILINE)
    for_programs = command(copy, "audit", "--language", "sv", "--format", "csv")
    assert for_programs.out == command(copy, "audit", "--format", "csv").out
    assert "Avviker: rader ändrade (1)" in for_programs.err


def test_what_stands_in_a_tampered_ledger_is_shown_as_it_is(copy: DataRoot) -> None:
    """It cannot make itself look like something else."""
    tamper(copy.ledger, "UPDATE audit.deliveries SET file_name = '[green]all is well[/green]'")
    assert "[green]all is well[/green]" in command(copy, "audit").out


def test_nothing_recorded(empty_root: DataRoot) -> None:
    """Is said, and the status is 1."""
    told = command(empty_root, "audit")
    assert (told.status, told.out) == (1, "")
    assert "nothing was recorded yet" in told.err


def test_a_head_that_is_no_hash(empty_root: DataRoot) -> None:
    """Is wrong usage."""
    told = command(empty_root, "audit", "--head", "c57dc5")
    assert told.status == 2
    assert "'c57dc5' is not a hash of 64 hexadecimal digits" in told.err


def test_what_stands_in_a_tampered_ledger_starts_no_formula(copy: DataRoot) -> None:
    """The auditor opens the findings in a spreadsheet."""
    tamper(copy.ledger, "UPDATE audit.deliveries SET file_name = '=HYPERLINK(1)'")
    rows = csv.reader(io.StringIO(command(copy, "audit", "--format", "csv").out))
    cells = [cell for row in rows for cell in row if "HYPERLINK" in cell]
    assert cells
    assert not any(cell.startswith("=") for cell in cells)
