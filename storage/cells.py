"""Cells as people write them: counts with grouped thousands, regions by code or by name."""

import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from schemas.regions import register

NOT_AVAILABLE = frozenset({"", "..", "--", "-", ".", "X"})
"""Signs for a count that was not available; never zero."""

OTHER_NUMBERING = frozenset({"27", "42", "51"})
"""Codes of the regions' other numbering (Blekinge, Halland, Västra Götaland): not guessed at."""

COUNT = re.compile(r"[0-9]{1,18}|[0-9]{1,3}(?: [0-9]{3}){1,5}")
"""At most 18 digits, which 64 bits hold; how large a count may be is for its model to say."""

SPACES = re.compile(r"\s+")


class CellError(ValueError):
    """A cell cannot be understood; the message says what was expected."""


def parse_count(text: str) -> int | None:
    """The count written in a cell, or none if it was not available.

    Thousands may be grouped with a space or a no-break space, and the unit `st` may follow.

    Raises:
        CellError: if the text is no whole number, or its groups are not of three digits.
    """
    plain = spaced(text)
    if plain in NOT_AVAILABLE:
        return None
    digits = plain.removesuffix("st").rstrip()
    if not COUNT.fullmatch(digits):
        raise CellError("a whole number, not negative, thousands grouped by three or not at all")
    return int(digits.replace(" ", ""))


def parse_region(text: str) -> str:
    """The county code of the region that a cell names, by code or by any of its names.

    Raises:
        CellError: if no region has that code or name.
    """
    name = spaced(text).casefold()
    names = _codes_by_name()
    code = names.get(name) or names.get(name.removeprefix("region "))
    if code is None and name in OTHER_NUMBERING:
        raise CellError(
            f"a county code (01-25); {name} is from another numbering of the regions, where the "
            "same code can mean different regions"
        )
    if code is None:
        raise CellError("a region's two-digit county code (01-25) or its name")
    return code


def is_region_like(text: str) -> bool:
    """Whether a name looks like a region's, so that one not known is a slip and not a clinic."""
    name = spaced(text).casefold()
    return (
        name.startswith("region ") or name.endswith((" län", " läns landsting")) or name.isdigit()
    )


def spaced(text: str) -> str:
    """The text with every run of white space, no-break spaces too, as one space; none at its ends."""
    return SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


@cache
def _codes_by_name() -> Mapping[str, str]:
    codes = {code: code for code in register()}
    for region in register().values():
        for variant in (region.name, *region.variants):
            codes[spaced(variant).casefold()] = region.code
    return MappingProxyType(codes)
