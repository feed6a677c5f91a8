"""Regions as people write them, and what is not understood."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries.cells import CellError, spaced
from deliveries.region_names import parse_region
from schemas.regions import register
from tests.deliveries.case_files import Case, cases, written

SPELLINGS = [
    pytest.param(spelling, region.code, id=f"{region.code}-{spelling}")
    for region in register().values()
    for spelling in (region.code, region.name, *region.variants)
]


@pytest.mark.parametrize("case", cases("regions.csv"))
def test_region(case: Case) -> None:
    """A region is known by its code or name, or refused."""
    cell = written(case["cell"])
    if case["code"] == "refused":
        with pytest.raises(CellError, match="county code"):
            parse_region(cell)
    else:
        assert parse_region(cell) == case["code"]


@pytest.mark.parametrize(("spelling", "code"), SPELLINGS)
def test_every_spelling_of_the_register(spelling: str, code: str) -> None:
    """In any case, with any spaces, with or without Region, composed or decomposed."""
    bare = spelling.removeprefix("Region ")
    for name in (spelling, bare, f"Region {bare}"):
        for cased in (name, name.upper(), name.lower(), name.swapcase()):
            for space in (" ", "  ", "\u00a0", "\u202f", "\t", " \u00a0"):
                written_so = space + cased.replace(" ", space) + space
                assert parse_region(written_so) == code
                assert parse_region(unicodedata.normalize("NFD", written_so)) == code


def test_no_spelling_stands_for_two_regions() -> None:
    """Else the register would decide by its order."""
    codes_by_name: dict[str, set[str]] = {}
    for region in register().values():
        for spelling in (region.name, *region.variants):
            bare = spaced(spelling).casefold().removeprefix("region ")
            codes_by_name.setdefault(bare, set()).add(region.code)
    assert {name: codes for name, codes in codes_by_name.items() if len(codes) > 1} == {}


@pytest.mark.parametrize(
    "code", sorted({f"{number:02}" for number in range(100)} - set(register()))
)
def test_every_other_code_is_refused(code: str) -> None:
    """Two digits are a region only if the register has them."""
    with pytest.raises(CellError):
        parse_region(code)


@given(st.text())
def test_any_text_is_a_region_or_refused(text: str) -> None:
    """Nothing but the refusal comes out of a cell that names no region."""
    try:
        assert parse_region(text) in register()
    except CellError:
        return
