"""A recorded number that does not follow from what it rests on stops the explanation, and is named."""

import tomllib
from pathlib import Path

import duckdb
import pytest

from explanation.nodes import DoesNotAddUpError
from explanation.payouts import NothingToExplainError
from ledger import provenance
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from rules.steps import steps
from schemas.months import parse_month
from schemas.payouts import RoundPayments
from schemas.places import DataRoot
from schemas.tables import TABLES
from tests.explanation.recording import explained
from tests.pipeline.runs import Runs, command
from tests.rules.scheme_data import scheme_named

pytestmark = pytest.mark.slow

CASES = tomllib.loads((Path(__file__).with_name("wrong_numbers.toml")).read_text(encoding="utf-8"))
REGION = "09"


def changed(root: DataRoot, table: str, change: str, where: str) -> int:
    """Change rows of a table in the ledger, as nobody should; how many were changed."""
    with duckdb.connect(str(root.ledger)) as connection:
        counted = connection.execute(f"UPDATE {table} SET {change} WHERE {where}")  # noqa: S608
        found = counted.fetchone()
        return int(found[0]) if found else 0


def sealed_anew(root: DataRoot, table: str) -> None:
    """Give the table's records the fingerprints of their rows as they are now."""
    ledger = Ledger.of(root)
    current = [each.number for each in ledger.current() if each.table == table]
    rows = provenance.rows(ledger, TABLES[table], current)
    with duckdb.connect(str(root.ledger)) as connection:
        for number, each in rows.items():
            connection.execute(
                "UPDATE audit.materialisations SET fingerprint = ? WHERE materialisation_id = ?",
                [fingerprint(TABLES[table], each), number],
            )


@pytest.mark.parametrize("name", CASES)
def test_a_number_that_is_wrong(name: str, runs: Runs, tmp_path: Path) -> None:
    """It is named with its table and month, as recorded and as computed again."""
    case = CASES[name]
    scheme = scheme_named(case["scheme"])
    root = runs.all().copied(tmp_path)
    assert changed(root, case["table"], case["change"], case["where"]) > 0
    sealed_anew(root, case["table"])
    with pytest.raises(DoesNotAddUpError, match=case["told"]) as raised:
        explained(root, scheme, parse_month(case["payout_month"]), REGION)
    assert "does not add up" in str(raised.value)


@pytest.mark.parametrize(
    ("change", "again"),
    [("amount_sek = amount_sek + 1", r"\d+$"), ("component = 'bonus_waiting_time'", "no row$")],
)
def test_a_decision_of_something_else(change: str, again: str, runs: Runs, tmp_path: Path) -> None:
    """What was decided is what the computation that it rests on gives."""
    root = runs.of("access-2024").copied(tmp_path)
    authority = ("--by", "Regeringen", "--reference", "S2024/1")
    assert command(root, "decide", "access-2024", "2024-08", *authority).status == 0
    where = f"region_code = '{REGION}' AND component = 'waiting_time'"
    assert changed(root, "payouts.decided", change, where) == 1
    sealed_anew(root, "payouts.decided")
    told = (
        f"amount_sek of 2024-08-01 access-2024 09 .* in payouts.decided of .* again it is {again}"
    )
    with pytest.raises(DoesNotAddUpError, match=told):
        explained(root, scheme_named("access-2024"), parse_month("2024-08"), REGION)


def test_a_record_that_this_code_does_not_compute(
    runs: Runs, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is told as it was recorded, and so is what rests on it."""
    root, scheme, month = runs.of("access-2024").root, scheme_named("access-2024"), "2024-08"
    [before] = explained(root, scheme, parse_month(month), REGION)
    known = [step for step in steps(scheme) if step.table is not RoundPayments]
    monkeypatch.setattr("explanation.replay.steps", lambda _scheme: known)
    [found] = explained(root, scheme, parse_month(month), REGION)
    assert found.tree == before.tree


def test_rows_that_are_not_those_recorded(runs: Runs, tmp_path: Path) -> None:
    """A changed row shows by its record's fingerprint; the command says so and ends with 1."""
    root = runs.of("access-2024").copied(tmp_path)
    where = "region_code = '12' AND component = 'general_grant'"
    assert changed(root, "payouts.reserves", "reserved_sek = reserved_sek + 1", where)
    told = command(root, "explain", "access-2024", "2024-12", REGION)
    assert (told.status, told.out) == (1, "")
    assert "does not add up: the fingerprint of payouts.reserves of 2024-12" in told.err


def test_a_record_that_is_gone(runs: Runs, tmp_path: Path) -> None:
    """It is named by its number."""
    root = runs.of("access-2024").copied(tmp_path)
    with duckdb.connect(str(root.ledger)) as connection:
        connection.execute("DELETE FROM audit.materialisations WHERE materialisation_id = 1")
    told = command(root, "explain", "access-2024", "2024-12", REGION)
    assert (told.status, told.out) == (1, "")
    assert "does not have the records 1" in told.err


def test_nothing_computed(empty_root: DataRoot) -> None:
    """The command that computes it is named."""
    with pytest.raises(NothingToExplainError, match="bonuspott run bup-2025"):
        explained(empty_root, scheme_named("bup-2025"), parse_month("2025-12"), REGION)
