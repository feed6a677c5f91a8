"""The published warehouse among processes: read while it is replaced, and a publisher killed."""

import pytest

from ledger.ledger import Ledger
from ledger.warehouse import publish, read_published
from schemas.payouts import Payouts
from schemas.places import DataRoot
from tests.deliveries.processes import line_of, started
from tests.ledger.ledger_entries import append, payouts

pytestmark = pytest.mark.slow

TIMES = 20
"""How often the file is replaced."""

READER = """
import sys, threading
import duckdb
told = threading.Event()
threading.Thread(target=lambda: (sys.stdin.readline(), told.set())).start()
query = "SELECT count(*), min(amount_sek), max(amount_sek) FROM payouts.payouts_named"
reads, amounts = 0, []
while not told.wait(0.005) or not reads:
    with duckdb.connect(sys.argv[1], read_only=True) as connection:
        [(count, least, most)] = connection.execute(query).fetchall()
        record = "SELECT max(materialisation_id) FROM audit.materialisations"
        [(last,)] = connection.execute(record).fetchall()
    assert count == 21 and least == most == last, (count, least, most, last)
    amounts.append(most)
    reads += 1
    if reads == 1:
        print("read", flush=True)
assert amounts == sorted(amounts)
print(reads, len(set(amounts)), amounts[-1])
"""
KILLED = """
import os, sys
from pathlib import Path
from ledger import warehouse
from schemas.places import DataRoot
warehouse._add_regions = lambda connection: os._exit(9)
warehouse.publish(DataRoot(Path(sys.argv[1])))
"""


TIMES = 20


def test_every_read_is_whole_while_the_file_is_replaced(root: DataRoot) -> None:
    """Another process opens it again and again: rows and record are always of one publication."""
    ledger = Ledger(root.ledger)
    append(ledger, payouts(1))
    publish(root)
    with started("-c", READER, str(root.published)) as reader:
        assert line_of(reader) == "read"
        for amount in range(2, TIMES + 2):
            append(ledger, payouts(amount))
            publish(root)
        output, _ = reader.communicate("enough\n", timeout=60)
    assert reader.returncode == 0
    reads, different, last = map(int, output.split())
    assert reads >= different > 1
    assert last <= TIMES + 1


def test_what_a_killed_publisher_left_is_cleared_away(root: DataRoot) -> None:
    """The old file stays until the next publisher, which leaves nothing beside its own."""
    ledger = Ledger(root.ledger)
    append(ledger, payouts(1))
    publish(root)
    append(ledger, payouts(2))
    with started("-c", KILLED, str(root.path)) as process:
        assert process.wait(timeout=60) == 9
    assert set(read_published(root, Payouts)["amount_sek"]) == {1}
    assert [path.name for path in root.warehouse.glob("*.part*")]
    publish(root)
    assert set(read_published(root, Payouts)["amount_sek"]) == {2}
    assert [path.name for path in root.warehouse.glob("bonuspott*")] == ["bonuspott.duckdb"]
