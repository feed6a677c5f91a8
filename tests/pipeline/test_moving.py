"""`bonuspott move-ledger`, and what is done on a ledger that was moved."""

import uuid

import pytest

from deploy.loopback.servers import Postgres
from ledger.engines import SETTING, named_engine
from ledger.ledger import Ledger
from schemas.places import DataRoot
from tests.ledger.ledger_entries import append, payouts, records
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"


@pytest.fixture
def address(empty_root: DataRoot, postgres_cluster: Postgres) -> str:
    """The address of a ledger on DuckLake that nobody has written to."""
    database = postgres_cluster.create(f"moved-{uuid.uuid4().hex[:12]}")
    return f"ducklake:postgresql://{database}?data_path={empty_root.warehouse}/lake"


def test_the_ledger_is_moved(empty_root: DataRoot, address: str) -> None:
    """The command says what was moved, and what to set from now on."""
    append(Ledger(empty_root.ledger), payouts(1), payouts(2))
    told = command(empty_root, "move-ledger", address)
    assert told.status == 0, told.err
    assert "Moved 2 records with 42 rows" in told.out
    head = records(Ledger(empty_root.ledger))[-1]["record_hash"]
    assert head in told.out
    assert f"set {SETTING} to the address given" in " ".join(told.err.split())
    assert records(Ledger(named_engine(address))) == records(Ledger(empty_root.ledger))


def test_a_second_move_is_refused(empty_root: DataRoot, address: str) -> None:
    """What is there is never replaced."""
    append(Ledger(empty_root.ledger), payouts(1))
    command(empty_root, "move-ledger", address)
    told = command(empty_root, "move-ledger", address)
    assert told.status == 1
    assert "never replaced" in " ".join(told.err.split())


def test_a_move_to_where_it_lies(empty_root: DataRoot) -> None:
    """There is nothing to do."""
    append(Ledger(empty_root.ledger), payouts(1))
    told = command(empty_root, "move-ledger", "file")
    assert told.status == 1
    assert "lies there already" in " ".join(told.err.split())


def test_an_address_with_a_password(empty_root: DataRoot) -> None:
    """It is refused, and the password is not repeated."""
    told = command(empty_root, "move-ledger", "ducklake:postgresql://a:hemligt@b/c?data_path=d")
    assert told.status == 1
    assert "PGPASSFILE" in told.err
    assert "hemligt" not in told.err + told.out


def test_every_command_works_on_a_moved_ledger(
    runs: Runs,
    empty_root: DataRoot,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Each says there what it says of the file: payouts, reconciliation, audit, verification, a run."""
    root = runs.of(SCHEME).copied(empty_root.path)
    asked = (
        ("payouts", SCHEME, "--format", "csv"),
        ("check", SCHEME),
        ("audit",),
        ("verify", SCHEME),
        ("schemes",),
    )
    before = {arguments: command(root, *arguments) for arguments in asked}
    assert command(root, "move-ledger", address).status == 0
    root.ledger.unlink()
    monkeypatch.setenv(SETTING, address)
    for arguments, told in before.items():
        on_ducklake = command(root, *arguments)
        assert (on_ducklake.status, on_ducklake.out) == (told.status, told.out), (
            arguments,
            on_ducklake.err,
        )
    again = command(root, "run", SCHEME)
    assert again.status == 0, again.err
    assert command(root, "payouts", SCHEME, "--format", "csv").out == before[asked[0]].out
    assert command(root, "audit").status == 0
    assert not root.ledger.exists()
