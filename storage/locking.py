"""One writer at a time: a lock file beside the ledger, with a wait, and a name if the wait is vain."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

WAIT_SECONDS = 120.0
"""Longer than any writer holds the lock; whoever waits in vain waits for a stranger."""


class LedgerBusyError(Exception):
    """Another process holds the ledger, and did not let go in time."""


@contextmanager
def exclusive(path: Path, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
    """Hold the lock file beside `path`; other holders wait.

    Raises:
        LedgerBusyError: naming the holder's process, if it is not free in time.
    """
    lock_path = path.with_suffix(".lock")
    holder = path.with_suffix(".holder")
    try:
        with FileLock(lock_path, timeout=wait_seconds):
            holder.write_text(f"PID {os.getpid()} ({Path(sys.argv[0]).name})", encoding="utf-8")
            yield
    except Timeout as error:
        who = holder.read_text(encoding="utf-8") if holder.exists() else "an unknown process"
        raise LedgerBusyError(
            f"{path} has been held by {who} for more than {wait_seconds:.0f} s; "
            "see whether that process hangs, end it if so, and run again"
        ) from error
