"""Keeping what was accepted: each file's bytes under their SHA-256, written whole or not at all."""

import hashlib
import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from deliveries.faults import DeliveryRefusedError
from deliveries.finding import DeliveredFile, Delivery, changed, unreadable
from ledger.appending import changed_bytes, ledger_tables
from ledger.dialect import query
from ledger.engines import ledger_engine
from schemas.audit import Deliveries
from schemas.places import DataRoot

PIECE = 1024 * 1024


def refused_as_changed(
    root: DataRoot, delivered: Sequence[Delivery]
) -> Iterator[DeliveryRefusedError]:
    """The refusals of those deliveries whose bytes are not the ones recorded under their names.

    The ledger asks the same when it records. It is asked before, so that nothing is kept of what
    will be refused.

    Raises:
        LedgerBusyError: if another process holds the ledger too long.
    """
    recorded = _recorded_hashes(root, [file.name for each in delivered for file in each.files])
    for delivery in delivered:
        for file in delivery.files:
            if recorded.get(file.name, file.sha256) != file.sha256:
                yield changed_bytes(delivery, file.name)
                break


def keep(root: DataRoot, delivery: Delivery) -> None:
    """Copy the delivery's files to `warehouse/deliveries/`, each named by its SHA-256: all or none.

    A file that is there already has the same bytes, and is left as it is.

    Raises:
        DeliveryRefusedError: if a file is no longer the one that was read.
        OSError: if the folder cannot be written.
    """
    root.accepted.mkdir(parents=True, exist_ok=True)
    new = {
        file.sha256: file for file in delivery.files if not (root.accepted / file.sha256).exists()
    }
    unfinished = {sha256: root.accepted / f"{sha256}.{os.getpid()}.part" for sha256 in new}
    try:
        for sha256, file in new.items():
            _copy(file, unfinished[sha256])
        for sha256, part in unfinished.items():
            part.replace(root.accepted / sha256)
    finally:
        for part in unfinished.values():
            part.unlink(missing_ok=True)


def _copy(file: DeliveredFile, target: Path) -> None:
    """Write the file's bytes, to the disk itself: a record that names them outlives a power cut."""
    digest = hashlib.sha256()
    with target.open("wb") as copy:
        for piece in _pieces(file):
            digest.update(piece)
            copy.write(piece)
        copy.flush()
        os.fsync(copy.fileno())
        os.fchmod(copy.fileno(), 0o444)
    if digest.hexdigest() != file.sha256:
        raise changed(file)


def _pieces(file: DeliveredFile) -> Iterable[bytes]:
    """The bytes that were read, or where none are held those of the file as it is now."""
    if file.is_held:
        yield file.content
        return
    try:
        with file.path.open("rb") as stream:
            while piece := stream.read(PIECE):
                yield piece
    except OSError as error:
        raise unreadable(file.name, error) from error


def _recorded_hashes(root: DataRoot, names: list[str]) -> dict[str, str]:
    """The SHA-256 recorded under each name that the ledger knows."""
    engine = ledger_engine(root)
    if not engine.exists():
        return {}
    hashes = (
        "SELECT file_name, sha256 FROM audit.deliveries "
        "WHERE file_name IN (SELECT unnest(?::VARCHAR[]))"
    )
    with engine.reading() as connection:
        if Deliveries.qualified_name() not in ledger_tables(connection):
            return {}
        return dict(query(connection, hashes, [names]).iter_rows())
