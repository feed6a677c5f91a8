"""The audit finds whatever was changed, removed, put in or reordered since it was recorded."""

import shutil
import tomllib
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from ledger.audit.records import Chain, walk_chain
from schemas.audit import Materialisations
from schemas.places import DataRoot
from tests.ledger.audit.ledgers import (
    JUNE,
    audited,
    filled,
    found,
    recorded,
    tamper,
)
from tests.ledger.ledger_entries import records

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
    at = 0 if column == "files_sha256" else 3  # what was computed was read from no file
    value = written[at][column]
    others: dict[type, Any] = {
        str: f"{value} ",
        list: [2] if column == "inputs" else [OTHER],
        int: 22,
        date: JUNE,
        datetime: datetime(2025, 1, 1),  # noqa: DTZ001 - as the ledger keeps it, in UTC
    }
    assert others[type(value)] != value
    written[at][column] = others[type(value)]
    assert f"record {at + 1}" in {
        finding.where
        for finding in walk_chain(written, Chain(), [])
        if finding.what == "record changed"
    }


def test_a_noted_head_stays_in_the_chain_as_it_grows(copy: DataRoot) -> None:
    """Each head noted is found, with its record's number."""
    first = audited(copy).chain.head
    recorded(copy, "waiting_times/2025-06/2025-07-20.csv", 3)
    second = audited(copy).chain.head
    walked = audited(copy, first, second)
    assert walked.findings == []
    assert walked.chain.heads_seen == {first: 6, second: 7}
