"""Recorded deliveries whose files are gone: found, unless a later day has replaced them."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from deliveries.finding import latest_delivery
from ledger.chain import chained
from ledger.removed import removed_files
from schemas.audit import Deliveries
from schemas.deliveries import DeliveryId
from schemas.places import DataRoot
from schemas.records import Record
from tests.deliveries.delivering import APRIL, deliver
from tests.ledger.ledger_entries import payouts

DAY = "waiting_times/2025-04/2025-05-20"
PARTS = (f"{DAY}-a.csv", f"{DAY}-b.csv")


def recorded(*deliveries: str) -> dict[date, Record]:
    """April's record, which rests on the deliveries."""
    [made] = chained([payouts(1)], None, "a run", "1")
    return {APRIL: replace(made, deliveries=tuple(map(DeliveryId.parse, deliveries)))}


def files(*names: str) -> pl.DataFrame:
    """Files as they were recorded, all under one number."""
    rows = [
        {
            "delivery_id": f"{DAY}/0123456789ab",
            "file_name": name,
            "sha256": "ab" * 32,
            "size_bytes": 1,
            "delivered_on": date(2025, 5, 20),
            "layout": "records",
            "recorded_at": None,
        }
        for name in names
    ]
    return pl.DataFrame(rows, schema=Deliveries.polars_schema())


def gone(root: DataRoot, *names: str) -> list[str]:
    """The files that are found to be gone, of those recorded."""
    found = latest_delivery(root, "waiting_times", APRIL)
    refusals = removed_files(
        [found] if found else [], recorded(f"{DAY}/0123456789ab"), files(*names)
    )
    return [fault.file for refusal in refusals for fault in refusal.faults]


@pytest.mark.parametrize(
    ("present", "expected"),
    [
        ([], [*PARTS]),
        ([PARTS[0]], [PARTS[1]]),
        ([*PARTS], []),
        ([*PARTS, f"{DAY}-c.csv"], []),
        (["waiting_times/2025-04/2025-05-19.csv"], [*PARTS]),
        (["waiting_times/2025-04/2025-05-21.csv"], []),
        (["waiting_times/2025-04/2025-05-19.csv", PARTS[1]], [PARTS[0]]),
    ],
    ids=[
        "nothing is left",
        "one of two is left",
        "both are there",
        "a third came",
        "an earlier day is left",
        "a later day replaced them",
        "an earlier day and one of two are left",
    ],
)
def test_what_is_gone(root: DataRoot, present: list[str], expected: list[str]) -> None:
    """Of two files recorded, by what is there now."""
    for name in present:
        deliver(root, name, "text")
    assert gone(root, *PARTS) == expected


def test_a_record_without_a_delivery(root: DataRoot) -> None:
    """Has nothing that could be gone."""
    assert not list(removed_files([], recorded(), files(*PARTS)))
    assert root.raw.exists() is False


def test_where_the_copy_is(root: DataRoot) -> None:
    """The advice can be followed to the letter."""
    [refusal] = removed_files([], recorded(f"{DAY}/0123456789ab"), files(PARTS[0]))
    [fault] = refusal.faults
    assert refusal.delivery == DAY
    assert f"Copy warehouse/deliveries/{'ab' * 32} to raw/{PARTS[0]}." in fault.advice
    assert not root.accepted.exists()
