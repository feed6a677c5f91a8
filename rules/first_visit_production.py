"""New-visit production: first visits completed against those added to the list, by period.

Source: SKR, requirements of block 2; interpretations I-1, I-6, I-7 and I-15.
"""

from datetime import date
from decimal import Decimal

import polars as pl

from rules.exact import divided_half_up, percentage, wide, with_decimals
from rules.levels import exact_level, rounded_level
from rules.parameters import Period, Production
from rules.scheme import Scheme
from schemas.performance import FirstVisitProduction

COMPONENT = "first_visit_production"
FULL_LEVEL = 100


def first_visit_production(
    scheme: Scheme,
    observed: pl.DataFrame,
    reserves: pl.DataFrame,
    regions: list[str],
    months: list[date],
) -> pl.DataFrame:
    """The running result of each month's period, from its start to the month.

    Args:
        scheme: a scheme with a new-visit requirement.
        observed: `observed.waiting_times` of the periods' months to date.
        reserves: `payouts.reserves` of the periods.
        regions: codes of the register; each gets a row.
        months: first days of measured months.

    Returns:
        `performance.first_visit_production`; earned kronor exact, final in a period's last month.

    Raises:
        ValueError: if the scheme has no such requirement, or a period's reserve lacks.
    """
    rule = scheme.first_visit_production
    if rule is None:
        raise ValueError(f"{scheme.name} has no new-visit requirement")
    first_visits = observed.filter(pl.col("measure") == rule.measure)
    rows = []
    for month in months:
        found = rule.period_of(month)
        if found is None:
            raise ValueError(f"{scheme.name}: {month} lies in no period")
        number, period = found
        sums = _sums(first_visits, regions, period, month)
        assessed = _assessed(sums, rule.production.at(month), scheme.reading("band_gaps"))
        rows.append(
            assessed.with_columns(
                month=pl.lit(month),
                scheme=pl.lit(scheme.name),
                period=pl.lit(number),
                is_final=pl.lit(month == period.last),
                period_from=pl.lit(period.first),
            )
        )
    if not rows:
        return FirstVisitProduction.without_rows()
    of_periods = reserves.filter(pl.col("component") == COMPONENT)
    joined = pl.concat(rows).join(
        of_periods.select("scheme", "region_code", "reserved_sek", period_from="month"),
        on=["scheme", "region_code", "period_from"],
        how="left",
    )
    if joined["reserved_sek"].null_count():
        raise ValueError(f"{scheme.name}: a period's reserve lacks")
    earned = with_decimals(wide(pl.col("level_pct")) * pl.col("reserved_sek"), 18, 2)
    return FirstVisitProduction.conform(joined.with_columns(earned_sek=earned))


def _sums(
    first_visits: pl.DataFrame, regions: list[str], period: Period, month: date
) -> pl.DataFrame:
    """Sums to date over the months reported, and how many of the months were."""
    months_to_date = [each for each in period.months() if each <= month]
    reported = first_visits.filter(
        pl.col("month").is_in(months_to_date)
        & pl.col("completed").is_not_null()
        & pl.col("waiting_within_30").is_not_null()
    )
    sums = reported.group_by("region_code").agg(
        completed_to_date=pl.col("completed").sum(),
        added_to_date=pl.col("waiting_within_30").sum(),
        months_reported=pl.len(),
    )
    return (
        pl.DataFrame({"region_code": regions}, schema={"region_code": pl.String})
        .join(sums, on="region_code", how="left")
        .with_columns(pl.exclude("region_code").fill_null(0))
        .with_columns(is_complete=pl.col("months_reported") == len(months_to_date))
    )


def _assessed(sums: pl.DataFrame, production: Production, reading: str) -> pl.DataFrame:
    completed, added = pl.col("completed_to_date"), pl.col("added_to_date")
    bands = production.levels
    in_units = divided_half_up(wide(completed) * 100 * 10**bands.decimals, added)
    by_ratio = (
        exact_level(wide(completed) * 100, added, bands)
        if reading == "exact"
        else rounded_level(in_units, bands)
    )
    level = (
        pl.when(~pl.col("is_complete"))
        .then(0)
        .when((added == 0) & (completed > 0))
        .then(FULL_LEVEL)
        .when((added == 0) | _falls_short(completed, added, production.minimum_pct))
        .then(0)
        .otherwise(by_ratio)
    )
    status = (
        pl.when(~pl.col("is_complete"))
        .then(pl.lit("incomplete"))
        .when((added == 0) & (completed == 0))
        .then(pl.lit("no_activity"))
        .otherwise(pl.lit("ok"))
    )
    return sums.select(
        "region_code",
        "completed_to_date",
        "added_to_date",
        ratio_pct=with_decimals(percentage(completed, added, 1), 18, 1),
        level_pct=level.cast(pl.Int64),
        status=status,
    )


def _falls_short(completed: pl.Expr, added: pl.Expr, minimum_pct: Decimal) -> pl.Expr:
    """Whether completed is below the minimum per cent of added, by exact counts."""
    numerator, denominator = minimum_pct.as_integer_ratio()
    return wide(completed) * 100 * denominator < wide(added) * numerator
