"""Records computed once more: each from what it itself rests on, down to the deliveries.

The ledger says which records a record was computed from, and which delivery a count came from. A
replay takes what was delivered and applies the steps' rules in the order of the records, so that
nothing which came later leaks in. `bonuspott verify` reads the deliveries again; an explanation does
not, for its leaves do.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from deliveries.faults import DeliveryRefusedError
from deliveries.reading import read_deliveries
from deliveries.recorded import NotKeptError, open_recorded
from ledger.comparison import differing_cells
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from ledger.provenance import basis, rows
from rules.scheme import Scheme
from rules.step import Step
from rules.steps import steps
from schemas.audit import Deliveries
from schemas.decisions import Decided, Revocations, Settlements
from schemas.places import DataRoot
from schemas.records import Record
from schemas.table import Table
from schemas.tables import TABLES

ENTERED: tuple[type[Table], ...] = (Decided, Settlements, Revocations)
"""What people entered is not computed; a decision is compared with what it was computed as."""

Verdict = Literal["identical", "differs", "not at hand"]
"""What comes of computing a record once more."""

AMOUNTS = ["region_code", "component", "amount_sek"]


class NotReplayableError(Exception):
    """A record that cannot be computed again; why, and what to do."""


class NotAtHandError(Exception):
    """What a record was read from lies elsewhere; where it was looked for."""


Delivered = Callable[[Record, pl.DataFrame], pl.DataFrame]
"""From the record of a delivery and its rows as the ledger holds them, to the rows that it is taken to have."""


@dataclass(frozen=True)
class Replayed:
    """A record beside what came out when it was computed once more.

    Attributes:
        record: the record.
        held: its rows, as the ledger holds them.
        fingerprint: theirs.
        rows: what came out; those held, where nothing did.
        cells: where that is not what the ledger holds; empty if it is identical.
        not_computed: why it could not be; else empty.
        elsewhere: where what it was read from is not at hand: it was not computed, and nothing is wrong; else empty.
    """

    record: Record
    held: pl.DataFrame
    fingerprint: str
    rows: pl.DataFrame
    cells: pl.DataFrame
    not_computed: str
    elsewhere: str

    @property
    def table(self) -> type[Table]:
        """The record's table."""
        return TABLES[self.record.table]

    @property
    def reason(self) -> str:
        """Why it could not be computed, or why its rows are not those recorded; else empty."""
        if self.not_computed or self.fingerprint == self.record.fingerprint:
            return self.not_computed
        return "the ledger's rows are not those recorded: their fingerprint differs"

    @property
    def differs(self) -> bool:
        """Whether something else came out, or nothing, or the ledger no longer holds what was recorded."""
        return bool(self.reason) or not self.cells.is_empty()

    @property
    def verdict(self) -> Verdict:
        """Which of the three it is."""
        return "differs" if self.differs else "not at hand" if self.elsewhere else "identical"


def as_held(_record: Record, held: pl.DataFrame) -> pl.DataFrame:
    """What was delivered, as the ledger holds it; see `Delivered`."""
    return held


def read_again(ledger: Ledger, root: DataRoot) -> Delivered:
    """What was delivered, read from the copies that are kept."""
    files = ledger.record(Deliveries)

    def delivered(record: Record, _held: pl.DataFrame) -> pl.DataFrame:
        [name] = record.deliveries
        if not root.accepted.is_dir():
            raise NotAtHandError(f"the copies of deliveries, {root.accepted}")
        observed, refused = read_deliveries([open_recorded(root.accepted, files, name)])
        if refused:
            raise refused[0]
        return observed[0].rows

    return delivered


def replay(
    ledger: Ledger,
    schemes: Mapping[str, Scheme],
    numbers: Iterable[int],
    delivered: Delivered,
) -> Iterator[Replayed]:
    """Compute the records, and all that they rest on, once more; in the order recorded.

    It takes the schemes' data as they are at hand.

    Raises:
        NotRecordedError: if a record that others rest on is not there.
    """
    records = basis(ledger, *numbers)
    held = _held(ledger, records)
    by_table = {
        (step.table.qualified_name(), name): step
        for name, scheme in schemes.items()
        for step in steps(scheme)
    }
    again: dict[int, Replayed] = {}
    for record in records:
        # What rests on a record that cannot be computed is, from what the ledger holds: each is judged alone.
        table, as_recorded = TABLES[record.table], held[record.number]
        came_out, not_computed, elsewhere = as_recorded, "", ""
        try:
            came_out = _again(record, again, as_recorded, delivered, by_table)
        except NotAtHandError as error:
            elsewhere = str(error)
        except (NotReplayableError, NotKeptError, DeliveryRefusedError) as error:
            not_computed = str(error)
        again[record.number] = Replayed(
            record,
            as_recorded,
            fingerprint(table, as_recorded),
            came_out,
            differing_cells(table, as_recorded, came_out),
            not_computed,
            elsewhere,
        )
        yield again[record.number]


def _held(ledger: Ledger, records: Sequence[Record]) -> Mapping[int, pl.DataFrame]:
    """What the ledger holds of each record."""
    found: dict[int, pl.DataFrame] = {}
    for name in {record.table for record in records}:
        numbers = [record.number for record in records if record.table == name]
        found.update(rows(ledger, TABLES[name], numbers))
    return found


def _again(
    record: Record,
    again: Mapping[int, Replayed],
    held: pl.DataFrame,
    delivered: Delivered,
    by_table: Mapping[tuple[str, str], Step],
) -> pl.DataFrame:
    """The record's rows, computed from what it rests on."""
    table = TABLES[record.table]
    inputs = [again[number] for number in record.inputs]
    if table in ENTERED:
        return _entered(table, held, inputs)
    if not record.scheme:
        return delivered(record, held)
    step = by_table.get((record.table, record.scheme))
    if step is None:
        if record.scheme not in {name for _, name in by_table}:
            raise NotAtHandError(
                f"the scheme {record.scheme}, whose folder this checkout does not have: put it back, or check out the "
                "commit that the record names"
            )
        raise NotReplayableError(
            f"the scheme {record.scheme} has no {record.table} in this code; "
            "check out the commit that the record names"
        )
    given = {need.table: _joined(need.table, inputs) for need in step.needs}
    return step.rule(given, [record.month]).filter(pl.col("month") == record.month)


def _joined(table: type[Table], inputs: Sequence[Replayed]) -> pl.DataFrame:
    frames = [each.rows for each in inputs if each.table is table]
    return pl.concat([table.without_rows(), *frames]).sort(table.key())


def _entered(table: type[Table], entered: pl.DataFrame, inputs: Sequence[Replayed]) -> pl.DataFrame:
    """What people entered; a decision with the amounts that its computation gives again."""
    if table is not Decided or entered.is_empty():
        return entered
    computed = pl.concat(each.rows for each in inputs).select(AMOUNTS)
    return Decided.conform(entered.drop("amount_sek").join(computed, on=AMOUNTS[:2]))
