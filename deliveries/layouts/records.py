"""The record layout: one row a case or an operation, counted as a stream, in any number of files."""

from deliveries.delivered import Delivery
from deliveries.layouts.cells import Cells, Layout
from deliveries.patients.records import count_records
from deliveries.patients.rules import LAYOUTS


def read_records(delivery: Delivery) -> Cells:
    """The counts of the delivery's records in the columns of its table.

    Raises:
        DeliveryRefusedError: naming how many records break each rule and where the first stand.
    """
    counted = count_records(delivery)
    places: list[tuple[str, int | None]] = [(delivery.name, None)] * counted.rows.height
    return Cells(places, {}, counted.notes, counted.remarks, rows=counted.rows)


def _headers(dataset: str) -> list[frozenset[str]]:
    return [frozenset(LAYOUTS[dataset].columns)] if dataset in LAYOUTS else []


RECORDS = Layout("record", _headers, read_records)
