"""Rounding and sharing out in SQL, beside plain fractions."""

from collections.abc import Iterable, Iterator
from fractions import Fraction
from math import floor
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.dialect import connected, query
from second_opinion.queries import sql_files
from tests.oracle.apportionment import half_up, half_up_with_residual, largest_remainder

HUGE = 10**15
METHODS = {
    "largest_remainder": largest_remainder,
    "half_up_residual_on_largest": half_up_with_residual,
}
WEIGHTS = st.dictionaries(
    st.sampled_from([f"{code:02d}" for code in range(1, 26)]), st.integers(0, 10**7), min_size=1
).filter(lambda weights: sum(weights.values()) > 0)


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    """A database with the arithmetic alone."""
    with connected(Path(":memory:")) as connection:
        connection.execute(sql_files()["arithmetic"].text)
        yield connection


def values(rows: Iterable[tuple[object, ...]]) -> str:
    """The rows as SQL writes them: one query for many cases takes hardly longer than for one."""
    return ", ".join(f"({', '.join(map(repr, row))})" for row in rows)


@given(
    cases=st.lists(
        st.tuples(st.integers(-HUGE, HUGE), st.integers(1, HUGE)), min_size=20, max_size=20
    )
)
@settings(max_examples=5, deadline=None)
def test_rounding(database: duckdb.DuckDBPyConnection, cases: list[tuple[int, int]]) -> None:
    """Down and half-up, for negative numbers too."""
    rows = values((place, *case) for place, case in enumerate(cases))
    found = query(
        database,
        "SELECT second_opinion.rounded_down(numerator, denominator), "  # noqa: S608 - numbers
        "second_opinion.half_up(numerator, denominator) "
        f"FROM (VALUES {rows}) AS cases (place, numerator, denominator) ORDER BY place",
    )
    exact = [Fraction(*case) for case in cases]
    assert found.rows() == [(floor(each), half_up(each)) for each in exact]


@pytest.mark.parametrize(("twice", "expected"), [(-3, -1), (-1, 0), (1, 1), (3, 2), (5, 3)])
def test_halves_are_rounded_up(
    database: duckdb.DuckDBPyConnection, twice: int, expected: int
) -> None:
    """Also below zero: -1.5 becomes -1."""
    found = query(database, f"SELECT second_opinion.half_up({twice}, 2)")
    assert found.item() == expected


@pytest.mark.parametrize("method", METHODS)
@given(
    cases=st.lists(
        st.tuples(st.integers(0, 10**12), st.integers(1, 12), WEIGHTS), min_size=10, max_size=10
    )
)
@settings(max_examples=10, deadline=None)
def test_sharing_out(
    database: duckdb.DuckDBPyConnection, method: str, cases: list[tuple[int, int, dict[str, int]]]
) -> None:
    """Every share is the oracle's, of whole and of broken totals, though many totals are shared out at once."""
    rows = values(
        (place, total, parts, sum(weights.values()), code, weight)
        for place, (total, parts, weights) in enumerate(cases)
        for code, weight in weights.items()
    )
    found = query(
        database,
        f"SELECT place, code, second_opinion.{method}("  # noqa: S608 - numbers and codes
        "total, parts, weight, all_weights, code, place) "
        f"FROM (VALUES {rows}) AS cases (place, total, parts, all_weights, code, weight)",
    )
    assert {(place, code): share for place, code, share in found.iter_rows()} == {
        (place, code): share
        for place, (total, parts, weights) in enumerate(cases)
        for code, share in METHODS[method](Fraction(total, parts), weights).items()
    }


def test_per_cent_of_nothing_is_missing(database: duckdb.DuckDBPyConnection) -> None:
    """And 1 of 3 is 33.3333, half-up: 2 of 3 is 66.6667."""
    found = query(
        database,
        "SELECT second_opinion.per_cent(0, 0), second_opinion.per_cent(1, 3)::VARCHAR, "
        "second_opinion.per_cent(2, 3)::VARCHAR",
    )
    assert found.row(0) == (None, "33.3333", "66.6667")
