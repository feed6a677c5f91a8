"""What stops a step: told in words that say what to do, and tried again where that can help.

Trying again helps where another process is in the way, and there alone: a full disk, a damaged file
or a refused delivery waits for a person.
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager

import dagster as dg

from ledger.engine import LedgerUnreachableError
from ledger.failures import interruptions
from ledger.locking import LedgerBusyError
from schemas.mendable import MendableError

PASSING = {
    errno.EAGAIN,
    errno.EBUSY,
    errno.EIO,
    errno.ESTALE,
    errno.ETIMEDOUT,
    errno.EHOSTDOWN,
    errno.EHOSTUNREACH,
    errno.ENETDOWN,
    errno.ENETUNREACH,
}
"""Errors of the system that pass by themselves, as of a file server that restarts."""

TRIES, SECONDS = 3, 30.0


@contextmanager
def failures_in_words() -> Iterator[None]:
    """Turn what a step cannot mend into a failure in words, or ask for it to be tried again.

    Raises:
        dg.RetryRequested: where another process is in the way.
        dg.Failure: where a person has to do something.
    """
    try:
        with interruptions():
            yield
    except (MendableError, OSError) as error:
        is_held = isinstance(error, LedgerBusyError | LedgerUnreachableError)
        if is_held or (isinstance(error, OSError) and error.errno in PASSING):
            raise dg.RetryRequested(TRIES, SECONDS) from dg.Failure(str(error))
        raise dg.Failure(str(error), allow_retries=False) from None
