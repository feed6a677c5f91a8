"""The record layout: one row a case or an operation, counted as a stream, in any number of files."""

from contextlib import suppress
from datetime import date

from deliveries.apart import APART, DiedError
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.finding import DeliveredFile, Delivery, refusal
from deliveries.layouts.cells import Cells, Layout, Vocabulary
from deliveries.patients.files import open_records
from deliveries.patients.records import CountedRecords, count_records
from deliveries.patients.rules import LAYOUTS
from deliveries.patients.tallies import tallied


def read_records(delivery: Delivery, vocabulary: Vocabulary) -> Cells:
    """The counts of the delivery's records in the columns of its table.

    Raises:
        DeliveryRefusedError: naming how many records break each rule and where the first stand, or
            the files that no reader survives.
        ChildProcessError: if the process that reads was ended from outside.
    """
    counted = count_apart(delivery, vocabulary)
    places: list[tuple[str, int | None]] = [(delivery.name, None)] * counted.rows.height
    return Cells(counted.rows, places, {}, counted.notes)


def count_apart(delivery: Delivery, vocabulary: Vocabulary) -> CountedRecords:
    """As `count_records`, in another process: a damaged file can end the one that reads it.

    Raises:
        DeliveryRefusedError: as `count_records` does; and naming the files that end it.
        ChildProcessError: if the process that reads was ended from outside.
    """
    for file in delivery.files:
        # What is counted there has to be what is hashed, and kept, here. A file that cannot be read
        # is told with what is wrong with the others.
        with suppress(DeliveryRefusedError):
            _ = file.sha256
    try:
        counted: CountedRecords = APART.call(count_records, delivery, vocabulary)
    except DiedError:
        raise DeliveryRefusedError(delivery.name, _deadly(delivery)) from None
    return counted


def _deadly(delivery: Delivery) -> list[Fault]:
    """The files that end the process that reads them, each read alone; all, if none does alone."""
    found = []
    for file in delivery.files:
        try:
            APART.call(_read, file, delivery.dataset, delivery.month)
        except DeliveryRefusedError:
            continue
        except DiedError:
            found.append(file)
    return [
        fault
        for file in found or delivery.files
        for fault in refusal(
            file.name,
            "a file that can be read to its end",
            "It is damaged: write the file anew and deliver it whole.",
        ).faults
    ]


def _read(file: DeliveredFile, dataset: str, month: date) -> None:
    tallied(open_records(file, LAYOUTS[dataset]), dataset, month)


def _headers(dataset: str) -> list[frozenset[str]]:
    return [frozenset(LAYOUTS[dataset].columns)] if dataset in LAYOUTS else []


RECORDS = Layout("record", _headers, read_records)
