"""Cells as people write them: counts with grouped thousands, regions by code or by name."""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict

from schemas.regions import Region, register

SPELLING = Path(__file__).with_name("spelling.toml")

NOT_AVAILABLE = frozenset({"", "..", "--", "-", ".", "X"})
"""Signs for a count that was not available; never zero."""

OTHER_NUMBERING = frozenset({"27", "42", "51"})
"""Codes of the regions' other numbering (Blekinge, Halland, Västra Götaland): not guessed at."""

COUNT = re.compile(r"[0-9]{1,18}|[0-9]{1,3}(?: [0-9]{3}){1,5}")
"""At most 18 digits, which 64 bits hold; how large a count may be is for its model to say."""

SPACES = re.compile(r"\s+")
LONGEST_NAME = 80
"""Letters; no region's name has half as many."""


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
        near = likely_region(text)
        hint = f"; the nearest is {near.name} ({near.code})" if near else ""
        raise CellError(f"a region's two-digit county code (01-25) or its name{hint}")
    return code


def is_region_like(text: str) -> bool:
    """Whether a name looks like a region's, so that one not known is a slip and not a clinic."""
    name = spaced(text).casefold()
    return (
        name.startswith("region ") or name.endswith((" län", " läns landsting")) or name.isdigit()
    )


class Spelling(BaseModel):
    """How names are compared, as `spelling.toml` explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    likeness: float
    words_of_any_region: frozenset[str]


@cache
def spelling() -> Spelling:
    """How names are compared. Source: `spelling.toml`."""
    return Spelling.model_validate(tomllib.loads(SPELLING.read_text(encoding="utf-8")))


def likely_region(text: str) -> Region | None:
    """The region that a name was likely meant for; none if it is like no region's name.

    Small words, accents and spaces are left out of the comparison. A name that holds a region's and
    more is that of a unit within it, such as BUP Skåne, and is like no region's.
    """
    if len(text) > LONGEST_NAME:
        return None
    words = _telling(text)
    likeness = spelling().likeness
    # What is set second is prepared once, and compared with many.
    comparison = difflib.SequenceMatcher(None, "", words.replace(" ", ""))
    best = None
    held = {region.code for known, region in _known_names() if f" {known} " in f" {words} "}
    for known, region in _known_names():
        if region.code in held and words.count(" ") > known.count(" "):
            continue
        comparison.set_seq1(known.replace(" ", ""))
        if comparison.real_quick_ratio() < likeness or comparison.quick_ratio() < likeness:
            continue
        if comparison.ratio() >= likeness:
            best, likeness = region, comparison.ratio()
    return best


def spaced(text: str) -> str:
    """The text with every run of white space, no-break spaces too, as one space; none at its ends."""
    return SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def _telling(text: str) -> str:
    """The words of a name that tell it from others, without accents, with a space between."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    words = re.findall(r"[^\W\d_]+", letters)
    return " ".join(word for word in words if word not in spelling().words_of_any_region)


@cache
def _known_names() -> Sequence[tuple[str, Region]]:
    """The telling words of every name that a region has, each once."""
    found = {
        _telling(name): region
        for region in register().values()
        for name in (region.name, *region.variants)
    }
    return tuple(found.items())


@cache
def _codes_by_name() -> Mapping[str, str]:
    codes = {code: code for code in register()}
    for region in register().values():
        for variant in (region.name, *region.variants):
            codes[spaced(variant).casefold()] = region.code
    return MappingProxyType(codes)
