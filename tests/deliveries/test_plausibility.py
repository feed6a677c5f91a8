"""Soft rules, by hand: what looks odd is named with its reason, and nothing else is."""

import tomllib
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl
import pytest
from pydantic import ValidationError

from deliveries import plausibility
from deliveries.delivered import Delivery
from deliveries.layouts.cells import Remark
from deliveries.plausibility import (
    DATA,
    Limits,
    beside_median,
    changed_since,
    describe,
    gone_silent,
    incomplete,
    limits,
    oddly_dated,
    sentence,
)
from schemas.months import add_months

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


def odd(counts: Sequence[int | None], now: int | None) -> list[Remark]:
    """What is found of one region's counts."""
    return beside_median(
        "waiting_times", table("waiting_times", *visits(counts, now)), MONTH
    ).remarks


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
    assert [each.value for each in odd(counts, low - 1)] == [str(low - 1)]
    assert [each.value for each in odd(counts, high + 1)] == [str(high + 1)]


def test_what_is_said_of_a_count() -> None:
    """Whose it is, what it is beside its median, and the exact limits; last year's beside it."""
    [remark] = odd([100] * 7, 0)
    assert remark == Remark(
        "far from its median",
        "01",
        "first_visit",
        "completed",
        "0",
        "50 to 200",
        "median 100 of its last 7 months",
    )
    assert sentence(remark) == (
        "01 Stockholm, first_visit, completed: 0, far from its median "
        "(median 100 of its last 7 months; not odd: 50 to 200)"
    )
    [remark] = odd([100] * 11 + [33], 40)
    assert remark.beside == "median 100 of its last 12 months; 33 a year before"


def test_limits_are_told_to_the_last_digit() -> None:
    """Else 50 would be said to lie outside 50 to 203."""
    [remark] = odd([101, 102] * 6, 50)
    assert (remark.value, remark.limits) == ("50", "50.75 to 203")
    assert remark.beside.startswith("median 101.5 of")


def test_how_many_were_compared() -> None:
    """So that nothing odd is not said of counts that were never looked at."""
    rows = [
        *visits([100] * 6, 100, "01"),
        *visits([100] * 5, 100, "03"),
        *visits([19] * 12, 900, "04"),
        *visits([100] * 12, None, "05"),
        *visits([], 100, "06"),
    ]
    found = beside_median("waiting_times", table("waiting_times", *rows), MONTH)
    assert (found.remarks, found.compared, found.not_compared) == ([], 1, 3)


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
    found = beside_median("waiting_times", table("waiting_times", *rows), MONTH).remarks
    assert [each[1:5] for each in found] == [
        ("01", "first_visit", "completed", "201"),
        ("01", "treatment", "completed", "201"),
        ("01", "first_visit", "waiting", "49"),
    ]


def test_months_after_are_not_looked_at() -> None:
    """A month delivered anew is judged by what lay before it."""
    rows = visits([100] * 6, 100)
    later = [(add_months(month, 7), *rest) for month, *rest in visits([9000] * 6, 9000)]  # type: ignore[arg-type]
    history = table("waiting_times", *rows, *later)
    assert beside_median("waiting_times", history, MONTH).remarks == []


def test_operations_are_summed_over_place() -> None:
    """A move from one hospital to another is nothing odd; a missing part is no zero."""
    rows: list[Row] = []
    for back in range(1, 8):
        month = add_months(MONTH, -back)
        rows += [(month, "01", "cataract", "01", 60), (month, "01", "cataract", "03", 40)]
    moved = [(MONTH, "01", "cataract", "01", None), (MONTH, "01", "cataract", "12", 200)]
    assert beside_median("surgeries", table("surgeries", *rows, *moved), MONTH).remarks == []
    more = table("surgeries", *rows, *moved, (MONTH, "01", "cataract", "13", 1))
    [remark] = beside_median("surgeries", more, MONTH).remarks
    assert remark[1:5] == ("01", "cataract", "operations", "201")


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
    assert [(each.region_code, each.value, each.beside) for each in found] == [
        ("03", "", "reported in 2025-03"),
        ("07", "", "reported in 2025-03"),
    ]
    assert sentence(found[0]) == (
        "03 Uppsala, completed: nothing, gone silent (reported in 2025-03; not odd: a count)"
    )


@pytest.mark.parametrize(
    ("names", "lacking", "told"),
    [
        (("assessment", "first_visit", "treatment"), [], None),
        (
            ("assessment", "first_visit", "treatment"),
            [("04", "assessment"), ("01", "treatment"), ("03", "treatment")],
            (
                "rows: 6, incomplete (assessment: none of 04 Sörmland; "
                "treatment: none of 01 Stockholm, 03 Uppsala; not odd: 9)"
            ),
        ),
        (
            ("treatment",),
            [],
            "rows: 3, incomplete (assessment: none at all; first_visit: none at all; not odd: 9)",
        ),
        (
            ("first_visit", "treatment"),
            [("01", "treatment")],
            (
                "rows: 5, incomplete (assessment: none at all; treatment: none of 01 Stockholm; "
                "not odd: 9)"
            ),
        ),
        (("0-18",), [], None),
        (
            ("0-18", "all"),
            [("03", "all")],
            "rows: 5, incomplete (all: none of 03 Uppsala; not odd: 6)",
        ),
        (("cataract", "prolapse"), [("03", "prolapse")], None),
    ],
)
def test_regions_without_a_row(
    names: Sequence[str], lacking: Sequence[tuple[str, str]], told: str | None
) -> None:
    """Which lack, and how many, as one; a count that is not available has a row, and no operation needs one."""
    keys = [(code, name) for code in ("01", "03", "04") for name in names]
    counts = {"0-18": ("population", [7]), "cataract": ("surgeries", ["01", None])}
    dataset, rest = counts.get(names[0], ("waiting_times", [None, None]))
    rows = table(dataset, *((MONTH, *key, *rest) for key in keys if key not in lacking))
    assert [*map(sentence, incomplete(dataset, rows))] == ([told] if told else [])


@pytest.mark.parametrize("dataset", KEYS)
def test_a_delivery_taken_back_is_not_incomplete(dataset: str) -> None:
    """No region has a row of anything."""
    assert incomplete(dataset, table(dataset)) == []


def test_the_first_month_of_all() -> None:
    """Nobody has gone silent where nothing lay before."""
    assert gone_silent("waiting_times", table("waiting_times", *visits([], 5)), MONTH) == []


def test_silent_at_home() -> None:
    """For operations, the region is that of the patients."""
    before = (add_months(MONTH, -1), "03", "cataract", "01", 5)
    history = table("surgeries", before, (MONTH, "01", "cataract", "03", 5))
    assert [each.region_code for each in gone_silent("surgeries", history, MONTH)] == ["03"]


def delivered_anew(was: int | None, now: int | None) -> list[Remark]:
    """What is found of one count that was delivered twice."""
    earlier = table("waiting_times", (MONTH, "01", "first_visit", was, None))
    later = table("waiting_times", (MONTH, "01", "first_visit", now, None))
    return changed_since("waiting_times", earlier, later)


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
        [remark] = found
        assert remark[:4] == (
            "changed since the delivery before",
            "01",
            "first_visit",
            "completed",
        )
        assert remark.value == ("" if now is None else str(now))
        assert remark.beside == f"{was} in the delivery before"


def test_limits_of_a_change_are_exact() -> None:
    """Five per cent of 19 are 0.95."""
    [remark] = delivered_anew(19, 20)
    assert remark.limits == "18.05 to 19.95"


def test_a_row_that_is_gone() -> None:
    """Each of its counts is named; a new row is nothing odd."""
    earlier = table("waiting_times", (MONTH, "01", "first_visit", 7, 8))
    later = table("waiting_times", (MONTH, "03", "first_visit", 7, 8))
    found = changed_since("waiting_times", earlier, later)
    assert [each[1:5] for each in found] == [
        ("01", "first_visit", "completed", ""),
        ("01", "first_visit", "waiting", ""),
    ]


def test_population_delivered_anew() -> None:
    """By age group."""
    earlier = table("population", (MONTH, "01", "0-18", 1000), (MONTH, "01", "all", 5000))
    later = table("population", (MONTH, "01", "0-18", 1051), (MONTH, "01", "all", 5250))
    [remark] = changed_since("population", earlier, later)
    assert remark[1:5] == ("01", "0-18", "population", "1051")


def delivered(day: str, dataset: str = "waiting_times") -> Delivery:
    """A delivery of April, named by the day."""
    return Delivery(dataset, MONTH, date.fromisoformat(day), ())


@pytest.mark.parametrize(
    ("day", "what"),
    [
        ("2025-04-30", ["dated before its month had ended"]),
        ("2025-05-01", []),
        ("2026-11-22", []),
        ("2026-11-23", ["dated in the future"]),
        ("9999-12-31", ["dated in the future"]),
    ],
)
def test_the_day_of_a_delivery(day: str, what: list[str]) -> None:
    """A wrong clock, or a slip in a name, shows; today and the day after the month are right."""
    found = oddly_dated(delivered(day), date(2026, 11, 22))
    assert [each.what for each in found] == what
    assert all(each.value == day for each in found)


def test_the_day_of_a_population() -> None:
    """Its month is that of the reference date, which may be told at once."""
    assert oddly_dated(delivered("2025-04-02", "population"), date(2026, 11, 22)) == []


def test_what_a_reader_remarked_on() -> None:
    """It is told as what was found beside the history is."""
    remark = Remark(
        "response rate below 100 %", "23", "first_visit", "Svarsfrekvens", "95 %", "100 %"
    )
    assert sentence(remark) == (
        "23 Jämtland Härjedalen, first_visit, Svarsfrekvens: 95 %, response rate below 100 % "
        "(not odd: 100 %)"
    )


def test_remarks_as_rows() -> None:
    """In words; a missing value is called nothing."""
    silent = Remark("gone silent", "03", "", "completed", "", "a count", "before")
    assert [describe(each, MONTH) for each in (silent, silent._replace(value="0"))] == [
        {
            "what": "gone silent",
            "month": "2025-04",
            "region": "03 Uppsala",
            "of": "",
            "figure": "completed",
            "value": value,
            "beside": "before",
            "not odd": "a count",
        }
        for value in ("nothing", "0")
    ]
