"""Counts for the public: a case is shown whole or not at all, wherever its counts stand."""

from datetime import date

import polars as pl
import pytest

from reports.reconciliation import reconciliation_tables
from reports.small_numbers import counts_shown
from reports.words import words_in
from rules import small_numbers
from rules.loading import load_schemes
from rules.small_numbers import withheld, year_before
from schemas.performance import WaitingTimePerformance
from tests.reports.conftest import ReadFor
from tests.rules.observations import waiting_times

WITHHELD, MISSING = "visas inte", "uppgift saknas"
CASE = "09", date(2025, 7, 1), "treatment"
BEFORE = "09", date(2024, 7, 1), "treatment"
AFTER = "09", date(2026, 7, 1), "treatment"

Numbers = tuple[int | None, int | None]


def observed(completed: Numbers, waiting: Numbers = (20, 10)) -> pl.DataFrame:
    """`observed.waiting_times` of the case alone: of both sides the whole, and within 30 days."""
    names = ("completed", "completed_within_30", "waiting", "waiting_within_30")
    key = dict(zip(("region_code", "month", "measure"), CASE, strict=True))
    return waiting_times([{**key, **dict(zip(names, (*completed, *waiting), strict=True))}])


@pytest.mark.parametrize(
    ("counts", "is_withheld"),
    [
        ((20, 10), False),
        ((20, 15), False),
        ((20, 16), True),
        ((20, 20), True),
        ((20, 4), True),
        ((20, 0), True),
        ((4, 2), True),
        ((0, 0), True),
        ((4, None), True),
        ((20, None), False),
        ((None, None), False),
    ],
)
def test_a_low_count_or_rest_withholds_the_case(counts: Numbers, *, is_withheld: bool) -> None:
    """Of either side, and those it is compared with; the rest, which is the difference of the two, is a count as well."""
    expected = {BEFORE, CASE, AFTER} if is_withheld else set()
    assert withheld("public", observed(counts)) == expected
    assert withheld("public", observed((20, 10), counts)) == expected
    assert withheld("internal", observed(counts)) == set()


def test_what_another_year_or_scheme_shows_counts_too() -> None:
    """Made up: by a reading that takes waits out, last year's were 4; what is observed of it has more."""
    row = dict.fromkeys(WaitingTimePerformance.polars_schema())
    row |= dict(zip(("region_code", "month", "measure"), CASE, strict=True))
    row |= {"completed_last_year": 9, "completed_within_30_last_year": 5}
    judged = pl.DataFrame([row], WaitingTimePerformance.polars_schema())
    compared = {year_before(BEFORE), BEFORE, CASE}
    assert withheld("public", observed((20, 10)), judged) == compared
    assert year_before(CASE) == BEFORE


def test_a_low_count_withholds_the_month_of_every_year() -> None:
    """By way of the year between, a level of each leaves one number."""
    tables = [
        observed((20, 10)).with_columns(month=pl.lit(date(year, 7, 1))) for year in (2022, 2024)
    ]
    low = observed((20, 4))
    years = {month.year for _, month, _ in withheld("public", *tables, low)}
    assert {2021, 2022, 2023, 2024, 2025, 2026} <= years
    assert withheld("public", *tables) == set()


@pytest.mark.parametrize("reading", ["included", "excluded"])
def test_what_a_reading_takes_out_is_a_count(reading: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Four waits that the patient chose: with the reading, documents show the completed with them, and without."""
    scheme = load_schemes()["bup-2025"].read_as(patient_chosen=reading)
    monkeypatch.setattr(small_numbers, "load_schemes", lambda: {scheme.name: scheme})
    small_numbers._takes_out_chosen.cache_clear()  # noqa: SLF001 - it is asked once a process
    chosen = observed((148, 99)).with_columns(completed_patient_chosen=pl.lit(4, pl.Int64))
    expected = {BEFORE, CASE, AFTER} if reading == "excluded" else set()
    assert withheld("public", chosen) == expected
    small_numbers._takes_out_chosen.cache_clear()  # noqa: SLF001 - for the next test


@pytest.mark.parametrize(
    ("hidden", "expected"),
    [
        (set(), [112, 50, 40, MISSING, 109, 44]),
        ({CASE}, [WITHHELD, WITHHELD, WITHHELD, MISSING, 109, 44]),
        ({BEFORE}, [112, 50, 40, MISSING, WITHHELD, WITHHELD]),
    ],
)
def test_a_row_shows_each_case_by_itself(
    hidden: set[tuple[str, date, str]], expected: list[object]
) -> None:
    """The wholes too: 30 completed of whom few waited long, and a level of new visits, leave one number added."""
    counts = {
        "completed": 112,
        "completed_within_30": 50,
        "waiting": 40,
        "waiting_within_30": None,
        "completed_last_year": 109,
        "completed_within_30_last_year": 44,
    }
    assert list(counts_shown(counts, CASE, hidden, words_in("sv"))) == expected


def test_what_is_for_the_public_shows_no_low_count(read_for: ReadFor) -> None:
    """Of December 2024: cells are withheld, the others are the agency's own, and a note says why."""
    [_, internal] = reconciliation_tables(read_for("internal"))
    [_, public] = reconciliation_tables(read_for("public"))
    hidden = 0
    for shown, row in zip(public.rows, internal.rows, strict=True):
        for public_cell, cell in zip(shown, row, strict=True):
            hidden += public_cell != cell
            assert public_cell in {cell, WITHHELD}
        assert [cell == WITHHELD for cell in shown[3:7]] in ([True] * 4, [False] * 4)
        assert (shown[7] == WITHHELD) == (shown[8] == WITHHELD)
        counts = [cell for cell in shown[3:-1] if isinstance(cell, int)]
        assert all(count >= 5 for count in counts)
        for part, whole in zip(shown[4:-1:2], shown[3:-1:2], strict=True):
            if isinstance(part, int) and isinstance(whole, int):
                assert whole - part >= 5
    assert hidden > 0
    assert any("under 5" in note for note in public.notes)
    assert not any("under 5" in note for note in internal.notes)
    assert (internal.totals, public.totals) == ((), ())
