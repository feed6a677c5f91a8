"""What stops a step: told in words that say what to do, and tried again where that can help.

Trying again helps where another process is in the way, and there alone: a full disk, a damaged file
or a refused delivery waits for a person.
"""

import errno
from collections.abc import Callable, Iterator
from functools import wraps

import dagster as dg

from assets.other_runs import awaited, earlier, under_way
from assets.recording import StepResult
from assets.stage import Stage, asset_key
from assets.store import NeverMaterialisedError, Store
from ledger.engine import LedgerUnreachableError
from ledger.failures import StorageFailureError
from ledger.locking import LedgerBusyError
from schemas.months import parse_month

Step = Callable[[dg.AssetExecutionContext, Store], Iterator[StepResult]]

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

BUSY_TRIES, BUSY_SECONDS = 3, 30.0
AWAITED_TRIES, AWAITED_SECONDS = 120, 5.0
"""Ten minutes: longer than any run of ours takes."""


def in_words(step: Step) -> Step:
    """The step, whose expected errors are failures in words, or are tried again."""

    @wraps(step)
    def told(context: dg.AssetExecutionContext, store: Store) -> Iterator[StepResult]:
        try:
            yield from step(context, store)
        except NeverMaterialisedError as error:
            if not _will_be_made(context, store, error):
                raise
            raise dg.RetryRequested(AWAITED_TRIES, AWAITED_SECONDS) from error
        except (LedgerBusyError, LedgerUnreachableError) as error:
            raise dg.RetryRequested(BUSY_TRIES, BUSY_SECONDS) from dg.Failure(str(error))
        except OSError as error:
            if error.errno in PASSING:
                raise dg.RetryRequested(BUSY_TRIES, BUSY_SECONDS) from dg.Failure(str(error))
            raise dg.Failure(str(error), allow_retries=False) from None
        except StorageFailureError as error:
            raise dg.Failure(str(error), allow_retries=False) from None

    return told


def await_inputs(context: dg.AssetExecutionContext, stage: Stage) -> None:
    """Come again later, if a run begun before this one is about to replace what the stage reads.

    Raises:
        dg.RetryRequested: naming the run.
    """
    runs = earlier(context.instance, context.run.run_id)
    if not runs:
        return
    places = {
        (asset_key(each.table, each.scheme), needed)
        for key in context.partition_keys
        if (month := parse_month(key)) in stage.months
        for each in stage.inputs
        for needed in each.months(month)
    }
    if waits := awaited(context.instance, runs, places):
        raise dg.RetryRequested(AWAITED_TRIES, AWAITED_SECONDS) from dg.Failure("; ".join(waits))


def _will_be_made(
    context: dg.AssetExecutionContext, store: Store, error: NeverMaterialisedError
) -> bool:
    """Whether another run is about to make what was missing, or has made it since."""
    key = asset_key(error.table, error.scheme)
    runs = under_way(context.instance, context.run.run_id)
    if awaited(context.instance, runs, {(key, month) for month in error.months}):
        return True
    found = store.ledger.read(error.table, error.scheme, error.months).records
    return set(error.months) <= set(found)
