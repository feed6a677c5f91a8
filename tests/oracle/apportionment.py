"""Rounding (section 1) and apportionment (section 2)."""

from collections.abc import Mapping
from fractions import Fraction
from math import floor
from typing import Literal

Method = Literal["largest_remainder", "half_up"]


def half_up(value: Fraction | int, scale: int = 1) -> int:
    """Section 1: half-up is floor(x + 1/2), here of so many times the value.

    Of x = n / d it is floor((2n + d) / 2d): whole numbers, for fractions take their time.
    """
    part, whole = value.numerator * scale, value.denominator
    return (2 * part + whole) // (2 * whole)


def half_up_to_decimals(value: Fraction, decimals: int) -> Fraction:
    """Round half-up to a number of decimals."""
    scale = 10**decimals
    return Fraction(half_up(value, scale), scale)


def percent(part: int, whole: int) -> Fraction:
    """Return the exact share in per cent."""
    return Fraction(100 * part, whole)


def quotas(total: Fraction, weights: Mapping[str, int]) -> dict[str, Fraction]:
    """Return each one's exact part of the exact total."""
    sum_of_weights = sum(weights.values())
    return {code: total * weight / sum_of_weights for code, weight in weights.items()}


def largest_remainder(total: Fraction, weights: Mapping[str, int]) -> dict[str, int]:
    """Section 2, largest remainder (Hamilton).

    The total is rounded half-up to whole kronor, the quotas are of the exact total. Each is
    floored, then one krona each goes to the largest fractional parts until the rounded total is
    reached; ties go to the lowest region code.
    """
    exact = quotas(total, weights)
    parts = {code: floor(quota) for code, quota in exact.items()}
    lacking = half_up(total) - sum(parts.values())
    by_fraction = sorted(exact, key=lambda code: (parts[code] - exact[code], code))
    for code in by_fraction[:lacking]:
        parts[code] += 1
    return parts


def half_up_with_residual(total: Fraction, weights: Mapping[str, int]) -> dict[str, int]:
    """Section 2, the method of the 40 000 000 in D2024.

    Half-up per region, with the residual, which may be negative, on the largest weight; ties go
    to the lowest code.
    """
    parts = {code: half_up(quota) for code, quota in quotas(total, weights).items()}
    largest = min(weights, key=lambda code: (-weights[code], code))
    parts[largest] += half_up(total) - sum(parts.values())
    return parts


def apportion(
    total: Fraction | int, weights: Mapping[str, int], method: Method = "largest_remainder"
) -> dict[str, int]:
    """Section 2: the method is a parameter of each fund."""
    if method == "half_up":
        return half_up_with_residual(Fraction(total), weights)
    return largest_remainder(Fraction(total), weights)
