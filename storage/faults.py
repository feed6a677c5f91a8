"""What is wrong with a delivery, said so that its sender can mend it alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

SHOWN = 100
"""How many faults are shown at most; the rest are counted."""


@dataclass(frozen=True, order=True)
class Fault:
    """One fault: where it stands, what stands there, what was expected, what to do.

    `row` is the line of the file, the header being line 1; none where the whole file is meant.
    """

    file: str
    row: int | None
    column: str
    value: str
    expected: str
    advice: str


class DeliveryRefusedError(Exception):
    """A delivery is refused whole; the month keeps what it had."""

    def __init__(self, delivery: str, faults: Sequence[Fault]) -> None:
        """Keep the faults, in order of file and row."""
        self.delivery = delivery
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.row or 0, fault.column))
        super().__init__(f"{delivery} is refused: {len(self.faults)} fault(s)")

    def __reduce__(self) -> tuple[type, tuple[str, list[Fault]]]:
        """Pickle as what it was made of, so that it crosses processes whole."""
        return type(self), (self.delivery, self.faults)


def fault_table(faults: Sequence[Fault]) -> pl.DataFrame:
    """The faults as a table: file, row, column, value, expected, advice."""
    schema = {
        "file": pl.String,
        "row": pl.Int64,
        "column": pl.String,
        "value": pl.String,
        "expected": pl.String,
        "advice": pl.String,
    }
    return pl.DataFrame([vars(fault) for fault in faults], schema=schema)
