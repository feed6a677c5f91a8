"""Reserves, round payments, bonus pots, payout lines and payouts (sections 3.1 to 3.5)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from .apportionment import apportion, half_up
from .model import Inputs, Readings
from .parameters import MEASURES, Grant, Scheme
from .tables import (
    AmountLine,
    BonusPot,
    Payout,
    ProductionPerformance,
    Reserve,
    SurgeriesPerformance,
    WaitingTimesPerformance,
)


@dataclass(frozen=True)
class Performances:
    """What the payments rest on."""

    waiting_times: Sequence[WaitingTimesPerformance]
    first_visit_production: Sequence[ProductionPerformance]
    surgeries: Sequence[SurgeriesPerformance]


def grant_amounts(grant: Grant, inputs: Inputs) -> dict[str, int]:
    """Section 3.4 and the population grants: a sum to each region, the rest by population."""
    weights = inputs.population if grant.population == "0-18" else inputs.population_all
    rest = grant.amount - grant.to_each_region * len(inputs.regions)
    by_population = apportion(rest, weights, grant.method)
    return {region: grant.to_each_region + by_population[region] for region in inputs.regions}


def reserves(scheme: Scheme, inputs: Inputs) -> list[Reserve]:
    """Return every reserve: months, periods, grants and caps."""
    rows = []
    name = scheme.name
    if scheme.rounds:
        by_month = apportion(scheme.monthly_reserve, inputs.population)
        rows += [
            Reserve(name, region, "waiting_time", measure, month, month, by_month[region])
            for month in scheme.months
            for region in inputs.regions
            for measure in MEASURES
        ]
    if scheme.production_fund is not None:
        for period in scheme.rounds:
            by_period = apportion(scheme.period_reserve(period), inputs.population)
            first, last = period.months[0], period.months[-1]
            rows += [
                Reserve(name, region, "first_visit_production", "", first, last, by_period[region])
                for region in inputs.regions
            ]
    for grant in scheme.grants:
        paid_in = grant.payout_month
        rows += [
            Reserve(name, region, grant.component, "", paid_in, paid_in, amount)
            for region, amount in grant_amounts(grant, inputs).items()
        ]
    if scheme.surgery is not None:
        first, last = scheme.surgery.months[0], scheme.surgery.months[-1]
        rows += [
            Reserve(name, region, "surgery", "", first, last, inputs.caps[region])
            for region in inputs.regions
        ]
    return rows


def waiting_time_payment(earned: Sequence[Fraction], readings: Readings) -> int:
    """Section 3.1: half-up of the sum of all earned (I-12: or of each month and measure)."""
    if readings.earned_rounding == "per_month_and_measure":
        return sum(half_up(amount) for amount in earned)
    return half_up(sum(earned, Fraction(0)))


def calculated_payments(
    scheme: Scheme, inputs: Inputs, performances: Performances, readings: Readings
) -> list[AmountLine]:
    """Return the payments of every payout month but the bonuses, as calculated."""
    rows = []
    name = scheme.name
    for round_ in scheme.rounds:
        for region in inputs.regions:
            earned = [
                row.earned_sek
                for row in performances.waiting_times
                if row.region_code == region and row.month in round_.months
            ]
            amount = waiting_time_payment(earned, readings)
            rows.append(AmountLine(round_.payout_month, name, region, "waiting_time", amount))
        rows += [
            AmountLine(
                round_.payout_month,
                name,
                row.region_code,
                "first_visit_production",
                half_up(row.earned_sek),
            )
            for row in performances.first_visit_production
            if row.is_final and row.month in round_.months
        ]
    for grant in scheme.grants:
        rows += [
            AmountLine(
                grant.payout_month,
                name,
                region,
                grant.component,
                0 if region in grant.regions_not_passed else amount,
            )
            for region, amount in grant_amounts(grant, inputs).items()
        ]
    if scheme.surgery is not None:
        for region in inputs.regions:
            thirds = sum(
                row.earned_thirds_sek
                for row in performances.surgeries
                if row.is_final and row.region_code == region
            )
            amount = min(half_up(Fraction(thirds, 3)), inputs.caps[region])
            rows.append(AmountLine(scheme.surgery.payout_month, name, region, "surgery", amount))
    return rows


def round_payments(
    scheme: Scheme, inputs: Inputs, performances: Performances, readings: Readings
) -> list[AmountLine]:
    """Section 3.3: an earlier round stands at its decided amounts, where any are recorded."""
    final = final_payout_month(scheme)
    rows = calculated_payments(scheme, inputs, performances, readings)
    return sorted(
        row
        if row.month == final
        else row._replace(
            amount_sek=inputs.decided.get(
                (row.month, row.region_code, row.component), row.amount_sek
            )
        )
        for row in rows
    )


def final_payout_month(scheme: Scheme) -> tuple[int, int]:
    """Return the payout month of the last round, or of surgery."""
    if scheme.surgery is not None:
        return scheme.surgery.payout_month
    return scheme.rounds[-1].payout_month


def bonus(
    fund: int, paid: Mapping[str, int], counted: Mapping[str, int], readings: Readings
) -> tuple[dict[str, int], dict[str, int]]:
    """Section 3.3: a pot's columns, and each region's bonus.

    The pot is the fund less everything paid, not below 0. It is apportioned by what counts of what
    each was paid; if nothing does it stays undistributed.
    """
    sum_paid = sum(paid.values())
    pot = max(fund - sum_paid, 0)
    bonuses = dict.fromkeys(paid, 0)
    if any(counted.values()):
        bonuses = apportion(pot, counted, readings.bonus_rounding)
    columns = {
        "fund_sek": fund,
        "paid_sek": sum_paid,
        "pot_sek": pot,
        "undistributed_sek": 0 if any(counted.values()) else pot,
        "overdrawn_sek": max(sum_paid - fund, 0),
    }
    return columns, bonuses


def bonus_pots(
    scheme: Scheme, inputs: Inputs, payments: Sequence[AmountLine], readings: Readings
) -> tuple[list[BonusPot], list[AmountLine]]:
    """Section 3.3: the pots of the final payout month, and the bonuses out of them."""
    pots = []
    bonuses = []
    final = final_payout_month(scheme)
    for component, fund in scheme.bonus_funds.items():
        paid = dict.fromkeys(inputs.regions, 0)
        for payment in payments:
            if payment.component == component:
                paid[payment.region_code] += payment.amount_sek
        counted = dict(paid)
        if readings.months_by_population == "left_out":
            for reserve in reserves(scheme, inputs):
                if reserve.component == component and scheme.is_by_population(
                    component, reserve.month
                ):
                    counted[reserve.region_code] -= reserve.reserved_sek
        counted = {region: max(amount, 0) for region, amount in counted.items()}
        columns, of_regions = bonus(fund, paid, counted, readings)
        pots.append(BonusPot(month=final, scheme=scheme.name, pot=component, **columns))
        bonuses += [
            AmountLine(final, scheme.name, region, f"bonus_{component}", amount)
            for region, amount in of_regions.items()
        ]
    return pots, bonuses


def payouts(lines: Sequence[AmountLine]) -> list[Payout]:
    """Return the sum of the lines per payout month and region."""
    sums: defaultdict[tuple[tuple[int, int], str, str], int] = defaultdict(int)
    for line in lines:
        sums[line.month, line.scheme, line.region_code] += line.amount_sek
    return [Payout(*key, amount) for key, amount in sorted(sums.items())]
