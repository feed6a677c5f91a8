"""Months, written `2025-04` for people and kept as the date of their first day."""

from collections.abc import Iterable
from datetime import date

MONTHS_A_YEAR = 12


def parse_month(text: str) -> date:
    """The first day of the month written as `YYYY-MM`.

    Raises:
        ValueError: if the text is not a month of that form.
    """
    year, separator, month = text.partition("-")
    if (len(year), separator, len(month)) != (4, "-", 2) or not _is_number(year + month):
        raise ValueError(f"'{text}' is not a month of the form YYYY-MM, such as 2025-04")
    try:
        return date(int(year), int(month), 1)
    except ValueError as error:
        raise ValueError(f"'{text}' is not a month of the calendar") from error


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal()


def month_key(month: date) -> str:
    """The month as `YYYY-MM`: the key of its partition."""
    return f"{month:%Y-%m}"


def add_months(month: date, count: int) -> date:
    """The first day of the month that lies `count` months after (before, if negative)."""
    index = month.year * MONTHS_A_YEAR + month.month - 1 + count
    return date(index // MONTHS_A_YEAR, index % MONTHS_A_YEAR + 1, 1)


def months_between(first: date, last: date) -> list[date]:
    """All months from `first` to `last`, both included; empty if `last` is earlier."""
    found = []
    while first <= last:
        found.append(first)
        first = add_months(first, 1)
    return found


def contiguous(months: Iterable[date]) -> list[tuple[date, date]]:
    """The months as spans, each its first and last month, that hold no other month."""
    spans: list[tuple[date, date]] = []
    for month in sorted(months):
        if spans and add_months(spans[-1][1], 1) == month:
            spans[-1] = (spans[-1][0], month)
        else:
            spans.append((month, month))
    return spans


def span_words(span: tuple[date, date]) -> str:
    """A span for people: its month, or its first and last."""
    first, last = map(month_key, span)
    return first if first == last else f"{first} to {last}"
