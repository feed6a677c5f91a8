"""From a value to its level, once more and in fractions: the band that it lies in."""

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from explanation.values import Span
from rules.exact import half_up
from rules.parameters import Band, Bands


@dataclass(frozen=True)
class Level:
    """The level in per cent, and the band that gives it; none below all bands."""

    percent: int
    band: Band | None
    first: Band
    decimals: int

    @property
    def span(self) -> Span:
        """The band's edges as printed; where nothing is earned, the first band's."""
        band = self.band or self.first
        return Span(band.lower, band.upper, self.decimals)


def rounded(value: Fraction, decimals: int) -> Fraction:
    """The value, half-up to so many decimals."""
    return Fraction(half_up(value * 10**decimals), 10**decimals)


def level_of(value: Fraction, bands: Bands, *, exact: bool) -> Level:
    """The level of a value: compared as it is, or rounded to the bands' decimals first."""
    found = None
    compared = value if exact else rounded(value, bands.decimals)
    if compared >= Fraction(bands.bands[0].lower):
        found = bands.bands[0]
    for below, band in pairwise(bands.bands):
        beyond = below.upper is not None and compared > Fraction(below.upper)
        reaches = (
            beyond
            if exact and bands.unrounded_gap == "band_above"
            else compared >= Fraction(band.lower)
        )
        if reaches:
            found = band
    return Level(found.level_pct if found else 0, found, bands.bands[0], bands.decimals)
