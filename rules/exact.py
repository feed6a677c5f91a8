"""Exact arithmetic: half-up, and in Polars integers wide enough and decimals made from them.

Polars rounds half to even, wraps Int64 products silently, and drops digits when it divides a
decimal. So ratios stay pairs of 128-bit integers until a half-up division, written out here, makes
an integer of them, and a decimal is only ever an integer with its point moved.
"""

from decimal import Decimal
from fractions import Fraction

import polars as pl


def half_up(value: Fraction) -> int:
    """The nearest whole number; a half goes up: floor(x + 1/2)."""
    return (2 * value.numerator + value.denominator) // (2 * value.denominator)


def half_up_to(value: Fraction, decimals: int) -> Decimal:
    """The value half-up to so many decimals, for reading."""
    return Decimal(half_up(value * 10**decimals)).scaleb(-decimals)


def wide(expression: pl.Expr) -> pl.Expr:
    """The integer as 128 bits, so that products of counts do not wrap."""
    return expression.cast(pl.Int128)


def divided_half_up(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """floor(numerator / denominator + 1/2), as a 128-bit integer; none where undefined.

    The denominator must not be negative; where it is 0 or missing, so is the result.
    """
    positive = pl.when(denominator > 0).then(wide(denominator))
    return (2 * wide(numerator) + positive) // (2 * positive)


def with_decimals(integer: pl.Expr, precision: int, decimals: int) -> pl.Expr:
    """The integer, counted in units of the last decimal, as a decimal number."""
    one = Decimal(1).scaleb(-decimals)
    return (integer.cast(pl.Decimal(38 - decimals, 0)) * pl.lit(one)).cast(
        pl.Decimal(precision, decimals)
    )


def in_last_decimal(value: pl.Expr, decimals: int) -> pl.Expr:
    """The decimal number as a 128-bit integer, counted in units of its last decimal."""
    return (value * pl.lit(Decimal(10**decimals))).cast(pl.Int128)


def percentage(part: pl.Expr, whole: pl.Expr, decimals: int) -> pl.Expr:
    """The part in per cent of the whole, half-up, counted in units of the last decimal."""
    return divided_half_up(wide(part) * 100 * 10**decimals, whole)


def scaled(edge: Decimal, decimals: int) -> int:
    """The edge of a band counted in units of its last decimal.

    Raises:
        ValueError: if the edge has more decimals than that.
    """
    whole = edge.scaleb(decimals)
    if whole != whole.to_integral_value():
        raise ValueError(f"{edge} has more than {decimals} decimals")
    return int(whole)
