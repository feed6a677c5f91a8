"""Which cases the public sees no count of, by one that is low."""

from datetime import date

import pytest

from rules.small_numbers import Case, withheld
from tests.rules.observations import waiting_times

MARCH, PERIOD = date(2025, 3, 1), [date(2025, month, 1) for month in range(3, 7)]
PERIOD_OF_2026 = [date(2026, month, 1) for month in range(1, 7)]


def counted(measure: str, month: date, completed: int, within: int) -> dict[str, object]:
    """A region's month, of which nobody waits short of a hundred."""
    return {
        "region_code": "09",
        "month": month,
        "measure": measure,
        "completed": completed,
        "completed_within_30": within,
        "waiting": 200,
        "waiting_within_30": 100,
    }


def cases(measure: str, months: list[date]) -> set[Case]:
    """The region's months of a measure."""
    return {("09", month, measure) for month in months}


@pytest.mark.parametrize(
    ("measure", "month", "months"),
    [
        ("assessment", MARCH, [MARCH.replace(year=year) for year in (2024, 2025, 2026)]),
        ("first_visit", MARCH, [date(2024, 3, 1), *PERIOD, *PERIOD_OF_2026]),
        (
            "first_visit",
            date(2024, 3, 1),
            [*(date(year, 3, 1) for year in (2022, 2023, 2024)), *PERIOD, *PERIOD_OF_2026],
        ),
    ],
)
def test_new_visits_of_a_period_are_withheld_together(
    measure: str, month: date, months: list[date]
) -> None:
    """Their level of each month is of all before it: beside the others' counts it can leave one number.

    So are the month's of other years, that levels compare; new visits had no period in 2024.
    """
    many = [
        counted(each, when, 90, 50) for each in ("assessment", "first_visit") for when in PERIOD
    ]
    others = [row for row in many if (row["measure"], row["month"]) != (measure, month)]
    for completed, within in ((4, 2), (90, 4), (90, 86), (0, 0)):
        table = waiting_times([*others, counted(measure, month, completed, within)])
        assert withheld("public", table) == cases(measure, months)
        assert withheld("internal", table) == set()
    assert withheld("public", waiting_times([*others, counted(measure, month, 90, 5)])) == set()
