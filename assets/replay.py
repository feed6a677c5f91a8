"""Records computed once more: each from what it itself rests on, down to the deliveries.

The ledger says which records a record was computed from, and which delivery a count came from. A
replay reads those deliveries again and applies the stages' rules in the order of the records, so
that nothing which came later leaks in.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import polars as pl

from assets.graph import scheme_stages
from assets.observed import vocabulary
from assets.stage import Stage
from deliveries.faults import DeliveryRefusedError
from deliveries.layouts.cells import Vocabulary
from deliveries.reading import read_deliveries
from deliveries.recorded import NotKeptError, open_recorded
from ledger.chain import RECORD
from ledger.comparison import CELLS, differing_cells
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from ledger.provenance import basis, rows
from rules.scheme import Scheme
from schemas.audit import Deliveries
from schemas.decisions import Decided, Settlements
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.table import Table
from schemas.tables import TABLES

ENTERED: tuple[type[Table], ...] = (Decided, Settlements)
"""What people entered is not computed; a decision is compared with what it was computed as."""

AMOUNTS = ["region_code", "component", "amount_sek"]


class NotReplayableError(Exception):
    """A record that cannot be computed again; why, and what to do."""


@dataclass(frozen=True)
class Replayed:
    """A record beside what came out when it was computed once more.

    Attributes:
        record: the row of `audit.materialisations`.
        rows: what came out.
        cells: where that is not what the ledger holds; empty if it is identical.
        reason: why it could not be computed, or why its rows are not those recorded; else empty.
    """

    record: Mapping[str, Any]
    rows: pl.DataFrame
    cells: pl.DataFrame
    reason: str

    @property
    def table(self) -> type[Table]:
        """The record's table."""
        return TABLES[self.record["table_name"]]

    @property
    def identical(self) -> bool:
        """Whether the same came out, and the ledger still holds what was recorded."""
        return not self.reason and self.cells.is_empty()

    @property
    def name(self) -> str:
        """What people call it: the table, its scheme if any, and the month."""
        parts = (self.record["table_name"], self.record["scheme"], month_key(self.record["month"]))
        return " ".join(filter(None, parts))


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
        root: where the copies of deliveries are kept.
        schemes: the schemes' data, as they are at hand.
        regions: codes of the register.
        numbers: the records.

    Raises:
        NotRecordedError: if a record that others rest on is not there.
    """
    records = basis(ledger, *numbers)
    held, files = _held(ledger, records), ledger.record(Deliveries)
    words = vocabulary(list(schemes.values()))
    stages = {
        (stage.table.qualified_name(), name): stage
        for name, scheme in schemes.items()
        for stage in scheme_stages(scheme, regions)
    }
    again: dict[int, Replayed] = {}
    for record in records.iter_rows(named=True):
        try:
            came_out = _again(record, again, held, partial(_delivered, root, files, words), stages)
            found = _compared(record, held[record[RECORD]], came_out)
        except (NotReplayableError, NotKeptError, DeliveryRefusedError) as error:
            # What rests on it is computed from what the ledger holds, so that each is judged alone.
            nothing = pl.DataFrame(schema=CELLS)
            found = Replayed(record, held[record[RECORD]], nothing, str(error))
        again[record[RECORD]] = found
        yield found


def _held(ledger: Ledger, records: pl.DataFrame) -> Mapping[int, pl.DataFrame]:
    """What the ledger holds of each record."""
    found: dict[int, pl.DataFrame] = {}
    for (name,), group in records.group_by("table_name"):
        found.update(rows(ledger, TABLES[str(name)], group[RECORD]))
    return found


def _again(
    record: Mapping[str, Any],
    again: Mapping[int, Replayed],
    held: Mapping[int, pl.DataFrame],
    delivered: Callable[[Mapping[str, Any]], pl.DataFrame],
    stages: Mapping[tuple[str, str], Stage],
) -> pl.DataFrame:
    """The record's rows, computed from what it rests on."""
    table = TABLES[record["table_name"]]
    inputs = [again[number] for number in json.loads(record["inputs"])]
    if table in ENTERED:
        return _entered(table, held[record[RECORD]], inputs)
    if not record["scheme"]:
        return delivered(record)
    stage = stages.get((record["table_name"], record["scheme"]))
    if stage is None:
        raise NotReplayableError(
            f"the scheme {record['scheme']} has no {record['table_name']} in this code; "
            "check out the commit that the record names"
        )
    frames = {each.table.qualified_name(): _joined(each.table, inputs) for each in stage.inputs}
    month: date = record["month"]
    return stage.rule(frames, [month]).filter(pl.col("month") == month)


def _joined(table: type[Table], inputs: Sequence[Replayed]) -> pl.DataFrame:
    frames = [each.rows for each in inputs if each.table is table]
    return pl.concat([table.without_rows(), *frames]).sort(table.key())


def _entered(table: type[Table], entered: pl.DataFrame, inputs: Sequence[Replayed]) -> pl.DataFrame:
    """What people entered; a decision with the amounts that its computation gives again."""
    if table is not Decided:
        return entered
    computed = pl.concat(each.rows for each in inputs).select(AMOUNTS)
    return Decided.conform(entered.drop("amount_sek").join(computed, on=AMOUNTS[:2], how="left"))


def _delivered(
    root: DataRoot, files: pl.DataFrame, words: Vocabulary, record: Mapping[str, Any]
) -> pl.DataFrame:
    """The rows of the record's delivery, read again from its kept copies."""
    [name] = json.loads(record["deliveries"])
    observed, refused = read_deliveries([open_recorded(root.accepted, files, name)], words)
    if refused:
        raise refused[0]
    return observed[0].rows


def _compared(record: Mapping[str, Any], held: pl.DataFrame, again: pl.DataFrame) -> Replayed:
    table = TABLES[record["table_name"]]
    reason = ""
    if fingerprint(table, held) != record["fingerprint"]:
        reason = "the ledger's rows are not those recorded: their fingerprint differs"
    return Replayed(record, again, differing_cells(table, held, again), reason)
