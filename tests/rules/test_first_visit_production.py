"""New-visit production: running results month by month, gaps, and what is counted."""

from decimal import Decimal
from itertools import groupby

import pytest

from rules.requirements.first_visit_production import first_visit_production
from schemas.months import parse_month
from schemas.payouts import Reserves
from tests.rules.assessed import RESERVED, production_rows
from tests.rules.case_files import Case, count, decimal, rows
from tests.rules.observations import waiting_times
from tests.rules.scheme_data import scheme_named

YEARS = [
    pytest.param(list(year), id=name)
    for name, year in groupby(rows("production_to_date.csv"), key=lambda row: row["case"])
]


def counts(case: Case) -> dict[str, object]:
    """The month's counts; a month with nothing written has no row."""
    added = count(case["waiting_within_30"])
    return {
        "month": parse_month(case["month"]),
        "completed": count(case["completed"]),
        "completed_patient_chosen": count(case["completed"]),
        "waiting": added,
        "waiting_within_30": added,
    }


@pytest.mark.parametrize("year", YEARS)
@pytest.mark.parametrize("chosen", ["included", "excluded"])
def test_running_result(year: list[Case], chosen: str) -> None:
    """Sums, level and status to date; waits of the patient's choice always count (I-3)."""
    delivered = [counts(case) for case in year if case["completed"] or case["waiting_within_30"]]
    months = [parse_month(case["month"]) for case in year]
    table = production_rows(delivered, months, patient_chosen=chosen)
    for case, row in zip(year, table, strict=True):
        level = int(case["level_pct"])
        assert row == {
            "month": parse_month(case["month"]),
            "scheme": "bup-2025",
            "region_code": "01",
            "period": int(case["period"]),
            "completed_to_date": int(case["completed_to_date"]),
            "added_to_date": int(case["added_to_date"]),
            "ratio_pct": decimal(case["ratio_pct"]),
            "level_pct": level,
            "reserved_sek": RESERVED,
            "earned_sek": Decimal(level * RESERVED) / 100,
            "is_final": case["is_final"] == "1",
            "status": case["status"],
        }, case


def test_other_measures_do_not_count() -> None:
    """Only first visits are counted."""
    month = parse_month("2025-03")
    visit = {"month": month, "completed": 1, "waiting": 1, "waiting_within_30": 1}
    other = {**visit, "measure": "treatment", "completed": 90}
    assert production_rows([visit, other], [month])[0]["completed_to_date"] == 1


def test_a_month_outside_the_periods_is_refused() -> None:
    """February 2025 lies before the first period."""
    with pytest.raises(ValueError, match="bup-2025: 2025-02-01 lies in no period"):
        production_rows([], [parse_month("2025-02")])


def test_a_period_without_reserve_is_refused() -> None:
    """A level is worth nothing one can name without its reserve."""
    scheme = scheme_named("bup-2025")
    month = parse_month("2025-03")
    with pytest.raises(ValueError, match="bup-2025: a period's reserve is missing"):
        first_visit_production(scheme, waiting_times([]), Reserves.without_rows(), [month])


def test_a_scheme_without_the_requirement_is_refused() -> None:
    """2024 had no new-visit requirement."""
    with pytest.raises(
        ValueError, match="access-2024 has no requirement of the kind first_visit_production"
    ):
        first_visit_production(
            scheme_named("access-2024"), waiting_times([]), Reserves.without_rows(), []
        )
