"""The traps of this stack, each shown to be one, and the rules shown not to fall into it."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pandera.errors
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.exact import divided_half_up, in_last_decimal, percentage, scaled, wide, with_decimals
from rules.requirements.surgery import Surgery, surgery_performance
from schemas.months import months_between
from schemas.table import MOST
from schemas.tables import TABLES
from tests.oracle.apportionment import half_up
from tests.oracle.generate import make_scenario
from tests.oracle.model import DEFAULT_READINGS, Counts
from tests.oracle.parameters import SCHEMES as ORACLE_SCHEMES
from tests.oracle.waiting_times import improvement, improvement_level, is_attained, share
from tests.rules.assessed import RESERVED, production_row, production_rows, waiting_time_row
from tests.rules.operations import MEASURED, SCHEME, delivered, row
from tests.rules.oracle_frames import calculated
from tests.rules.scheme_data import of_regions, restated, with_requirement

SPRING = months_between(date(2025, 3, 1), date(2025, 4, 1))
HUGE = st.integers(MOST - 10**6, MOST - 1)


def computed(expression: pl.Expr) -> object:
    """The value of an expression of literals."""
    return pl.select(expression).item()


def test_polars_rounds_half_to_even_and_we_do_not() -> None:
    """2.5 is 2 for Polars, and 3 for the agreements."""
    assert computed(pl.lit(2.5).round()) == 2
    assert computed(pl.lit(Decimal("2.5")).round(0)) == 2
    assert computed(divided_half_up(pl.lit(5), pl.lit(2))) == 3


def test_polars_wraps_int64_and_we_do_not() -> None:
    """A product of two counts can lie beyond 64 bits."""
    large = pl.lit(4_000_000_000, pl.Int64)
    assert computed(large * large) != 4_000_000_000**2
    assert computed(wide(large) * wide(large)) == 4_000_000_000**2


def test_polars_drops_digits_of_divided_decimals_and_we_do_not() -> None:
    """A third of a krona has no end: what is divided stays a pair of integers."""
    third = pl.lit(Decimal("1.00")).cast(pl.Decimal(18, 2)) / 3
    assert computed(third * 3) != Decimal(1)
    assert computed(divided_half_up(3 * wide(pl.lit(100)), pl.lit(3))) == 100


@given(numerator=st.integers(-(10**30), 10**30), denominator=st.integers(1, 10**30))
@settings(deadline=None)
def test_division_is_half_up_for_any_size_and_sign(numerator: int, denominator: int) -> None:
    """Equal to the same in plain integers."""
    frame = pl.select(
        divided_half_up(pl.lit(numerator, dtype=pl.Int128), pl.lit(denominator, dtype=pl.Int128))
    )
    assert frame.item() == half_up(Fraction(numerator, denominator))


@pytest.mark.parametrize("denominator", [0, None])
def test_division_by_nothing_is_missing(denominator: int | None) -> None:
    """Undefined, not an error and not infinite."""
    assert computed(divided_half_up(pl.lit(1), pl.lit(denominator, pl.Int64))) is None
    assert computed(percentage(pl.lit(1), pl.lit(denominator, pl.Int64), 4)) is None


@given(hundredths=st.integers(-(10**15), 10**15))
@settings(deadline=None)
def test_decimals_are_integers_with_their_point_moved(hundredths: int) -> None:
    """There and back without loss."""
    decimal = with_decimals(pl.lit(hundredths), 18, 2)
    assert computed(decimal) == Decimal(hundredths) / 100
    assert computed(in_last_decimal(decimal, 2)) == hundredths


def test_an_edge_with_more_decimals_cannot_be_scaled() -> None:
    """An edge is never rounded on the way."""
    assert scaled(Decimal("102.5"), 1) == 1025
    with pytest.raises(ValueError, match=r"102\.55 has more than 1 decimals"):
        scaled(Decimal("102.55"), 1)


@pytest.mark.parametrize("name", TABLES)
def test_no_column_is_a_float(name: str) -> None:
    """No table is modelled with floating point."""
    assert not [kind for kind in TABLES[name].polars_schema().values() if kind.is_float()]


@pytest.mark.parametrize("name", ORACLE_SCHEMES)
def test_no_table_made_by_the_rules_holds_a_float(name: str) -> None:
    """Nor do the frames that come out."""
    inputs = make_scenario("ordinary", ORACLE_SCHEMES[name])
    for table, frame in calculated(ORACLE_SCHEMES[name], inputs, DEFAULT_READINGS).items():
        assert frame.schema == table.polars_schema()
        assert not [kind for kind in frame.dtypes if kind.is_float()], table


@pytest.mark.slow
@given(
    sizes=st.tuples(HUGE, HUGE, HUGE),
    shares=st.tuples(*[st.fractions(0, 1, max_denominator=1000)] * 3),
)
@settings(max_examples=40, deadline=None)
def test_huge_counts_of_waiting_times_do_not_wrap(
    sizes: tuple[int, int, int], shares: tuple[Fraction, Fraction, Fraction]
) -> None:
    """Just below the largest count that a table takes, levels are those of plain fractions."""
    parts = [int(size * part) for size, part in zip(sizes, shares, strict=True)]
    found = waiting_time_row(
        {
            "completed": str(sizes[0]),
            "within": str(parts[0]),
            "completed_last_year": str(sizes[1]),
            "within_last_year": str(parts[1]),
            "waiting": str(sizes[2]),
            "waiting_within": str(parts[2]),
        }
    )
    counts = Counts(sizes[0], parts[0], 0, sizes[2], parts[2])
    points = improvement(share(parts[0], sizes[0]), share(parts[1], sizes[1]), DEFAULT_READINGS)
    attained = is_attained(counts, DEFAULT_READINGS)
    assert found["improvement_pp"] == points
    assert found["level_pct"] == (100 if attained else improvement_level(points))


@pytest.mark.parametrize(
    ("completed", "added", "level"),
    [
        (MOST - 1, MOST - 1, 50),
        (MOST - 2, MOST - 1, 0),
        (MOST - 1, 1, 100),
        (1025 * 10**8, 10**11, 50),
        (10255 * 10**7, 10**11, 75),
        (10255 * 10**7 - 1, 10**11, 50),
    ],
)
def test_huge_counts_of_production_do_not_wrap(completed: int, added: int, level: int) -> None:
    """A single visit decides among a million million."""
    found = production_row(completed, added)
    assert (found["level_pct"], found["earned_sek"]) == (level, Decimal(level * RESERVED) / 100)


def test_a_sum_beyond_what_a_table_takes_is_refused() -> None:
    """Two counts that fit can have a sum that does not: refused by name, not wrapped."""
    visits = {"completed": MOST - 1, "waiting": 1, "waiting_within_30": 1}
    with pytest.raises(pandera.errors.SchemaErrors, match="completed_to_date"):
        production_rows([{"month": month, **visits} for month in SPRING], SPRING)


def test_huge_counts_of_operations_do_not_wrap() -> None:
    """Thirds of a krona for a million million operations fit in 64 bits."""
    observed = delivered([row(MEASURED[0], "01", "hip_replacement", MOST - 1)])
    table = surgery_performance(of_regions(SCHEME, ["01"]), observed, MEASURED[:1])
    assert table["earned_thirds_sek"].sum() == 3 * (MOST - 1) * 108_000


def test_earned_thirds_beyond_64_bits_are_refused() -> None:
    """With a price of ten million they do not fit: refused, not wrapped."""
    dear = restated(SCHEME.require(Surgery).price["hip_replacement"], value=10_000_000)
    scheme = with_requirement(SCHEME, "surgery", price={"hip_replacement": dear})
    observed = delivered([row(MEASURED[0], "01", "hip_replacement", MOST - 1)])
    with pytest.raises(pl.exceptions.InvalidOperationError):
        surgery_performance(of_regions(scheme, ["01"]), observed, MEASURED[:1])
