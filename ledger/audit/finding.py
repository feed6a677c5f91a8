"""What an audit finds: one thing that is not as it was written, and what to do about it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from typing import Literal

import polars as pl

Weight = Literal["wrong", "open", "not at hand"]
"""Wrong is what is not as it was recorded; open is what lies on disk and is not recorded (yet); not at hand is
what was recorded, lies elsewhere, and so was not compared."""


RESTORE = (
    "Restore the ledger from a copy made before; a copy whose head was noted can be trusted. "
    "docs/operations.md, section 'The ledger is damaged', says what is moved away with it."
)


@dataclass(frozen=True)
class Finding:
    """One finding: what it is, where, what was expected and found there, and what to do."""

    what: str
    where: str
    expected: str
    found: str
    advice: str = RESTORE
    weight: Weight = "wrong"


def finding_table(findings: Sequence[Finding]) -> pl.DataFrame:
    """The findings as a table: what, where, expected, found, advice, weight."""
    schema = {field.name: pl.String for field in fields(Finding)}
    return pl.DataFrame([vars(finding) for finding in findings], schema=schema)


def numbers(values: Iterable[int]) -> str:
    """Numbers in words, those that follow each other as a span: 1, 3 to 5."""
    spans: list[tuple[int, int]] = []
    for value in sorted(values):
        if spans and spans[-1][1] == value - 1:
            spans[-1] = (spans[-1][0], value)
        else:
            spans.append((value, value))
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in spans)
