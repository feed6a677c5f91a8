"""A table as people read it: title, headings, rows, the sum below; every document is made of these."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from itertools import groupby

from explanation.language import Code, language
from schemas.amounts import MINUS, spaced

Cell = str | int | Decimal | date | None
"""What stands in a cell: nothing, words, or a value that is written out only where it is printed."""


@dataclass(frozen=True)
class PrintedTable:
    """A table for people.

    Attributes:
        title: what it shows, and whether that is computed or decided.
        headings: a word a column.
        rows: a cell a column each.
        totals: the row below the rule; empty where nothing is summed.
        groups: a word a column that stands above its heading, or empty where nothing does.
        notes: what is said below it.
        sheet: its name in a workbook, at most 31 characters.
    """

    title: str
    headings: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    totals: Sequence[Cell] = ()
    groups: Sequence[str] = ()
    notes: Sequence[str] = ()
    sheet: str = "1"

    def saying(self, said: Mapping[str, str]) -> "PrintedTable":
        """The table with the same said in each row, by heading; a column that it has stays as it is.

        Text for programs has no place for notes, and whoever sorts its rows or copies some has no other.
        """
        added = {heading: cell for heading, cell in said.items() if heading not in self.headings}
        return replace(
            self,
            headings=[*self.headings, *added],
            groups=[*self.groups, *("" for _ in added)] if self.groups else (),
            rows=[[*row, *added.values()] for row in self.rows],
            totals=[*self.totals, *added.values()] if self.totals else (),
        )

    def all_rows(self) -> Iterator[Sequence[Cell]]:
        """The rows, and the totals after them."""
        yield from self.rows
        if self.totals:
            yield self.totals

    def full_headings(self) -> list[str]:
        """The headings with their groups' words in front: what tells a column where one line is all."""
        groups = self.groups or [""] * len(self.headings)
        return [
            f"{group}: {heading}" if group else heading
            for group, heading in zip(groups, self.headings, strict=True)
        ]

    def all_decimals(self) -> list[int]:
        """As many as each column's numbers have, all written alike; none where all of them are whole."""
        return [
            _decimals([row[column] for row in self.all_rows()])
            for column in range(len(self.headings))
        ]

    def spans(self) -> list[tuple[str, int]]:
        """The groups with how many columns in a row each stands above; none if there are none."""
        return [(word, len(list(columns))) for word, columns in groupby(self.groups)]


def written(cell: Cell, code: Code, *, signed: bool = False, decimals: int = 0) -> str:
    """What stands in a cell: thousands grouped, the language's decimal point, a real minus.

    A number has at least as many decimals as its column, so that digits stand below each other.
    """
    if not isinstance(cell, int | Decimal):
        return "" if cell is None else str(cell)
    sign = MINUS if cell < 0 else "+" if signed and cell > 0 else ""
    whole, _, rest = f"{abs(Decimal(cell)):f}".partition(".")
    # Kronor have öre only where they are not whole.
    is_told = rest.strip("0") or len(rest) == 1
    rest = (rest if is_told else "").ljust(decimals, "0")
    return f"{sign}{spaced(int(whole))}{language(code).form['point'] if rest else ''}{rest}"


def _decimals(column: Sequence[Cell]) -> int:
    numbers = [Decimal(cell) for cell in column if isinstance(cell, int | Decimal)]
    if all(number == int(number) for number in numbers):
        return 0
    exponents = (number.as_tuple().exponent for number in numbers)
    return max(-each for each in exponents if isinstance(each, int))


def summed(label: str, rows: Sequence[Sequence[Cell]]) -> list[Cell]:
    """The row of sums: a label below the first column, and below each other its sum where it has numbers."""
    sums: list[Cell] = [label]
    for column in list(zip(*rows, strict=True))[1:]:
        numbers = [cell for cell in column if isinstance(cell, int | Decimal)]
        sums.append(sum(numbers) if len(numbers) == len(column) else None)
    return sums
