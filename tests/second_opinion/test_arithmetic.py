"""Rounding and sharing out in SQL, beside plain fractions."""

from collections.abc import Iterator, Mapping
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
    with connected(Path(":memory:"), read_only=False) as connection:
        connection.execute(sql_files()["arithmetic"].text)
        yield connection


@given(numerator=st.integers(-HUGE, HUGE), denominator=st.integers(1, HUGE))
@settings(deadline=None)
def test_rounding(database: duckdb.DuckDBPyConnection, numerator: int, denominator: int) -> None:
    """Down and half-up, for negative numbers too."""
    found = query(
        database,
        f"SELECT second_opinion.rounded_down({numerator}, {denominator}), "
        f"second_opinion.half_up({numerator}, {denominator})",
    )
    exact = Fraction(numerator, denominator)
    assert found.row(0) == (floor(exact), half_up(exact))


@pytest.mark.parametrize(("twice", "expected"), [(-3, -1), (-1, 0), (1, 1), (3, 2), (5, 3)])
def test_halves_are_rounded_up(
    database: duckdb.DuckDBPyConnection, twice: int, expected: int
) -> None:
    """Also below zero: -1.5 becomes -1."""
    found = query(database, f"SELECT second_opinion.half_up({twice}, 2)")
    assert found.item() == expected


@pytest.mark.parametrize("method", METHODS)
@given(total=st.integers(0, 10**12), parts=st.integers(1, 12), weights=WEIGHTS)
@settings(deadline=None)
def test_sharing_out(
    database: duckdb.DuckDBPyConnection,
    method: str,
    total: int,
    parts: int,
    weights: Mapping[str, int],
) -> None:
    """Every share is the oracle's, of whole and of broken totals."""
    rows = ", ".join(f"('{code}', {weight})" for code, weight in weights.items())
    found = query(
        database,
        f"SELECT code, second_opinion.{method}("  # noqa: S608 - numbers and codes
        f"{total}, {parts}, weight, {sum(weights.values())}, code, true) "
        f"FROM (VALUES {rows}) AS weights (code, weight)",
    )
    assert dict(found.iter_rows()) == METHODS[method](Fraction(total, parts), weights)


def test_per_cent_of_nothing_is_missing(database: duckdb.DuckDBPyConnection) -> None:
    """And 1 of 3 is 33.3333, half-up: 2 of 3 is 66.6667."""
    found = query(
        database,
        "SELECT second_opinion.per_cent(0, 0), second_opinion.per_cent(1, 3)::VARCHAR, "
        "second_opinion.per_cent(2, 3)::VARCHAR",
    )
    assert found.row(0) == (None, "33.3333", "66.6667")
