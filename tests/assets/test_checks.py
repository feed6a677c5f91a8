"""Every check says no where it should, and in which month, pot or region."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from assets.checks.check import Evidence
from assets.checks.of_step import (
    AGREES_WITH_PUBLISHED,
    BONUSES_EMPTY_THE_POTS,
    POTS_CONSERVE_MONEY,
    assertions_of,
    checks_of,
    every_region_once,
)
from ledger.ledger import Ledger
from rules.loading import load_schemes
from rules.scheme import Scheme
from rules.step import Inputs, Step
from rules.steps import steps
from schemas.payouts import BonusPots, PayoutLines, RoundPayments
from schemas.places import DataRoot
from schemas.table import Table
from schemas.tables import TABLES
from second_opinion.queries import recomputed_tables

DECEMBER, AUGUST = date(2024, 12, 1), date(2024, 8, 1)
SCHEMES = load_schemes()
SCHEME = SCHEMES["access-2024"]


def step_of(table: type[Table], scheme: str = "access-2024") -> Step:
    """The scheme's step that makes the table."""
    return next(step for step in steps(SCHEMES[scheme]) if step.table is table)


def evidence(
    step: Step, rows: pl.DataFrame, month: date = DECEMBER, inputs: Inputs | None = None
) -> Evidence:
    """What a check is given of one month; nothing of it is recorded."""
    root = DataRoot.from_environment()
    return Evidence(step, root, Ledger.of(root), inputs or {}, {month: rows}, {}, {})


def regions(*codes: str, component: str = "waiting_time") -> pl.DataFrame:
    """Rows of the regions in one component."""
    return pl.DataFrame(
        {"region_code": codes, "component": [component] * len(codes)},
        schema={"region_code": pl.String, "component": pl.String},
    )


def pots(paid: int, pot: int, undistributed: int = 0, overdrawn: int = 0) -> pl.DataFrame:
    """The waiting-time pot of 2024."""
    return BonusPots.conform(
        pl.DataFrame(
            [
                {
                    "month": DECEMBER,
                    "scheme": "access-2024",
                    "pot": "waiting_time",
                    "fund_sek": 450_000_000,
                    "paid_sek": paid,
                    "pot_sek": pot,
                    "undistributed_sek": undistributed,
                    "overdrawn_sek": overdrawn,
                }
            ]
        )
    )


def lines(component: str, amounts: dict[str, int]) -> pl.DataFrame:
    """Payout lines of December 2024."""
    return pl.DataFrame(
        [
            {
                "month": DECEMBER,
                "scheme": "access-2024",
                "region_code": code,
                "component": component,
                "amount_sek": amount,
            }
            for code, amount in amounts.items()
        ]
    )


@pytest.mark.parametrize(
    ("rows", "words"),
    [
        (regions("01", "03"), ""),
        (regions("01"), "waiting_time: regions 03"),
        (regions("01", "03", "03"), "waiting_time: regions 03"),
        (regions("01", "03", "99"), "waiting_time: regions 99"),
        (pl.concat([regions("01", "03"), regions("03", component="other")]), "other: regions 01"),
        (regions(), "2024-12 has no rows"),
    ],
)
def test_every_region_once(rows: pl.DataFrame, words: str) -> None:
    """A region that is missing, comes twice or is unknown is named, with the component."""
    two = replace(step_of(RoundPayments), scheme=replace(SCHEME, regions=("01", "03")))
    check = every_region_once(two)
    verdict = check.evaluate(evidence(two, rows))[DECEMBER]
    assert check.blocking
    assert verdict.passed == (not words)
    assert words in verdict.description


@pytest.mark.parametrize(
    ("rows", "passed"),
    [
        (pots(258_610_156, 191_389_844), True),
        (pots(450_000_012, 0, overdrawn=12), True),
        (pots(0, 450_000_000, undistributed=450_000_000), True),
        (pots(258_610_156, 191_389_843), False),
    ],
)
def test_pots_conserve_money(rows: pl.DataFrame, *, passed: bool) -> None:
    """A krona too few is a failure that names the pot; overdrawn and undistributed pots close."""
    check = POTS_CONSERVE_MONEY
    verdict = check.evaluate(evidence(step_of(BonusPots), rows))[DECEMBER]
    assert check.blocking
    assert verdict.passed == passed
    if not passed:
        assert "waiting_time: -1 kr" in verdict.description


def test_pots_of_other_months() -> None:
    """Where no pot closes there is nothing to check."""
    nothing = BonusPots.without_rows()
    of_august = evidence(step_of(BonusPots), nothing, AUGUST)
    assert POTS_CONSERVE_MONEY.evaluate(of_august) == {}
    without_pots = evidence(step_of(PayoutLines), lines("x", {}), AUGUST, {BonusPots: nothing})
    assert BONUSES_EMPTY_THE_POTS.evaluate(without_pots) == {}


@pytest.mark.parametrize(("shared", "passed"), [(191_389_844, True), (191_389_843, False)])
def test_bonuses_empty_the_pots(shared: int, *, passed: bool) -> None:
    """The bonus lines must add up to what the pot had to share."""
    rows = lines("bonus_waiting_time", {"01": shared - 10, "03": 10})
    inputs = {BonusPots: pots(258_610_156, 191_389_844)}
    check = BONUSES_EMPTY_THE_POTS
    verdict = check.evaluate(evidence(step_of(PayoutLines), rows, inputs=inputs))[DECEMBER]
    assert check.blocking
    assert verdict.passed == passed


def test_a_scheme_without_pots_has_no_check_of_them() -> None:
    """Operations are paid without a bonus."""
    names = [each.name for each in checks_of(step_of(PayoutLines, "surgery-2025"))]
    assert BONUSES_EMPTY_THE_POTS.name not in names
    assert BONUSES_EMPTY_THE_POTS in checks_of(step_of(PayoutLines))


def test_agrees_with_published(empty_root: DataRoot) -> None:
    """Figures that differ from the decision are told; it blocks nothing. Other months are passed."""
    assert empty_root.raw.is_dir()
    step, check = step_of(PayoutLines), AGREES_WITH_PUBLISHED
    grants = SCHEME.published.figures[0].values
    exact = {code: int(Decimal(value)) for code, value in grants.items()}
    component = "population_grant"
    assert not check.blocking
    right, wrong = (
        check.evaluate(evidence(step, lines(component, amounts)))[DECEMBER]
        for amounts in (exact, {**exact, "25": exact["25"] + 1})
    )
    told = [str(each.metadata["not_agreeing"].value) for each in (right, wrong)]  # type: ignore[union-attr]
    words = "Population grant (0-18 years), region 25"
    assert words not in told[0]
    assert words in told[1]
    assert not wrong.passed
    march = date(2024, 3, 1)
    assert check.evaluate(evidence(step, PayoutLines.without_rows(), march)) == {}


@pytest.mark.parametrize("scheme", SCHEMES.values(), ids=lambda scheme: scheme.name)
def test_what_is_asserted_is_every_table_that_sql_computes(scheme: Scheme) -> None:
    """The second opinion is asserted of each, and shown where people look; nothing is shown twice."""
    computed = {each.table for each in recomputed_tables().values()}
    assert {table.qualified_name() for table in computed} < TABLES.keys()
    for step in steps(scheme):
        asserted = [check.name for check in assertions_of(step)]
        shown = [check.name for check in checks_of(step)]
        assert asserted.count("second_opinion") == int(step.table in computed), step.table
        assert len(shown) == len(set(shown))
        assert {check.name for check in checks_of(step) if check.blocking} <= set(asserted)
