"""Bonus pots: what is left of the fund, shared by what each region was paid."""

from datetime import date

import polars as pl
import pytest

from rules.bonus_pots import bonus_pots, bonuses, component_fund
from rules.scheme import Scheme
from schemas.payouts import RoundPayments
from tests.rules.case_files import Case, cases
from tests.rules.scheme_data import scheme_named

AUGUST, DECEMBER = date(2024, 8, 1), date(2024, 12, 1)
REGIONS = ("01", "03", "04")


def payments(scheme: Scheme, component: str, month: date, amounts: list[int]) -> pl.DataFrame:
    """`payouts.round_payments` of the three regions."""
    rows = [
        {
            "month": month,
            "scheme": scheme.name,
            "region_code": region,
            "component": component,
            "amount_sek": amount,
        }
        for region, amount in zip(REGIONS, amounts, strict=True)
    ]
    return RoundPayments.conform(pl.DataFrame(rows))


@pytest.mark.parametrize("case", cases("bonus_pots.csv"))
def test_pot_and_bonuses(case: Case) -> None:
    """The pot, what cannot be shared, what was overdrawn; both roundings (I-16)."""
    scheme = scheme_named("access-2024")
    amounts = [int(case[f"paid_{region}"]) for region in REGIONS]
    paid = pl.concat(
        [
            payments(scheme, "waiting_time", AUGUST, [amount // 3 for amount in amounts]),
            payments(
                scheme, "waiting_time", DECEMBER, [amount - amount // 3 for amount in amounts]
            ),
            payments(scheme, "general_grant", DECEMBER, [7, 7, 7]),
        ]
    )
    pots = bonus_pots(scheme, paid, paid, [AUGUST, DECEMBER])
    assert pots.to_dicts() == [
        {
            "month": DECEMBER,
            "scheme": "access-2024",
            "pot": "waiting_time",
            "fund_sek": 450_000_000,
            "paid_sek": sum(amounts),
            **{name: int(case[name]) for name in ("pot_sek", "undistributed_sek", "overdrawn_sek")},
        }
    ]
    for reading, prefix in (("largest_remainder", "bonus"), ("half_up", "half_up")):
        shares = bonuses(scheme.read_as(rounding_of_bonuses=reading), pots, paid)
        expected = [int(case[f"{prefix}_{region}"]) for region in REGIONS]
        assert shares.equals(payments(scheme, "bonus_waiting_time", DECEMBER, expected))


def test_each_pot_is_for_itself() -> None:
    """One pot that nobody can share does not keep the other from being shared."""
    scheme = scheme_named("bup-2025")
    december = date(2025, 12, 1)
    paid = pl.concat(
        [
            payments(scheme, "waiting_time", december, [3, 2, 1]),
            payments(scheme, "first_visit_production", december, [0, 0, 0]),
        ]
    )
    pots = bonus_pots(scheme, paid, paid, [december])
    columns = ["pot", "fund_sek", "paid_sek", "pot_sek", "undistributed_sek", "overdrawn_sek"]
    assert pots.select(columns).rows() == [
        ("first_visit_production", 210_000_000, 0, 210_000_000, 210_000_000, 0),
        ("waiting_time", 630_000_000, 6, 629_999_994, 0, 0),
    ]
    shares = bonuses(scheme, pots, paid)
    by_component = shares.group_by("component").agg(pl.col("amount_sek").sum())
    assert set(by_component.rows()) == {
        ("bonus_first_visit_production", 0),
        ("bonus_waiting_time", 629_999_994),
    }
    assert shares.height == 6


def test_an_earlier_round_stands_as_it_was_decided() -> None:
    """The pot is what the recorded payments leave, whatever a new calculation would pay."""
    scheme = scheme_named("access-2024")
    final = payments(scheme, "waiting_time", DECEMBER, [100, 0, 0])
    for decided in ([50, 50, 0], [0, 0, 10]):
        paid = pl.concat([payments(scheme, "waiting_time", AUGUST, decided), final])
        pot = bonus_pots(scheme, paid, paid, [DECEMBER]).row(0, named=True)
        assert pot["paid_sek"] == 100 + sum(decided)
        shared = bonuses(scheme, bonus_pots(scheme, paid, paid, [DECEMBER]), paid)
        assert shared["amount_sek"].sum() == 450_000_000 - pot["paid_sek"]


def test_pots_close_in_the_last_payout_month_alone() -> None:
    """August closes nothing, and a scheme without pots has none."""
    scheme = scheme_named("access-2024")
    paid = payments(scheme, "waiting_time", AUGUST, [1, 1, 1])
    assert bonus_pots(scheme, paid, paid, [AUGUST]).is_empty()
    surgery = scheme_named("surgery-2025")
    nothing = RoundPayments.without_rows()
    pots = bonus_pots(surgery, nothing, nothing, [date(2025, 12, 1)])
    assert pots.is_empty()
    assert bonuses(surgery, pots, nothing).is_empty()


@pytest.mark.parametrize(
    ("scheme", "component", "fund"),
    [
        ("access-2024", "waiting_time", 450_000_000),
        ("access-2024", "population_grant", 40_000_000),
        ("access-2024", "general_grant", 1_197_500_000),
        ("bup-2025", "waiting_time", 630_000_000),
        ("bup-2025", "first_visit_production", 210_000_000),
        ("bup-2026", "development_grant", 150_000_000),
        ("surgery-2025", "surgery", 507_500_000),
    ],
)
def test_funds(scheme: str, component: str, fund: int) -> None:
    """What each agreement sets aside."""
    assert component_fund(scheme_named(scheme), component) == fund


def test_a_component_without_fund_is_refused() -> None:
    """2024 set nothing aside for operations."""
    with pytest.raises(ValueError, match="access-2024 sets nothing aside for 'surgery'"):
        component_fund(scheme_named("access-2024"), "surgery")
