"""The ledger among processes: writers at once, a writer killed, readers of the published copy."""

import time
from contextlib import ExitStack
from pathlib import Path
from subprocess import Popen

import pytest

from ledger.audit.walk import audit
from ledger.chain import as_record, record_hash
from ledger.ledger import Ledger
from ledger.warehouse import publish, read_published
from schemas.payouts import Payouts
from schemas.places import DataRoot
from tests.deliveries.processes import line_of, started
from tests.ledger.ledger_entries import append, payouts, queried, records

pytestmark = pytest.mark.slow

READER = """
import sys
import duckdb
connection = duckdb.connect(sys.argv[1], read_only=True)
print("open", flush=True)
sys.stdin.readline()
print(connection.execute("SELECT DISTINCT amount_sek FROM payouts.payouts").fetchall())
"""
KILLED = """
import os, sys
from pathlib import Path
from ledger import appending
from ledger import ledger
from tests.ledger.ledger_entries import append, payouts
insert = appending._insert
def killed(connection, table, frame):
    insert(connection, table, frame)
    if table is appending.Materialisations:
        os._exit(9)
appending._insert = killed
append(ledger.Ledger(Path(sys.argv[1])), payouts(2))
"""


def writer(path: Path, name: str, appends: int) -> Popen[str]:
    """A process that appends under a scheme of its own."""
    return started("-m", "tests.ledger.ledger_writer", str(path), name, str(appends))


@pytest.mark.parametrize(("writers", "appends"), [(3, 2), (6, 5)])
def test_several_processes_append_at_once(root: DataRoot, writers: int, appends: int) -> None:
    """Every row is there, the numbers run from 1, and the chain of hashes is unbroken."""
    names = [f"writer-{number}" for number in range(writers)]
    with ExitStack() as stack:
        processes = [stack.enter_context(writer(root.ledger, name, appends)) for name in names]
        assert [process.wait(timeout=120) for process in processes] == [0] * writers
    found = records(root.ledger)
    assert [each["materialisation_id"] for each in found] == [*range(1, writers * appends + 1)]
    assert [each["record_hash"] for each in found] == [
        record_hash(as_record(each)) for each in found
    ]
    assert [each["previous_hash"] for each in found][1:] == [
        each["record_hash"] for each in found[:-1]
    ]
    root.raw.mkdir()
    assert audit(root, [found[0]["record_hash"]], lambda *_: None).findings == []
    counts = "SELECT scheme, amount_sek, count(*) FROM payouts.payouts GROUP BY ALL ORDER BY ALL"
    assert queried(root.ledger, counts) == [
        (name, amount, 21) for name in names for amount in range(appends)
    ]


def test_a_writer_killed_before_its_commit_leaves_nothing(root: DataRoot) -> None:
    """Its rows were in, but not committed; the next append goes on where the last one ended."""
    ledger = Ledger(root.ledger)
    append(ledger, payouts(1))
    with started("-c", KILLED, str(root.ledger)) as process:
        assert process.wait(timeout=60) == 9
    [record] = append(ledger, payouts(3))
    assert record.number == 2
    assert queried(root.ledger, "SELECT DISTINCT amount_sek FROM payouts.payouts ORDER BY ALL") == [
        (1,),
        (3,),
    ]


def test_a_reader_of_the_published_copy_never_blocks_a_writer(root: DataRoot) -> None:
    """Whoever has it open keeps what was there; ledger and copy go on."""
    ledger = Ledger(root.ledger)
    append(ledger, payouts(1))
    publish(root)
    with started("-c", READER, str(root.published)) as reader:
        assert line_of(reader) == "open"
        begun = time.monotonic()
        append(ledger, payouts(2))
        publish(root)
        assert time.monotonic() - begun < 30
        assert set(read_published(root, Payouts)["amount_sek"]) == {2}
        output, _ = reader.communicate("now\n", timeout=30)
    assert output == "[(1,)]\n"
