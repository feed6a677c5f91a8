"""A ledger with deliveries, rows and payouts to tamper with, and how it is audited and tampered with."""

from datetime import date
from pathlib import Path

import duckdb

from deliveries.door import keep
from ledger.audit.finding import Finding
from ledger.audit.walk import Audited, audit
from ledger.chain import Entry
from ledger.ledger import Ledger
from schemas.deliveries import DeliveryId
from schemas.months import add_months
from schemas.observed import WaitingTimes
from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL, accepted, deliver, lines
from tests.ledger.ledger_entries import append, payouts

MAY, JUNE = add_months(APRIL, 1), add_months(APRIL, 2)


def filled(root: DataRoot) -> None:
    """Two deliveries with their rows (records 1, 2), and four payouts on them (3 to 6)."""
    recorded(root, "waiting_times/2025-04/2025-05-20.csv", 1)
    recorded(root, "waiting_times/2025-05/2025-06-20.csv", 2)
    ledger = Ledger(root.ledger)
    for amount, month in enumerate((APRIL, MAY, JUNE, APRIL), start=1):
        entry = payouts(amount, month)
        append(ledger, Entry(entry.table, entry.scheme, month, entry.rows, inputs=(1, 2)))


def recorded(root: DataRoot, name: str, completed: int) -> DeliveryId:
    """Deliver, keep and record a file; the delivery's name."""
    deliver(
        root, name, lines(f"01;first_visit;{completed};1;1;1", f"03;first_visit;9;1;{completed};1")
    )
    return record(root, name)


def record(root: DataRoot, name: str) -> DeliveryId:
    """Keep and record the latest delivery of a file's month; the delivery's name."""
    observed = accepted(root, name)
    root.accepted.mkdir(parents=True, exist_ok=True)
    keep(observed.delivery, root.accepted)
    number = observed.delivery.delivery_id
    month: date = observed.delivery.month
    Ledger(root.ledger).append(
        [Entry(WaitingTimes, "", month, observed.rows, deliveries=(number,))],
        run_id="a run",
        code_version="1",
        delivered=[(observed.delivery, observed.layout)],
    )
    return number


def audited(root: DataRoot, *heads: str) -> Audited:
    """The audit of the data root."""
    return audit(root, heads, lambda *_: None)


def found(root: DataRoot, *heads: str) -> list[tuple[str, str]]:
    """What the audit finds, and where."""
    return [places(finding) for finding in audited(root, *heads).findings]


def places(finding: Finding) -> tuple[str, str]:
    """What a finding is, and where."""
    return finding.what, finding.where


def tamper(path: Path, *statements: str) -> None:
    """Change a ledger behind its back."""
    with duckdb.connect(str(path)) as connection:
        for statement in statements:
            connection.execute(statement)
