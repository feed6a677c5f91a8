"""A delivery read behind the wall: its cells, whatever its files turn out to be."""

from collections.abc import Sequence
from dataclasses import replace
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


def understand(delivery: Delivery) -> Cells:
    """The delivery's cells, read in another process.

    Args:
        delivery: copies of its files.

    Returns:
        The cells with their layout; `faults` are all that was found wrong.

    Raises:
        DeliveryRefusedError: with every fault, if nothing can be read; naming the files that take
            more memory or time than there is for them.
        ChildProcessError: if the process that reads was ended from outside.
    """
    try:
        rows, beside = _call(delivery)
    except DiedError as died:
        if isinstance(died, TooLongError) and len(delivery.files) == 1:
            raise _too_much(delivery, delivery.files) from None
        # The first alone: each may take all the time there is.
        if deadly := next((file for file in delivery.files if _is_deadly(delivery, file)), None):
            raise _too_much(delivery, [deadly]) from None
        try:
            # None is by itself: somebody ended the process, or it is all of them together.
            rows, beside = _call(delivery)
        except DiedError:
            raise _too_much(delivery, delivery.files) from None
    if not beside.layout:
        raise DeliveryRefusedError(delivery.name, beside.faults)
    return Cells(**vars(beside), rows=rows)


def read_here(delivery: Delivery, table: type[Table]) -> Answer:
    """What `understand` asks for, in the process that this is called in; no layout where nothing can be read.

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
        return Answer(pl.DataFrame(), _as_json(BesideRows((), {}, faults=error.faults)))
    faults = _merged(unknown, cells.faults)
    return Answer(cells.rows, _as_json(replace(cells, layout=layout.name, faults=faults)))


def _call(delivery: Delivery) -> tuple[pl.DataFrame, BesideRows]:
    within = SECONDS + sum(file.size for file in delivery.files) / BYTES_A_SECOND
    answer = APART.call(read_here, delivery, TABLES[f"observed.{delivery.dataset}"], within=within)
    return answer.rows, _beside().validate_json(answer.words)


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


def _as_json(beside: BesideRows) -> str:
    return _beside().dump_json(beside).decode()


@cache
def _beside() -> TypeAdapter[BesideRows]:
    return TypeAdapter(BesideRows)
