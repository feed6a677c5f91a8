"""Deliveries that were recorded and whose files are gone: a month must not fall back in silence."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import polars as pl

from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.finding import Delivery
from schemas.records import Record


def removed_files(
    found: Sequence[Delivery], recorded: Mapping[date, Record], files: pl.DataFrame
) -> Iterator[DeliveryRefusedError]:
    """The refusals of months whose recorded delivery is no longer there whole, and was not replaced by a later one.

    Without this check the delivery of an earlier day, or what is left of the files, would become
    current as if it were a correction.

    Args:
        found: the latest delivery of each month that has one.
        recorded: the current record of each month that has one.
        files: the files recorded, as `audit.deliveries`.

    Returns:
        A refusal for each such month; it names every file that is gone, and where its copy is.
    """
    by_month = {each.month: each for each in found}
    for month, record in sorted(recorded.items()):
        delivery = by_month.get(month)
        present = {file.name for file in delivery.files} if delivery else set()
        for delivery_id in record.deliveries:
            name = delivery_id.name
            if delivery and delivery.name > name:
                continue
            files_of_it = files.filter(pl.col("delivery_id") == str(delivery_id))
            gone = [
                _fault(file, sha256)
                for file, sha256 in files_of_it.select("file_name", "sha256").iter_rows()
                if file not in present
            ]
            if gone:
                yield DeliveryRefusedError(name, gone)


def _fault(file: str, sha256: str) -> Fault:
    return Fault(
        file,
        None,
        "",
        "",
        "the file that was recorded under this name, which is gone",
        f"Copy warehouse/deliveries/{sha256} to raw/{file}. The month keeps what was recorded.",
    )
