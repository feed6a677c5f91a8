"""A process that appends to a ledger: `python -m tests.ledger.ledger_writer PLACE NAME COUNT`."""

import sys
from pathlib import Path

from ledger.engines import named_engine
from ledger.ledger import Ledger
from tests.ledger.ledger_entries import append, payouts

if __name__ == "__main__":
    place, name, count = sys.argv[1:]
    engine = named_engine(place) if place.startswith("ducklake:") else Path(place)
    for amount in range(int(count)):
        append(Ledger(engine), payouts(amount, scheme=name))
