"""The door: a delivery is copied and hashed in one pass, and everything after reads the copy.

What a sender put may change, vanish or be pruned at any time; the copy does not. Copies lie in a
folder of their own within the store, which nobody else may open, until they are kept under their
SHA-256 or the door is closed, and then they go: a refused delivery may hold what identifies a person.
"""

import errno
import fcntl
import hashlib
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import mkdtemp

from deliveries.delivered import DeliveredFile, Delivery, refusal
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import SentDelivery, SentFile

PIECE = 1024 * 1024
UNFINISHED = "unfinished-"
"""How folders of copies that are not kept yet are called."""

CLOSED, FOR_THE_GROUP, FOR_ITS_OWNER = 0o700, 0o440, 0o400
"""Modes of the store's folders; the most that a copy may be open, and the least."""


@contextmanager
def open_door(store: Path) -> Iterator[Path]:
    """A new folder in the store for copies; at the end it goes, with every copy that was not kept.

    What a killed process left there goes first.

    Raises:
        OSError: if the store cannot be written.
    """
    store.mkdir(parents=True, exist_ok=True, mode=CLOSED)
    if store.stat().st_mode & 0o077:
        store.chmod(CLOSED)
    for left in store.glob(f"{UNFINISHED}*"):
        with _held(left, fcntl.LOCK_EX | fcntl.LOCK_NB) as is_held:
            if is_held:
                shutil.rmtree(left, ignore_errors=True)
    while True:
        folder = Path(mkdtemp(prefix=UNFINISHED, dir=store))
        with _held(folder, fcntl.LOCK_EX):
            # Another process may have taken it for one that was left.
            if not folder.exists():
                continue
            try:
                yield folder
            finally:
                shutil.rmtree(folder)
            return


def copied(sent: SentDelivery, folder: Path) -> Delivery:
    """The delivery's files, copied to the folder and hashed on the way.

    Raises:
        DeliveryRefusedError: naming every file that cannot be read, is no regular file, changes
            while it is copied, or has a name or a place that it must not have; then no copy
            stays.
        OSError: if the folder cannot be written.
    """
    files, faults = [], []
    for number, file in enumerate(sent.files()):
        try:
            files.append(_copy(file, folder / f"{sent.name.replace('/', '_')}_{number}"))
        except DeliveryRefusedError as error:
            faults += error.faults
    if faults:
        for copy in files:
            copy.path.unlink()
        raise DeliveryRefusedError(sent.name, faults)
    return Delivery(sent.dataset, sent.month, sent.day, tuple(files))


def keep(delivery: Delivery, store: Path) -> None:
    """Name the copies by their SHA-256 in the store: they outlive the door, and a power cut.

    A copy that is there already has the same bytes, and is left as it is.

    Raises:
        OSError: if the store cannot be written; then none is kept.
    """
    new = [file for file in delivery.files if not (store / file.sha256).exists()]
    for file in new:
        _to_disk(file.path)
    for file in new:
        file.path.replace(store / file.sha256)
    if new:
        _to_disk(store)


def sha256_of(path: Path) -> str:
    """The hash of a file's bytes; raises OSError if it cannot be read."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _copy(file: SentFile, target: Path) -> DeliveredFile:
    """The file's copy, as open as the original and the process allow, and at most for its group."""
    try:
        # Without waiting: a pipe would never begin.
        source = os.open(file.path, os.O_RDONLY | os.O_NONBLOCK)
    except OSError as error:
        raise _unreadable(file, error) from error
    digest, size = hashlib.sha256(), 0
    try:
        before = os.fstat(source)
        if not stat.S_ISREG(before.st_mode):
            advice = "Deliver a file, not a pipe or a device."
            raise refusal(file.name, "a regular file", advice)
        mode = before.st_mode & FOR_THE_GROUP | FOR_ITS_OWNER
        with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as copy:
            while piece := _piece(file, source):
                digest.update(piece)
                size += copy.write(piece)
        after = os.fstat(source)
    finally:
        os.close(source)
    if (before.st_size, before.st_mtime_ns) != (after.st_size, after.st_mtime_ns):
        target.unlink()
        expected = "a file that stays as it is while it is copied"
        raise refusal(file.name, expected, "Deliver it once it is written.")
    return DeliveredFile(target, file.name, digest.hexdigest(), size)


def _piece(file: SentFile, source: int) -> bytes:
    try:
        return os.read(source, PIECE)
    except OSError as error:
        raise _unreadable(file, error) from error


def _unreadable(file: SentFile, error: OSError) -> DeliveryRefusedError:
    expected = f"a readable file ({error.strerror})"
    return refusal(file.name, expected, "Deliver the file anew.")


def _to_disk(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


@contextmanager
def _held(folder: Path, lock: int) -> Iterator[bool]:
    """Whether the folder's lock was taken, which ends with the process that holds it."""
    try:
        opened = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:  # another process has removed it
        yield False
        return
    try:
        is_held = True
        try:
            fcntl.flock(opened, lock)
        except OSError as error:
            if error.errno not in {errno.EWOULDBLOCK, errno.ENOLCK, errno.EOPNOTSUPP}:
                raise
            is_held = False
        yield is_held
    finally:
        os.close(opened)
