"""`observed.status` and `.corrections`: whose report is in, how it came, and what a later one gave otherwise."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from deliveries.delivered import DeliveredFile, Delivery
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.warehouse import publish
from rules.tables_beside import tables_beside
from schemas.observed import WaitingTimes
from schemas.places import DataRoot
from tests.deliveries.delivering import APRIL
from tests.ledger.ledger_entries import queried
from tests.rules.observations import waiting_times
from tests.rules.scheme_data import scheme_named

DUE, LATE, LATER = date(2025, 5, 20), date(2025, 5, 22), date(2025, 5, 30)
"""The day by which April is to be reported, and two after it."""

Came = tuple[date, str, tuple[str, ...]]
"""A delivery: its day, its layout, and the regions that it has counts of."""

Waiting = tuple[date, dict[str, int | None]]
"""A delivery: its day, and how many wait in each region."""

STATUS = (
    "SELECT delivered_on, is_reported, is_late, days_late, times_replaced, is_withdrawn "
    "FROM observed.status WHERE region_code = ? AND dataset = 'waiting_times'"
)


def recorded(ledger: Ledger, came: Came) -> None:
    """Record a delivery of April's waiting times."""
    day, layout, regions = came
    record(ledger, (day, dict.fromkeys(regions, 9)), layout)


def record(ledger: Ledger, came: Waiting, layout: str = "tidy") -> None:
    """Record how many wait in April."""
    day, regions = came
    digest = f"{day.day:064d}"
    path = f"waiting_times/2025-04/{day}.csv"
    file = DeliveredFile(Path(path), path, digest, 1)
    delivery = Delivery("waiting_times", APRIL, day, (file,))
    counts = dict.fromkeys(("completed", "completed_within_30", "waiting_within_30"), 9)
    rows = [
        {
            "month": APRIL,
            "region_code": code,
            "measure": "first_visit",
            **counts,
            "waiting": waiting,
        }
        for code, waiting in regions.items()
    ]
    observed = waiting_times(rows).with_columns(delivery_id=pl.lit(str(delivery.delivery_id)))
    entry = Entry(WaitingTimes, "", APRIL, observed, deliveries=(delivery.delivery_id,))
    ledger.append([entry], run_id="a run", code_version="1", delivered=[(delivery, layout)])


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ([(DUE, "tidy", ("09",))], (DUE, True, False, 0, 0, False)),
        ([(DUE, "tidy", ("04",))], (DUE, False, None, None, 0, False)),
        ([(LATE, "tidy", ("09",))], (LATE, True, True, 2, 0, False)),
        # What replaces a report in time does not make it late.
        ([(DUE, "tidy", ("09",)), (LATER, "tidy", ("09",))], (LATER, True, False, 0, 1, False)),
        # The region's own first report decides, not the delivery's day.
        ([(DUE, "tidy", ("04",)), (LATE, "tidy", ("04", "09"))], (LATE, True, True, 2, 1, False)),
        # A report that a later delivery no longer holds is none, but was not late.
        ([(DUE, "tidy", ("09",)), (LATE, "tidy", ("04",))], (LATE, False, False, 0, 1, False)),
        ([(DUE, "tidy", ("09",)), (LATE, "withdrawn", ())], (LATE, False, False, 0, 1, True)),
    ],
)
def test_gotlands_april(root: DataRoot, came: list[Came], expected: tuple[object, ...]) -> None:
    """The day that counts, whether it holds the region, how late its first report was, and the rest."""
    ledger = Ledger(root.ledger)
    for each in came:
        recorded(ledger, each)
    publish(root, tables_beside([scheme_named("bup-2025")]))
    assert queried(root.published, STATUS, "09") == [expected]


def test_a_row_a_region(root: DataRoot) -> None:
    """Of each month delivered, whoever is in it; of no other month."""
    recorded(Ledger(root.ledger), (DUE, "tidy", ("09",)))
    publish(root, tables_beside([scheme_named("bup-2025")]))
    query = (
        "SELECT count(*), count(DISTINCT region_code), min(month), max(month) FROM observed.status"
    )
    assert queried(root.published, query) == [(21, 21, APRIL, APRIL)]


@pytest.mark.parametrize(
    ("came", "expected"),
    [
        ([(DUE, {"09": 9})], []),
        # What another region corrected is no correction of Gotland's.
        ([(DUE, {"09": 9, "04": 9}), (LATE, {"09": 9, "04": 12})], []),
        # A first report replaces nothing, late as it may be.
        ([(DUE, {"04": 9}), (LATE, {"04": 9, "09": 12})], []),
        ([(DUE, {"09": 9}), (LATE, {"09": 12})], [(9, 12, LATE)]),
        # The day is that of the delivery that gave it, though a later one counts.
        ([(DUE, {"09": 9}), (LATE, {"09": 12}), (LATER, {"09": 12, "04": 9})], [(9, 12, LATE)]),
        ([(DUE, {"09": 9}), (LATE, {"09": 12}), (LATER, {"09": 9})], []),
        ([(DUE, {"09": 9}), (LATE, {"09": None})], [(9, None, LATE)]),
        ([(DUE, {"09": None}), (LATE, {"09": 9})], [(None, 9, LATE)]),
        # The region's report is gone, and so is missing.
        ([(DUE, {"09": 9}), (LATE, {"04": 9})], []),
    ],
)
def test_what_gotland_corrected(root: DataRoot, came: list[Waiting], expected: object) -> None:
    """How many wait: first, now, and since which delivery; a row a count that is otherwise."""
    ledger = Ledger(root.ledger)
    for each in came:
        record(ledger, each)
        record(ledger, each)  # A delivery that is recorded once more is the same.
    publish(root, tables_beside([scheme_named("bup-2025")]))
    query = (
        "SELECT first_number, corrected_number, corrected_on FROM observed.corrections "
        "WHERE region_code = ? AND counted = 'waiting' AND item = 'first_visit'"
    )
    assert queried(root.published, query, "09") == expected
