"""When a record is made: by the machine's clock, which must not run backwards along the ledger."""

from datetime import UTC, datetime, timedelta

from ledger.failures import GUIDE, StorageFailureError

TOLERANCE = timedelta(minutes=1)
"""How far back the clock may be set, as time servers do; the order of records does not rest on it."""


class ClockError(StorageFailureError):
    """The machine's clock is wrong, or was when the last record was made."""


def utc_now() -> datetime:
    """The time in UTC, without a zone, as the ledger keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)


def recording_time(last: datetime | None) -> datetime:
    """The time of the next record, in UTC without a zone: now, and never before the last record's, if there is one.

    What was known on a day is told by these times, so a record must not slip in before another.

    Raises:
        ClockError: if the clock is behind the last record by more than the tolerance.
    """
    now = utc_now()
    if last is None or now >= last:
        return now
    if last - now > TOLERANCE:
        raise ClockError(
            f"this machine's clock says {_words(now)} UTC, but the ledger's last record was made "
            f"at {_words(last)} UTC. Nothing was recorded. Put the clock right and run again; if "
            f"it was wrong when that record was made, see {GUIDE}."
        )
    return last


def _words(time: datetime) -> str:
    return time.isoformat(sep=" ", timespec="seconds")
