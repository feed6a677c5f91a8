"""The records that a payout rests on, each with its rows; found by number, never by what is current."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from explanation.nodes import DoesNotAddUpError, agree
from ledger import provenance
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from schemas.months import month_key
from schemas.records import Record
from schemas.table import Table
from schemas.tables import TABLES


class Basis:
    """A record and all that it rests on."""

    def __init__(self, ledger: Ledger, number: int) -> None:
        """Read the record of the number, its inputs, and theirs, with their rows.

        Raises:
            NotRecordedError: if a record that another one rests on is not there.
            DoesNotAddUpError: if a record's rows are not those that it was recorded with.
        """
        found = provenance.basis(ledger, number)
        self.records = {record.number: record for record in found}
        self.root = self.records[number]
        self._rows: dict[int, list[dict[str, Any]]] = {}
        for name in sorted({record.table for record in found}):
            table = TABLES[name]
            of_table = [record.number for record in found if record.table == name]
            for each, rows in provenance.rows(ledger, table, of_table).items():
                record, now = self.records[each], fingerprint(table, rows)
                agree(f"the fingerprint of {record}", record.fingerprint, now)
                self._rows[each] = rows.to_dicts()

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

    def table(self, table: type[Table]) -> pl.DataFrame:
        """The rows of a table in all the records that it has here, each version of a month by itself."""
        rows = [
            row
            for record in self.records.values()
            if record.table == table.qualified_name()
            for row in self.rows(record)
        ]
        return pl.DataFrame(rows, table.polars_schema())

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

    def confirm(
        self, record: Record, expected: Mapping[str, object], of: str = "", **key: object
    ) -> None:
        """Assert that the record's only row of a key holds what it comes to when computed again.

        What is expected are values by column; the message says of whom.

        Raises:
            DoesNotAddUpError: naming the first column that differs.
        """
        row = self.row(record, **key)
        for column, value in expected.items():
            recorded = Fraction(row[column]) if isinstance(row[column], Decimal) else row[column]
            agree(
                f"{column}, {of}, in {record}" if of else f"{column} in {record}", recorded, value
            )


def by_region(rows: Sequence[Mapping[str, Any]], column: str) -> dict[str, int]:
    """A column's values by region code."""
    return {row["region_code"]: row[column] for row in rows}
