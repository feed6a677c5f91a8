"""What a record rests on: records by number, down to the first, with the rows and files of each.

`Ledger.read` says what is current; here a record's own inputs are followed, so that what came
after it does not leak in. Each function raises LedgerBusyError if another process holds the ledger too long.
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager

import duckdb
import polars as pl

from ledger.appending import RECORDS
from ledger.chain import RECORD, as_records
from ledger.dialect import query, typed
from ledger.ledger import Ledger
from ledger.standing import Standing
from schemas.audit import Deliveries, Materialisations
from schemas.deliveries import DeliveryId
from schemas.mendable import MendableError
from schemas.records import Record
from schemas.table import Table


class NotRecordedError(MendableError, LookupError):
    """The ledger has no record, or no delivery, of the number or name that another record gives."""


def basis(ledger: Ledger, *numbers: int) -> list[Record]:
    """The records of the numbers and every record they rest on, in order.

    Raises:
        NotRecordedError: naming the numbers that the ledger does not have.
        LedgerBusyError: if another process holds the ledger too long.
    """
    known: dict[int, Record] = {}
    wanted = set(numbers)
    with _reading(ledger) as connection:
        while wanted:
            level = _records(connection, wanted)
            known |= {record.number: record for record in level}
            wanted = {each for record in level for each in record.inputs} - known.keys()
    return [known[number] for number in sorted(known)]


def rows(ledger: Ledger, table: type[Table], numbers: Iterable[int]) -> Mapping[int, pl.DataFrame]:
    """The rows of each of a table's records, by the record's number, in order of the table's key.

    A number that is not this table's has no rows.
    """
    wanted = sorted(set(numbers))
    columns = table.polars_schema()
    with _reading(ledger) as connection:
        found = query(
            connection,
            f"SELECT {RECORD}, {', '.join(columns)} "  # noqa: S608 - the models' own names
            f"FROM {table.qualified_name()} WHERE {RECORD} IN (SELECT unnest(?::BIGINT[])) "
            f"ORDER BY {RECORD}, {', '.join(table.key())}",
            [wanted],
        )
    parts = found.partition_by(RECORD, as_dict=True, include_key=False)
    return {
        number: typed(part, table)
        if (part := parts.get((number,))) is not None
        else table.without_rows()
        for number in wanted
    }


def ever(ledger: Ledger, table: type[Table]) -> pl.DataFrame:
    """The rows of all of a table's records, also of those that others replaced: each may have been published."""
    numbers = [each.number for each in ledger.records() if each.table == table.qualified_name()]
    found = rows(ledger, table, numbers) if numbers else {}
    every: list[pl.DataFrame] = [table.without_rows(), *found.values()]
    return pl.concat(every)


def files(ledger: Ledger, deliveries: Iterable[DeliveryId]) -> pl.DataFrame:
    """The files of the deliveries as they were accepted, as `audit.deliveries`, in order of name.

    Raises:
        NotRecordedError: naming the deliveries that the ledger does not have.
        LedgerBusyError: if another process holds the ledger too long.
    """
    wanted = sorted({str(each) for each in deliveries})
    with _reading(ledger) as connection:
        found = query(
            connection,
            "SELECT * FROM audit.deliveries "
            "WHERE delivery_id IN (SELECT unnest(?::VARCHAR[])) ORDER BY delivery_id, file_name",
            [wanted],
        )
    _refuse_missing("deliveries", set(wanted) - set(found["delivery_id"]))
    return typed(found, Deliveries)


def causes(ledger: Ledger, before: int, after: int) -> list[str]:
    """What two records, by their numbers, rest on that is not the same, in words: deliveries, scheme data, code.

    What a decision rested on when it was entered is no news of how a later record came to differ.

    Raises:
        As `basis`.
    """
    standing = Standing(basis(ledger, before, after))
    old, new = standing.by_number[before], standing.by_number[after]
    had, has = (
        {
            name
            for each in standing.basis(record).values()
            if not each.scheme
            for name in each.deliveries
        }
        for record in (old, new)
    )
    words = [f"delivery {name} is no longer used" for name in sorted(had - has)]
    words += [f"delivery {name} is used now" for name in sorted(has - had)]
    for what, was, became in (
        ("scheme's data", old.scheme_sha256, new.scheme_sha256),
        ("code", old.code_version, new.code_version),
    ):
        if was != became:
            words.append(f"the {what} changed from {was[:24]} to {became[:24]}")
    return words or ["another round was decided or settled in between"]


@contextmanager
def _reading(ledger: Ledger) -> Iterator[duckdb.DuckDBPyConnection]:
    if not ledger.exists():
        place = ledger.engine.place
        raise NotRecordedError(f"{place} does not exist yet: nothing was ever recorded")
    with ledger.engine.reading() as connection:
        yield connection


def _records(connection: duckdb.DuckDBPyConnection, numbers: set[int]) -> list[Record]:
    found = query(
        connection,
        f"{RECORDS} WHERE {RECORD} IN (SELECT unnest(?::BIGINT[])) ORDER BY {RECORD}",
        [sorted(numbers)],
    )
    _refuse_missing("records", numbers - set(found[RECORD]))
    return as_records(typed(found, Materialisations))


def _refuse_missing(what: str, missing: set[int] | set[str]) -> None:
    if missing:
        names = ", ".join(map(str, sorted(missing)))
        raise NotRecordedError(f"the ledger does not have the {what} {names}, which others rest on")
