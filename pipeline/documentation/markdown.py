"""Markdown: tables, figures and months as the documents write them."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from rules.apportionment import half_up
from schemas.months import month_key


def table(
    header: Sequence[str], rows: Iterable[Sequence[object]], *, numbers: Collection[str] = ()
) -> str:
    """A table.

    Args:
        header: the columns' names.
        rows: cells by row; `|` in them is escaped.
        numbers: names of the columns to set flush right.
    """
    rule = ["---:" if name in numbers else "---" for name in header]
    lines = [header, rule, *([_cell(value) for value in row] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def grouped(number: int | Decimal) -> str:
    """The number with its thousands grouped by spaces."""
    return f"{number:,}".replace(",", " ")


def kronor(amount: Fraction) -> str:
    """The amount, exact where two decimals suffice; whole kronor without decimals."""
    return grouped(int(amount) if amount.denominator == 1 else rounded(amount, 2))


def rounded(value: Fraction, decimals: int) -> Decimal:
    """The value half-up to so many decimals, for reading."""
    return Decimal(half_up(value * 10**decimals)).scaleb(-decimals)


def span(first: date, last: date) -> str:
    """The months from first to last."""
    return month_key(first) if first == last else f"{month_key(first)} to {month_key(last)}"


def _cell(value: object) -> str:
    return " ".join(str(value).split()).replace("|", "\\|")
