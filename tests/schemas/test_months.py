"""Months: written and read, walked and moved."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.months import add_months, month_key, months_between, parse_month

MONTHS = st.dates(date(1900, 1, 1), date(2200, 12, 31)).map(lambda day: day.replace(day=1))


def test_reading_and_writing() -> None:
    """`2025-04` is the first of April."""
    assert parse_month("2025-04") == date(2025, 4, 1)
    assert month_key(date(2025, 4, 30)) == "2025-04"


@pytest.mark.parametrize(
    "text",
    [
        *("", "2025", "2025-4", "25-04", "2025-04-01", "2025/04", "2025-13", "2025-00"),
        *("0000-01", "april", "2025-0x", " 2025-04", "2025-04 ", "-2025-04"),
    ],
)
def test_what_is_no_month_is_refused(text: str) -> None:
    """The message quotes what was written."""
    with pytest.raises(ValueError, match="is not a month of the") as refusal:
        parse_month(text)
    assert f"'{text}'" in str(refusal.value)


@given(month=MONTHS)
def test_reading_what_was_written(month: date) -> None:
    """There and back."""
    assert parse_month(month_key(month)) == month


@pytest.mark.parametrize(
    ("count", "expected"),
    [
        (0, date(2025, 1, 1)),
        (1, date(2025, 2, 1)),
        (11, date(2025, 12, 1)),
        (12, date(2026, 1, 1)),
        (-1, date(2024, 12, 1)),
        (-12, date(2024, 1, 1)),
        (-13, date(2023, 12, 1)),
    ],
)
def test_moving(count: int, expected: date) -> None:
    """Over the turn of the year, both ways."""
    assert add_months(date(2025, 1, 1), count) == expected


@given(month=MONTHS, count=st.integers(-1200, 1200))
def test_moving_back_again(month: date, count: int) -> None:
    """What is added can be taken away."""
    assert add_months(add_months(month, count), -count) == month


def test_walking() -> None:
    """Both ends are included; nothing if the last is earlier."""
    november, january = date(2024, 11, 1), date(2025, 1, 1)
    assert months_between(november, january) == [november, date(2024, 12, 1), january]
    assert months_between(january, january) == [january]
    assert months_between(january, november) == []
