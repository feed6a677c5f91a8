"""One writer at a time: a lock file beside the ledger, with a wait, and a name if the wait is vain."""

import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TypeVar

from ledger.failures import DatabaseHeldError, StorageFailureError, not_writable

WAIT_SECONDS = 120.0
"""Longer than any writer holds the lock; whoever waits in vain waits for a stranger."""

LOOK_AGAIN_SECONDS = 0.05

T = TypeVar("T")

_threads = threading.Lock()


class LedgerBusyError(StorageFailureError):
    """Another process holds the ledger, and did not let go in time."""


@contextmanager
def exclusive(path: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock file beside `path`; other holders wait.

    Raises:
        LedgerBusyError: naming the holder's process, if it is not free in time.
        NotWritableError: if the lock file cannot be made.
    """
    # Only whoever writes needs it: loading it is a twentieth of a command that prints.
    from filelock import FileLock, Timeout  # noqa: PLC0415

    lock, holder = FileLock(path.with_suffix(".lock")), path.with_suffix(".holder")
    try:
        lock.acquire(timeout=wait_seconds)
    except Timeout as error:
        signed = holder.read_text(encoding="utf-8") if holder.exists() else ""
        raise _busy(path, signed or "an unknown process", wait_seconds) from error
    except OSError as error:
        raise not_writable(path, error.strerror or str(error)) from error
    try:
        # A full disk takes no name, and is no reason not to read.
        with suppress(OSError):
            holder.write_text(f"PID {os.getpid()} ({Path(sys.argv[0]).name})", encoding="utf-8")
        yield
    finally:
        lock.release()


@contextmanager
def alone_in_process(path: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Keep this process's other threads from opening the file: DuckDB opens it in one way at a time.

    Raises:
        LedgerBusyError: if another thread has it open too long.
    """
    if not _threads.acquire(timeout=wait_seconds):
        raise _busy(path, "another thread of this process", wait_seconds)
    try:
        yield
    finally:
        _threads.release()


def once_closed(path: Path, opening: Callable[[], T], wait_seconds: float = WAIT_SECONDS) -> T:
    """What `opening` gives, as soon as no other program has the database file open.

    Our own processes wait for the lock; a stranger, such as a database shell, knows nothing of it.

    Raises:
        LedgerBusyError: naming the stranger's process, if it does not close the file in time.
    """
    until = time.monotonic() + wait_seconds
    while True:
        try:
            return opening()
        except DatabaseHeldError as error:
            if time.monotonic() >= until:
                raise _busy(path, f"PID {error.process}", wait_seconds) from error
        time.sleep(LOOK_AGAIN_SECONDS)


def _busy(path: Path, who: str, wait_seconds: float) -> LedgerBusyError:
    return LedgerBusyError(
        f"{path} has been held by {who} for more than {wait_seconds:.0f} s; "
        "see whether that process hangs, end it if so, and run again"
    )
