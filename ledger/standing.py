"""Whether a computation still stands: what it rests on, beside what is recorded by now.

People enter decisions on computations. One that was overtaken, by a newer delivery or by what somebody else
entered, must not be decided unawares: the pots would no longer add up.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date

from schemas.decisions import Decided, Differences, Settlements
from schemas.payouts import BonusPots, PayoutLines
from schemas.places import Place
from schemas.records import Record, Records

ENTERED = (Decided.qualified_name(), Settlements.qualified_name())

RECKON_WITH_ENTRIES = {each.qualified_name() for each in (BonusPots, PayoutLines, Differences)}
"""Tables whose records name every entry of the months that they reckon with."""


class Standing(Records):
    """The ledger's records at one moment, and whether what was computed of them still stands."""

    def at(self, table: str, scheme: str, month: date) -> Record | None:
        """The current record of a place; none if nothing was ever recorded there."""
        return self.current.get(Place(table, scheme, month))

    def basis(self, record: Record) -> Mapping[int, Record]:
        """The record and all that it rests on, by number, down to what was observed or entered.

        What a decision rested on when it was entered is its own affair: it stands.
        """
        found = {record.number: record}
        wanted = set(record.inputs)
        while wanted:
            each = self.by_number[wanted.pop()]
            found[each.number] = each
            if each.table not in ENTERED:
                wanted |= set(each.inputs) - found.keys()
        return found

    def overtaken_by(self, record: Record, months: Collection[date]) -> Iterator[Record]:
        """The current records that a computation's record, or what it rests on, does not know of.

        It reckons with the payout months' decisions and settlements. A record with the same rows in the place of another
        overtakes nothing.
        """
        basis = self.basis(record).values()
        for each in basis:
            now = self.current[each.place]
            if now.fingerprint != each.fingerprint:
                yield now
        yield from self.unknown_entries(record, months)
        for table in {each.table for each in basis if not each.scheme}:
            observed = [each.month for each in basis if each.table == table]
            first: dict[date, Record] = {}
            for each in self.by_number.values():
                if each.table == table and min(observed) <= each.month <= max(observed):
                    first.setdefault(each.month, each)
            yield from (each for each in first.values() if each.number > record.number)

    def unknown_entries(
        self,
        record: Record,
        months: Collection[date],
        same: Callable[[Record, Record], bool] = lambda one, other: (
            one.fingerprint == other.fingerprint
        ),
    ) -> Iterator[Record]:
        """The payout months' decisions and settlements that a computation, or what it rests on, does not reckon with.

        One that was taken back whole is none: what was computed before it can be decided again. `same` says
        whether two records of a place are of the same entry.
        """
        entries = [
            entry
            for month in months
            for table in ENTERED
            if (entry := self.at(table, record.scheme, month))
        ]
        basis = self.basis(record).values()
        reckoning = [each for each in basis if each.table in RECKON_WITH_ENTRIES]
        for entry in entries:
            for each in reckoning:
                known = [self.by_number[number] for number in each.inputs]
                seen = [other for other in known if other.place == entry.place]
                if not (any(same(other, entry) for other in seen) if seen else not entry.row_count):
                    yield entry
                    break
