"""Regions in cells: by their codes or any of their names, in either numbering."""

import re
import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from itertools import combinations
from pathlib import Path
from types import MappingProxyType

from pydantic import TypeAdapter

from deliveries.cells import ABROAD, CellError, spaced
from deliveries.nearest_regions import LONGEST_NAME, nearest_regions, spelling
from schemas.regions import Region, register

NATIONAL_NUMBERING = Path(__file__).with_name("national_numbering.toml")

WRITE_THE_CODE = "Write the county code, such as 01."
OF_ANOTHER_NUMBERING = (
    "a county code (01-25), not one of another numbering of the regions, where the same code "
    "can mean different regions"
)

HYPHEN = re.compile(r"(?<=[^\W\d_])[-\u2010\u2011](?=[^\W\d_])")
WORDS = re.compile(r"[^\W_]+")
NOTE = re.compile(r"[*:]|\S\s+\S+\s+\S")
"""What a note below a table has, and a region's name hardly: a sign, or three words."""

DAY = re.compile(r"\b(?:19|20)\d\d-\d\d-\d\d\b")
FEWEST_FIGURES = 4
"""Numbers in a cell from which it is a row that stands in one; a note has a year, a share, or an age or two."""

CODE = 2
"""Digits of a region's code."""

MOST_HINTS = 1000
"""Cells of a table that are no region's: of more, it is not asked what region they were meant for."""


def parse_region(text: str) -> str:
    """The county code of the region that a cell names, by code or by any of its names.

    Raises:
        CellError: if no region has that code or name.
    """
    try:
        return region_without_hint(text)
    except CellError as error:
        near = " or ".join(f"{region.name} ({region.code})" for region in regions_meant(text))
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
        raise CellError(OF_ANOTHER_NUMBERING, WRITE_THE_CODE)
    raise CellError(expected, WRITE_THE_CODE)


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


def regions_meant(text: str) -> Sequence[Region]:
    """The regions that a cell was likely meant for, by its name; by its code if that is no other region's elsewhere."""
    if any(map(str.isalpha, text)):
        return nearest_regions(text)
    code = re.sub(r"\D", "", text).zfill(CODE)
    return [register()[code]] if code in register().keys() - national_numbering().keys() else []


def known_region(text: str) -> str | None:
    """The county code of the region that a cell names; none if it is no region's code or name."""
    name, names = _folded(text), _codes_by_name()
    return names.get(name) or names.get(_bare(name))


def beside_a_region(text: str) -> tuple[str, Sequence[str]] | None:
    """The county code of the one region whose whole name stands in a text, and the words beside it; none if there is not one."""
    if len(text) > LONGEST_NAME:
        return None
    words = WORDS.findall(_folded(text))
    spans = [
        (end - start, code, [*words[:start], *words[end:]])
        for start, end in combinations(range(len(words) + 1), 2)
        if (code := _named(words[start:end]))
    ]
    # The longest, as Region Kalmar län, has the shorter ones within it.
    _, code, beside = max(spans, default=(0, "", ()), key=lambda span: span[0])
    return (code, beside) if code and {each for _, each, _ in spans} == {code} else None


def _named(words: Sequence[str]) -> str | None:
    """The region that these words name: by a name, not by a code, and in the genitive too."""
    name, names = " ".join(words), _codes_by_name()
    code = names.get(name) or names.get(name.removesuffix("s"))
    return None if name.isdecimal() else code


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


def is_country(text: str) -> bool:
    """Whether it stands in place of a region in the country's row, or in that of a total."""
    return spaced(text).casefold().rstrip(" *") in spelling().country


def is_note(row: Sequence[str]) -> bool:
    """Whether a line with fewer cells is a sentence below the table, and no row that was cut off."""
    texts = [cell.strip() for cell in row if cell.strip()]
    if len(texts) != 1 or not NOTE.search(texts[0]) or has_figures(texts[0]):
        return False
    return not (known_region(texts[0]) or regions_meant(texts[0]))


def has_figures(text: str) -> bool:
    """Whether it has as many numbers as a row of counts, days not counted."""
    return len(re.findall(r"\d+", DAY.sub("", text))) >= FEWEST_FIGURES


@cache
def _codes_by_name() -> Mapping[str, str]:
    codes = {code: code for code in register()}
    for region in register().values():
        for variant in (region.name, *region.variants):
            codes[spaced(variant).casefold()] = region.code
    return MappingProxyType(codes)
