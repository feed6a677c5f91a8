"""Cells: counts and regions as people write them, and what is not understood."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries.cells import MOST_COUNTED, CellError, parse_count, parse_region, spaced
from schemas.regions import register
from tests.deliveries.case_files import Case, cases, written

SPELLINGS = [
    pytest.param(spelling, region.code, id=f"{region.code}-{spelling}")
    for region in register().values()
    for spelling in (region.code, region.name, *region.variants)
]


@pytest.mark.parametrize("case", cases("counts.csv"))
def test_count(case: Case) -> None:
    """A count is read, not available, or refused."""
    cell = written(case["cell"])
    if case["count"] == "refused":
        with pytest.raises(CellError, match="a whole number, not negative"):
            parse_count(cell)
    else:
        expected = None if case["count"] == "not available" else int(case["count"])
        assert parse_count(cell) == expected


@pytest.mark.parametrize("length", [19, 400, 5000])
def test_a_count_of_very_many_digits_is_refused(length: int) -> None:
    """However long, it is a fault of the cell and nothing worse."""
    with pytest.raises(CellError):
        parse_count("9" * length)


@given(
    st.integers(0, MOST_COUNTED - 1),
    st.sampled_from(["", " ", "\u00a0", "\u202f"]),
    st.sampled_from(["", "st", " st", "\u00a0st"]),
)
def test_every_count_is_read_however_grouped(number: int, space: str, unit: str) -> None:
    """Grouped by three or not at all, with the unit or without."""
    assert parse_count(f"{number:,}".replace(",", space) + unit) == number


@given(st.text())
def test_any_text_is_a_count_or_refused(text: str) -> None:
    """What is read has the text's digits and no others; a cell that is no count is refused."""
    try:
        count = parse_count(text)
    except CellError:
        return
    digits = "".join(letter for letter in text if letter in "0123456789")
    assert count == (int(digits) if digits else None)


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
