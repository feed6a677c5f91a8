"""How a month came in: in time, late, in part, replaced, withdrawn, or not at all."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from types import MappingProxyType

import polars as pl
import pytest

from reports.pages.standing import Reported
from reports.pages.year import Year
from schemas.audit import Deliveries
from schemas.deliveries import DeliveryId
from schemas.months import parse_month
from schemas.observed import WaitingTimes
from schemas.regions import region_codes
from schemas.reporting import Corrections, ReportingStatus
from tests.reports.pages.conftest import published, year_of

MONTH = parse_month("2025-04")
IN_TIME, LATE, LATER = (
    f"waiting_times/2025-04/2025-05-{day}/{digits}"
    for day, digits in (("20", "0" * 12), ("21", "1" * 12), ("25", "2" * 12))
)


def year_with(
    recorded: Sequence[str],
    observed: pl.DataFrame,
    *,
    late: Mapping[str, int] = MappingProxyType({}),
    corrected: Sequence[str] = (),
    is_withdrawn: bool = False,
) -> Year:
    """The sample's year, April of which came in the deliveries, some regions so many days late or corrected."""
    status = ReportingStatus.without_rows()
    if recorded:
        counts = pl.DataFrame(
            {
                "delivery_id": [recorded[-1]],
                "is_withdrawn": [is_withdrawn],
            }
        )
        regions = pl.DataFrame(
            {
                "dataset": "waiting_times",
                "month": MONTH,
                "region_code": region_codes(),
                "is_late": [code in late for code in region_codes()],
                "days_late": [late.get(code, 0) for code in region_codes()],
            }
        )
        status = regions.join(counts, how="cross")
    deliveries = pl.DataFrame(
        {
            "delivery_id": recorded,
            "file_name": [f"{name.rpartition('/')[0]}.csv" for name in recorded],
            "sha256": ["f" * 64 for _ in recorded],
        },
        schema_overrides={"delivery_id": pl.String},
    )
    corrections = pl.DataFrame(
        [
            {
                "dataset": "waiting_times",
                "month": MONTH,
                "region_code": code,
                "item": "treatment",
                "counted": "completed_within_30",
                "first_number": 1,
                "corrected_number": 2,
                "corrected_on": DeliveryId.parse(recorded[-1]).day,
            }
            for code in corrected
        ],
        schema=Corrections.polars_schema(),
    )
    tables = {
        **published(),
        WaitingTimes: observed,
        ReportingStatus: status,
        Corrections: corrections,
        Deliveries: deliveries,
    }
    return replace(year_of("2025-05"), tables=tables)


def april(year: Year) -> Reported:
    """How April came in."""
    return next(each for each in year.reports if each.month == MONTH)


@pytest.mark.parametrize(
    ("recorded", "late", "state"),
    [
        ([IN_TIME], [], "in_time"),
        ([LATE], region_codes(), "late"),
        ([IN_TIME, LATER], [], "in_time"),
        ([IN_TIME, LATER], ["09"], "late"),
    ],
)
def test_the_first_report_of_each_region_is_held_against_the_day_due(
    recorded: list[str], late: list[str], state: str
) -> None:
    """As `observed.status` has it: what replaces a delivery in time makes nobody late who was in it."""
    rows = published()[WaitingTimes]
    found = april(year_with(recorded, rows, late=dict.fromkeys(late, 5)))
    assert (found.state, found.replaced) == (state, {})
    assert {code for code, each in found.states.items() if each == "late"} == set(late)
    assert set(found.late.values()) <= {found.due + timedelta(days=5)}
    assert str(found.counted) == recorded[-1]
    assert found.first == DeliveryId.parse(recorded[0]).day


def test_only_who_corrected_something_is_replaced() -> None:
    """Late and replaced are said of each region by itself."""
    rows = published()[WaitingTimes]
    found = april(
        year_with([IN_TIME, LATER], rows, late={"09": 5, "10": 5}, corrected=["04", "09"])
    )
    assert dict.fromkeys(["04", "09"], date(2025, 5, 25)) == found.replaced
    shown = {code: found.shown(code) for code in found.states}
    assert {code: state for code, state in shown.items() if state != "in_time"} == {
        "04": "replaced",
        "09": "late_replaced",
        "10": "late",
    }


def test_a_region_may_be_missing_or_in_part() -> None:
    """The others are in time all the same."""
    rows = published()[WaitingTimes]
    of_april = pl.col("month") == MONTH
    rows = rows.filter(~(of_april & (pl.col("region_code") == "09"))).with_columns(
        waiting=pl.when(of_april & (pl.col("region_code") == "10"))
        .then(None)
        .otherwise(pl.col("waiting"))
    )
    found = april(year_with([IN_TIME], rows))
    assert {code: state for code, state in found.states.items() if state != "in_time"} == {
        "09": "missing",
        "10": "partial",
    }
    assert found.state == "partial"


def test_a_withdrawal_leaves_nothing() -> None:
    """The month is not reported, and was."""
    rows = published()[WaitingTimes].filter(pl.col("month") != MONTH)
    found = april(year_with([IN_TIME, LATER], rows, is_withdrawn=True))
    assert (found.state, found.shown("09")) == ("withdrawn", "withdrawn")
    assert set(found.states.values()) == {"missing"}


def test_a_month_that_never_came() -> None:
    """It has no day and no file."""
    rows = published()[WaitingTimes].filter(pl.col("month") != MONTH)
    found = april(year_with([], rows))
    assert (found.state, found.counted, found.first, list(found.files)) == (
        "missing",
        None,
        None,
        [],
    )
