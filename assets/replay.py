"""Records computed once more: each from what it itself rests on, down to the deliveries.

The ledger says which records a record was computed from, and which delivery a count came from. A
replay reads those deliveries again and applies the stages' rules in the order of the records, so
that nothing which came later leaks in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from assets.graph import scheme_stages
from assets.observed import vocabulary
from assets.stage import Stage
from deliveries.faults import DeliveryRefusedError
from deliveries.finding import deliveries
from deliveries.layouts.cells import Vocabulary
from deliveries.reading import read_deliveries
from ledger.comparison import CELLS, differing_cells
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from ledger.provenance import basis, rows
from rules.scheme import Scheme
from schemas.decisions import Decided, Revocations, Settlements
from schemas.places import DataRoot
from schemas.records import Record
from schemas.table import Table
from schemas.tables import TABLES

ENTERED: tuple[type[Table], ...] = (Decided, Settlements, Revocations)
"""What people entered is not computed; a decision is compared with what it was computed as."""

AMOUNTS = ["region_code", "component", "amount_sek"]


class NotReplayableError(Exception):
    """A record that cannot be computed again; why, and what to do."""


@dataclass(frozen=True)
class Replayed:
    """A record beside what came out when it was computed once more.

    Attributes:
        record: the record.
        rows: what came out.
        cells: where that is not what the ledger holds; empty if it is identical.
        reason: why it could not be computed, or why its rows are not those recorded; else empty.
    """

    record: Record
    rows: pl.DataFrame
    cells: pl.DataFrame
    reason: str

    @property
    def table(self) -> type[Table]:
        """The record's table."""
        return TABLES[self.record.table]

    @property
    def identical(self) -> bool:
        """Whether the same came out, and the ledger still holds what was recorded."""
        return not self.reason and self.cells.is_empty()


def replay(
    ledger: Ledger,
    root: DataRoot,
    schemes: Mapping[str, Scheme],
    regions: list[str],
    numbers: Iterable[int],
) -> Iterator[Replayed]:
    """Compute the records, and all that they rest on, once more; in the order recorded.

    Args:
        ledger: where they are recorded.
        root: where `raw/` lies.
        schemes: the schemes' data, as they are at hand.
        regions: codes of the register.
        numbers: the records.

    Raises:
        NotRecordedError: if a record that others rest on is not there.
    """
    records = basis(ledger, *numbers)
    held = _held(ledger, records)
    words = vocabulary(list(schemes.values()))
    stages = {
        (stage.table.qualified_name(), name): stage
        for name, scheme in schemes.items()
        for stage in scheme_stages(scheme, regions)
    }
    again: dict[int, Replayed] = {}
    for record in records:
        try:
            came_out = _again(record, again, held, root, words, stages)
            found = _compared(record, held[record.number], came_out)
        except (NotReplayableError, DeliveryRefusedError) as error:
            # What rests on it is computed from what the ledger holds, so that each is judged alone.
            nothing = pl.DataFrame(schema=CELLS)
            found = Replayed(record, held[record.number], nothing, str(error))
        again[record.number] = found
        yield found


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
    held: Mapping[int, pl.DataFrame],
    root: DataRoot,
    words: Vocabulary,
    stages: Mapping[tuple[str, str], Stage],
) -> pl.DataFrame:
    """The record's rows, computed from what it rests on."""
    table = TABLES[record.table]
    inputs = [again[number] for number in record.inputs]
    if table in ENTERED:
        return _entered(table, held[record.number], inputs)
    if not record.scheme:
        return _delivered(record, root, words)
    stage = stages.get((record.table, record.scheme))
    if stage is None:
        raise NotReplayableError(
            f"the scheme {record.scheme} has no {record.table} in this code; "
            "check out the commit that the record names"
        )
    frames = {each.table.qualified_name(): _joined(each.table, inputs) for each in stage.inputs}
    month = record.month
    return stage.rule(frames, [month]).filter(pl.col("month") == month)


def _joined(table: type[Table], inputs: Sequence[Replayed]) -> pl.DataFrame:
    frames = [each.rows for each in inputs if each.table is table]
    return pl.concat([table.without_rows(), *frames]).sort(table.key())


def _entered(table: type[Table], entered: pl.DataFrame, inputs: Sequence[Replayed]) -> pl.DataFrame:
    """What people entered; a decision with the amounts that its computation gives again."""
    if table is not Decided or entered.is_empty():
        return entered
    computed = pl.concat(each.rows for each in inputs).select(AMOUNTS)
    return Decided.conform(entered.drop("amount_sek").join(computed, on=AMOUNTS[:2], how="left"))


def _delivered(record: Record, root: DataRoot, words: Vocabulary) -> pl.DataFrame:
    """The rows of the record's delivery, read again."""
    [name] = record.deliveries
    at_hand = [each for each in deliveries(root, name.dataset, name.month) if each.day == name.day]
    if not at_hand:
        raise NotReplayableError(
            f"the delivery {name} is not in raw/; its files are kept under their SHA-256 in "
            "warehouse/deliveries/, and audit.deliveries has their names"
        )
    if at_hand[0].delivery_id != name:
        raise NotReplayableError(
            f"the files of {at_hand[0].name} are not those recorded ({name}); restore them from "
            "warehouse/deliveries/, where each lies under its SHA-256"
        )
    observed, refused = read_deliveries(at_hand, words)
    if refused:
        raise refused[0]
    return observed[0].rows


def _compared(record: Record, held: pl.DataFrame, again: pl.DataFrame) -> Replayed:
    table = TABLES[record.table]
    reason = ""
    if fingerprint(table, held) != record.fingerprint:
        reason = "the ledger's rows are not those recorded: their fingerprint differs"
    return Replayed(record, again, differing_cells(table, held, again), reason)
