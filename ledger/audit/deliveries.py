"""The deliveries recorded: their files' hashes against the chain, which names each delivery by them.

`audit.deliveries` is not in the chain itself. But every record names its deliveries, and a
delivery's name ends in the first 12 digits of the SHA-256 over its files' hashes. So a hash that was
changed, and a file that was added or taken away, show; so do a day that is not the name's and a time that is
not the record's. What does not show here: a changed layout, and hashes that were found by trying out some 2^48 of them.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

import polars as pl

from deliveries.delivered import digits
from ledger.audit.finding import RESTORE, Finding
from ledger.audit.records import Chain
from schemas.deliveries import DeliveryId

APPEND_TAKES_AT_MOST = timedelta(hours=1)
"""A delivery is recorded in the same append as the first record that names it."""


def walk_deliveries(recorded: pl.DataFrame, chain: Chain) -> Iterator[Finding]:
    """Every finding of `audit.deliveries` against the chain.

    Args:
        recorded: `audit.deliveries`.
        chain: the records, as walked.
    """
    by_delivery: dict[DeliveryId, pl.DataFrame] = {}
    ordered = recorded.sort("delivery_id", "file_name")
    for (text,), files in ordered.group_by("delivery_id", maintain_order=True):
        try:
            by_delivery[DeliveryId.parse(str(text))] = files
        except ValueError as error:
            yield Finding(
                "delivery unreadable", str(text), "a delivery's name", f"{error}", RESTORE
            )
    for name in sorted(chain.named_deliveries.keys() - by_delivery.keys()):
        number, _ = chain.named_deliveries[name]
        yield Finding(
            "delivery missing",
            str(name),
            f"its files in audit.deliveries, since record {number} rests on it",
            "no file",
            RESTORE,
        )
    for name, files in by_delivery.items():
        yield from _hashes(name, files)
        yield from _names(name, files)
        if name in chain.named_deliveries:
            yield from _times(name, files, *chain.named_deliveries[name])
        else:
            yield Finding(
                "delivery without a record",
                str(name),
                "a record that rests on it",
                "no record names it",
                RESTORE,
            )


def _hashes(name: DeliveryId, files: pl.DataFrame) -> Iterator[Finding]:
    found = digits(files["sha256"])
    if name.digits != found:
        yield Finding(
            "delivery's files changed",
            str(name),
            f"files whose hashes give {name.digits}",
            f"{files.height} files whose hashes give {found}",
            RESTORE,
        )


def _names(name: DeliveryId, files: pl.DataFrame) -> Iterator[Finding]:
    """A file's name begins as the delivery's does, and its day is the delivery's."""
    for file, day in files.select("file_name", "delivered_on").iter_rows():
        if not file.startswith(name.name):
            yield Finding("file of another delivery", str(name), f"{name.name}...", file, RESTORE)
        if day != name.day:
            yield Finding("day of delivery changed", file, f"{name.day}", f"{day}", RESTORE)


def _times(name: DeliveryId, files: pl.DataFrame, number: int, time: datetime) -> Iterator[Finding]:
    for file, recorded_at in files.select("file_name", "recorded_at").iter_rows():
        if not time - APPEND_TAKES_AT_MOST <= recorded_at <= time:
            yield Finding(
                "time of delivery changed",
                f"{file} of {name}",
                f"the time of record {number}, {time.isoformat(sep=' ')}, or just before",
                recorded_at.isoformat(sep=" "),
                RESTORE,
            )


def hashes_by_file(recorded: pl.DataFrame) -> Mapping[str, str]:
    """The hash recorded of each file, by its path below `raw/`."""
    return dict(recorded.select("file_name", "sha256").iter_rows())
