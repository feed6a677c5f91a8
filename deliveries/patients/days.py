"""The dates of records as days since 1970, whatever type a file holds them in."""

from collections.abc import Mapping
from datetime import date
from functools import cache

import polars as pl

EPOCH = date(1970, 1, 1)
"""Day 0, as in Arrow and Parquet."""

FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(2099, 12, 31)
"""Days that a date written as text may name."""

NOT_YET = date(9999, 12, 31)
"""What programs write for a day that has not come yet."""

MIDNIGHT = r"[ T]00:00(?::00(?:[.,]0+)?)?$"
"""What databases write behind a date that has no time of day."""

TEXT = (pl.String, pl.Categorical, pl.Enum)
"""Types that hold text."""


def days(types: Mapping[str, pl.DataType]) -> list[pl.Expr]:
    """Columns of dates as days since 1970; null where empty, and where it is no date.

    A timestamp is a date if its time is midnight.
    """
    texts = [name for name, kind in types.items() if isinstance(kind, TEXT)]
    found = [days_of_text(tuple(texts))] if texts else []
    for name, kind in types.items():
        if isinstance(kind, pl.Datetime):
            whole = pl.col(name).cast(pl.Date)
            dates = pl.when(whole.cast(kind) == pl.col(name)).then(whole)
            found.append(dates.to_physical().alias(name))
        elif name not in texts:
            found.append(pl.col(name).cast(pl.Date).to_physical())
    return found


def is_filled(name: str, kind: pl.DataType) -> pl.Expr:
    """Whether a column's cell has anything in it; spaces, as columns of fixed width have, are nothing."""
    column = pl.col(name)
    if not isinstance(kind, TEXT):
        return column.is_not_null()
    return column.cast(pl.String).str.strip_chars().fill_null("") != ""


@cache
def days_of_text(names: tuple[str, ...]) -> pl.Expr:
    """Columns of dates written as text, as days since 1970; null where that is no date.

    They are looked up among all days as ISO writes them: nothing but YYYY-MM-DD, with spaces around
    it or none, and midnight behind it or nothing, is a date; `NOT_YET` is the day after the last.
    It costs less than parsing. To hand so many days to Polars takes as long as a hundred thousand
    records, so it is done once for all columns and files.
    """
    every = pl.date_range(FIRST_DAY, LAST_DAY, eager=True).dt.to_string("%Y-%m-%d")
    every = every.append(pl.Series([NOT_YET.isoformat()]))
    # The place among the days is the day's number from the first; so many days take 32 bits.
    place = (
        pl.col(names)
        .cast(pl.String)
        .str.strip_chars()
        .str.replace(MIDNIGHT, "")
        .cast(pl.Enum(every), strict=False)
        .to_physical()
        .reinterpret(signed=True)
    )
    return place + (FIRST_DAY - EPOCH).days
