"""By when a month is to be reported: the 20th of the next, and the last month in time for its payout."""

from datetime import date

import pytest

from schemas.months import parse_month
from tests.rules.scheme_data import scheme_named

DUE = [
    ("access-2024", "2024-01", date(2024, 2, 20)),
    ("access-2024", "2024-10", date(2024, 11, 20)),
    ("access-2024", "2024-11", date(2024, 12, 5)),
    ("bup-2025", "2025-11", date(2025, 12, 5)),
    ("bup-2026", "2026-10", date(2026, 11, 20)),
    ("surgery-2025", "2025-10", date(2025, 11, 20)),
]


@pytest.mark.parametrize(("scheme", "month", "day"), DUE)
def test_day(scheme: str, month: str, day: date) -> None:
    """The day that stands in the scheme's data."""
    assert scheme_named(scheme).due(parse_month(month)) == day
