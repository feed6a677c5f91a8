"""What lies under `raw/` and is not recorded: new deliveries, replacing ones, changed files.

It is looked at every half minute, so nothing large is read: a file of some kilobytes is known by
its bytes, a larger one by its size and, until it is recorded, by the time of its last change.
"""

import hashlib
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from deliveries.delivered import digits
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import (
    SentDelivery,
    latest_delivery,
    months_delivered,
    remarks,
)
from deliveries.taking_in import AlreadyRecorded
from ledger.accepted import already_recorded
from schemas.deliveries import DATASETS, DeliveryId
from schemas.months import month_key
from schemas.places import DataRoot

SMALL = 1024 * 1024
"""Bytes up to which a file is known by its content."""


class Arrival(NamedTuple):
    """A month with something to read; `signature` is the same as long as its files are."""

    dataset: str
    month: date
    signature: str

    @property
    def name(self) -> str:
        """What it is called: dataset and month."""
        return f"{self.dataset}/{month_key(self.month)}"


@dataclass(frozen=True)
class Seen:
    """What a look at `raw/` found.

    Attributes:
        arrivals: what is to be read.
        delivered: the months of each dataset that something lies there for.
        remarks: what a person should look at, in words.
    """

    arrivals: list[Arrival]
    delivered: Mapping[str, list[date]]
    remarks: list[str]


def look(root: DataRoot, first: date, last: date) -> Seen:
    """The months whose latest delivery is not what the ledger holds of them.

    A month whose recorded delivery has gone is remarked upon and left as it is: its copy counts, and
    an earlier delivery does not come back by itself. So is a month that cannot be run, as before `first` or after `last`.

    Raises:
        LedgerBusyError: if another process holds the ledger too long.
    """
    beside = already_recorded(root)
    delivered: dict[str, list[date]] = {}
    arrivals: list[Arrival] = []
    found_odd = remarks(root)
    for dataset in DATASETS:
        recorded = beside[f"observed.{dataset}"]
        try:
            delivered[dataset] = months_delivered(root, dataset)
        except OSError as error:
            delivered[dataset] = []
            found_odd.append(f"{dataset} cannot be looked at: {error.strerror}")
            continue
        for month in delivered[dataset]:
            if first <= month <= last:
                found = _of_month(root, dataset, month, recorded)
            else:
                found = (
                    f"{dataset}/{month_key(month)} is not run: it lies outside "
                    f"{month_key(first)} to {month_key(last)}"
                )
            if isinstance(found, Arrival):
                arrivals.append(found)
            elif found:
                found_odd.append(found)
        found_odd += [
            _pruned(name)
            for month, name in recorded.current.items()
            if month not in delivered[dataset]
        ]
    return Seen(arrivals, delivered, found_odd)


def _pruned(recorded: DeliveryId) -> str:
    return (
        f"{recorded.name} is recorded, and no longer in raw/: its recorded copy counts until a later "
        "day's delivery replaces or withdraws it"
    )


def _of_month(
    root: DataRoot, dataset: str, month: date, recorded: AlreadyRecorded
) -> Arrival | str | None:
    """The month as an arrival, or a remark, or nothing if its latest delivery is recorded."""
    name = f"{dataset}/{month_key(month)}"
    try:
        try:
            delivery = latest_delivery(root, dataset, month)
            if delivery is None:
                return None
            known = recorded.current.get(month)
            if known and known.day > delivery.day:
                return _pruned(known)
            hashes = _hashes(delivery, recorded)
            if known and known.day == delivery.day and hashes:
                return None if digits(hashes) == known.digits else _pruned(known)
            files = [file.path for file in delivery.files()]
        except DeliveryRefusedError:
            # What is not in order is run once all the same, so that its faults are shown.
            files = list((root.raw / name).iterdir())
        return Arrival(dataset, month, _signature(files))
    except OSError as error:
        # Whoever copies or removes files may do so while they are looked at.
        return f"{name} cannot be looked at now: {error.strerror}"


def _hashes(delivery: SentDelivery, recorded: AlreadyRecorded) -> list[str]:
    """The files' hashes, if all are those recorded, as far as little cost can tell; else none."""
    hashes = []
    for file in delivery.files():
        status = file.path.lstat()
        if status.st_size != recorded.sizes.get(file.name):
            return []
        sha256 = recorded.hashes[file.name]
        if _sha256_if_small(file.path, status) not in {"", sha256}:
            return []
        hashes.append(sha256)
    return hashes


def _signature(paths: Sequence[Path]) -> str:
    """A hash of the files' names and sizes, with the bytes of small files, and times of others."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        status = path.lstat()
        kept = _sha256_if_small(path, status) or str(status.st_mtime_ns)
        digest.update(os.fsencode(path.name) + f"\0{status.st_size}\0{kept}\0".encode())
    return digest.hexdigest()[:12]


def _sha256_if_small(path: Path, status: os.stat_result) -> str:
    if stat.S_ISREG(status.st_mode) and status.st_size <= SMALL:
        return _sha256(path, status.st_size, status.st_mtime_ns)
    return ""


@lru_cache(maxsize=10_000)
def _sha256(path: Path, _size: int, _changed_ns: int) -> str:
    """The hash of a file's bytes, read again only when its size or time has changed."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
