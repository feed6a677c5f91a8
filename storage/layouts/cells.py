"""What a layout's reader makes of a delivery, and what it needs to know."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field

import polars as pl

from storage.deliveries import Delivery

Vocabulary = Mapping[str, Collection[str]]
"""Words that a column may hold, by the table's column: the measures, the procedures."""

Place = tuple[str, int | None]
"""The file and the line that a row came from; no line where it was counted from many."""


@dataclass(frozen=True)
class Cells:
    """A delivery's rows, typed but not yet checked.

    Attributes:
        rows: the columns of the dataset's table that the layout has.
        places: where each row came from.
        headers: what the sender calls each of the table's columns.
        notes: what else was seen and is worth a line in the log, such as rows passed over.
    """

    rows: pl.DataFrame
    places: list[Place]
    headers: Mapping[str, str]
    notes: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Layout:
    """A layout: its name, its headers in each dataset, and its reader.

    The reader raises `DeliveryRefusedError` with every fault that it finds.
    """

    name: str
    headers: Callable[[str], list[frozenset[str]]]
    read: Callable[[Delivery, Vocabulary], Cells]
