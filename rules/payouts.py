"""From performance to money: round payments, lines with bonuses, and what each region is paid.

Source: SKR, block 2; D2024, annex; S2025, annex 1; interpretations I-12 and I-16.
"""

from datetime import date

import polars as pl

from rules.exact import in_last_decimal, wide
from rules.parameters import Payout
from rules.scheme import Scheme
from schemas.payouts import PayoutLines, Payouts, RoundPayments

BONUS = "bonus_"


def round_payments(
    scheme: Scheme,
    reserves: pl.DataFrame,
    performance: dict[str, pl.DataFrame],
    regions: list[str],
    months: list[date],
) -> pl.DataFrame:
    """What each payout month pays before bonuses.

    Args:
        scheme: whose payouts.
        reserves: `payouts.reserves` of the payout months, for grants.
        performance: by component: `performance.waiting_times` of the rounds' months as
            `waiting_time`, `performance.first_visit_production` of their last months as
            `first_visit_production`, `performance.surgery_caps` of the last month as `surgery`;
            only those that the scheme has.
        regions: codes of the register; each gets a row a component.
        months: first days of payout months; others are passed over.

    Returns:
        `payouts.round_payments`, in whole kronor; 0 where nothing was earned.
    """
    rows = [
        _in_full(_amounts(scheme, payout, component, reserves, performance), regions).select(
            month=pl.lit(payout.month),
            scheme=pl.lit(scheme.name),
            region_code="region_code",
            component=pl.lit(component),
            amount_sek="amount_sek",
        )
        for payout in scheme.payouts
        if payout.month in months
        for component in payout.components
        if not component.startswith(BONUS)
    ]
    return RoundPayments.conform(pl.concat(rows)) if rows else RoundPayments.without_rows()


def payout_lines(payments: pl.DataFrame, bonuses: pl.DataFrame, months: list[date]) -> pl.DataFrame:
    """Every component of the payouts of `months`: the round's payments and the bonuses.

    Args:
        payments: `payouts.round_payments`.
        bonuses: of the same columns, from `rules.bonus_pots.bonuses`.
        months: first days of payout months.

    Returns:
        `payouts.payout_lines`, in whole kronor.
    """
    lines = pl.concat([payments, bonuses]).filter(pl.col("month").is_in(months))
    return PayoutLines.conform(lines)


def payouts(lines: pl.DataFrame) -> pl.DataFrame:
    """What each region is paid: the sum of its lines. Takes and returns tables of `payouts`."""
    sums = lines.group_by("month", "scheme", "region_code").agg(pl.col("amount_sek").sum())
    return Payouts.conform(sums)


def _amounts(
    scheme: Scheme,
    payout: Payout,
    component: str,
    reserves: pl.DataFrame,
    performance: dict[str, pl.DataFrame],
) -> pl.DataFrame:
    """region_code and amount_sek of one component of a payout."""
    if component == "waiting_time":
        of_round = performance[component].filter(pl.col("month").is_in(payout.round_months()))
        return _rounded_sum(of_round, scheme.reading("rounding_of_earned"))
    if component == "first_visit_production":
        final = pl.col("is_final") & pl.col("month").is_in(payout.round_months())
        return _rounded_sum(performance[component].filter(final), "per_round_and_region")
    if component == "surgery":
        final = pl.col("is_final") & pl.col("month").is_in(payout.round_months())
        return performance[component].filter(final).select("region_code", amount_sek="earned_sek")
    return _granted(scheme, payout, component, reserves)


def _rounded_sum(performance: pl.DataFrame, reading: str) -> pl.DataFrame:
    """Earned kronor by region, rounded half-up: each amount first, or only their sum."""
    hundredths = in_last_decimal(pl.col("earned_sek"), 2)
    if reading == "per_month_and_measure":
        amount = _whole_kronor(hundredths).sum()
    else:
        amount = _whole_kronor(hundredths.sum())
    return performance.group_by("region_code").agg(amount_sek=amount.cast(pl.Int64))


def _whole_kronor(hundredths: pl.Expr) -> pl.Expr:
    return (wide(hundredths) + 50) // 100


def _granted(
    scheme: Scheme, payout: Payout, component: str, reserves: pl.DataFrame
) -> pl.DataFrame:
    """The grant's reserves, 0 for a region that does not pass its condition."""
    grant = scheme.grants[component]
    of_grant = reserves.filter(
        (pl.col("component") == component) & (pl.col("month") == payout.month)
    )
    amount = pl.col("reserved_sek")
    if grant.qualified:
        qualified = grant.qualified.at(payout.month)
        amount = pl.when(pl.col("region_code").is_in(qualified)).then(amount)
    return of_grant.select("region_code", amount_sek=amount.fill_null(0))


def _in_full(amounts: pl.DataFrame, regions: list[str]) -> pl.DataFrame:
    """A row for each region of the register, 0 where there was none."""
    register = pl.DataFrame({"region_code": regions}, schema={"region_code": pl.String})
    return register.join(amounts, on="region_code", how="left").with_columns(
        pl.col("amount_sek").fill_null(0)
    )
