"""Reserves: what each region can earn of a fund, by month, by period, or at once.

Source: T2025, tables 1 and 2; D2024, annex, table 1; S2025, annex 2; rules on apportionment.
"""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

import polars as pl

from rules.apportionment import apportion
from rules.parameters import FirstVisitProduction, Grant, PopulationBase, Surgery, WaitingTime
from rules.scheme import Scheme
from schemas.months import month_key
from schemas.payouts import Reserves


class PopulationMissingError(LookupError):
    """The population that a scheme's shares rest on was not delivered, or not for every region."""

    def __init__(self, base: PopulationBase, regions: list[str]) -> None:
        """Keep what lacks; `regions` are the codes without a figure."""
        self.base = base
        self.regions = regions
        super().__init__(
            f"population {base.age_group} of {month_key(base.reference_month)}-01 lacks for "
            f"regions {', '.join(regions)}"
        )


def reserves(
    scheme: Scheme, population: pl.DataFrame, regions: list[str], months: list[date]
) -> pl.DataFrame:
    """The reserves whose first month is one of `months`.

    Args:
        scheme: whose funds are reserved.
        population: `observed.population`, or any part of it with the reference months.
        regions: codes of the register; each gets a row for every reserve.
        months: first days of months.

    Returns:
        `payouts.reserves`, in whole kronor.

    Raises:
        PopulationMissingError: if a region has no figure for a reference month.
        ValueError: if a region has no cap.
    """
    rows = [
        frame.select(
            month=pl.lit(month),
            scheme=pl.lit(scheme.name),
            region_code="region_code",
            component=pl.lit(component),
            measure=pl.lit(measure),
            month_to=pl.lit(month_to),
            reserved_sek="amount_sek",
        )
        for month in months
        for component, measure, month_to, frame in _starting(scheme, population, regions, month)
    ]
    return Reserves.conform(pl.concat(rows)) if rows else Reserves.without_rows()


def weights(population: pl.DataFrame, base: PopulationBase, regions: list[str]) -> pl.DataFrame:
    """The population that shares rest on: region_code, weight (persons), a row for each region.

    Raises:
        PopulationMissingError: if a region has no figure.
    """
    figures = population.filter(
        (pl.col("month") == base.reference_month) & (pl.col("age_group") == base.age_group)
    )
    found = pl.DataFrame({"region_code": regions}, schema={"region_code": pl.String}).join(
        figures.select("region_code", weight="population"), on="region_code", how="left"
    )
    missing = found.filter(pl.col("weight").is_null())["region_code"].to_list()
    if missing:
        raise PopulationMissingError(base, missing)
    return found


def fund_share(fund: int, months: int, months_measured: int) -> Fraction:
    """The fund's part for some of the months measured, exact."""
    return Fraction(fund * months, months_measured)


_Reserve = tuple[str, str, date, pl.DataFrame]


def _starting(
    scheme: Scheme, population: pl.DataFrame, regions: list[str], month: date
) -> Iterator[_Reserve]:
    """Component, measure, last month and amounts of each reserve that begins in the month."""
    if scheme.waiting_time and month in scheme.measured_months:
        yield from _waiting_time(scheme, scheme.waiting_time, population, regions, month)
    if scheme.first_visit_production:
        yield from _production(scheme, scheme.first_visit_production, population, regions, month)
    if scheme.surgery and month == scheme.identity.measured_from:
        yield _caps(scheme, scheme.surgery, regions, month)
    payout = scheme.payout_of(month)
    for name, grant in scheme.grants.items():
        if payout and name in payout.components:
            yield name, "", month, _grant(grant, population, regions, month)


def _waiting_time(
    scheme: Scheme, rule: WaitingTime, population: pl.DataFrame, regions: list[str], month: date
) -> Iterator[_Reserve]:
    base = weights(population, rule.population.at(month), regions)
    for measure, fund in rule.fund.items():
        share = fund_share(fund.at(month), 1, len(scheme.measured_months))
        yield "waiting_time", measure, month, apportion(share, base, rule.apportionment.at(month))


def _production(
    scheme: Scheme,
    rule: FirstVisitProduction,
    population: pl.DataFrame,
    regions: list[str],
    month: date,
) -> Iterator[_Reserve]:
    for period in rule.period:
        if period.first == month:
            base = weights(population, rule.population.at(month), regions)
            share = fund_share(
                rule.fund.at(month), len(period.months()), len(scheme.measured_months)
            )
            amounts = apportion(share, base, rule.apportionment.at(month))
            yield "first_visit_production", "", period.last, amounts


def _caps(scheme: Scheme, rule: Surgery, regions: list[str], month: date) -> _Reserve:
    caps = rule.caps.at(month)
    if lacking := [code for code in regions if code not in caps]:
        raise ValueError(f"{scheme.name}: no cap is given for regions {', '.join(lacking)}")
    amounts = pl.DataFrame(
        {"region_code": regions, "amount_sek": [caps[code] for code in regions]},
        schema={"region_code": pl.String, "amount_sek": pl.Int64},
    )
    return "surgery", "", scheme.identity.measured_to, amounts


def _grant(grant: Grant, population: pl.DataFrame, regions: list[str], month: date) -> pl.DataFrame:
    """The grant shared out: 0 for a region that is not eligible, whose share the others have."""
    sharing = regions
    if grant.eligible:
        sharing = [code for code in regions if code in grant.eligible.at(month)]
    base = (
        weights(population, grant.population.at(month), sharing)
        if grant.population
        else pl.DataFrame({"region_code": sharing, "weight": [1] * len(sharing)})
    )
    fixed = grant.fixed_each.at(month) if grant.fixed_each else 0
    rest = Fraction(grant.fund.at(month) - fixed * len(sharing))
    if rest < 0:
        raise ValueError(f"{fixed} kr to each of {len(sharing)} regions is more than the fund")
    amounts = apportion(rest, base, grant.apportionment.at(month))
    register = pl.DataFrame({"region_code": regions}, schema={"region_code": pl.String})
    return register.join(
        amounts.with_columns(pl.col("amount_sek") + fixed), on="region_code", how="left"
    ).with_columns(pl.col("amount_sek").fill_null(0))
