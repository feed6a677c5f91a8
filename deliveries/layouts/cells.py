"""What a layout's reader makes of a delivery, and what it needs to know."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import polars as pl

from deliveries.delivered import Delivery, refusal
from deliveries.faults import Fault
from deliveries.formats.table_files import read_table
from deliveries.formats.text_files import TextTable

Place = tuple[str, int | None]
"""The file and the line that a row came from; no line where it was counted from many."""


class Remark(NamedTuple):
    """What is odd in a delivery, and is taken all the same.

    Attributes:
        what: in a few words, the same for all of a kind.
        region_code: whose; empty where the whole delivery is meant.
        of: the measure, procedure or age group; empty where all are meant.
        figure: what the sender calls it, or the name of the count, or of what else was looked at.
        value: what was delivered, in words or digits; empty if nothing was.
        limits: what would not be odd, or between which values.
        beside: what it is odd beside; empty where that is the delivery itself.
    """

    what: str
    region_code: str
    of: str
    figure: str
    value: str
    limits: str
    beside: str = ""


@dataclass(frozen=True)
class BesideRows:
    """What is told of a delivery's rows.

    Attributes:
        places: where each row came from.
        headers: what the sender calls each of the table's columns.
        notes: what else was seen and is worth a line in the log, such as rows passed over.
        remarks: what is odd, and taken all the same.
        faults: what could not be read.
        unread: the row's number and the table's column of each cell that could not be.
        column_places: where a column's cells came from, if not from the rows' own places.
        layout: the name of the layout that they are in, once it is recognised.
    """

    places: Sequence[Place]
    headers: Mapping[str, str]
    notes: Mapping[str, str | int] = field(default_factory=dict)
    remarks: Sequence[Remark] = ()
    faults: Sequence[Fault] = ()
    unread: frozenset[tuple[int, str]] = frozenset()
    column_places: Mapping[str, Sequence[Place]] = field(default_factory=dict)
    layout: str = ""


@dataclass(frozen=True)
class Cells(BesideRows):
    """A delivery's rows, typed but not yet checked.

    A cell that has a fault already is missing in `rows`, and in `unread`: what is checked later must
    not find it a second time.

    Attributes:
        rows: the columns of the dataset's table that the layout has.
    """

    rows: pl.DataFrame = field(kw_only=True)

    def place(self, row: int, column: str) -> Place:
        """Where a cell came from."""
        return self.column_places.get(column, self.places)[row]


def table_alone(delivery: Delivery, layout: str) -> TextTable:
    """The table of a layout that has one file a day.

    Args:
        delivery: copies of its files.
        layout: what the layout is called.

    Raises:
        DeliveryRefusedError: if there is more than the one file, or that is no table.
    """
    if len(delivery.files) != 1:
        names = ", ".join(file.name for file in delivery.files)
        advice = "Leave one file for the day, or give the correction a later day."
        raise refusal(names, f"one file a day in {layout} layout", advice, names)
    return read_table(delivery.files[0])


@dataclass(frozen=True)
class Layout:
    """A layout: its name, its headers in each dataset, and its reader.

    The reader gives the rows that it can read with the faults of the rest; it raises
    `DeliveryRefusedError` with every fault that it finds where nothing can be read.
    """

    name: str
    headers: Callable[[str], list[frozenset[str]]]
    read: Callable[[Delivery], Cells]
