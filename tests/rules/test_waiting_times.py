"""Waiting times: statuses, patient-chosen waits, shares shown, and rows that must be there."""

from decimal import Decimal

import polars as pl
import pytest

from rules.requirements.waiting_times import waiting_time_performance
from rules.reserves import reserves
from schemas.months import add_months
from schemas.payouts import Reserves
from tests.rules.assessed import MONTH, waiting_time_row
from tests.rules.case_files import Case, cases, count, decimal
from tests.rules.observations import real_population, waiting_times
from tests.rules.scheme_data import scheme_named


@pytest.mark.parametrize("case", cases("waiting_time_status.csv"))
def test_status(case: Case) -> None:
    """The first status that applies; each alternative needs only its own cells (I-4, I-5)."""
    row = waiting_time_row(case)
    assert row["status"] == case["status"]
    assert (row["level_pct"], row["alternative"]) == (int(case["level"]), case["alternative"])
    assert row["improvement_pp"] == decimal(case["improvement_pp"])
    assert row["completed"] == count(case["completed"])
    assert row["waiting_within_30"] == count(case["waiting_within"])


@pytest.mark.parametrize("case", cases("patient_chosen.csv"))
def test_patient_chosen_waits(case: Case) -> None:
    """I-3: included by default; otherwise taken out of both years and both alternatives."""
    included = waiting_time_row(case)
    assert included["level_pct"] == int(case["level_included"])
    assert included["completed"] == int(case["completed"])
    excluded = waiting_time_row(case, patient_chosen="excluded")
    assert excluded["level_pct"] == int(case["level_excluded"])
    assert excluded["completed"] == int(case["completed_excluded"])
    assert excluded["status"] == case["status_excluded"]


def test_shares_are_shown_half_up_to_four_decimals() -> None:
    """An exact tie in the fifth decimal goes up; an undefined share is missing."""
    case = {
        "completed_last_year": "3",
        "within_last_year": "2",
        "completed": "20000000",
        "within": "1",
        "waiting": "0",
        "waiting_within": "0",
    }
    row = waiting_time_row(case)
    assert row["share_pct"] == Decimal("0.0000")
    assert row["share_last_year_pct"] == Decimal("66.6667")
    assert row["waiting_share_pct"] is None
    tie = waiting_time_row({**case, "completed": "2000000", "within": "1"})
    assert tie["share_pct"] == Decimal("0.0001")


def test_every_region_has_a_row_a_month_and_measure() -> None:
    """Regions, measures and months without any delivery are there, not reported."""
    scheme = scheme_named("bup-2025")
    months = [MONTH, add_months(MONTH, 1)]
    one = {"region_code": "03", "measure": "treatment", "completed": 4, "completed_within_30": 4}
    table = waiting_time_performance(
        scheme,
        waiting_times([{"month": MONTH, **one}]),
        reserves(scheme, real_population(), months),
        months,
    )
    assert table.height == 2 * 21 * 3
    reported = table.filter(pl.col("status") != "not_reported")
    assert reported.select("month", "region_code", "measure", "status").rows() == [
        (MONTH, "03", "treatment", "no_base")
    ]


def test_months_that_are_not_asked_for_have_no_rows() -> None:
    """No month, no row."""
    scheme = scheme_named("bup-2025")
    empty = waiting_times([])
    table = waiting_time_performance(scheme, empty, Reserves.without_rows(), [])
    assert table.is_empty()


def test_a_month_without_reserve_is_refused() -> None:
    """A level is worth nothing one can name without its reserve."""
    scheme = scheme_named("bup-2025")
    with pytest.raises(ValueError, match="bup-2025: a month's reserve is missing"):
        waiting_time_performance(scheme, waiting_times([]), Reserves.without_rows(), [MONTH])


def test_a_scheme_without_the_requirement_is_refused() -> None:
    """Operations have no waiting times."""
    with pytest.raises(
        ValueError, match="surgery-2025 has no requirement of the kind waiting_time"
    ):
        waiting_time_performance(
            scheme_named("surgery-2025"), waiting_times([]), Reserves.without_rows(), []
        )
