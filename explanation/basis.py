"""The records that a payout rests on, each with its rows; found by number, never by what is current."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from explanation.nodes import DoesNotAddUpError, agree
from explanation.replay import as_held, replay
from ledger.ledger import Ledger
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.records import Record
from schemas.table import Table


class Basis:
    """A record and all that it rests on, each computed once more from what it names."""

    def __init__(self, ledger: Ledger, scheme: Scheme, number: int) -> None:
        """Read the record of the number, its inputs, and theirs, with their rows.

        A record that this code cannot compute once more is taken as the ledger holds it.

        Raises:
            NotRecordedError: if a record that another one rests on is not there.
            DoesNotAddUpError: if a record's rows are not those that it was recorded with, or not what
                it rests on makes, of whatever region; naming the first cell.
        """
        self.records: dict[int, Record] = {}
        self._rows: dict[int, list[dict[str, Any]]] = {}
        for each in replay(ledger, {scheme.name: scheme}, [number], as_held):
            record = each.record
            agree(f"the fingerprint of {record}", record.fingerprint, each.fingerprint)
            for row, column, recorded, again in each.cells.head(1).iter_rows():
                agree(f"{column} of {row} in {record}", recorded, again)
            self.records[record.number] = record
            self._rows[record.number] = each.held.to_dicts()

    def inputs(self, record: Record, table: type[Table]) -> list[Record]:
        """The records of a table that the record rests on, in order of month."""
        found = [self.records[number] for number in record.inputs]
        return sorted(
            (each for each in found if each.table == table.qualified_name()),
            key=lambda each: each.month,
        )

    def input(self, record: Record, table: type[Table], month: date) -> Record | None:
        """The record of a table's month that the record rests on; none if it was never recorded."""
        return next((each for each in self.inputs(record, table) if each.month == month), None)

    def needed(self, record: Record, table: type[Table], month: date) -> Record:
        """The record of a table's month that the record rests on.

        Raises:
            DoesNotAddUpError: if the record does not name one.
        """
        found = self.input(record, table, month)
        if found is None:
            raise DoesNotAddUpError(
                f"the explanation does not add up: {record} does not name the "
                f"{table.qualified_name()} of {month_key(month)} that it needs"
            )
        return found

    def rows(self, record: Record) -> Sequence[Mapping[str, Any]]:
        """The record's rows, in order of the table's key."""
        return self._rows[record.number]

    def select(self, record: Record, **key: object) -> Sequence[Mapping[str, Any]]:
        """The record's rows of a key."""
        wanted = key.items()
        return [
            row for row in self.rows(record) if all(row[name] == value for name, value in wanted)
        ]

    def row(self, record: Record, **key: object) -> Mapping[str, Any]:
        """The record's only row of a key.

        Raises:
            DoesNotAddUpError: if there is none, or more than one.
        """
        found = self.select(record, **key)
        if len(found) != 1:
            words = ", ".join(f"{name} {value}" for name, value in key.items())
            raise DoesNotAddUpError(
                f"the explanation does not add up: {record} has {len(found)} rows of {words}"
            )
        return found[0]


def by_region(rows: Sequence[Mapping[str, Any]], column: str) -> dict[str, int]:
    """A column's values by region code."""
    return {row["region_code"]: row[column] for row in rows}
