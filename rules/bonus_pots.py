"""Bonus pots: what is not paid in the rounds, shared by what each region was paid.

For each pot, to the krona: paid + bonus + undistributed - overdrawn = fund.
Source: SKR, block 2; D2024, annex; interpretations I-16 and I-19.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from fractions import Fraction

import polars as pl

from rules.apportionment import apportion
from rules.parameters import Apportionment, BonusPot
from rules.scheme import Scheme
from schemas.components import BONUS
from schemas.payouts import BonusPots, RoundPayments


def left_out(scheme: Scheme) -> Mapping[str, list[date]]:
    """By component, the months that are paid by population and count in no pot's key (I-19)."""
    if not scheme.amended or scheme.reading("months_by_population") == "count":
        return {}
    return {
        name: [
            month for month in sorted(each.reserved_months(scheme)) if each.is_by_population(month)
        ]
        for name, each in scheme.amended.items()
    }


def counting(scheme: Scheme, payments: pl.DataFrame, reserves: pl.DataFrame) -> pl.DataFrame:
    """The round payments, and against them the reserves paid by population that do not count (I-19).

    Args:
        scheme: whose pots.
        payments: `payouts.round_payments` of the whole year.
        reserves: `payouts.reserves`; looked at where months are left out.

    Returns:
        region_code, scheme, component, amount_sek: their sums are what pots are shared by.
    """
    columns = ["scheme", "region_code", "component", "amount_sek"]
    months = [(name, month) for name, of in left_out(scheme).items() for month in of]
    named = pl.DataFrame(months, {"component": pl.String, "month": pl.Date}, orient="row")
    paid = reserves.filter(scheme=scheme.name).join(named, on=named.columns, how="semi")
    against = paid.with_columns(amount_sek=-pl.col("reserved_sek"))
    return pl.concat([payments.select(columns), against.select(columns)])


def bonus_pots(
    scheme: Scheme, payments: pl.DataFrame, counted: pl.DataFrame, months: Sequence[date]
) -> pl.DataFrame:
    """How each pot closed: of `payouts.round_payments` of the whole year, and what of them `counting` counts.

    Returns:
        `payouts.bonus_pots`, in whole kronor; no row if the last payout month, where they close, is not asked for.
    """
    closing = scheme.payouts[-1].month
    if closing not in months or not scheme.pots:
        return BonusPots.without_rows()
    rows = []
    for pot in scheme.pots:
        paid = sum(_paid(scheme, pot, payments)["weight"])
        shared_by = sum(_paid(scheme, pot, counted)["weight"])
        fund = fund_of(scheme, pot)
        left = max(fund - paid, 0)
        rows.append(
            {
                "month": closing,
                "scheme": scheme.name,
                "pot": pot.name,
                "fund_sek": fund,
                "paid_sek": paid,
                "pot_sek": left,
                "undistributed_sek": left if shared_by == 0 else 0,
                "overdrawn_sek": max(paid - fund, 0),
            }
        )
    return BonusPots.conform(pl.DataFrame(rows))


def bonuses(scheme: Scheme, pots: pl.DataFrame, counted: pl.DataFrame) -> pl.DataFrame:
    """Each region's share of each of `payouts.bonus_pots`, by what `counting` counts of the year's round payments.

    Returns:
        The columns of `payouts.round_payments`, the component being `bonus_` and the pot's name.
    """
    if not scheme.pots:
        return RoundPayments.without_rows()
    method: Apportionment = (
        "half_up_residual_on_largest"
        if scheme.reading("rounding_of_bonuses") == "half_up"
        else "largest_remainder"
    )
    rows = []
    for pot in scheme.pots:
        closed = pots.filter((pl.col("pot") == pot.name) & (pl.col("scheme") == scheme.name))
        for month, share in closed.select(
            "month", pl.col("pot_sek") - pl.col("undistributed_sek")
        ).iter_rows():
            weights = _paid(scheme, pot, counted)
            amounts = (
                apportion(Fraction(share), weights, method)
                if share
                else weights.select("region_code", amount_sek=pl.lit(0, pl.Int64))
            )
            rows.append(
                amounts.with_columns(
                    month=pl.lit(month),
                    scheme=pl.lit(scheme.name),
                    component=pl.lit(f"{BONUS}{pot.name}"),
                )
            )
    return RoundPayments.conform(pl.concat(rows)) if rows else RoundPayments.without_rows()


def fund_of(scheme: Scheme, pot: BonusPot) -> int:
    """The kronor set aside for the pot's components, as of the last payout month."""
    return sum(component_fund(scheme, component) for component in pot.components)


def component_fund(scheme: Scheme, component: str) -> int:
    """The kronor set aside for a component, as of the last payout month.

    Raises:
        ValueError: if the scheme has no such component.
    """
    if component not in scheme.requirements:
        raise ValueError(f"{scheme.name} sets nothing aside for '{component}'")
    return scheme.requirements[component].fund_at(scheme.payout_months[-1])


def _paid(scheme: Scheme, pot: BonusPot, payments: pl.DataFrame) -> pl.DataFrame:
    """region_code and weight: what each region was paid of the pot's components in the rounds.

    At least 0: a decision may have given less than what an amendment pays.
    """
    of_pot = payments.filter(
        pl.col("component").is_in(pot.components) & (pl.col("scheme") == scheme.name)
    )
    sums = of_pot.group_by("region_code").agg(weight=pl.col("amount_sek").sum().clip(0))
    return sums.sort("region_code")
