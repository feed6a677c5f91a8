"""Whose a row of vantetider.se's page may be, by its name and by what stands beside it."""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from deliveries.cells import spaced
from deliveries.nearest_regions import same_region
from deliveries.region_names import beside_a_region, has_figures, is_country

DATA = Path(__file__).with_name("vantetider.toml")
NOTHING = re.compile(r"0(?:[.,]0+)? ?%?")
"""A share or a rate of nothing."""

DASHES = re.compile(r"[-\u2010-\u2015\u2212]+")
COUNTS = ("total", "without_chosen", "within_30", "chosen")


class Words(BaseModel):
    """What stands in the tables beside headers, regions and counts; in small letters."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    not_reported: frozenset[str]
    sectors: frozenset[str]
    directions: frozenset[str]
    words_of_a_sector: frozenset[str]
    of_a_unit: frozenset[str]


@cache
def page_words() -> Words:
    """The words of the tables. Source: `vantetider.toml`."""
    return Words.model_validate(tomllib.loads(DATA.read_text(encoding="utf-8"))["words"])


def surely_none(names: Sequence[str], missing: frozenset[str]) -> set[str]:
    """Of the names of a table's rows those that are surely none of the missing regions', and no region's in other words.

    Args:
        names: of all its rows.
        missing: the codes of the regions without a row; where there are none, every further row with a name is passed over.
    """
    sectors = Counter(map(_without_sector, names))
    return {
        each
        for each in {*names}
        if any(map(str.isalnum, each))
        and not same_region(each)
        and (not missing or _is_surely_none(each, sectors, missing))
    }


def is_not_reported(cell: str) -> bool:
    """Whether the cell says that the region did not take part, in words or by dashes of any length."""
    return spaced(cell).casefold() in page_words().not_reported or bool(
        DASHES.fullmatch(spaced(cell))
    )


def has_counts(cells: Mapping[str, str | None]) -> bool:
    """Whether anything stands where counts do; a cell that could not be read may hold one."""
    return any(cells[key] is None or (cells[key] or "").strip() for key in COUNTS)


def says_nothing(cells: Mapping[str, str | None]) -> bool:
    """Whether a region's row has no count, and no word, sign or rate that it did not report either."""
    others = (cells["share"] or "", cells["response_rate"] or "")
    return not has_counts(cells) and not any(
        each and (is_not_reported(each) or NOTHING.fullmatch(each)) for each in others
    )


def row_has_figures(cells: Mapping[str, str | None]) -> bool:
    """Whether a digit stands beside the name, or a number within it; a cell that could not be read may hold one."""
    beside = (cell for key, cell in cells.items() if key != "region")
    within = has_figures(cells["region"] or "")
    return within or any(cell is None or any(map(_is_figure, cell)) for cell in beside)


def _is_figure(sign: str) -> bool:
    """A digit, or what a spreadsheet program writes in its place where a column is narrow."""
    return sign.isnumeric() or sign == "#"


def _is_surely_none(name: str, sectors: Mapping[str, int], missing: frozenset[str]) -> bool:
    """Whether a row is none of the missing regions': the country's, a sector's, or that of a unit of a region with a row."""
    words = page_words()
    if is_country(name):
        return True
    sector = _without_sector(name)
    if sector in words.sectors | words.directions:
        # Södra alone may be what is left of a region's name; the page has all of them or none, and each once.
        is_called_so = not words.words_of_a_sector.isdisjoint(re.findall(r"\w+", name.casefold()))
        is_one_of_all = sector in words.sectors or words.directions <= sectors.keys()
        return sectors[sector] == 1 and (is_called_so or is_one_of_all)
    if found := beside_a_region(name):
        code, beside_it = found
        return bool(beside_it) and code not in missing and words.of_a_unit.issuperset(beside_it)
    return False


def _without_sector(name: str) -> str:
    """The words of a name in small letters, without a word for a sector."""
    words = re.findall(r"\w+", name.casefold())
    sector = page_words().words_of_a_sector
    return " ".join(word for word in words if word not in sector)
