"""What an audit does with ledgers that are not there, not whole, large or busy."""

from datetime import date

import duckdb
import polars as pl
import pytest

from ledger.audit import rows as rows_module
from ledger.audit.walk import NothingRecordedError, audit
from ledger.chain import Entry
from ledger.ledger import Ledger
from schemas.decisions import Decided
from schemas.payouts import PayoutLines
from schemas.places import DataRoot
from schemas.regions import region_codes
from schemas.table import Table
from tests.deliveries.delivering import APRIL
from tests.ledger.audit.ledgers import MAY, audited, filled, found, tamper
from tests.ledger.ledger_entries import SCHEME, append, payouts

HEADERS = 3 * 4096
"""Bytes at a database file's begin that say where all else is."""


def test_no_ledger(root: DataRoot) -> None:
    """Nothing was recorded; and asking makes no file."""
    with pytest.raises(NothingRecordedError, match="does not exist"):
        audited(root)
    assert list(root.path.iterdir()) == []


def test_a_ledger_whose_maker_was_ended_at_once(root: DataRoot) -> None:
    """Is one in which nothing is recorded."""
    root.warehouse.mkdir()
    duckdb.connect(str(root.ledger)).close()
    with pytest.raises(NothingRecordedError, match="nothing was recorded"):
        audited(root)


def test_a_file_that_is_no_database(root: DataRoot) -> None:
    """Is found, with the words of the database."""
    root.warehouse.mkdir()
    root.ledger.write_bytes(b"no database" * 10_000)
    [finding] = audited(root).findings
    assert (finding.what, finding.where) == ("unreadable", str(root.ledger))
    assert finding.found


def test_bytes_changed_in_the_file(root: DataRoot) -> None:
    """Wherever they are, what was recorded is found changed or unreadable, or was not touched."""
    filled(root)
    whole, head = root.ledger.read_bytes(), audited(root).chain.head
    noticed = 0
    for position in range(HEADERS, len(whole), len(whole) // 9):
        changed = bytes(byte ^ 0xFF for byte in whole[position : position + 64])
        root.ledger.write_bytes(whole[:position] + changed + whole[position + 64 :])
        walked = audited(root)
        noticed += bool(walked.findings)
        assert walked.findings or (walked.chain.head, walked.rows) == (head, 88)
    assert noticed > 0


def test_a_table_is_read_in_pieces(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Records that begin in one piece and end in another are whole, and a fault in them is found."""
    ledger = Ledger(root.ledger)
    append(ledger, *(payouts(amount) for amount in range(30)))
    append(ledger, Entry(payouts(1).table, SCHEME, MAY, payouts(1).table.without_rows()))
    monkeypatch.setattr(rows_module, "PIECE", 5)
    assert found(root) == []
    tamper(root.ledger, "UPDATE payouts.payouts SET amount_sek = 7 WHERE materialisation_id = 17")
    assert found(root) == [("rows changed", "record 17: payouts.payouts bup-2025 2025-04")]


def test_rows_where_a_record_has_none(root: DataRoot) -> None:
    """A month recorded without rows has none."""
    ledger = Ledger(root.ledger)
    append(
        ledger, Entry(payouts(1).table, SCHEME, APRIL, payouts(1).table.without_rows()), payouts(2)
    )
    assert found(root) == []
    tamper(
        root.ledger, "UPDATE payouts.payouts SET materialisation_id = 1 WHERE region_code = '09'"
    )
    assert [what for what, _ in found(root)] == ["number of rows", "number of rows"]


def test_progress_is_told(root: DataRoot) -> None:
    """Each part to its end, never more than there is."""
    filled(root)
    told: dict[str, list[tuple[int, int]]] = {}
    audit(root, [], lambda part, done, of: told.setdefault(part, []).append((done, of)))
    assert list(told) == ["records", "rows", "files"]
    for steps in told.values():
        assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert told["rows"][-1] == (88, 88)
    assert told["files"][-1] == (4, 4)
    assert [done for done, _ in told["records"]] == [1, 2, 3, 4, 5, 6]


def test_nothing_is_written(root: DataRoot) -> None:
    """The ledger's bytes are those of before."""
    filled(root)
    before = {path: path.read_bytes() for path in root.path.rglob("*.*") if path.is_file()}
    audited(root)
    after = {path: path.read_bytes() for path in root.path.rglob("*.*") if path.is_file()}
    assert {path: before[path] for path in after if path.suffix != ".holder"} == {
        path: content for path, content in after.items() if path.suffix != ".holder"
    }


def of_component(table: type[Table], month: date, **columns: object) -> Entry:
    """An amount for each region."""
    rows = pl.DataFrame({"region_code": region_codes()}).with_columns(
        month=pl.lit(month),
        scheme=pl.lit(SCHEME),
        component=pl.lit("waiting_time"),
        amount_sek=pl.lit(1, pl.Int64),
        **{name: pl.lit(value) for name, value in columns.items()},
    )
    return Entry(table, SCHEME, month, table.conform(rows))


def decide(root: DataRoot, computation: int) -> None:
    """Record lines of two payouts, payouts, and a decision (record 4) that names its basis."""
    append(
        Ledger(root.ledger),
        of_component(PayoutLines, APRIL),
        of_component(PayoutLines, MAY),
        payouts(1),
        of_component(
            Decided,
            APRIL,
            computation=computation,
            decided_on=APRIL,
            decided_by="An official",
            reference="S2025/1",
        ),
    )


@pytest.mark.parametrize(
    ("computation", "reason"),
    [
        (1, None),
        (2, "payouts.payout_lines bup-2025 2025-05"),
        (3, "payouts.payouts bup-2025 2025-04"),
        (4, "payouts.decided bup-2025 2025-04"),
        (9, "no such record"),
    ],
)
def test_the_basis_of_a_decision(root: DataRoot, computation: int, reason: str | None) -> None:
    """Is an earlier record of the same payout's lines; whatever else it is, is found."""
    decide(root, computation)
    findings = audited(root).findings
    assert [(each.what, each.where, each.found) for each in findings] == (
        [("basis of a decision gone", "record 4: bup-2025 2025-04", reason)] if reason else []
    )


def test_the_basis_of_a_decision_removed(root: DataRoot) -> None:
    """That it is gone is found, beside the gap in the chain."""
    decide(root, 1)
    tamper(
        root.ledger,
        "DELETE FROM audit.materialisations WHERE materialisation_id = 1",
        "DELETE FROM payouts.payout_lines WHERE materialisation_id = 1",
    )
    assert found(root) == [
        ("records missing", "record 1"),
        ("basis of a decision gone", "record 4: bup-2025 2025-04"),
    ]
