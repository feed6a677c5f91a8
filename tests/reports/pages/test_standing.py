"""How a month came in: in time, late, in part, replaced, withdrawn, or not at all."""

from collections.abc import Sequence
from dataclasses import replace

import polars as pl
import pytest

from reports.pages.standing import Reported, reported
from reports.pages.year import Year
from schemas.audit import Deliveries, Materialisations
from schemas.months import parse_month
from schemas.observed import WaitingTimes
from tests.reports.pages.conftest import published, year_of

MONTH = parse_month("2025-04")
IN_TIME, LATE, LATER = (
    f"waiting_times/2025-04/2025-05-{day}/{digits}"
    for day, digits in (("20", "0" * 12), ("21", "1" * 12), ("25", "2" * 12))
)


def year_with(recorded: Sequence[str], observed: pl.DataFrame, layout: str = "tidy") -> Year:
    """The sample's year, April of which was recorded from deliveries one after the other."""
    materialisations = pl.DataFrame(
        [
            {
                "materialisation_id": number,
                "table_name": "observed.waiting_times",
                "month": MONTH,
                "deliveries": [name],
            }
            for number, name in enumerate(recorded, start=1)
        ],
        schema={
            name: kind
            for name, kind in Materialisations.polars_schema().items()
            if name in {"materialisation_id", "table_name", "month", "deliveries"}
        },
    )
    deliveries = pl.DataFrame(
        {
            "delivery_id": recorded,
            "file_name": [f"{name.rpartition('/')[0]}.csv" for name in recorded],
            "sha256": ["f" * 64 for _ in recorded],
            "layout": [layout for _ in recorded],
        }
    )
    tables = {
        **published(),
        WaitingTimes: observed,
        Materialisations: materialisations,
        Deliveries: deliveries,
    }
    return replace(year_of("2025-05"), tables=tables)


def april(year: Year) -> Reported:
    """How April came in."""
    return next(each for each in reported(year) if each.month == MONTH)


@pytest.mark.parametrize(
    ("recorded", "state", "replaced"),
    [
        ([IN_TIME], "in_time", 0),
        ([LATE], "late", 0),
        ([IN_TIME, LATER], "in_time", 1),
        ([IN_TIME, LATER, LATER], "in_time", 1),
        ([LATE, LATER], "late", 1),
    ],
)
def test_the_first_day_is_held_against_the_day_due(
    recorded: list[str], state: str, replaced: int
) -> None:
    """The day itself is in time; what replaces a delivery in time does not make it late."""
    found = april(year_with(recorded, published()[WaitingTimes]))
    assert (found.state, found.replaced) == (state, replaced)
    assert str(found.counted) == recorded[-1]


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
    found = april(year_with([IN_TIME, LATER], rows, layout="withdrawn"))
    assert (found.state, found.replaced) == ("withdrawn", 1)
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
