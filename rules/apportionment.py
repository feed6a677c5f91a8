"""Sharing out whole kronor by weight, so that the shares add up to the whole krona.

The total may be any fraction of a krona; quotas are of the exact total, and the sum of the shares
is the total rounded half-up. Python's integers carry every intermediate figure, so nothing wraps.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import lru_cache

import polars as pl

from rules.exact import half_up
from rules.parameters import Apportionment


def largest_remainder(total: Fraction, weights: Mapping[str, int]) -> dict[str, int]:
    """Shares by Hamilton's method: floored quotas, then a krona each to the largest remainders.

    Ties go to the lowest code. Not monotone: a larger total can lower one share by one krona.

    Args:
        total: kronor to share, not negative.
        weights: weight by region code, at least one above 0.

    Raises:
        ValueError: if the weights do not add up to more than 0.
    """
    quotas = _quotas(total, weights)
    shares = {code: quota.numerator // quota.denominator for code, quota in quotas.items()}
    left_over = half_up(total) - sum(shares.values())
    by_remainder = sorted(quotas, key=lambda code: (shares[code] - quotas[code], code))
    for code in by_remainder[:left_over]:
        shares[code] += 1
    return shares


def half_up_residual_on_largest(total: Fraction, weights: Mapping[str, int]) -> dict[str, int]:
    """Shares rounded half-up each; what is then over, or lacks, goes to the largest weight.

    Ties go to the lowest code. Arguments and errors as for `largest_remainder`.
    """
    shares = {code: half_up(quota) for code, quota in _quotas(total, weights).items()}
    largest = min(weights, key=lambda code: (-weights[code], code))
    shares[largest] += half_up(total) - sum(shares.values())
    return shares


METHODS: Mapping[Apportionment, Callable[[Fraction, Mapping[str, int]], dict[str, int]]] = {
    "largest_remainder": largest_remainder,
    "half_up_residual_on_largest": half_up_residual_on_largest,
}


def apportion(total: Fraction, weights: pl.DataFrame, method: Apportionment) -> pl.DataFrame:
    """The total in kronor, shared out by weight.

    Args:
        total: kronor, not negative; may be a fraction.
        weights: region_code (text), weight (integer, not negative).
        method: the fund's method.

    Returns:
        region_code, amount_sek (whole kronor), one row for each of `weights`.

    Raises:
        ValueError: if the weights do not add up to more than 0.

    Source: D2024, annex, table 1; T2025, table 2.
    """
    by_region = zip(weights["region_code"], weights["weight"], strict=True)
    return _shared(total, tuple(by_region), method)


def in_full(amounts: pl.DataFrame, regions: Sequence[str]) -> pl.DataFrame:
    """Amounts by region, amount_sek, with a row for each of the regions: 0 where there was none."""
    register = pl.DataFrame({"region_code": regions}, schema={"region_code": pl.String})
    return register.join(amounts, on="region_code", how="left").with_columns(
        pl.col("amount_sek").fill_null(0)
    )


@lru_cache(maxsize=1024)  # a fund is shared out alike in most months of a year
def _shared(
    total: Fraction, weights: tuple[tuple[str, int], ...], method: Apportionment
) -> pl.DataFrame:
    shares = METHODS[method](total, dict(weights))
    return pl.DataFrame(
        {"region_code": list(shares), "amount_sek": list(shares.values())},
        schema={"region_code": pl.String, "amount_sek": pl.Int64},
    )


def _quotas(total: Fraction, weights: Mapping[str, int]) -> dict[str, Fraction]:
    whole = sum(weights.values())
    if whole <= 0:
        raise ValueError("there is nothing to share by: the weights do not add up to more than 0")
    return {code: total * weight / whole for code, weight in weights.items()}
