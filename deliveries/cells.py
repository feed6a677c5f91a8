"""Cells as people write them: counts with grouped thousands, regions by code or by name."""

import difflib
import re
import tomllib
import unicodedata
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, TypeAdapter

from schemas.regions import Region, register

SPELLING = Path(__file__).with_name("spelling.toml")

NATIONAL_NUMBERING = Path(__file__).with_name("national_numbering.toml")

NOT_AVAILABLE = frozenset({"", "..", "--", "-", ".", "X"})
"""Signs for a count that was not available; never zero."""

WRITE_THE_CODE = "Write the county code, such as 01."
WRITE_THE_NUMBER = "Write the number, or .. if it is not available."

GAP = r"[ \u00a0\u2007\u202f]"
"""A space or a no-break space: these group digits, and nothing else, for two lines hold two numbers."""

COUNT = re.compile(rf"([0-9]{{1,18}}|[0-9]{{1,3}}(?:{GAP}+[0-9]{{3}}){{1,5}})\s*(?:st)?")
"""At most 18 digits, which 64 bits hold."""

MOST_COUNTED = 12_000_000
"""No count reaches this, for Sweden has 10.6 million inhabitants; a personal number in its place does."""

ABROAD = "99"
"""Written in place of a home region for who lives abroad or has none: passed over, and counted."""

SPACES = re.compile(r"\s+")
HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")
NOTE = re.compile(r"[*:]|\S\s+\S+\s+\S")
"""What a note below a table has, and a region's name hardly: a sign, or three words."""

SHORTEST_PART = 4
"""Letters from which a part of a name, such as Götaland, tells a region from most others."""
CODE = 2
"""Digits of a region's code."""

SHORTEST_FORM = 3
"""Letters of a direction in a region's own name; of a name that is none's, one may stand for it."""
LONGEST_NAME = 80
"""Letters; no region's name has half as many."""


MOST_HINTS = 1000
"""Cells of a table that are no region's: of more, it is not asked what region they were meant for."""


class CellError(ValueError):
    """A cell cannot be understood; the message says what was expected, and `advice` what to do."""

    def __init__(self, expected: str = "", advice: str = "") -> None:
        """Keep both."""
        super().__init__(expected)
        self.advice = advice


def parse_count(text: str) -> int | None:
    """The count written in a cell, or none if it was not available.

    Thousands may be grouped with a space or a no-break space, and the unit `st` may follow.

    Raises:
        CellError: if the text is no whole number, its groups are not of three digits, or it is more
            than anyone can have counted.
    """
    if text.strip() in NOT_AVAILABLE:
        return None
    match = COUNT.fullmatch(text.strip())
    if match is None:
        expected = "a whole number, not negative, thousands grouped by three or not at all"
        raise CellError(expected, WRITE_THE_NUMBER)
    count = int("".join(filter(str.isdigit, match[1])))
    if count >= MOST_COUNTED:
        expected = f"less than {MOST_COUNTED}, for Sweden has fewer inhabitants"
        raise CellError(expected, WRITE_THE_NUMBER)
    return count


def parse_region(text: str) -> str:
    """The county code of the region that a cell names, by code or by any of its names.

    Raises:
        CellError: if no region has that code or name.
    """
    try:
        return region_without_hint(text)
    except CellError as error:
        near = " or ".join(f"{region.name} ({region.code})" for region in nearest_regions(text))
        hint = f"; the nearest is {near}" if near else ""
        raise CellError(f"{error}{hint}", error.advice) from None


def region_without_hint(text: str) -> str:
    """As `parse_region`, without looking for what region was meant, which takes its time.

    Raises:
        CellError: if no region has that code or name.
    """
    code = known_region(text)
    if code is not None:
        return code
    expected = "a region's two-digit county code (01-25) or its name"
    if spaced(text) == ABROAD:
        raise CellError(
            f"{expected}; {ABROAD}, for a patient without a home region, stands in home_region alone",
            "Write the county code; leave the row out if it concerns no region.",
        )
    if spaced(text) in national_numbering():
        raise CellError(
            "a county code (01-25), not one of another numbering of the regions, where the same code "
            "can mean different regions",
            WRITE_THE_CODE,
        )
    raise CellError(expected, WRITE_THE_CODE)


def parse_word(text: str, words: Collection[str]) -> str:
    """The word, if it is one of these.

    Raises:
        CellError: if it is not.
    """
    word = spaced(text)
    if word not in words:
        advice = "Write one of the layout's names, in lower case."
        raise CellError("one of " + ", ".join(sorted(words)), advice)
    return word


def region_parser() -> Callable[[str], str]:
    """What reads a table's regions as `parse_region` does, with hints for the first that are none alone."""
    hinted: set[str] = set()

    def parse(text: str) -> str:
        try:
            return region_without_hint(text)
        except CellError:
            if len(hinted) >= MOST_HINTS and text not in hinted:
                raise
            hinted.add(text)
            return parse_region(text)

    return parse


def known_region(text: str) -> str | None:
    """The county code of the region that a cell names; none if it is no region's code or name."""
    name, names = _folded(text), _codes_by_name()
    return names.get(name) or names.get(_bare(name))


def without_region(text: str) -> str:
    """A region's name or code in small letters, without the word for a region before it."""
    return _bare(_folded(text))


def _bare(name: str) -> str:
    return name.removeprefix("region ")


def _folded(text: str) -> str:
    return HYPHEN.sub(" ", spaced(text).casefold())


@cache
def national_numbering() -> Mapping[str, str]:
    """County codes by the national database's codes. Source: `national_numbering.toml`."""
    content = tomllib.loads(NATIONAL_NUMBERING.read_text(encoding="utf-8"))
    return TypeAdapter(dict[str, str]).validate_python(content["county_code"])


class Spelling(BaseModel):
    """How names are compared, as `spelling.toml` explains it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: frozenset[str]
    likeness: float
    words_of_any_region: frozenset[str]
    other_provinces: frozenset[str]
    directions: Mapping[str, Sequence[str]]


@cache
def spelling() -> Spelling:
    """How names are compared. Source: `spelling.toml`."""
    return Spelling.model_validate(tomllib.loads(SPELLING.read_text(encoding="utf-8")))


@lru_cache(maxsize=1024)
def likely_regions(text: str) -> tuple[Region, ...]:
    """The regions that a name may have been meant for, in order of code: all that fit alike.

    Those of which it has a part of the name, or whose name it abbreviates; else those that it is
    much like. Of a name with a part of one region's name, such as V Götaland, it is never said that
    it is like another's. Small words, accents and spaces are left out of the comparison.
    """
    if len(text) > LONGEST_NAME:
        return ()
    digits = re.sub(r"\W|_", "", text)
    if digits.isdecimal():
        return tuple(filter(None, [register().get(digits.zfill(2))]))
    words = _telling(text)
    named = [
        region
        for known, region in _known_names()
        if _holds_part(words, known) or _abbreviates(words, known)
    ]
    return tuple(sorted(set(named or _most_like(words))))


def is_a_code(text: str) -> bool:
    """Whether nothing in it tells a region but digits."""
    return not _telling(text) and any(map(str.isdecimal, text))


def is_a_direction(text: str) -> bool:
    """Whether it is a word for a direction, or stands for one, as `Ö.` does."""
    words = _telling(text)
    return len(words) == 1 and any(words[0] in each for each in spelling().directions.values())


def nearest_regions(text: str) -> Sequence[Region]:
    """The regions to be named as the nearest: of the likely ones, those that nobody could rightly have meant otherwise.

    A name with a direction is that of a region with the same one, as V Götaland is Västra Götaland, or of none with
    another: Östra Götaland is Östergötland, and Östra Norrland nothing.
    """
    words = _telling(text)
    letters = "".join(words)
    digits = re.sub(r"\D", "", text).zfill(CODE)
    # A code that both numberings have means another region in each.
    if letters.removesuffix("s") in spelling().other_provinces or (
        not words and digits in national_numbering()
    ):
        return ()
    parted = [*_parted(letters), *_parted("".join([*words[-1:], *words[:-1]]))]
    found = {
        region
        for direction, rest, region in _towards()
        for meant, of_it in parted
        if meant == direction and _is_like(of_it, rest)
    }
    if letters in {rest for _, rest, _ in _towards()}:  # as Götaland, without any direction
        found |= {region for _, rest, region in _towards() if _is_like(letters, rest)}
        found |= {*likely_regions(text)}
    is_apart = len(words) > 1 and any(words[0] == letters.removesuffix(rest) for _, rest in parted)
    others = {region for _, _, region in _towards()} if is_apart else set()
    return sorted(found or {*likely_regions(text)} - others)


def _is_like(one: str, other: str) -> bool:
    return difflib.SequenceMatcher(None, one, other).ratio() >= spelling().likeness


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


def _holds_part(words: Sequence[str], known: Sequence[str]) -> bool:
    return any(len(word) >= SHORTEST_PART and word in known for word in words)


def _abbreviates(words: Sequence[str], known: Sequence[str]) -> bool:
    if len("".join(words)) < SHORTEST_PART:
        return False
    parts = zip(words, known, strict=False)
    return (
        len(words) <= len(known) and all(whole.startswith(word) for word, whole in parts)
    ) or re.fullmatch(".*".join(words), "".join(known)) is not None


def _most_like(words: Sequence[str]) -> list[Region]:
    likeness = spelling().likeness
    # What is set second is prepared once, and compared with many.
    comparison = difflib.SequenceMatcher(None, "", "".join(words))
    found = []
    for known, region in _known_names():
        comparison.set_seq1("".join(known))
        if comparison.real_quick_ratio() < likeness or comparison.quick_ratio() < likeness:
            continue
        if comparison.ratio() >= likeness:
            found.append(region)
    return found


def is_country(text: str) -> bool:
    """Whether it stands in place of a region in the country's row, or in that of a total."""
    return spaced(text).casefold() in spelling().country


def is_note(row: Sequence[str]) -> bool:
    """Whether a line with fewer cells is a sentence below the table, and no row that was cut off."""
    texts = [cell.strip() for cell in row if cell.strip()]
    if len(texts) != 1 or not NOTE.search(texts[0]):
        return False
    return not (known_region(texts[0]) or likely_regions(texts[0]))


def spaced(text: str) -> str:
    """The text with every run of white space, no-break spaces too, as one space; none at its ends."""
    return SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


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
def _codes_by_name() -> Mapping[str, str]:
    codes = {code: code for code in register()}
    for region in register().values():
        for variant in (region.name, *region.variants):
            codes[spaced(variant).casefold()] = region.code
    return MappingProxyType(codes)
