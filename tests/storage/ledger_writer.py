"""A process that appends to a ledger: `python -m tests.storage.ledger_writer FILE NAME COUNT`."""

import sys
from pathlib import Path

from storage.ledger import Ledger
from tests.storage.ledger_entries import append, payouts

if __name__ == "__main__":
    file, name, count = sys.argv[1:]
    for amount in range(int(count)):
        append(Ledger(Path(file)), payouts(amount, scheme=name))
