"""Heads of the chain, noted beside the ledger: a line in `warehouse/heads.csv` for every publication.

A chain that was cut off, or written anew, is whole in itself; it shows against a head noted before. The line
also has the hash of the published file, so that a published warehouse that was changed shows as well.
"""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ledger.clock import utc_now

HEADER = "noted_at,materialisation_id,record_hash,published_sha256\n"
SHA256 = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True)
class Head:
    """The last record at one moment, and the SHA-256 of the warehouse that was published of it."""

    number: int
    record_hash: str
    published_sha256: str


def note(path: Path, head: Head) -> None:
    """Append the head to the file, and see that it is on disk; the caller keeps other publishers out.

    Raises:
        OSError: if the file cannot be written.
    """
    line = f"{utc_now().isoformat()},{head.number},{head.record_hash},{head.published_sha256}\n"
    opened = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o644)
    try:
        size = os.fstat(opened).st_size
        # A line that was torn, by a power cut, must not take the next one with it.
        is_torn = size and os.pread(opened, 1, size - 1) != b"\n"
        before = "\n" if is_torn else "" if size else HEADER
        os.write(opened, f"{before}{line}".encode())
        os.fsync(opened)
    finally:
        os.close(opened)


def noted(path: Path) -> Iterator[Head | int]:
    """The heads noted in a file, in their order; a line that is none as its number.

    Raises:
        OSError: if the file cannot be read.
    """
    text = path.read_text(encoding="utf-8", errors="replace")
    for number, line in enumerate(text.splitlines(), start=1):
        if line == HEADER.strip():
            continue
        try:
            # No value has a comma or a quotation mark: one put in makes its own line none, and no other.
            _, record, record_hash, published = line.split(",")
            head = Head(int(record), record_hash, published)
        except ValueError:
            yield number
        else:
            is_one = SHA256.fullmatch(record_hash) and SHA256.fullmatch(published)
            yield head if is_one else number
