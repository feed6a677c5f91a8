"""What deliveries are judged beside: the files accepted so far, and what each month rests on."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial

import polars as pl

from deliveries.taking_in import AlreadyRecorded, not_taken_in
from ledger.ledger import Ledger
from schemas.audit import Deliveries
from schemas.deliveries import DATASETS, DeliveryId
from schemas.places import DataRoot, Place
from schemas.tables import TABLES


def already_recorded(root: DataRoot) -> Mapping[str, AlreadyRecorded]:
    """What deliveries are judged beside, by table: every file accepted, and what its months rest on."""
    ledger = Ledger.of(root)
    rests_on: dict[str, dict[date, DeliveryId]] = {f"observed.{each}": {} for each in DATASETS}
    for record in ledger.current():
        if record.table in rests_on and record.deliveries:
            rests_on[record.table][record.month] = record.deliveries[0]
    files = ledger.record(Deliveries)
    return {
        table: AlreadyRecorded(files, current, partial(_rows, ledger, table, [*current]))
        for table, current in rests_on.items()
    }


def _rows(ledger: Ledger, table: str, months: Sequence[date]) -> pl.DataFrame:
    return ledger.read(TABLES[table], "", months).rows


def untaken(root: DataRoot, places: Iterable[Place]) -> set[Place]:
    """Those of the places whose latest delivery was refused or not read: nothing may rest on their records.

    A place that is not of a table of what was observed is passed over.
    """
    wanted = set(places)
    return {
        Place(table, "", month)
        for table, recorded in already_recorded(root).items()
        for months in [{place.month for place in wanted if place.table == table}]
        for month in not_taken_in(root, table.partition(".")[2], months, recorded)
    }
