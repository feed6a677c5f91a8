"""A step of the calculation: a table, what it is computed from, for which months, by which rule.

A scheme's steps are a value (`rules/steps.py`). Whoever computes, plans, verifies or shows the
calculation walks them; nobody else says what a table rests on.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from schemas.keys import OfScheme
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.places import Place
from schemas.table import Table

if TYPE_CHECKING:
    from rules.scheme import Scheme  # a scheme's requirements give steps, which name their scheme

Inputs = Mapping[type[Table], pl.DataFrame]
"""Tables by their models."""

Months = Callable[[date], Sequence[date]]
"""For a month of a step, the months of an input that its rule looks at."""

Rule = Callable[[Inputs, Sequence[date]], pl.DataFrame]
"""From the inputs, which may hold more than is needed, to the rows of some of a step's months."""


@dataclass(frozen=True)
class Need:
    """A table that a step reads, and for each of the step's months the months it looks at.

    Attributes:
        table: observed, or made by the same scheme.
        months: the months looked at.
        required: whether each of them must have been recorded. A decision need not: there is none
            until it is made.
    """

    table: type[Table]
    months: Months
    required: bool = True


@dataclass(frozen=True)
class Step:
    """A table that a scheme's rule makes.

    Attributes:
        scheme: whose.
        table: what is made.
        months: exactly the months that there is something to compute for.
        needs: what the rule reads.
        rule: how its rows are computed.
        sentence: what the rule does, with its source.
        pays: whether its months are those paid; else those measured.
    """

    scheme: "Scheme"
    table: type[Table]
    months: tuple[date, ...]
    needs: tuple[Need, ...]
    rule: Rule
    sentence: str
    pays: bool = False

    def place(self, month: date) -> Place:
        """Where the rows of a month go."""
        return Place(self.table.qualified_name(), self.scheme.name, month)

    def source(self, need: Need, month: date) -> Place:
        """Where rows stand that the step needs."""
        scheme = self.scheme.name if issubclass(need.table, OfScheme) else ""
        return Place(need.table.qualified_name(), scheme, month)

    def sources(self, month: date) -> set[Place]:
        """Everything that a month of the step looks at."""
        return {
            self.source(need, looked_at) for need in self.needs for looked_at in need.months(month)
        }


def this_month(month: date) -> list[date]:
    """The month itself."""
    return [month]


def same_month_last_year(month: date) -> list[date]:
    """The month twelve months earlier."""
    return [add_months(month, -MONTHS_A_YEAR)]
