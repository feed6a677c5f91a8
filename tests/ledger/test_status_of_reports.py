"""`observed.status` and `.corrections`: whose report is in, how it came, and what a later one gave otherwise.

Each case has a month of its own, so that all of them are in one ledger, and in one publication.
"""

from collections.abc import Iterable
from datetime import date
from itertools import zip_longest
from pathlib import Path

import polars as pl
import pytest

from deliveries.delivered import DeliveredFile, Delivery
from ledger.chain import Entry
from ledger.ledger import Ledger
from ledger.warehouse import publish
from rules.tables_beside import tables_beside
from schemas.months import add_months, month_key
from schemas.observed import WaitingTimes
from schemas.places import DataRoot
from tests.ledger.ledger_entries import queried
from tests.rules.observations import waiting_times
from tests.rules.scheme_data import scheme_named

SCHEME = scheme_named("bup-2025")
DUE, LATE, LATER = 20, 22, 30
"""The day of the next month by which a month but the last is to be reported, and two after it."""

Came = tuple[int, str, tuple[str, ...]]
"""A delivery: its day in the next month, its layout, and the regions that it has counts of."""

Waiting = tuple[int, dict[str, int | None]]
"""A delivery: its day in the next month, and how many wait in each region."""

STATUS: list[tuple[list[Came], tuple[int, *tuple[object, ...]]]] = [
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
]
"""What came, and of Gotland's report: the day that counts, whether it is there, whether and how late, and the rest."""

CORRECTED: list[tuple[list[Waiting], list[tuple[int | None, int | None, int]]]] = [
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
]
"""What came, and how many wait in Gotland: first, now, and since which delivery; a row if it is otherwise."""

MONTHS = SCHEME.measured_months
"""The first case's month, the second's, and so on."""


def day_after(month: date, day: int) -> date:
    """The day in the month that follows."""
    return add_months(month, 1).replace(day=day)


def reported(month: date, came: Waiting, layout: str) -> tuple[Entry, tuple[Delivery, str]]:
    """How many wait in the month, and the delivery that says so, with its layout."""
    day, regions = day_after(month, came[0]), came[1]
    path = f"waiting_times/{month_key(month)}/{day}.csv"
    file = DeliveredFile(Path(path), path, f"{day:%m%d}".zfill(64), 1)
    delivery = Delivery("waiting_times", month, day, (file,))
    counts = dict.fromkeys(("completed", "completed_within_30", "waiting_within_30"), 9)
    rows = [
        {
            "month": month,
            "region_code": code,
            "measure": "first_visit",
            **counts,
            "waiting": waiting,
        }
        for code, waiting in regions.items()
    ]
    observed = waiting_times(rows).with_columns(delivery_id=pl.lit(str(delivery.delivery_id)))
    entry = Entry(WaitingTimes, "", month, observed, deliveries=(delivery.delivery_id,))
    return entry, (delivery, layout)


def published(folder: Path, came: Iterable[list[tuple[Waiting, str]]]) -> Path:
    """Record what came for each month, with its layout, all first deliveries together, all second ones, and so on; publish it."""
    root = DataRoot(folder)
    ledger = Ledger(root.ledger)
    for together in zip_longest(*came):
        found = [
            reported(month, *each) for month, each in zip(MONTHS, together, strict=False) if each
        ]
        ledger.append(
            [entry for entry, _ in found],
            run_id="a run",
            code_version="1",
            delivered=[delivery for _, delivery in found],
        )
    publish(root, tables_beside([SCHEME]))
    return root.published


@pytest.fixture(scope="module")
def status(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of all that came, but for corrections."""
    return published(
        tmp_path_factory.mktemp("status"),
        (
            [((day, dict.fromkeys(regions, 9)), layout) for day, layout, regions in came]
            for came, _ in STATUS
        ),
    )


@pytest.fixture(scope="module")
def corrections(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published file of all corrections; a delivery that is recorded once more is the same."""
    return published(
        tmp_path_factory.mktemp("corrections"),
        ([(delivery, "tidy") for delivery in came for _ in range(2)] for came, _ in CORRECTED),
    )


@pytest.mark.parametrize(
    ("month", "expected"),
    [(month, expected) for month, (_, expected) in zip(MONTHS, STATUS, strict=False)],
)
def test_gotlands_report(
    status: Path, month: date, expected: tuple[int, *tuple[object, ...]]
) -> None:
    """The day that counts, whether it holds the region, how late its first report was, and the rest."""
    query = (
        "SELECT delivered_on, is_reported, is_late, days_late, times_replaced, is_withdrawn "
        "FROM observed.status WHERE region_code = '09' AND dataset = 'waiting_times' AND month = ?"
    )
    day, *rest = expected
    assert queried(status, query, str(month)) == [(day_after(month, day), *rest)]


def test_a_row_a_region(status: Path) -> None:
    """Of each month delivered, whoever is in it; of no other month."""
    query = (
        "SELECT month, count(*), count(DISTINCT region_code) FROM observed.status "
        "GROUP BY month ORDER BY month"
    )
    assert queried(status, query) == [(month, 21, 21) for month in MONTHS[: len(STATUS)]]


@pytest.mark.parametrize(
    ("month", "expected"),
    [(month, expected) for month, (_, expected) in zip(MONTHS, CORRECTED, strict=True)],
)
def test_what_gotland_corrected(
    corrections: Path, month: date, expected: list[tuple[int | None, int | None, int]]
) -> None:
    """How many wait: first, now, and since which delivery; a row a count that is otherwise."""
    query = (
        "SELECT first_number, corrected_number, corrected_on FROM observed.corrections "
        "WHERE region_code = '09' AND counted = 'waiting' AND item = 'first_visit' AND month = ?"
    )
    found = [(first, now, day_after(month, day)) for first, now, day in expected]
    assert queried(corrections, query, str(month)) == found
