"""From a value to the level it earns: bands, as the parameters print them."""

from itertools import pairwise

import polars as pl

from rules.exact import scaled, wide
from rules.parameters import Bands


def rounded_level(value: pl.Expr, bands: Bands) -> pl.Expr:
    """The level in per cent of a value counted in units of the bands' last decimal; 0 below all."""
    reached = [(value >= scaled(band.lower, bands.decimals)) for band in bands.bands]
    return _highest(reached, bands)


def exact_level(numerator: pl.Expr, denominator: pl.Expr, bands: Bands) -> pl.Expr:
    """The level in per cent of the exact value numerator / denominator; 0 below all bands.

    A value between two printed bands belongs to the one that `bands.unrounded_gap` names.
    """
    value = wide(numerator) * 10**bands.decimals
    reached = [value >= scaled(bands.bands[0].lower, bands.decimals) * wide(denominator)]
    for below, band in pairwise(bands.bands):
        if bands.unrounded_gap == "band_above" and below.upper is not None:
            reached.append(value > scaled(below.upper, bands.decimals) * wide(denominator))
        else:
            reached.append(value >= scaled(band.lower, bands.decimals) * wide(denominator))
    return _highest(reached, bands)


def _highest(reached: list[pl.Expr], bands: Bands) -> pl.Expr:
    level = pl.lit(0, pl.Int64)
    for condition, band in zip(reached, bands.bands, strict=True):
        level = pl.when(condition).then(pl.lit(band.level_pct, pl.Int64)).otherwise(level)
    return level
