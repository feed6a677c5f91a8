"""Readers and an auditor beside a pipeline that is killed: a process that looks until it is told enough.

It ends with 1, and the words, at the first look that is not whole; else it says how often it looked.
"""

import json
import sys
import threading
from collections import Counter
from pathlib import Path

from assets.witness import dagsters_events
from ledger.audit.walk import audit
from ledger.ledger import Ledger
from ledger.locking import LedgerBusyError
from ledger.warehouse import read_published
from schemas.payouts import Payouts
from schemas.places import DataRoot
from schemas.regions import region_codes


def look(root: DataRoot, heads: list[str]) -> None:
    """Read what is published and what is current, and audit against every head seen before."""
    published = read_published(root, Payouts)
    assert set(published["region_code"]) == set(region_codes()), "half a payout was published"
    numbers = [record.number for record in Ledger.of(root).current()]
    assert numbers == sorted(set(numbers)), "a record is current twice"
    audited = audit(root, heads, lambda *_: None, [dagsters_events(root)])
    wrong = [each for each in audited.findings if each.weight == "wrong"]
    assert wrong == [], wrong
    heads.append(audited.chain.head)


def watch(root: DataRoot) -> Counter[str]:
    """Look again and again until standard input ends; how often, and how often in vain."""
    enough = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), enough.set()), daemon=True).start()
    looks, heads = Counter[str](), list[str]()
    while not enough.wait(2):
        try:
            look(root, heads)
        except LedgerBusyError:
            looks["the ledger was held longer than a reader waits"] += 1
        else:
            looks["looks"] += 1
    return looks


if __name__ == "__main__":
    sys.stdout.write(json.dumps(watch(DataRoot(Path(sys.argv[1])))))
