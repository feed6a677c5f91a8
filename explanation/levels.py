"""From a value to its level, once more and in fractions: the band that it lies in."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from explanation.nodes import Rounding
from explanation.values import Number, Span
from rules.exact import half_up
from rules.parameters import Bands


class Level(NamedTuple):
    """The level in per cent, whether a band gives it, and its edges as printed, or else the first's."""

    percent: int
    is_in_a_band: bool
    span: Span


def rounded(value: Fraction, decimals: int) -> Fraction:
    """The value, half-up to so many decimals."""
    return Fraction(half_up(value * 10**decimals), 10**decimals)


def rounding_of(number: Number, decimals: int) -> Rounding:
    """How the number is rounded, half-up to so many decimals."""
    after = replace(number, value=rounded(number.value, decimals), decimals=decimals)
    nearest = Number(Fraction(1, 10**decimals), decimals=decimals)
    return Rounding(number, "half_up_decimals", after, {"nearest": nearest})


def level_of(value: Fraction, bands: Bands, *, exact: bool) -> Level:
    """The level of a value: compared as it is, or rounded to the bands' decimals first."""
    compared = value if exact else rounded(value, bands.decimals)
    first = found = bands.bands[0]
    for below, band in pairwise(bands.bands):
        beyond = below.upper is not None and compared > Fraction(below.upper)
        reaches = (
            beyond
            if exact and bands.unrounded_gap == "band_above"
            else compared >= Fraction(band.lower)
        )
        if reaches:
            found = band
    is_in_a_band = found is not first or compared >= Fraction(first.lower)
    span = Span(found.lower, found.upper, bands.decimals)
    return Level(found.level_pct if is_in_a_band else 0, is_in_a_band, span)
