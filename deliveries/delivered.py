"""A delivery as it is read: copies of the sender's files, each known by the hash of its bytes."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from deliveries.faults import DeliveryRefusedError, Fault
from schemas.deliveries import Dataset, DeliveryId, OfDay

LARGEST_FILE = 64 * 1024 * 1024
"""Bytes; a tidy month has some kilobytes."""

COUNTS_OR_RECORDS = "Deliver counts, a row a region, or records in the record layout."
"""What to do with a table that is too large for one of counts."""


@dataclass(frozen=True)
class DeliveredFile:
    """A copy of a file: where it lies, the original's path below `raw/`, and its bytes' hash and number."""

    path: Path
    name: str
    sha256: str
    size: int

    @cached_property
    def content(self) -> bytes:
        """The file's bytes.

        Raises:
            DeliveryRefusedError: if it is too large to be read whole.
        """
        if self.size > LARGEST_FILE:
            raise refusal(
                self.name,
                f"at most {LARGEST_FILE} bytes in this layout",
                COUNTS_OR_RECORDS,
            )
        return self.path.read_bytes()


@dataclass(frozen=True)
class Delivery(OfDay):
    """All files of one day for one dataset and month, as they were copied."""

    files: tuple[DeliveredFile, ...]

    @cached_property
    def delivery_id(self) -> DeliveryId:
        """Dataset, month, day, and the first 12 digits of the SHA-256 over the files' hashes."""
        found = digits(file.sha256 for file in self.files)
        return DeliveryId(Dataset(self.dataset), self.month, self.day, found)


def digits(hashes: Iterable[str]) -> str:
    """The first 12 digits of the SHA-256 over the files' hashes, in order: a delivery's name's end."""
    return hashlib.sha256("\n".join(sorted(hashes)).encode()).hexdigest()[:12]


def refusal(
    file: str, expected: str, advice: str, value: str = "", row: int | None = None
) -> DeliveryRefusedError:
    """The refusal of a whole file for one reason, with what stands there or in a row where that says more."""
    return DeliveryRefusedError(file, [Fault(file, row, "", value, expected, advice)])
