"""The one way back to what was accepted: a recorded delivery, opened from its kept copies alone."""

from pathlib import Path

import polars as pl

from deliveries.delivered import DeliveredFile, Delivery
from deliveries.door import sha256_of
from schemas.deliveries import DeliveryId


class NotKeptError(Exception):
    """A recorded delivery whose kept copies are no longer there as they were recorded."""


def open_recorded(store: Path, recorded: pl.DataFrame, delivery_id: DeliveryId) -> Delivery:
    """The delivery, its files those copied when it was accepted; `raw/` is not looked at.

    Args:
        store: the folder of kept copies.
        recorded: `audit.deliveries`, with the delivery's files.
        delivery_id: which one.

    Raises:
        NotKeptError: naming the copies that are gone, or have other bytes than were recorded.
    """
    of_it = recorded.filter(pl.col("delivery_id") == str(delivery_id)).sort("file_name")
    files = tuple(
        DeliveredFile(store / sha256, name, sha256, size)
        for name, sha256, size in of_it.select("file_name", "sha256", "size_bytes").iter_rows()
    )
    wrong = [file for file in files if not _is_kept(file)]
    if wrong or not files:
        names = ", ".join(f"{file.sha256} (of {file.name})" for file in wrong)
        raise NotKeptError(
            f"the delivery {delivery_id} cannot be read again: its copies are gone or changed "
            f"below {store.name}/: {names or 'all'}. Put them back from a backup, or from raw/ "
            "where a file still has that hash."
        )
    return Delivery(delivery_id.dataset, delivery_id.month, delivery_id.day, files)


def _is_kept(file: DeliveredFile) -> bool:
    try:
        return file.path.stat().st_size == file.size and sha256_of(file.path) == file.sha256
    except OSError:
        return False
