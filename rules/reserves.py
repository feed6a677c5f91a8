"""Reserves: what each region can earn of a fund, by month, by period, or at once.

Source: T2025, tables 1 and 2; D2024, annex, table 1; S2025, annex 2; rules on apportionment.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from rules.scheme import Scheme
from rules.step import Need, Step
from schemas.observed import Population
from schemas.payouts import Reserves


def reserves_step(scheme: Scheme) -> Step:
    """The reserves that begin in each month."""
    bases = {
        base.reference_month for each in scheme.requirements.values() for base in each.populations()
    }
    return Step(
        scheme,
        Reserves,
        tuple(
            sorted(
                {
                    month
                    for each in scheme.requirements.values()
                    for month in each.reserved_months(scheme)
                    if each.is_reservable(month)
                }
            )
        ),
        # A scheme whose reserves are caps alone rests on no population.
        (Need(Population, lambda _month: sorted(bases)),) if bases else (),
        lambda inputs, months: reserves(
            scheme, inputs.get(Population, Population.without_rows()), months
        ),
        "Each fund's part for the month or period, shared out by population in whole kronor; "
        "grants and caps as they are decided.",
    )


def reserves(scheme: Scheme, population: pl.DataFrame, months: Sequence[date]) -> pl.DataFrame:
    """The reserves whose first month is one of `months`; of `observed.population` the reference months are looked at.

    Returns:
        `payouts.reserves`, in whole kronor, a row for each of the scheme's regions and reserves.

    Raises:
        PopulationMissingError: if a region has no figure for a reference month.
        ValueError: if a region has no cap.
    """
    rows = [
        reserve.amounts.select(
            month=pl.lit(month),
            scheme=pl.lit(scheme.name),
            region_code="region_code",
            component=pl.lit(component),
            measure=pl.lit(reserve.measure),
            month_to=pl.lit(reserve.month_to),
            reserved_sek="amount_sek",
        )
        for month in months
        for component, requirement in scheme.requirements.items()
        if month in requirement.reserved_months(scheme) and requirement.is_reservable(month)
        for reserve in requirement.reserves(scheme, population, month)
    ]
    return Reserves.conform(pl.concat(rows)) if rows else Reserves.without_rows()
