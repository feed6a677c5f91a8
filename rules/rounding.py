"""From earned kronor, exact to the hundredth, to what is paid: whole kronor, half-up, by region."""

import polars as pl

from rules.exact import in_last_decimal, wide


def rounded_sum(performance: pl.DataFrame) -> pl.DataFrame:
    """The sum of earned_sek by region, rounded half-up once.

    Args:
        performance: region_code, earned_sek (DECIMAL with two decimals).

    Returns:
        region_code, amount_sek.
    """
    return _by_region(performance, _whole_kronor(_hundredths().sum()))


def rounded_each(performance: pl.DataFrame) -> pl.DataFrame:
    """The sum by region of each row's earned_sek, rounded half-up by itself; see `rounded_sum`."""
    return _by_region(performance, _whole_kronor(_hundredths()).sum())


def _by_region(performance: pl.DataFrame, amount: pl.Expr) -> pl.DataFrame:
    return performance.group_by("region_code").agg(amount_sek=amount.cast(pl.Int64))


def _hundredths() -> pl.Expr:
    return in_last_decimal(pl.col("earned_sek"), 2)


def _whole_kronor(hundredths: pl.Expr) -> pl.Expr:
    return (wide(hundredths) + 50) // 100
