"""Entering decisions: a payout is frozen as decided, and a difference from it is settled, each once."""

from dataclasses import dataclass
from datetime import date, datetime

import polars as pl

from ledger.chain import Entry
from ledger.ledger import Ledger, Slice
from ledger.version import code_version
from rules.decisions import LINE
from rules.scheme import Scheme
from schemas.days import end_of
from schemas.decisions import Decided, Differences, Settlements
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.records import Record

ENTERED_BY_HAND = ""
"""The Dagster run of what no run made."""


class DecisionRefusedError(Exception):
    """A decision or settlement that cannot be entered; the reason, in words."""


@dataclass(frozen=True)
class Authority:
    """Whose decision it is: who, under which reference, on which day."""

    by: str
    reference: str
    on: date


@dataclass(frozen=True)
class Entered:
    """What was recorded, and what it rests on."""

    record: Record
    rows: pl.DataFrame
    computed_at: datetime
    """When the computation that it rests on was recorded, in UTC."""


def decide(ledger: Ledger, scheme: Scheme, month: date, authority: Authority) -> Entered:
    """Freeze the payout of the month as it was computed by the end of the day of decision.

    A payout that was first computed after that day (an old decision, entered now) is frozen as it
    is computed today; `computed_at` then shows it.

    Raises:
        DecisionRefusedError: if the payout was never computed, or is decided already.
        OvertakenError: if somebody else decides it at the same moment.
        LedgerBusyError: if another process holds the ledger too long.
    """
    earlier = ledger.read(Decided, scheme.name, [month])
    if month in earlier.records:
        raise DecisionRefusedError(_already(scheme, month, earlier.rows))
    lines = ledger.read(PayoutLines, scheme.name, [month], as_of=end_of(authority.on))
    if month not in lines.records:
        lines = ledger.read(PayoutLines, scheme.name, [month])
    if month not in lines.records:
        raise DecisionRefusedError(
            f"the payout of {scheme.name} in {month_key(month)} was never computed; "
            f"run `bonuspott run {scheme.name}` first"
        )
    computation = lines.records[month].number
    rows = Decided.conform(
        lines.rows.with_columns(
            decided_on=pl.lit(authority.on),
            decided_by=pl.lit(authority.by),
            reference=pl.lit(authority.reference),
            computation=pl.lit(computation, pl.Int64),
        )
    )
    return _enter(ledger, Entry(Decided, scheme.name, month, rows), None, lines.records[month])


def settle(
    ledger: Ledger, scheme: Scheme, month: date, month_paid: date, authority: Authority
) -> Entered:
    """Enter what is open of the month's decided payout, to be paid or deducted in a later one.

    Raises:
        DecisionRefusedError: if there is nothing to settle, or not in that month.
        OvertakenError: if somebody else settles it at the same moment.
        LedgerBusyError: if another process holds the ledger too long.
    """
    which = f"the payout of {scheme.name} in {month_key(month)}"
    if month_paid <= month:
        raise DecisionRefusedError(f"{which} can be settled only in a later month")
    decided = ledger.read(Decided, scheme.name, [month, month_paid])
    if month not in decided.records:
        raise DecisionRefusedError(f"{which} is not decided, so there is nothing to settle")
    if month_paid in decided.records:
        raise DecisionRefusedError(
            f"{month_key(month_paid)} is decided; settle {which} in a month that is not"
        )
    found = ledger.read(Differences, scheme.name, [month])
    still_open = found.rows.filter(pl.col("difference_sek") != 0)
    if still_open.is_empty():
        raise DecisionRefusedError(f"{which} has no open difference to settle")
    earlier = ledger.read(Settlements, scheme.name, [month])
    if (earlier.rows["month_paid"] == month_paid).any():
        raise DecisionRefusedError(
            f"{which} is settled in {month_key(month_paid)} already; settle the rest in another month"
        )
    entry = Entry(
        Settlements, scheme.name, month, _settled(earlier, still_open, month_paid, authority)
    )
    previous = earlier.records.get(month)
    return _enter(ledger, entry, previous.number if previous else None, found.records[month])


def _settled(
    earlier: Slice, still_open: pl.DataFrame, month_paid: date, authority: Authority
) -> pl.DataFrame:
    """All settlements of a payout: those that were entered before, and the new one."""
    new = still_open.select(
        *LINE,
        month_paid=pl.lit(month_paid),
        amount_sek="difference_sek",
        settled_on=pl.lit(authority.on),
        settled_by=pl.lit(authority.by),
        reference=pl.lit(authority.reference),
    )
    return Settlements.conform(pl.concat([earlier.rows.select(new.columns), new]))


def _enter(ledger: Ledger, entry: Entry, previous: int | None, basis: Record) -> Entered:
    """Record the entry with what it rests on."""
    resting = Entry(
        entry.table,
        entry.scheme,
        entry.month,
        entry.rows,
        inputs=(basis.number,),
        deliveries=basis.deliveries,
        scheme_sha256=basis.scheme_sha256,
    )
    recorded = ledger.append_after(
        resting, previous, run_id=ENTERED_BY_HAND, code_version=code_version()
    )
    return Entered(recorded, entry.rows, basis.recorded_at)


def _already(scheme: Scheme, month: date, decided: pl.DataFrame) -> str:
    first = decided.row(0, named=True)
    return (
        f"the payout of {scheme.name} in {month_key(month)} was decided on {first['decided_on']} by "
        f"{first['decided_by']} ({first['reference']}); it stays. A difference from it is settled "
        "in a later payout: bonuspott settle"
    )
