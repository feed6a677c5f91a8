"""The audit finds whatever was changed, removed, put in or reordered since it was recorded."""

import shutil
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from ledger.audit.records import Chain, walk_chain
from ledger.chain import as_record, record_hash
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from schemas.audit import Materialisations
from schemas.payouts import Payouts
from schemas.places import DataRoot
from tests.ledger.audit.ledgers import JUNE, MAY, audited, filled, found, recorded, tamper
from tests.ledger.ledger_entries import SCHEME, records

CASES: dict[str, dict[str, list[Any]]] = {
    case["done"]: case
    for case in tomllib.loads(
        Path(__file__).with_name("tampering.toml").read_text(encoding="utf-8")
    )["case"]
}


OTHER = "waiting_times/2025-04/2025-05-20/0123456789ab"
"""A delivery that nobody recorded."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """A data root with a ledger that nobody has tampered with; to be copied."""
    root = DataRoot(tmp_path_factory.mktemp("made"))
    filled(root)
    return root


@pytest.fixture
def copy(made: DataRoot, tmp_path: Path) -> DataRoot:
    """A copy to tamper with."""
    return DataRoot(Path(shutil.copytree(made.path, tmp_path / "copy")))


def test_nothing_is_found_where_nothing_was_done(made: DataRoot) -> None:
    """Everything was walked, and the head is the last record's hash."""
    walked = audited(made)
    assert walked.findings == []
    assert (len(walked.chain.records), walked.rows) == (6, 2 * 2 + 4 * 21)
    assert walked.deliveries.height == 2
    assert walked.chain.head == records(made.ledger)[-1]["record_hash"]


@pytest.mark.parametrize("done", CASES)
def test_tampering_is_found(copy: DataRoot, done: str) -> None:
    """Each in its place, and nothing else is."""
    tamper(copy.ledger, *CASES[done]["sql"])
    told, expected = found(copy), CASES[done]["found"]
    assert [what for what, _ in told] == [what for what, _ in expected]
    for (_, where), (_, begins) in zip(told, expected, strict=True):
        assert where.startswith(begins)


@pytest.mark.parametrize("column", list(Materialisations.polars_schema())[1:])
def test_every_column_of_a_record_is_bound(made: DataRoot, column: str) -> None:
    """Whichever is changed, the record is found."""
    written = records(made.ledger)
    value = written[3][column]
    others: dict[type, Any] = {
        str: f"{value} ",
        list: [2] if column == "inputs" else [OTHER],
        int: 22,
        date: JUNE,
        datetime: datetime(2025, 1, 1),  # noqa: DTZ001 - as the ledger keeps it, in UTC
    }
    assert others[type(value)] != value
    written[3][column] = others[type(value)]
    assert "record 4" in {
        finding.where
        for finding in walk_chain(written, Chain(), [])
        if finding.what == "record changed"
    }


def test_records_removed_at_the_end_show_against_a_noted_head(copy: DataRoot) -> None:
    """Without it the shorter chain is whole in itself."""
    head = audited(copy).chain.head
    tamper(
        copy.ledger,
        "DELETE FROM audit.materialisations WHERE materialisation_id > 4",
        "DELETE FROM payouts.payouts WHERE materialisation_id > 4",
    )
    assert found(copy) == []
    [finding] = audited(copy, head).findings
    assert (finding.what, finding.where) == ("noted head missing", "after record 4")
    assert head in finding.expected


def test_a_chain_written_anew_shows_against_a_noted_head(copy: DataRoot) -> None:
    """Whoever changes a row, its record and every later one leaves a whole chain with other hashes."""
    head = audited(copy).chain.head
    rewrite(copy.ledger)
    assert found(copy) == []
    assert [finding.what for finding in audited(copy, head).findings] == ["noted head missing"]


def rewrite(path: Path) -> None:
    """Give a region a krona more in record 4, and write the chain anew from there on."""
    tamper(
        path,
        "UPDATE payouts.payouts SET amount_sek = 3 WHERE materialisation_id = 4 AND region_code = '09'",
    )
    rows = Ledger(path).read(Payouts, SCHEME, [MAY]).rows
    previous = records(path)[2]["record_hash"]
    for record in records(path)[3:]:
        number = record["materialisation_id"]
        record["previous_hash"] = previous
        if number == 4:
            record["fingerprint"] = fingerprint(Payouts, rows)
        previous = record_hash(as_record(record))
        changed = ("fingerprint", "previous_hash")
        change(path, number, record_hash=previous, **{name: record[name] for name in changed})


def change(path: Path, number: int, **columns: str) -> None:
    """Change columns of a record behind the ledger's back."""
    with duckdb.connect(str(path)) as connection:
        for column, value in columns.items():
            connection.execute(
                f"UPDATE audit.materialisations SET {column} = ? WHERE materialisation_id = ?",  # noqa: S608
                [value, number],
            )


def test_a_noted_head_stays_in_the_chain_as_it_grows(copy: DataRoot) -> None:
    """Each head noted is found, with its record's number."""
    first = audited(copy).chain.head
    recorded(copy, "waiting_times/2025-06/2025-07-20.csv", 3)
    second = audited(copy).chain.head
    walked = audited(copy, first, second)
    assert walked.findings == []
    assert walked.chain.heads_seen == {first: 6, second: 7}
