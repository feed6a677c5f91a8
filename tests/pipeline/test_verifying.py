"""`bonuspott verify`: what is recorded comes out again, or the cells that differ are named."""

import json
import re
import shutil
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from ledger.ledger import Ledger
from schemas.audit import Deliveries
from schemas.places import DataRoot
from tests.ledger.audit.ledgers import tamper
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"
PAYOUT_MONTH = "2025-12"


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """The deliveries and the ledger that a run has left, on another machine as it were."""
    ran, root = runs.of(SCHEME).root, DataRoot(tmp_path / "copied")
    shutil.copytree(ran.accepted, root.accepted)
    shutil.copy(ran.ledger, root.ledger)
    return root


@pytest.mark.parametrize("scope", [SCHEME, PAYOUT_MONTH])
def test_it_comes_out_again(root: DataRoot, scope: str) -> None:
    """With only the ledger and the kept copies at hand, raw/ pruned: identical, with fingerprints; nothing is recorded."""
    before = Ledger(root.ledger).current()
    told = command(root, "verify", scope)
    assert told.status == 0
    assert re.search(
        r"^identical: \d+ records asked for and \d+ that they rest on$", told.out, re.MULTILINE
    )
    [paid] = [each for each in before if each.table == "payouts.payouts" and each.scheme == SCHEME]
    assert paid.fingerprint in told.out
    assert "differs" not in told.out
    assert Ledger(root.ledger).current() == before
    assert [path.name for path in root.warehouse.iterdir() if path.suffix == ".duckdb"] == [
        root.ledger.name
    ]


def test_a_month_measured(root: DataRoot) -> None:
    """Only what is recorded of that month is asked for."""
    asked = sum(each.month == date(2025, 7, 1) for each in Ledger(root.ledger).current())
    told = command(root, "verify", "2025-07")
    assert told.status == 0
    assert f"identical: {asked} records asked for" in told.out


def test_a_tampered_row(root: DataRoot) -> None:
    """The cell is named with what it is and what it must be, and the exit status is 1."""
    tamper(
        root.ledger,
        "UPDATE payouts.payouts SET amount_sek = amount_sek + 1 WHERE region_code = '09'",
    )
    told = command(root, "verify", PAYOUT_MONTH)
    assert told.status == 1
    [cell] = [line for line in told.out.splitlines() if "amount_sek" in line]
    recorded, again = (int(found) for found in re.findall(r"│ (\d+) ", cell))
    assert recorded == again + 1
    assert "their fingerprint differs" in told.out
    assert re.search(r"^1 of \d+ records differ; see above$", told.out, re.MULTILINE)


def test_rows_for_programs(root: DataRoot) -> None:
    """On stdout a row a record and one a cell that differs; on stderr the words, in the language."""
    tamper(
        root.ledger,
        "UPDATE payouts.payouts SET amount_sek = amount_sek + 1 WHERE region_code = '09'",
    )
    told = command(root, "verify", PAYOUT_MONTH, "--format", "json", "--language", "sv")
    assert told.status == 1
    rows = json.loads(told.out)
    asked = sum(each.month == date(2025, 12, 1) for each in Ledger(root.ledger).current())
    assert len([row for row in rows if row["column"] is None]) == asked
    record, cell = (row for row in rows if row["verdict"] != "identical")
    assert (record["table"], record["scheme"], record["month"], record["rows"]) == (
        "payouts.payouts",
        SCHEME,
        PAYOUT_MONTH,
        21,
    )
    assert "their fingerprint differs" in record["reason"]
    assert cell["column"] == "amount_sek"
    assert int(cell["recorded"]) == int(cell["again"]) + 1
    assert re.search(r"^1 av \d+ registreringar avviker; se ovan$", told.err, re.MULTILINE)


@pytest.mark.parametrize("done", ["removed", "changed"])
def test_a_copy_that_is_not_as_it_was(root: DataRoot, done: str) -> None:
    """The records that rest on it directly cannot be computed; the reason says how to mend it."""
    files = Ledger(root.ledger).record(Deliveries)
    of_july = files.filter(pl.col("delivery_id").str.starts_with("surgeries/2025-07/"))
    copy = root.accepted / of_july["sha256"].item()
    copy.chmod(0o600)
    if done == "removed":
        copy.unlink()
    else:
        copy.write_text(copy.read_text("utf-8") + "\n", encoding="utf-8")
    told = command(root, "verify", SCHEME)
    assert told.status == 1
    assert "its copies are gone or changed below deliveries/" in " ".join(told.out.split())
    assert re.search(r"^1 of \d+ records differ; see above$", told.out, re.MULTILINE)


def test_copies_that_lie_elsewhere(root: DataRoot) -> None:
    """Another checkout with the ledger alone: what was read from them is not at hand, and nothing is wrong."""
    root.accepted.rename(root.path / "elsewhere")
    told = command(root, "verify", PAYOUT_MONTH)
    assert told.status == 0
    assert f"not at hand: the copies of deliveries, {root.accepted}; 20 records" in told.out
    assert re.search(r"^identical: \d+ records asked for and", told.out, re.MULTILINE)
    tamper(
        root.ledger,
        "UPDATE observed.surgeries SET operations = operations + 1 WHERE home_region_code = '09'",
    )
    told = command(root, "verify", PAYOUT_MONTH)
    assert told.status == 1
    assert "their fingerprint differs" in told.out


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("2024-01",), 1, "nothing is recorded of 2024-01"),
        (("surgery-2026",), 1, "surgery-2026; `bonuspott run surgery-2026` computes and records"),
        ((SCHEME, "--as-of", "2025-12-31"), 1, f"nothing is recorded of {SCHEME} as of 2025-12-31"),
        (("surgery-2035",), 2, "is neither a month (YYYY-MM) nor one of access-2024"),
        ((SCHEME, "--as-of", "soon"), 2, "is not a day written as YYYY-MM-DD"),
    ],
)
def test_nothing_to_verify(
    root: DataRoot, arguments: tuple[str, ...], status: int, words: str
) -> None:
    """It says what is not there, or what was expected."""
    told = command(root, "verify", *arguments)
    assert (told.status, told.out) == (status, "")
    assert words in told.err
