"""The deliveries recorded: their files' hashes against the chain, which names each delivery by them.

Every record of what was read names its deliveries, and holds the hash of their rows of `audit.deliveries`:
whatever of them was changed shows. What is most worth to know is said first: files that were changed, added
or taken away show in the delivery's name too, which ends in digits of their hashes, as does a day.
"""

from collections.abc import Collection, Iterator

import polars as pl

from deliveries.delivered import digits
from ledger.audit.finding import Finding
from ledger.audit.records import Chain
from ledger.chain import files_sha256
from schemas.deliveries import DeliveryId


def walk_deliveries(recorded: pl.DataFrame, chain: Chain) -> Iterator[Finding]:
    """Every finding of `audit.deliveries`, all rows of it, against the chain as walked."""
    by_delivery: dict[DeliveryId, pl.DataFrame] = {}
    ordered = recorded.sort("delivery_id", "file_name")
    for (text,), files in ordered.group_by("delivery_id", maintain_order=True):
        try:
            by_delivery[DeliveryId.parse(str(text))] = files
        except ValueError as error:
            yield Finding("delivery unreadable", str(text), "a delivery's name", f"{error}")
    for name in sorted(chain.named_deliveries.keys() - by_delivery.keys()):
        number = chain.named_deliveries[name]
        yield Finding(
            "delivery missing",
            str(name),
            f"its files in audit.deliveries, since record {number} rests on it",
            "no file",
        )
    told: set[DeliveryId] = set()
    for name, files in by_delivery.items():
        findings = [*_hashes(name, files), *_names(name, files)]
        if name not in chain.named_deliveries:
            findings.append(
                Finding(
                    "delivery without a record",
                    str(name),
                    "a record that rests on it",
                    "no record names it",
                )
            )
        told |= {name} if findings else set()
        yield from findings
    yield from _rows(recorded, by_delivery.keys() - told, chain)


def _rows(
    recorded: pl.DataFrame, deliveries: Collection[DeliveryId], chain: Chain
) -> Iterator[Finding]:
    """The rows of deliveries of which nothing was said yet, against the first record that was read from them."""
    seen: set[DeliveryId] = set()
    for record in chain.records.values():
        named = set(record.deliveries)
        if record.files_sha256 is None or not named.issubset(deliveries) or named <= seen:
            continue
        seen |= named
        found = files_sha256(recorded, record.deliveries)
        if found != record.files_sha256:
            yield Finding(
                "delivery changed",
                ", ".join(map(str, record.deliveries)),
                f"size, layout and time as record {record.number} has them: {record.files_sha256}",
                f"{found}",
            )


def _hashes(name: DeliveryId, files: pl.DataFrame) -> Iterator[Finding]:
    found = digits(files["sha256"])
    if name.digits != found:
        yield Finding(
            "delivery's files changed",
            str(name),
            f"files whose hashes give {name.digits}",
            f"{files.height} files whose hashes give {found}",
        )


def _names(name: DeliveryId, files: pl.DataFrame) -> Iterator[Finding]:
    """A file's name begins as the delivery's does, and its day is the delivery's."""
    for file, day in files.select("file_name", "delivered_on").iter_rows():
        if not file.startswith(name.name):
            yield Finding("file of another delivery", str(name), f"{name.name}...", file)
        if day != name.day:
            yield Finding("day of delivery changed", file, f"{name.day}", f"{day}")
