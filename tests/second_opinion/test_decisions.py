"""Decided payouts and settlements in SQL, beside the rules."""

from datetime import date
from random import Random

import polars as pl
import pytest

from rules.calculation import calculate
from schemas.decisions import Decided, Differences, Settlements
from schemas.payouts import PayoutLines
from schemas.regions import region_codes
from tests.oracle.generate import make_year
from tests.oracle.model import DEFAULT_READINGS
from tests.oracle.parameters import SCHEMES
from tests.rules.oracle_frames import observed_tables, product_scheme
from tests.rules.paid_tables import paid_tables
from tests.second_opinion.opinions import by_sql, folder_rows
from tests.slow_cases import slow_but

DECISION = {"decided_by": "nobody", "reference": "made up"}
PAYOUTS = {
    "access-2024": [date(2024, 8, 1), date(2024, 12, 1)],
    "bup-2025": [date(2025, 3, 1), date(2025, 8, 1), date(2025, 12, 1)],
}


def decided(lines: pl.DataFrame, months: list[date], random: Random) -> pl.DataFrame:
    """The months' lines decided, some of them with another amount than computed."""
    of_months = lines.filter(pl.col("month").is_in(months))
    amounts = [
        max(0, sek + random.choice((0, 0, -1, 1, 250_000))) for sek in of_months["amount_sek"]
    ]
    return Decided.conform(
        of_months.with_columns(
            amount_sek=pl.Series(amounts, dtype=pl.Int64),
            decided_on=pl.lit(date(2026, 1, 1)),
            computation=pl.lit(1, pl.Int64),
            **{name: pl.lit(words) for name, words in DECISION.items()},
        )
    )


def settled(decisions: pl.DataFrame, months_paid: list[date], random: Random) -> pl.DataFrame:
    """Additions to some of the decided lines, in one or two later payouts."""
    chosen = [random.random() < 0.3 for _ in range(decisions.height)]
    lines = decisions.filter(pl.Series(chosen)).select(
        "month", "scheme", "region_code", "component"
    )
    entries = [
        lines.with_columns(
            month_paid=pl.lit(month),
            amount_sek=pl.Series([random.randint(0, 90_000) for _ in range(lines.height)]),
            settled_on=pl.lit(date(2026, 2, 1)),
            settled_by=pl.lit("nobody"),
            reference=pl.lit("made up"),
        )
        for month in months_paid
    ]
    return Settlements.conform(pl.concat(entries))


@pytest.mark.parametrize("seed", slow_but([0], range(3)))
@pytest.mark.parametrize("name", slow_but(["bup-2025"], PAYOUTS))
def test_decisions_and_settlements(name: str, seed: int) -> None:
    """Early rounds decided, then all; settled before and after the pots close."""
    random = Random(seed)  # noqa: S311 - made up, not secret
    inputs = make_year(seed, SCHEMES[name])
    scheme = product_scheme(name, inputs, DEFAULT_READINGS)
    observed = observed_tables(name, inputs)
    lines = calculate(scheme, observed, [PayoutLines])[PayoutLines]
    last = PAYOUTS[name][-1]
    for months in (PAYOUTS[name][:-1], PAYOUTS[name]):
        decisions = decided(lines, months, random)
        given = {
            **observed,
            Decided: decisions,
            Settlements: settled(decisions, [last, last.replace(year=2027)], random),
        }
        expected = paid_tables(scheme, given)
        found = by_sql(folder_rows(scheme.folder), region_codes(), given, expected)
        assert expected[Differences]["difference_sek"].n_unique() > 2
        for table, rows in expected.items():
            assert found[table].equals(rows.select(found[table].columns)), table
