"""Every check says no where it should, and in which month, pot or region."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from assets.checks import (
    agrees_with_published,
    bonuses_empty_the_pots,
    closes,
    every_region_once,
    pots_conserve_money,
)
from assets.store import Store
from ledger.chain import Entry
from rules.loading import load_schemes
from schemas.payouts import BonusPots, PayoutLines
from schemas.places import DataRoot

DECEMBER, AUGUST = date(2024, 12, 1), date(2024, 8, 1)
SCHEME = load_schemes()["access-2024"]


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
    """A region that lacks, comes twice or is unknown is named, with the component."""
    check = every_region_once(["01", "03"], ["component"])
    verdict = check.evaluate(Store(), DECEMBER, rows)
    assert check.blocking
    assert verdict is not None
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
    check = pots_conserve_money()
    verdict = check.evaluate(Store(), DECEMBER, rows)
    assert check.blocking
    assert verdict is not None
    assert verdict.passed == passed
    if not passed:
        assert "waiting_time: -1 kr" in verdict.description


def test_pots_of_other_months() -> None:
    """Where no pot closes there is nothing to check."""
    assert pots_conserve_money().evaluate(Store(), AUGUST, BonusPots.without_rows()) is None


@pytest.mark.parametrize(("shared", "passed"), [(191_389_844, True), (191_389_843, False)])
def test_bonuses_empty_the_pots(shared: int, empty_root: DataRoot, *, passed: bool) -> None:
    """The bonus lines must add up to what the recorded pot had to share."""
    entry = Entry(BonusPots, "access-2024", DECEMBER, pots(258_610_156, 191_389_844))
    store = Store()
    assert store.root == empty_root
    store.ledger.append([entry], run_id="a test", code_version="0")
    check = bonuses_empty_the_pots(SCHEME)
    rows = lines("bonus_waiting_time", {"01": shared - 10, "03": 10})
    verdict = check.evaluate(store, DECEMBER, rows)
    assert check.blocking
    assert verdict is not None
    assert verdict.passed == passed
    assert check.evaluate(store, AUGUST, rows) is None


def test_pots_close_in_the_last_payout_month() -> None:
    """Only the last payout month closes the pots, and only of schemes that have any."""
    assert closes(SCHEME, DECEMBER)
    assert not closes(SCHEME, AUGUST)
    assert not closes(load_schemes()["surgery-2025"], date(2025, 12, 1))


def test_agrees_with_published(empty_root: DataRoot) -> None:
    """Figures that differ from the decision are told; it blocks nothing. Other months are passed."""
    assert empty_root.raw.is_dir()
    check = agrees_with_published(SCHEME, PayoutLines)
    grants = SCHEME.published.figures[0].values
    exact = {code: int(Decimal(value)) for code, value in grants.items()}
    component = "population_grant"
    assert not check.blocking
    right = check.evaluate(Store(), DECEMBER, lines(component, exact))
    wrong = check.evaluate(Store(), DECEMBER, lines(component, {**exact, "25": exact["25"] + 1}))
    assert right is not None
    assert wrong is not None
    told = [str(each.metadata["not_agreeing"].value) for each in (right, wrong)]  # type: ignore[union-attr]
    words = "Population grant (0-18 years), region 25"
    assert words not in told[0]
    assert words in told[1]
    assert not wrong.passed
    assert check.evaluate(Store(), date(2024, 3, 1), PayoutLines.without_rows()) is None
