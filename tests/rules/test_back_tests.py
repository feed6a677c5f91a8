"""How far outlooks were from the outcome of a year that is over."""

from datetime import date

import polars as pl
import pytest

from rules import back_tests
from rules.back_tests import BackTests
from schemas.observed import Surgeries
from tests.rules.observations import surgeries
from tests.rules.operations import NEEDED, row
from tests.rules.scheme_data import of_regions, scheme_named

SCHEME = of_regions(scheme_named("surgery-2025"), ["01", "09"])

ALIKE = surgeries(
    [
        row(month, home, "cataract", 20 if month.year == 2025 else 10)
        for month in NEEDED
        for home in SCHEME.regions
    ]
)
"""In each month of the year ten operations more than before."""


def test_how_far_off_it_was() -> None:
    """After each month: where all months are alike the latest is right, and nothing more is far off."""
    found = BackTests([SCHEME], {Surgeries: ALIKE}).of(SCHEME)
    assert found["known_to"].unique().sort().to_list() == SCHEME.measured_months[:-1]
    one = 5 * 10 * 19_000  # five months of ten operations more than before
    assert set(found["outcome_sek"]) == {2 * one}
    assert set(found.filter(scenario="as_latest")["off_by_sek"]) == {0}
    far = found.filter(scenario="nothing_more").select("off_by_sek", "off_by_pct", "largest_sek")
    assert far.unique().rows() == [(2 * one, 100, one)]
    # Ten operations of each month assumed are missing of twenty in the year that was.
    last_year = found.filter(scenario="as_last_year").sort("known_to")
    assert last_year["off_by_sek"].to_list() == [
        2 * 10 * 19_000 * assumed for assumed in (4, 3, 2, 1)
    ]
    assert last_year["off_by_pct"].to_list() == [80, 60, 40, 20]


def test_what_came_later_than_the_month_plays_no_part() -> None:
    """Not of the year, nor of the next: after June nobody knew of the operations of any later month."""
    later = surgeries([row(date(2026, 1, 1), home, "cataract", 99) for home in SCHEME.regions])
    with_later = BackTests([SCHEME], {Surgeries: pl.concat([ALIKE, later])})
    assert with_later.of(SCHEME).equals(BackTests([SCHEME], {Surgeries: ALIKE}).of(SCHEME))


def test_no_outlook_is_computed_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a year's own outlooks were computed for, its test takes as it is."""
    tests = BackTests([SCHEME], {Surgeries: ALIKE})
    found = tests.of(SCHEME)
    monkeypatch.setattr(back_tests, "outlook", None)
    tested = tests.latest(SCHEME, assumed=1)
    assert tested
    assert tested[0] is SCHEME
    assert tested[1].equals(found.filter(assumed=1))
