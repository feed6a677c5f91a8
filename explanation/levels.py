"""How a value is rounded before it is judged, and the band that gives its level."""

from dataclasses import replace
from fractions import Fraction

from explanation.nodes import Rounding
from explanation.values import Number, Span
from rules.exact import half_up
from rules.parameters import Bands


def rounding_of(number: Number, decimals: int) -> Rounding:
    """How the number is rounded, half-up to so many decimals."""
    rounded = Fraction(half_up(number.value * 10**decimals), 10**decimals)
    after = replace(number, value=rounded, decimals=decimals)
    nearest = Number(Fraction(1, 10**decimals), decimals=decimals)
    return Rounding(number, "half_up_decimals", after, {"nearest": nearest})


def span_of(level: int, value: Fraction, bands: Bands) -> Span:
    """The edges, as printed, of the band that gives the level in per cent; the first's, where none does.

    Of several that give it, the last that the value reaches.
    """
    giving = [band for band in bands.bands if band.level_pct == level] or bands.bands[:1]
    reached = [band for band in giving if value >= Fraction(band.lower)]
    band = (reached or giving[:1])[-1]
    return Span(band.lower, band.upper, bands.decimals)
