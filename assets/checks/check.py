"""What a check is: a name, whether it blocks, and what it finds of a step's months."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

import polars as pl
from dagster._core.definitions.metadata import RawMetadataValue

from ledger.ledger import Ledger
from rules.step import Inputs, Step
from schemas.places import DataRoot
from schemas.records import Record

CELLS_SHOWN = 100
"""Cells that differ of a month, which a verdict shows; the rest are counted."""

Shown = Mapping[str, RawMetadataValue]
"""What is shown of a materialisation or a verdict, by its label."""


@dataclass(frozen=True)
class Verdict:
    """What a check found of one month: whether it holds, in words, and figures to show."""

    passed: bool
    description: str
    metadata: Shown = field(default_factory=dict)


@dataclass(frozen=True)
class Evidence:
    """A step's months, with all that a check may look at.

    Attributes:
        step: which one.
        root, ledger: where things lie.
        inputs: what the rows are computed from, of all the months together.
        rows: the rows of each month.
        records: the record of each month; none before it is recorded.
        earlier: what each month had before, with its rows, if it had anything.
    """

    step: Step
    root: DataRoot
    ledger: Ledger
    inputs: Inputs
    rows: Mapping[date, pl.DataFrame]
    records: Mapping[date, Record]
    earlier: Mapping[date, tuple[Record, pl.DataFrame]]


Evaluation = Callable[[Evidence], Mapping[date, Verdict]]
"""A verdict on each month that there is something to say of."""


def each_month(
    verdict: Callable[[Evidence, date, pl.DataFrame], Verdict | None],
) -> Evaluation:
    """The evaluation of a check that looks at one month's rows at a time; it gives none where there is nothing to say."""
    return lambda evidence: {
        month: found
        for month, rows in evidence.rows.items()
        if (found := verdict(evidence, month, rows))
    }


@dataclass(frozen=True)
class Check:
    """A check of a step's rows; a blocking one is asserted before the write, by itself."""

    name: str
    description: str
    blocking: bool
    evaluate: Evaluation
