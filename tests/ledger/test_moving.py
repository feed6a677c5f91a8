"""Moving the ledger: the same numbers, hashes and rows on the other engine, or nothing there."""

from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from ledger.chain import Entry
from ledger.engine import EmbeddedEngine
from ledger.ledger import Ledger
from ledger.moving import NotMovedError, move
from ledger.national.ducklake import DuckLakeEngine
from schemas.months import add_months
from schemas.payouts import PayoutLines
from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL, FILE, accepted, deliver, lines
from tests.ledger.ledger_entries import SCHEME, append, payouts, queried, records
from tests.schemas.models import good_rows

TABLES = ("payouts.payouts", "payouts.payout_lines", "audit.deliveries", "audit.materialisations")


@pytest.fixture
def filled(root: DataRoot) -> EmbeddedEngine:
    """A ledger in a file, with two versions of a month, another table, and a delivery's file."""
    ledger = Ledger(root.ledger)
    append(ledger, payouts(1), payouts(2, add_months(APRIL, 1)))
    append(ledger, payouts(3), Entry(PayoutLines, SCHEME, APRIL, good_rows(PayoutLines)))
    deliver(root, FILE, lines("01;first_visit;1;1;1;1"))
    observed = accepted(root, FILE)
    ledger.append(
        [replace(payouts(4), deliveries=(observed.delivery.delivery_id,))],
        run_id="a run",
        code_version="1",
        delivered=[(observed.delivery, observed.layout)],
    )
    return EmbeddedEngine(root.ledger)


def contents(engine: EmbeddedEngine | DuckLakeEngine) -> dict[str, list[tuple[object, ...]]]:
    """Every row of the tables that hold any, in an order."""
    ledger = Ledger(engine)
    return {name: queried(ledger, f"FROM {name} ORDER BY ALL") for name in TABLES}


@pytest.mark.slow
def test_there_and_back_again(filled: EmbeddedEngine, lake: DuckLakeEngine, tmp_path: Path) -> None:
    """The same ids, hashes, fingerprints and rows; then each can be written to."""
    before = contents(filled)
    moved = move(filled, lake)
    assert contents(lake) == before
    back = EmbeddedEngine(tmp_path / "back" / "ledger.duckdb")
    moved_back = move(lake, back)
    assert (moved_back.chain, moved_back.rows) == (moved.chain, moved.rows)
    assert contents(back) == contents(filled) == before
    assert (len(moved.chain.records), moved.chain.head) == (
        5,
        records(Ledger(filled))[-1]["record_hash"],
    )
    for engine in (filled, lake, back):
        [record] = append(Ledger(engine), payouts(9))
        assert record.number == 6


def test_a_ledger_is_never_replaced(filled: EmbeddedEngine, lake: DuckLakeEngine) -> None:
    """Where something is recorded already, nothing is moved."""
    append(Ledger(lake), payouts(7))
    with pytest.raises(NotMovedError, match="never replaced"):
        move(filled, lake)
    assert len(records(Ledger(lake))) == 1


def test_nothing_to_move(root: DataRoot, lake: DuckLakeEngine) -> None:
    """Nothing is made anywhere."""
    with pytest.raises(NotMovedError, match="nothing was ever recorded"):
        move(EmbeddedEngine(root.ledger), lake)
    assert not lake.exists()
    assert not root.ledger.exists()


def test_a_ledger_that_was_tampered_with(filled: EmbeddedEngine, lake: DuckLakeEngine) -> None:
    """It is not moved, what is wrong with it is said, and nothing is left there."""
    with duckdb.connect(str(filled.path)) as connection:
        connection.execute("UPDATE payouts.payouts SET amount_sek = 5 WHERE amount_sek = 2")
    with pytest.raises(NotMovedError) as refusal:
        move(filled, lake)
    assert [finding.what for finding in refusal.value.findings] == ["rows changed"]
    assert Ledger(lake).current() == []
    append(Ledger(lake), payouts(1))
