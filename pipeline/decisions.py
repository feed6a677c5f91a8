"""Entering decisions: a payout is frozen as decided, a difference settled, an entry taken back.

Each entry names the records it rests on, and is refused when any of them is no longer current, within the
transaction that would record it. So no order of entries, deliveries and runs leaves a payout that cannot be computed.
Each function raises LedgerBusyError if another process holds the ledger too long.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

import polars as pl

from ledger.chain import Entry, as_records
from ledger.ledger import Ledger
from ledger.provenance import rows
from ledger.standing import Standing
from ledger.version import code_version
from pipeline.arrivals import look
from rules.decisions import LINE
from rules.planning import roots
from rules.scheme import Scheme
from schemas.audit import Materialisations
from schemas.days import end_of
from schemas.decisions import Decided, Differences, Revocations, Settlements
from schemas.mendable import MendableError
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.places import DataRoot, Place
from schemas.records import Record
from schemas.table import Table
from schemas.tables import TABLES

OVERTAKEN_SHOWN = 5


class DecisionRefusedError(MendableError):
    """A decision, settlement or revocation that cannot be entered; the reason, in words."""


@dataclass(frozen=True)
class Authority:
    """Whose decision it is: who, under which reference, on which day."""

    by: str
    reference: str
    on: date


@dataclass(frozen=True)
class Entered:
    """What was recorded, and what it rests on.

    Attributes:
        recorded: each record with its rows, the entry last.
        computed_at: when the computation that it rests on was recorded, in UTC.
    """

    recorded: Sequence[tuple[Record, pl.DataFrame]]
    computed_at: datetime

    @property
    def record(self) -> Record:
        """The entry's record."""
        return self.recorded[-1][0]

    @property
    def rows(self) -> pl.DataFrame:
        """The entry's rows."""
        return self.recorded[-1][1]


class _Register:
    """What was entered of a scheme, as one reading of the ledger shows it."""

    def __init__(self, ledger: Ledger, scheme: Scheme) -> None:
        self.ledger, self.scheme = ledger, scheme
        self.standing = Standing(as_records(ledger.record(Materialisations)))
        self.months = scheme.payout_months

    def current(self, table: type[Table], month: date) -> Record | None:
        return self.standing.at(table.qualified_name(), self.scheme.name, month)

    def rows(self, table: type[Table], month: date) -> pl.DataFrame:
        """The rows of the month's current record, which never change under its number."""
        record = self.current(table, month)
        return self.rows_of(table, record) if record else table.without_rows()

    def rows_of(self, table: type[Table], record: Record) -> pl.DataFrame:
        return rows(self.ledger, table, [record.number])[record.number]

    def pay_the_same(self, one: Record, other: Record) -> bool:
        """Whether two entries of a place are of the same amounts, whoever entered them, when, and under which reference."""
        table = TABLES[one.table]
        paid = [
            name for name in table.polars_schema() if name in {*LINE, "month_paid", "amount_sek"}
        ]
        before, now = (self.rows_of(table, each).select(paid).sort(paid) for each in (one, other))
        return before.equals(now)

    def is_decided(self, month: date) -> bool:
        return not self.rows(Decided, month).is_empty()

    def closing(self) -> date | None:
        """The payout month in which the pots close, if there are pots."""
        return self.months[-1] if self.scheme.bonus_pots else None

    def reckoned_with(self, month: date) -> list[date]:
        """The months whose entries the payout of the month reckons with."""
        return self.months if month == self.closing() else [month]

    def which(self, month: date) -> str:
        return f"the payout of {self.scheme.name} in {month_key(month)}"

    def refuse_overtaken(self, record: Record, unread: Collection[str], advice: str) -> None:
        """Refuse a computation that does not know of all that is recorded, or lies there unread."""
        by = {
            each.number: each
            for each in self.standing.overtaken_by(record, self.reckoned_with(record.month))
        }
        newest = [f"the unread delivery in raw/{name}" for name in unread]
        newest += [str(by[number]) for number in sorted(by, reverse=True)]
        if newest:
            shown = "; ".join(newest[:OVERTAKEN_SHOWN])
            raise DecisionRefusedError(
                f"{self.which(record.month)} was computed before {shown} came. {advice}"
            )

    def enter(self, basis: Record, *entries: Entry) -> Entered:
        """Record the entries, which rest on the basis and on what was entered before."""
        places = {each.place for each in self.standing.basis(basis).values()}
        places |= {
            Place(table.qualified_name(), self.scheme.name, month)
            for table in (Decided, Settlements, Differences)
            for month in self.months
        }
        places.add(Place(PayoutLines.qualified_name(), self.scheme.name, basis.month))
        resting = [
            replace(
                entry,
                inputs=(basis.number,),
                deliveries=basis.deliveries,
                scheme_sha256=basis.scheme_sha256,
            )
            for entry in entries
        ]
        records = self.ledger.enter(resting, places, self.standing.last, code_version())
        recorded = [(each, entry.rows) for each, entry in zip(records, entries, strict=True)]
        return Entered(recorded, basis.recorded_at)


def unread_deliveries(root: DataRoot, scheme: Scheme, month: date) -> list[str]:
    """The folders below `raw/` with a delivery that the payout of the month would rest on and that is not recorded."""
    rests_on = roots(scheme)[Place(PayoutLines.qualified_name(), scheme.name, month)]
    months = [place.month for place in rests_on]
    return [
        each.name
        for each in look(root, min(months), max(months)).arrivals
        if Place(f"observed.{each.dataset}", "", each.month) in rests_on
    ]


def decide(
    ledger: Ledger,
    scheme: Scheme,
    month: date,
    authority: Authority,
    number: int | None = None,
    unread: Collection[str] = (),
) -> Entered:
    """Freeze the payout of the month as it was computed by the end of the day of decision.

    A payout that was first computed after that day (an old decision, entered now) is frozen as it
    is computed today; `computed_at` then shows it. `number` is the record of the computation that was decided, where
    later deliveries have overtaken it; `unread` are the payout's `unread_deliveries`.

    Raises:
        DecisionRefusedError: if the payout was never computed, is decided already, pays for what came after
            the day, or was computed before something that it reckons with, read or unread; or if an earlier payout, which its pots rest on, is not decided.
        OvertakenError: if somebody enters or computes something at the same moment.
        LedgerBusyError: if another process holds the ledger too long.
    """
    register = _Register(ledger, scheme)
    if register.is_decided(month):
        first = register.rows(Decided, month).row(0, named=True)
        raise DecisionRefusedError(
            f"{register.which(month)} was decided on {first['decided_on']} by "
            f"{first['decided_by']} ({first['reference']}); it stays. A difference from it is settled "
            "in a later payout: bonuspott settle. Entered wrongly, it is taken back: bonuspott revoke"
        )
    begun = min(scheme.round_months(month), default=date.min)
    if authority.on < begun:
        raise DecisionRefusedError(
            f"{register.which(month)} pays for {month_key(begun)} and later: it was not decided on {authority.on}"
        )
    lines = _computation(register, month, authority.on, number)
    for earlier in register.reckoned_with(month):
        if earlier != month and not register.is_decided(earlier):
            raise DecisionRefusedError(
                f"{register.which(month)} closes the pots, which rest on what is decided of "
                f"{month_key(earlier)}: decide that first"
            )
    for entry in register.standing.unknown_entries(
        lines, register.reckoned_with(month), register.pay_the_same
    ):
        again = "; or take that entry back, decide, and enter it again" if entry.row_count else ""
        raise DecisionRefusedError(
            f"record {lines.number} of {register.which(month)} does not reckon with {entry}; run "
            f"`bonuspott run {scheme.name}`, and decide what it gives{again}"
        )
    if number is None:
        register.refuse_overtaken(
            lines,
            unread,
            f"Run `bonuspott run {scheme.name}` and look at the payout; to decide what was computed "
            f"then all the same, say so: --record {lines.number}",
        )
    decided = Decided.conform(
        register.rows_of(PayoutLines, lines).with_columns(
            decided_on=pl.lit(authority.on),
            decided_by=pl.lit(authority.by),
            reference=pl.lit(authority.reference),
            computation=pl.lit(lines.number, pl.Int64),
        )
    )
    return register.enter(lines, Entry(Decided, scheme.name, month, decided))


def settle(
    ledger: Ledger,
    scheme: Scheme,
    month: date,
    month_paid: date,
    authority: Authority,
    unread: Collection[str] = (),
) -> Entered:
    """Enter what is open of the month's decided payout, to be paid or deducted in `month_paid`; `unread` as for `decide`.

    Raises:
        DecisionRefusedError: if there is nothing to settle, or not in that month, or if the difference was
            computed before something that it reckons with.
        OvertakenError: if somebody enters or computes something at the same moment.
        LedgerBusyError: if another process holds the ledger too long.
    """
    register = _Register(ledger, scheme)
    which = register.which(month)
    if month_paid <= month:
        raise DecisionRefusedError(f"{which} can be settled only in a later month")
    if not register.is_decided(month):
        raise DecisionRefusedError(f"{which} is not decided, so there is nothing to settle")
    _refuse_paid(
        register, month_paid, f"settle {which} in a month that is neither decided nor past"
    )
    if month_paid not in register.months and month_paid < register.months[-1]:
        payouts = ", ".join(map(month_key, register.months))
        raise DecisionRefusedError(
            f"{scheme.name} pays nothing out in {month_key(month_paid)}, but in {payouts}; settle "
            f"{which} in one of them, or later"
        )
    found = register.current(Differences, month)
    if found is None:
        raise DecisionRefusedError(f"{which} has no open difference to settle")
    earlier = register.rows(Settlements, month)
    if (earlier["month_paid"] == month_paid).any():
        raise DecisionRefusedError(
            f"{which} is settled in {month_key(month_paid)} already; settle the rest in another month"
        )
    register.refuse_overtaken(
        found, unread, f"Run `bonuspott run {scheme.name}`, and look at the difference."
    )
    still_open = register.rows_of(Differences, found).filter(pl.col("difference_sek") != 0)
    if still_open.is_empty():
        raise DecisionRefusedError(f"{which} has no open difference to settle")
    new = still_open.select(
        *LINE,
        month_paid=pl.lit(month_paid),
        amount_sek="difference_sek",
        settled_on=pl.lit(authority.on),
        settled_by=pl.lit(authority.by),
        reference=pl.lit(authority.reference),
    )
    settled = Settlements.conform(pl.concat([earlier.select(new.columns), new]))
    return register.enter(found, Entry(Settlements, scheme.name, month, settled))


def revoke(
    ledger: Ledger,
    scheme: Scheme,
    month: date,
    month_paid: date | None,
    authority: Authority,
    reason: str,
) -> Entered:
    """Take back the month's decision, or its settlement that is paid in `month_paid`, by a further entry.

    What was entered stays in the ledger, and is seen as of any day before.

    Raises:
        DecisionRefusedError: if there is no such entry, or if other entries rest on it.
        OvertakenError: if somebody enters or computes something at the same moment.
        LedgerBusyError: if another process holds the ledger too long.
    """
    register = _Register(ledger, scheme)
    table = Settlements if month_paid else Decided
    entry, entered = register.current(table, month), register.rows(table, month)
    which = register.which(month)
    if month_paid:
        taken = entered.filter(pl.col("month_paid") == month_paid)
        if taken.is_empty():
            raise DecisionRefusedError(f"{which} is not settled in {month_key(month_paid)}")
        _refuse_paid(register, month_paid, "what was paid is settled in a later month")
    else:
        taken = entered.with_columns(month_paid=pl.col("month"))
        closing = register.closing()
        if taken.is_empty():
            raise DecisionRefusedError(f"{which} is not decided")
        if not register.rows(Settlements, month).is_empty():
            raise DecisionRefusedError(
                f"{which} is settled; take its settlements back first (--in MONTH)"
            )
        if closing and month < closing and register.is_decided(closing):
            raise DecisionRefusedError(
                f"the pots of {month_key(closing)} are decided on it; take that decision back first"
            )
    if entry is None:
        raise AssertionError("rows without a record")
    rest = entered.join(taken, on=[*LINE, "month_paid"] if month_paid else LINE, how="anti")
    revoked = Revocations.conform(
        taken.select(
            *LINE,
            "month_paid",
            "amount_sek",
            entry=pl.lit(entry.number, pl.Int64),
            revoked_on=pl.lit(authority.on),
            revoked_by=pl.lit(authority.by),
            reason=pl.lit(reason),
            reference=pl.lit(authority.reference),
        )
    )
    return register.enter(
        entry,
        Entry(table, scheme.name, month, rest),
        Entry(Revocations, scheme.name, month, revoked),
    )


def _computation(register: _Register, month: date, day: date, number: int | None) -> Record:
    """The computation that is decided: the one named, or that of the day, or else the current one."""
    current = register.current(PayoutLines, month)
    if current is None:
        raise DecisionRefusedError(
            f"{register.which(month)} was never computed; run `bonuspott run "
            f"{register.scheme.name}` first"
        )
    if number is None:
        of_day = register.ledger.read(
            PayoutLines, register.scheme.name, [month], as_of=end_of(day)
        ).records
        return of_day.get(month, current)
    named = register.standing.by_number.get(number)
    if named is None or named.place != current.place:
        raise DecisionRefusedError(f"record {number} is no computation of {register.which(month)}")
    return named


def _refuse_paid(register: _Register, month_paid: date, advice: str) -> None:
    """Refuse a month that was decided, or that a later decision has passed over."""
    for month in register.months:
        if month >= month_paid and register.is_decided(month):
            raise DecisionRefusedError(
                f"{month_key(month)} is decided"
                + (f", so {month_key(month_paid)} is past" if month > month_paid else "")
                + f"; {advice}"
            )
