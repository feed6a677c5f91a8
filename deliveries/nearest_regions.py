"""Which regions a name was likely meant for that is none's: misspelt, abbreviated, or called by a direction."""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from schemas.regions import Region, register

SPELLING = Path(__file__).with_name("spelling.toml")

LIKELY, SURELY = 0.8, 0.85
"""Twice the letters in common, in order, by the letters of both: from which a name is likely a misspelt one, as Skone (0.8) is
Skåne, and from which no other way to read it is asked for, as for Vämland (0.93)."""
SHORTEST_PART = 4
"""Letters from which a part of a name, such as Götaland, tells a region from most others."""
SHORTEST_FORM = 3
"""Letters of a direction in a region's own name; of a name that is none's, one may stand for it."""
LONGEST_NAME = 80
"""Letters; no region's name has half as many."""


class Spelling(BaseModel):
    """How names are compared, as `spelling.toml` explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: frozenset[str]
    words_of_any_region: frozenset[str]
    other_provinces: frozenset[str]
    directions: Mapping[str, Sequence[str]]


@cache
def spelling() -> Spelling:
    """How names are compared. Source: `spelling.toml`."""
    return Spelling.model_validate(tomllib.loads(SPELLING.read_text(encoding="utf-8")))


@lru_cache(maxsize=1024)
def nearest_regions(text: str) -> Sequence[Region]:
    """The regions that a name was likely meant for, in order of code: all that fit alike.

    A name with a direction is that of a region with the same one, as V Götaland is Västra Götaland, or of none with
    another: Östra Götaland is Östergötland, and Östra Norrland nothing. Else those that it is much like and begins
    like; else those of which it has a part of the name, or whose name it abbreviates. Small words, accents
    and spaces are left out of the comparison.
    """
    words = _telling(text)
    letters = "".join(words)
    if (
        not words
        or len(text) > LONGEST_NAME
        or letters.removesuffix("s") in spelling().other_provinces
    ):
        return ()
    if same := same_region(text):
        return (same,)
    rests = [rest for _, rest, _ in _towards()]
    if letters not in rests and (alike := _most_like(letters, SURELY)):
        return tuple(sorted({*alike}))
    parted = [*_parted(letters), *_parted("".join([*words[-1:], *words[:-1]]))]
    found = {
        region
        for direction, rest, region in _towards()
        for meant, of_it in parted
        if meant == direction and _is_like(of_it, rest, SURELY)
    }
    if letters in rests:  # as Götaland, without any direction
        found |= {region for _, rest, region in _towards() if _is_like(letters, rest)}
    is_apart = len(words) > 1 and any(words[0] == letters.removesuffix(rest) for _, rest in parted)
    others = {region for _, _, region in _towards()} if is_apart else set()
    return tuple(sorted(found or {*(_most_like(letters) or _named(words))} - others))


def same_region(text: str) -> Region | None:
    """The region whose name it is but for small words, accents, spaces and signs, as in Reg. Kalmar and Skåne*."""
    return _by_letters().get("".join(_telling(text)))


def _telling(text: str) -> tuple[str, ...]:
    """The words of a name that tell it from others, without accents."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    letters = "".join(each for each in plain if not unicodedata.combining(each))
    parted = re.sub(r"\bregion(?!en\b)|(?<=[^\W\d_])s?regionen\b", " ", letters)
    words = re.findall(r"[^\W\d_]+", parted)
    return tuple(word for word in words if word not in spelling().words_of_any_region)


@cache
def _known_names() -> Sequence[tuple[tuple[str, ...], Region]]:
    """The telling words of every name that a region has, each once."""
    found = {
        _telling(name): region
        for region in register().values()
        for name in (region.name, *region.variants)
    }
    return tuple(found.items())


@cache
def _by_letters() -> Mapping[str, Region]:
    """The regions by the letters of each of their names."""
    return {"".join(known): region for known, region in _known_names()}


@cache
def _towards() -> Sequence[tuple[str, str, Region]]:
    """The regions that are called by a direction: which, the rest of the name, and the region."""
    return [
        (*parted[0], region)
        for known, region in _known_names()
        if (parted := [*_parted("".join(known), shortest=SHORTEST_FORM)])
    ]


def _parted(letters: str, *, shortest: int = 1) -> Iterator[tuple[str, str]]:
    """Each direction that a name may begin with, and the rest of the name behind it; the longest form first."""
    for direction, forms in spelling().directions.items():
        for form in forms:
            if len(form) >= shortest and letters.startswith(form):
                yield direction, letters.removeprefix(form)


def _named(words: Sequence[str]) -> list[Region]:
    return [
        region
        for known, region in _known_names()
        if _holds_part(words, known) or _abbreviates(words, known)
    ]


def _holds_part(words: Sequence[str], known: Sequence[str]) -> bool:
    return any(len(word) >= SHORTEST_PART and word in known for word in words)


def _abbreviates(words: Sequence[str], known: Sequence[str]) -> bool:
    if len("".join(words)) < SHORTEST_PART:
        return False
    parts = zip(words, known, strict=False)
    return (
        len(words) <= len(known) and all(whole.startswith(word) for word, whole in parts)
    ) or re.fullmatch(".*".join(words), "".join(known)) is not None


def _most_like(letters: str, likeness: float = LIKELY) -> list[Region]:
    return [
        region
        for known, region in _known_names()
        if known[0].startswith(letters[0]) and _is_like(letters, "".join(known), likeness)
    ]


def _is_like(one: str, other: str, likeness: float = LIKELY) -> bool:
    comparison = difflib.SequenceMatcher(None, other, one)
    return comparison.quick_ratio() >= likeness and comparison.ratio() >= likeness
