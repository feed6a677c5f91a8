"""Apportionment: what holds for any total and weights, and the published tables."""

import csv
from fractions import Fraction
from math import floor

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rules.apportionment import (
    METHODS,
    apportion,
    half_up_residual_on_largest,
    largest_remainder,
)
from rules.exact import half_up
from rules.loading import SCHEMES
from schemas.regions import region_codes
from tests.rules.case_files import Case, cases
from tests.rules.observations import real_population_of

HALF = Fraction(1, 2)
TOTALS = st.fractions(min_value=0, max_value=10**12, max_denominator=100)
WEIGHTS = st.dictionaries(
    st.sampled_from(region_codes()), st.integers(0, 10**7), min_size=1
).filter(lambda weights: sum(weights.values()) > 0)


def quota(total: Fraction, weights: dict[str, int], code: str) -> Fraction:
    """The region's exact part of the total."""
    return total * weights[code] / sum(weights.values())


@pytest.mark.parametrize("method", METHODS.values())
@given(total=TOTALS, weights=WEIGHTS)
def test_shares_add_up_to_the_total_half_up(method, total, weights):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Not a krona is lost or made."""
    assert sum(method(total, weights).values()) == floor(total + HALF)


@given(total=TOTALS, weights=WEIGHTS)
def test_largest_remainder_stays_within_a_krona_of_the_quota(
    total: Fraction, weights: dict[str, int]
) -> None:
    """Each share is its quota rounded down or up; nobody without weight gets anything."""
    for code, share in largest_remainder(total, weights).items():
        assert abs(share - quota(total, weights, code)) < 1
        assert weights[code] or share == 0


@given(total=TOTALS, weights=WEIGHTS)
def test_half_up_differs_from_the_rounded_quota_only_for_the_largest(
    total: Fraction, weights: dict[str, int]
) -> None:
    """Every share but the largest weight's is its quota half-up."""
    largest = max(weights.values())
    bearer = min(code for code, weight in weights.items() if weight == largest)
    for code, share in half_up_residual_on_largest(total, weights).items():
        assert code == bearer or share == floor(quota(total, weights, code) + HALF)


@pytest.mark.parametrize("method", METHODS.values())
@given(total=TOTALS, weights=WEIGHTS, data=st.data())
def test_order_of_regions_does_not_matter(method, total, weights, data):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201
    """Whichever order the weights come in, each region gets the same."""
    order = data.draw(st.permutations(sorted(weights)))
    assert method(total, {code: weights[code] for code in order}) == method(total, weights)


@given(total=st.integers(0, 10**9), more=st.integers(0, 10**9), weights=WEIGHTS)
def test_a_larger_pot_lowers_nobody_by_more_than_a_krona(
    total: int, more: int, weights: dict[str, int]
) -> None:
    """Largest remainder is not monotone, but the loss is bounded."""
    before = largest_remainder(Fraction(total), weights)
    after = largest_remainder(Fraction(total + more), weights)
    assert all(after[code] >= before[code] - 1 for code in weights)


def test_a_larger_pot_can_lower_a_region_by_a_krona() -> None:
    """With weights 6, 6 and 2, the eleventh krona takes one from the smallest."""
    weights = {"01": 6, "03": 6, "04": 2}
    assert largest_remainder(Fraction(10), weights) == {"01": 4, "03": 4, "04": 2}
    assert largest_remainder(Fraction(11), weights) == {"01": 5, "03": 5, "04": 1}


def test_ties_go_to_the_lowest_code() -> None:
    """Equal remainders: the lowest code gets the krona, wherever it stands."""
    weights = {"25": 1, "03": 1, "12": 1}
    assert largest_remainder(Fraction(1), weights) == {"25": 0, "03": 1, "12": 0}
    assert largest_remainder(Fraction(2), weights) == {"25": 0, "03": 1, "12": 1}


def test_the_residual_may_be_negative_and_goes_to_the_largest() -> None:
    """Two halves rounded up are a krona too many; three thirds rounded down one too few."""
    assert half_up_residual_on_largest(Fraction(3), {"01": 1, "03": 1, "04": 4}) == {
        "01": 1,
        "03": 1,
        "04": 1,
    }
    assert half_up_residual_on_largest(Fraction(1), {"25": 1, "03": 1, "12": 1}) == {
        "25": 0,
        "03": 1,
        "12": 0,
    }


@pytest.mark.parametrize(
    ("value", "expected"),
    [("1/2", 1), ("3/2", 2), ("5/2", 3), ("-1/2", 0), ("-3/2", -1), ("49/100", 0), ("7", 7)],
)
def test_half_goes_up(value: str, expected: int) -> None:
    """Never half to even, and towards the larger number below zero too."""
    assert half_up(Fraction(value)) == expected


@pytest.mark.parametrize("method", METHODS.values())
def test_nothing_to_share_by_is_refused(method) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Without weight there is no share."""
    with pytest.raises(ValueError, match="do not add up to more than 0"):
        method(Fraction(1), {"01": 0, "03": 0})


@pytest.mark.parametrize("case", cases("published_apportionments.csv"))
def test_published_columns_come_out_to_the_krona(case: Case) -> None:
    """All 21 figures of each column follow from population."""
    weights = real_population_of(case["population"], case["age_group"])
    total = Fraction(int(case["fund_sek"]) * int(case["months"]), int(case["of_months"]))
    shares = METHODS[case["method"]](total, weights)  # type: ignore[index]
    times = int(case["times"])
    computed = {code: times * share for code, share in shares.items()}
    assert computed == published(case["file"], case["column"])


def test_half_up_alone_misses_one_published_krona() -> None:
    """Västernorrland's first period of 2025 tells the two methods apart."""
    weights = real_population_of("2024-11", "0-18")
    total = Fraction(210_000_000 * 4, 9)
    column = published("bup-2025/published/table_2.csv", "first_visit_production_period_1_sek")
    missed = {
        code: half_up(quota(total, weights, code)) - column[code]
        for code in weights
        if half_up(quota(total, weights, code)) != column[code]
    }
    assert list(missed) == ["22"]
    assert abs(missed["22"]) == 1


def test_frames_in_and_out() -> None:
    """A row for each weight, in whole kronor."""
    weights = pl.DataFrame({"region_code": ["03", "01"], "weight": [1, 2]})
    shares = apportion(Fraction(10), weights, "largest_remainder")
    assert shares.schema == {"region_code": pl.String, "amount_sek": pl.Int64}
    assert shares.rows() == [("03", 3), ("01", 7)]


def published(file: str, column: str) -> dict[str, int]:
    """A column of a published table, by region."""
    with (SCHEMES / file).open(encoding="utf-8", newline="") as lines:
        return {row["region_code"]: int(row[column]) for row in csv.DictReader(lines)}
