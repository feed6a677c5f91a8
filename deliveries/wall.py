"""A delivery read behind the wall: its layout and its cells, whatever its files turn out to be."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import polars as pl
from pydantic import TypeAdapter

from deliveries.apart import APART, Answer, DiedError, TooLongError
from deliveries.delivered import DeliveredFile, Delivery, refusal
from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.layouts.cells import BesideRows, Cells
from deliveries.layouts.recognition import recognise
from schemas.table import Table
from schemas.tables import TABLES

SECONDS, BYTES_A_SECOND = 120, 4 * 1024 * 1024
"""How long a delivery may be read: so long, and a second more for so many bytes of it."""


@dataclass(frozen=True)
class Understood:
    """A delivery's layout and cells; `faults` of the cells are all that was found wrong."""

    layout: str
    cells: Cells


@dataclass(frozen=True)
class _Words:
    """What is told beside the rows; if the delivery is refused, `refused` says why."""

    layout: str = ""
    told: BesideRows = field(default_factory=lambda: BesideRows((), {}))
    refused: Sequence[Fault] = ()


def understand(delivery: Delivery) -> Understood:
    """The delivery's cells, read in another process.

    Args:
        delivery: copies of its files.

    Raises:
        DeliveryRefusedError: with every fault, if nothing can be read; naming the files that take
            more memory or time than there is for them.
        ChildProcessError: if the process that reads was ended from outside.
    """
    try:
        rows, words = _call(delivery)
    except DiedError as died:
        if isinstance(died, TooLongError) and len(delivery.files) == 1:
            raise _too_much(delivery, delivery.files) from None
        # The first alone: each may take all the time there is.
        if deadly := next((file for file in delivery.files if _is_deadly(delivery, file)), None):
            raise _too_much(delivery, [deadly]) from None
        try:
            # None is by itself: somebody ended the process, or it is all of them together.
            rows, words = _call(delivery)
        except DiedError:
            raise _too_much(delivery, delivery.files) from None
    if words.refused:
        raise DeliveryRefusedError(delivery.name, words.refused)
    return Understood(words.layout, Cells(**vars(words.told), rows=rows))


def read_here(delivery: Delivery, table: type[Table]) -> Answer:
    """What `understand` asks for, in the process that this is called in.

    The dataset's table comes with the question: a kind of requirement may have brought it.
    """
    TABLES[table.qualified_name()] = table
    try:
        layout, unknown = recognise(delivery)
        try:
            cells = layout.read(delivery)
        except DeliveryRefusedError as error:
            raise DeliveryRefusedError(delivery.name, _merged(unknown, error.faults)) from error
    except DeliveryRefusedError as error:
        return Answer(pl.DataFrame(), _as_json(_Words(refused=error.faults)))
    told = replace(cells, faults=_merged(unknown, cells.faults))
    return Answer(cells.rows, _as_json(_Words(layout.name, told)))


def _call(delivery: Delivery) -> tuple[pl.DataFrame, _Words]:
    within = SECONDS + sum(file.size for file in delivery.files) / BYTES_A_SECOND
    answer = APART.call(read_here, delivery, TABLES[f"observed.{delivery.dataset}"], within=within)
    return answer.rows, _words().validate_json(answer.words)


def _is_deadly(delivery: Delivery, file: DeliveredFile) -> bool:
    """Whether the process that reads dies of the file alone."""
    alone = Delivery(delivery.dataset, delivery.month, delivery.day, (file,))
    try:
        _call(alone)
    except DiedError:
        return True
    return False


def _too_much(delivery: Delivery, files: Sequence[DeliveredFile]) -> DeliveryRefusedError:
    expected = "a file that can be read to its end within the memory and the time there is for it"
    advice = (
        "It is damaged, made to exhaust its reader, or Parquet with all rows in one group: write it "
        "anew, Parquet in groups of a million rows or fewer, and deliver it whole."
    )
    faults = [fault for file in files for fault in refusal(file.name, expected, advice).faults]
    return DeliveryRefusedError(delivery.name, faults)


def _merged(unknown: Sequence[Fault], faults: Sequence[Fault]) -> list[Fault]:
    """The faults of files that were not recognised, and what was found in the others."""
    files = {fault.file for fault in unknown}
    return [*unknown, *(fault for fault in faults if fault.file not in files)]


def _as_json(words: _Words) -> str:
    return _words().dump_json(words).decode()


@cache
def _words() -> TypeAdapter[_Words]:
    return TypeAdapter(_Words)
