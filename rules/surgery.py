"""Operations by a region's residents against the mean of three years.

Source: S2025, annexes 1 and 2; interpretations I-8 and I-13. A year's counts are kept as sums and
thirds of a krona, so the mean is never rounded.
"""

from datetime import date

import polars as pl

from rules.exact import divided_half_up, percentage, wide, with_decimals
from rules.parameters import Surgery
from rules.scheme import Scheme
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance

COMPONENT = "surgery"
THIRDS = 3
PLACES = ["home", "other", "private"]


def surgery_performance(
    scheme: Scheme, observed: pl.DataFrame, regions: list[str], months: list[date]
) -> pl.DataFrame:
    """Operations since the first month measured, against last year and the baseline years.

    Args:
        scheme: a scheme with a surgery requirement.
        observed: `observed.surgeries` of this year's, last year's and the baseline years' months.
        regions: codes of the register; each gets a row a procedure.
        months: first days of measured months.

    Returns:
        `performance.surgeries`; earned in thirds of a krona, before the cap.

    Raises:
        ValueError: if the scheme has no surgery requirement.
    """
    rule = _rule(scheme)
    rows = [
        _of_month(scheme, rule, observed, regions, month).with_columns(
            month=pl.lit(month),
            scheme=pl.lit(scheme.name),
            is_final=pl.lit(month == scheme.identity.measured_to),
        )
        for month in months
    ]
    return (
        SurgeryPerformance.conform(pl.concat(rows)) if rows else SurgeryPerformance.without_rows()
    )


def surgery_followup(
    scheme: Scheme, observed: pl.DataFrame, regions: list[str], months: list[date]
) -> pl.DataFrame:
    """The follow-up by place, per region and for the country, over the counts that are known.

    Arguments and errors as for `surgery_performance`.

    Returns:
        `performance.surgery_followup`; the country's row has region code `00`.
    """
    rule = _rule(scheme)
    place = (
        pl.when(pl.col("provider_type") == "private")
        .then(pl.lit("private"))
        .when(pl.col("performing_region_code") == pl.col("home_region_code"))
        .then(pl.lit("home"))
        .otherwise(pl.lit("other"))
    )
    placed = observed.with_columns(place=place)
    rows = []
    for month in months:
        by_region = _sums(scheme, rule, placed, _grid(rule, regions, PLACES), month)
        country = (
            by_region.group_by("procedure", "place")
            .agg(pl.col(name).sum() for name in _SUMS)
            .select(pl.lit(COUNTRY_CODE).alias("region_code"), "procedure", "place", *_SUMS)
        )
        rows.append(
            pl.concat([by_region.select(country.columns), country]).with_columns(
                month=pl.lit(month), scheme=pl.lit(scheme.name)
            )
        )
    return SurgeryFollowup.conform(pl.concat(rows)) if rows else SurgeryFollowup.without_rows()


def surgery_caps(scheme: Scheme, performance: pl.DataFrame, reserves: pl.DataFrame) -> pl.DataFrame:
    """What each region has earned so far, half-up to whole kronor once, at most its cap.

    Args:
        scheme: a scheme with a surgery requirement.
        performance: `performance.surgeries`, any months.
        reserves: `payouts.reserves` with the caps.

    Returns:
        `performance.surgery_caps`, a row a month and region of `performance`.
    """
    caps = reserves.filter(pl.col("component") == COMPONENT)
    earned = (
        performance.filter(pl.col("scheme") == scheme.name)
        .group_by("month", "scheme", "region_code", "is_final")
        .agg(thirds=wide(pl.col("earned_thirds_sek")).sum())
        .join(
            caps.select("scheme", "region_code", cap_sek="reserved_sek"),
            on=["scheme", "region_code"],
            how="left",
        )
        .with_columns(
            earned_sek=pl.min_horizontal(
                divided_half_up(pl.col("thirds"), pl.lit(THIRDS)), wide(pl.col("cap_sek"))
            )
        )
    )
    share = with_decimals(percentage(pl.col("earned_sek"), pl.col("cap_sek"), 4), 7, 4)
    return SurgeryCaps.conform(earned.with_columns(share_of_cap_pct=share))


_SUMS = ["operations_to_date", "last_year_to_date", "baseline_sum_to_date"]


def _rule(scheme: Scheme) -> Surgery:
    if scheme.surgery is None:
        raise ValueError(f"{scheme.name} has no surgery requirement")
    return scheme.surgery


def _grid(rule: Surgery, regions: list[str], places: list[str] | None = None) -> pl.DataFrame:
    grid = pl.DataFrame({"region_code": regions}, schema={"region_code": pl.String}).join(
        pl.DataFrame({"procedure": rule.procedures()}), how="cross"
    )
    return grid if places is None else grid.join(pl.DataFrame({"place": places}), how="cross")


def _months_of(scheme: Scheme, month: date, year: int) -> list[date]:
    """The months measured up to `month`, moved to the year."""
    shift = year - month.year
    return [
        each.replace(year=each.year + shift) for each in scheme.measured_months if each <= month
    ]


def _sums(
    scheme: Scheme, rule: Surgery, observed: pl.DataFrame, grid: pl.DataFrame, month: date
) -> pl.DataFrame:
    """The grid with operations to date this year, last year, and in the baseline years together."""
    years = rule.baseline_years.at(month)
    spans = {
        "operations_to_date": _months_of(scheme, month, month.year),
        "last_year_to_date": _months_of(scheme, month, month.year - 1),
        "baseline_sum_to_date": [
            each for year in years for each in _months_of(scheme, month, year)
        ],
    }
    key = grid.columns
    named = observed.rename({"home_region_code": "region_code"})
    for name, span in spans.items():
        sums = (
            named.filter(pl.col("month").is_in(span))
            .group_by(key)
            .agg(pl.col("operations").sum().alias(name))
        )
        grid = grid.join(sums, on=key, how="left").with_columns(pl.col(name).fill_null(0))
    return grid


def _of_month(
    scheme: Scheme, rule: Surgery, observed: pl.DataFrame, regions: list[str], month: date
) -> pl.DataFrame:
    sums = _sums(scheme, rule, observed, _grid(rule, regions), month)
    needed = [
        *_months_of(scheme, month, month.year),
        *(
            each
            for year in rule.baseline_years.at(month)
            for each in _months_of(scheme, month, year)
        ),
    ]
    gaps = _gaps(observed, regions, rule.procedures(), needed)
    prices = pl.DataFrame(
        {
            "procedure": rule.procedures(),
            "price": [price.at(month) for price in rule.price.values()],
        }
    )
    thirds = THIRDS * pl.col("operations_to_date") - pl.col("baseline_sum_to_date")
    if scheme.reading("baseline_mean") == "whole_operations":
        thirds = thirds // THIRDS * THIRDS
    is_complete = pl.col("gap").is_null()
    return (
        sums.join(prices, on="procedure")
        .join(gaps, on=["region_code", "procedure"], how="left")
        .with_columns(
            earned_thirds_sek=pl.when(is_complete & (thirds > 0))
            .then(wide(thirds) * pl.col("price"))
            .otherwise(0),
            status=pl.when(is_complete).then(pl.lit("ok")).otherwise(pl.lit("incomplete")),
        )
    )


def _gaps(
    observed: pl.DataFrame, regions: list[str], procedures: list[str], needed: list[date]
) -> pl.DataFrame:
    """Regions and procedures that lack a month, or have a count not available (I-13)."""
    wanted = pl.DataFrame({"region_code": regions}, schema={"region_code": pl.String}).join(
        pl.DataFrame({"month": sorted(set(needed))}, schema={"month": pl.Date}), how="cross"
    )
    present = observed.select("month", region_code="home_region_code").unique()
    absent = (
        wanted.join(present, on=["region_code", "month"], how="anti")
        .select("region_code")
        .unique()
        .join(pl.DataFrame({"procedure": procedures}), how="cross")
    )
    unavailable = observed.filter(
        pl.col("operations").is_null() & pl.col("month").is_in(needed)
    ).select("procedure", region_code="home_region_code")
    return (
        pl.concat([absent, unavailable.select(absent.columns)])
        .unique()
        .with_columns(gap=pl.lit(True))
    )
