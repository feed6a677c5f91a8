"""Alternative 2, and which alternative counts; with both readings of an empty list (I-2)."""

import pytest

from tests.rules.assessed import waiting_time_row
from tests.rules.case_files import Case, cases


@pytest.mark.parametrize("case", cases("attainment.csv"))
def test_level_and_alternative(case: Case) -> None:
    """Both halves must reach 75 % exactly, and the better alternative counts."""
    row = waiting_time_row(case)
    assert (row["level_pct"], row["alternative"]) == (int(case["level"]), case["alternative"])


@pytest.mark.parametrize("case", cases("attainment.csv"))
def test_the_other_reading_of_an_empty_list(case: Case) -> None:
    """I-2: nobody waiting can be read as a half that is not met."""
    row = waiting_time_row(case, nobody_waiting="not_met")
    expected = int(case["level_not_met"]), case["alternative_not_met"]
    assert (row["level_pct"], row["alternative"]) == expected
