"""Cells: counts as people write them, and what is not understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries.cells import MOST_COUNTED, CellError, parse_count
from tests.deliveries.case_files import Case, cases, written


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


def test_several_spaces_between_thousands() -> None:
    """Two are hardly seen: the fault names them."""
    with pytest.raises(CellError, match="one space between thousands, not several"):
        parse_count("1 \u00a0417 st")


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
