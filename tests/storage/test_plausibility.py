"""Soft rules, by hand: what looks odd is named with its reason, and nothing else is."""

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from pydantic import ValidationError

from schemas.months import add_months
from storage import plausibility
from storage.plausibility import (
    DATA,
    Finding,
    Limits,
    changed_since,
    describe,
    far_from_median,
    gone_silent,
    limits,
)

MONTH = date(2025, 4, 1)
KEYS: dict[str, dict[str, pl.DataType | type[pl.DataType]]] = {
    "waiting_times": {
        "month": pl.Date,
        "region_code": pl.String,
        "measure": pl.String,
        "completed": pl.Int64,
        "waiting": pl.Int64,
    },
    "population": {
        "month": pl.Date,
        "region_code": pl.String,
        "age_group": pl.String,
        "population": pl.Int64,
    },
    "surgeries": {
        "month": pl.Date,
        "home_region_code": pl.String,
        "procedure": pl.String,
        "performing_region_code": pl.String,
        "operations": pl.Int64,
    },
}
Row = tuple[date | str | int | None, ...]


def table(dataset: str, *rows: Row) -> pl.DataFrame:
    """Rows of the dataset's observed table."""
    return pl.DataFrame(list(rows), schema=KEYS[dataset], orient="row")


def visits(
    counts: Sequence[int | None], now: int | None, code: str = "01", measure: str = "first_visit"
) -> list[Row]:
    """First visits completed in the months before, the last one first, and in the month; none wait."""
    return [
        (add_months(MONTH, -back), code, measure, count, None)
        for back, count in enumerate([now, *counts])
    ]


def odd(counts: Sequence[int | None], now: int | None) -> list[Finding]:
    """What is found of one region's counts."""
    return far_from_median("waiting_times", table("waiting_times", *visits(counts, now)), MONTH)


def test_limits_are_the_data() -> None:
    """Exact decimals, as they stand in the file."""
    written = tomllib.loads(DATA.read_text(encoding="utf-8"), parse_float=Decimal)
    assert limits().model_dump() == written
    assert limits() == Limits(
        median_at_least=Decimal("0.5"),
        median_at_most=Decimal("2.0"),
        median_months_needed=6,
        median_smallest=20,
        changed_pct=Decimal("5.0"),
    )


def test_a_limit_too_many() -> None:
    """A misspelt limit is not passed over."""
    with pytest.raises(ValidationError):
        Limits.model_validate({**limits().model_dump(), "median_largest": 5})


@pytest.mark.parametrize(
    ("counts", "low", "high"),
    [
        # An odd number of months: the middle one.
        ([100] * 7, 50, 200),
        ([10, 300, 100, 90, 110, 20, 500], 50, 200),
        # An even number: the mean of the two in the middle, also where that is half.
        ([100] * 6, 50, 200),
        ([90, 110] * 3, 50, 200),
        ([101, 102] * 6, 51, 203),
        # Missing months are left out of it.
        ([100, None, 100, None, 100, 100, None, 100, 100, None, None, None], 50, 200),
        # The thirteenth month back no longer counts.
        ([100] * 12 + [9000] * 12, 50, 200),
    ],
)
def test_the_median(counts: list[int | None], low: int, high: int) -> None:
    """Half of it and twice it are still taken; one less or more is not."""
    assert odd(counts, low) == odd(counts, high) == []
    assert [each.value for each in odd(counts, low - 1)] == [low - 1]
    assert [each.value for each in odd(counts, high + 1)] == [high + 1]


def test_what_is_said_of_a_count() -> None:
    """Month, region, measure, column, value, and what it was expected near."""
    assert odd([100] * 7, 0) == [
        Finding(
            MONTH,
            "01",
            "first_visit",
            "completed",
            0,
            "50 to 200, by the median of its last 7 months",
        )
    ]


def test_few_months() -> None:
    """Five months say nothing, six do; missing ones are none."""
    assert odd([100] * 5, 1000) == []
    assert odd([100] * 5 + [None] * 7, 1000) == []
    assert len(odd([100] * 6, 1000)) == 1


def test_months_beyond_a_year_do_not_help() -> None:
    """Five within the year and many before are still too few."""
    assert odd([100] * 5 + [None] * 7 + [100] * 9, 1000) == []


def test_small_medians() -> None:
    """Below 20 chance alone moves a count; 19½ is below, 20 is not."""
    assert odd([19] * 6, 500) == []
    assert odd([19, 20] * 3, 500) == []
    assert len(odd([20] * 6, 500)) == 1
    assert odd([0] * 12, 500) == []


def test_a_missing_count_is_not_far() -> None:
    """Nor one of a region that has no history."""
    assert odd([100] * 12, None) == []
    assert odd([], 5) == []


def test_each_region_measure_and_column_by_itself() -> None:
    """Both counts of a row can be odd, and one region's history says nothing of another's."""
    rows: list[Row] = []
    for back in range(13):
        month, now = add_months(MONTH, -back), back == 0
        rows += [
            (month, "01", "first_visit", 201 if now else 100, 49 if now else 100),
            (month, "01", "treatment", 201 if now else 1000, 500),
            (month, "03", "first_visit", 201, 100),
        ]
    found = far_from_median("waiting_times", table("waiting_times", *rows), MONTH)
    assert [each[1:5] for each in found] == [
        ("01", "first_visit", "completed", 201),
        ("01", "treatment", "completed", 201),
        ("01", "first_visit", "waiting", 49),
    ]


def test_months_after_are_not_looked_at() -> None:
    """A month delivered anew is judged by what lay before it."""
    rows = visits([100] * 6, 100)
    later = [(add_months(month, 7), *rest) for month, *rest in visits([9000] * 6, 9000)]  # type: ignore[arg-type]
    history = table("waiting_times", *rows, *later)
    assert far_from_median("waiting_times", history, MONTH) == []


def test_operations_are_summed_over_place() -> None:
    """A move from one hospital to another is nothing odd; a missing part is no zero."""
    rows: list[Row] = []
    for back in range(1, 8):
        month = add_months(MONTH, -back)
        rows += [(month, "01", "cataract", "01", 60), (month, "01", "cataract", "03", 40)]
    moved = [(MONTH, "01", "cataract", "01", None), (MONTH, "01", "cataract", "12", 200)]
    assert far_from_median("surgeries", table("surgeries", *rows, *moved), MONTH) == []
    [finding] = far_from_median(
        "surgeries", table("surgeries", *rows, *moved, (MONTH, "01", "cataract", "13", 1)), MONTH
    )
    assert finding[1:5] == ("01", "cataract", "operations", 201)


def test_the_median_is_exact(monkeypatch: pytest.MonkeyPatch) -> None:
    """A limit is met to the last digit: 1.1 times 30 is 33, whatever a float makes of it."""
    exact = limits().model_copy(update={"median_at_most": Decimal("1.1")})
    monkeypatch.setattr(plausibility, "limits", lambda: exact)
    assert odd([30] * 6, 33) == []
    assert len(odd([30] * 6, 34)) == 1


def test_gone_silent() -> None:
    """Who reported the month before and has now no count at all: by a missing row or a missing count."""
    history = table(
        "waiting_times",
        *visits([5], 5, "01"),
        *visits([5], None, "03"),
        *visits([5], None, "04"),
        *visits([5], 5, "04", "treatment"),
        *visits([None], None, "05"),
        *visits([None], 5, "06"),
        (add_months(MONTH, -1), "07", "first_visit", 0, 0),
        (add_months(MONTH, -2), "08", "first_visit", 5, 5),
    )
    found = gone_silent("waiting_times", history, MONTH)
    assert [(each.region_code, each.value, each.expected) for each in found] == [
        ("03", None, "a count, as in 2025-03"),
        ("07", None, "a count, as in 2025-03"),
    ]


def test_the_first_month_of_all() -> None:
    """Nobody has gone silent where nothing lay before."""
    assert gone_silent("waiting_times", table("waiting_times", *visits([], 5)), MONTH) == []


def test_silent_at_home() -> None:
    """For operations, the region is that of the patients."""
    before = (add_months(MONTH, -1), "03", "cataract", "01", 5)
    history = table("surgeries", before, (MONTH, "01", "cataract", "03", 5))
    assert [each.region_code for each in gone_silent("surgeries", history, MONTH)] == ["03"]


def delivered_anew(was: int | None, now: int | None) -> list[Finding]:
    """What is found of one count that was delivered twice."""
    earlier = table("waiting_times", (MONTH, "01", "first_visit", was, None))
    later = table("waiting_times", (MONTH, "01", "first_visit", now, None))
    return changed_since("waiting_times", earlier, later, MONTH)


@pytest.mark.parametrize(
    ("was", "now", "is_odd"),
    [
        (100, 100, False),
        (100, 105, False),
        (100, 95, False),
        (100, 106, True),
        (100, 94, True),
        (19, 20, True),
        (20, 21, False),
        (0, 0, False),
        (0, 1, True),
        (1, 0, True),
        (100, None, True),
        (0, None, True),
        (None, 100, False),
        (None, None, False),
    ],
)
def test_a_month_delivered_anew(was: int | None, now: int | None, *, is_odd: bool) -> None:
    """Five per cent up or down are taken; a count that is gone is not, one that came is."""
    found = delivered_anew(was, now)
    assert bool(found) is is_odd
    if found:
        expected = f"{was}, as delivered before, within 5.0 %"
        assert found == [Finding(MONTH, "01", "first_visit", "completed", now, expected)]


def test_a_row_that_is_gone() -> None:
    """Each of its counts is named; a new row is nothing odd."""
    earlier = table("waiting_times", (MONTH, "01", "first_visit", 7, 8))
    later = table("waiting_times", (MONTH, "03", "first_visit", 7, 8))
    found = changed_since("waiting_times", earlier, later, MONTH)
    assert [each[1:5] for each in found] == [
        ("01", "first_visit", "completed", None),
        ("01", "first_visit", "waiting", None),
    ]


def test_population_delivered_anew() -> None:
    """By age group."""
    earlier = table("population", (MONTH, "01", "0-18", 1000), (MONTH, "01", "all", 5000))
    later = table("population", (MONTH, "01", "0-18", 1051), (MONTH, "01", "all", 5250))
    [finding] = changed_since("population", earlier, later, MONTH)
    assert finding[1:5] == ("01", "0-18", "population", 1051)


def test_findings_as_rows() -> None:
    """In words, a missing value as nothing."""
    silent = Finding(MONTH, "03", "", "completed", None, "a count")
    assert list(describe([silent, silent._replace(value=0)])) == [
        {
            "month": "2025-04",
            "region": "03",
            "of": "",
            "column": "completed",
            "value": value,
            "expected": "a count",
        }
        for value in ("", "0")
    ]
