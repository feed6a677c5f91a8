"""New-visit production: first visits completed against those added to the list, by period.

Source: SKR, requirements of block 2; interpretations I-1, I-6, I-7 and I-15.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from rules.exact import divided_half_up, percentage, wide, with_decimals
from rules.levels import exact_level, rounded_level
from rules.parameters import (
    Kronor,
    Measure,
    Parameter,
    Payout,
    Period,
    PopulationBase,
    Production,
    are_known,
)
from rules.requirement import FULL_LEVEL, Alternative, EarnedByLevel, Reserve, Rise
from rules.requirements.waiting_times import WaitingTime
from rules.rounding import rounded_sum
from rules.scheme import Scheme
from rules.step import Inputs, Need, Step
from rules.strict import Fault
from schemas.months import month_key
from schemas.observed import WaitingTimes
from schemas.payouts import Reserves
from schemas.performance import FirstVisitProductionPerformance
from schemas.table import MOST, Table


class FirstVisitProduction(EarnedByLevel):
    """The new-visit requirement: first visits completed against added, by period."""

    kind: ClassVar[str] = "first_visit_production"
    datasets: ClassVar[tuple[type[Table], ...]] = (WaitingTimes,)

    measure: Measure
    fund: Parameter[Kronor]
    population: Parameter[PopulationBase]
    production: Parameter[Production]
    period: Annotated[list[Period], Field(min_length=1)]

    def period_of(self, month: date) -> tuple[int, Period] | None:
        """The number, from 1, and the period that the month lies in; none outside them all."""
        for number, period in enumerate(self.period, start=1):
            if period.first <= month <= period.last:
                return number, period
        return None

    def to_date(self, month: date) -> list[date]:
        """The months of the period up to the month."""
        found = self.period_of(month)
        return [each for each in found[1].months() if each <= month] if found else []

    def fund_at(self, month: date) -> int:
        """The year's fund."""
        return self.fund.at(month)

    def thresholds(self) -> Collection[Parameter[Any]]:
        """Those of the ratio."""
        return (self.production,)

    def is_reservable(self, month: date) -> bool:
        """Whether the fund is known, and how it is shared."""
        return super().is_reservable(month) and are_known(month, self.fund)

    def reserved_months(self, scheme: Scheme) -> Collection[date]:
        """The first month of each period."""
        return [period.first for period in self.period]

    def reserves(self, scheme: Scheme, population: pl.DataFrame, month: date) -> Iterator[Reserve]:
        """The period's part of the fund, shared by population."""
        for period in self.period:
            if period.first == month:
                share = Fraction(
                    self.fund.at(month) * len(period.months()), len(scheme.measured_months)
                )
                yield Reserve(
                    period.last, "", self.shares(share, scheme.regions, population, month)
                )

    def steps(self, scheme: Scheme) -> Sequence[Step]:
        """The running result of each month's period."""

        def first(month: date) -> list[date]:
            return self.to_date(month)[:1]

        return [
            Step(
                scheme,
                FirstVisitProductionPerformance,
                tuple(
                    month
                    for month in scheme.measured_months
                    if self.has_level(month) and all(map(self.is_reservable, first(month)))
                ),
                (
                    Need(WaitingTimes, self.to_date),
                    Need(Reserves, first),
                ),
                lambda inputs, months: first_visit_production(
                    scheme, inputs[WaitingTimes], inputs[Reserves], months
                ),
                "First visits completed over the period so far, in per cent of those added to the "
                "list (each month-end's waiting 0-30 days); final in the period's last month. "
                "Source: SKR, prestationskrav, nybesöksproduktion.",
            )
        ]

    def alternatives(self, scheme: Scheme, month: date) -> Iterator[Alternative]:
        """More first visits, in a period of which every month was reported."""
        if not self.is_judged(month):
            return
        level = _level(self.production.at(month), scheme.reading("band_gaps"))
        yield Alternative(
            "production",
            FirstVisitProductionPerformance,
            pl.lit(self.measure),
            pl.when(pl.col("status") == "incomplete").then(0).otherwise(level),
            (Rise("patients_completed", "completed_to_date", pl.lit(MOST - 1)),),
        )

    def payment_need(self, scheme: Scheme) -> Need:
        """The result of the round's last month, which is its period's."""
        return Need(FirstVisitProductionPerformance, lambda month: scheme.round_months(month)[-1:])

    def payment(self, scheme: Scheme, payout: Payout, inputs: Inputs) -> pl.DataFrame:
        """What the round's period earned, half-up."""
        final = pl.col("is_final") & pl.col("month").is_in(payout.round_months())
        return rounded_sum(inputs[FirstVisitProductionPerformance].filter(final))

    def faults(self, scheme: Scheme) -> Iterator[Fault]:
        """Periods are the rounds, and count a measure that has a fund."""
        file = f"{self.component}.toml"
        rounds = [payout.round for payout in scheme.payouts if payout.round]
        if self.period != rounds:
            given, asked = (
                ", ".join(f"{month_key(each.first)} to {month_key(each.last)}" for each in spans)
                for spans in (self.period, rounds)
            )
            yield Fault(
                file,
                "period",
                f"{given}; the rounds of scheme.toml, which they must be, are {asked}",
            )
        waiting = scheme.find(WaitingTime)
        if waiting and self.measure not in waiting.fund:
            yield Fault(file, "measure", f"no fund of '{self.measure}' is known")


def first_visit_production(
    scheme: Scheme, observed: pl.DataFrame, reserves: pl.DataFrame, months: Sequence[date]
) -> pl.DataFrame:
    """The running result of each month's period, from its start to the month.

    Args:
        scheme: a scheme with a new-visit requirement.
        observed: `observed.waiting_times` of the periods' months to date.
        reserves: `payouts.reserves` of the periods.
        months: first days of measured months.

    Returns:
        `performance.first_visit_production`; earned kronor exact, final in a period's last month.

    Raises:
        ValueError: if the scheme has no such requirement, or a period's reserve is missing.
    """
    rule = scheme.require(FirstVisitProduction)
    first_visits = observed.filter(pl.col("measure") == rule.measure)
    rows = []
    for month in months:
        found = rule.period_of(month)
        if found is None:
            raise ValueError(f"{scheme.name}: {month} lies in no period")
        number, period = found
        sums = _sums(first_visits, scheme.regions, period, month)
        assessed = _assessed(sums, _level_of(scheme, rule, month))
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
        return FirstVisitProductionPerformance.without_rows()
    of_periods = reserves.filter(pl.col("component") == rule.component)
    joined = pl.concat(rows).join(
        of_periods.select("scheme", "region_code", "reserved_sek", period_from="month"),
        on=["scheme", "region_code", "period_from"],
        how="left",
    )
    if joined["reserved_sek"].null_count():
        raise ValueError(f"{scheme.name}: a period's reserve is missing")
    earned = with_decimals(wide(pl.col("level_pct")) * pl.col("reserved_sek"), 18, 2)
    return FirstVisitProductionPerformance.conform(joined.with_columns(earned_sek=earned))


def _sums(
    first_visits: pl.DataFrame, regions: Sequence[str], period: Period, month: date
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


def _level(production: Production, reading: str) -> pl.Expr:
    """The level in per cent of a period of which every month was reported."""
    completed, added = pl.col("completed_to_date"), pl.col("added_to_date")
    bands = production.levels
    in_units = divided_half_up(wide(completed) * 100 * 10**bands.decimals, added)
    by_ratio = (
        exact_level(wide(completed) * 100, added, bands)
        if reading == "exact"
        else rounded_level(in_units, bands)
    )
    return (
        pl.when((added == 0) & (completed > 0))
        .then(FULL_LEVEL)
        .when((added == 0) | _falls_short(completed, added, production.minimum_pct))
        .then(0)
        .otherwise(by_ratio)
    )


def _level_of(scheme: Scheme, rule: FirstVisitProduction, month: date) -> pl.Expr:
    """The level in per cent of the month's period: of one that is judged, 0 if a month is missing."""
    if rule.is_by_population(month):
        return pl.lit(FULL_LEVEL)
    level = _level(rule.production.at(month), scheme.reading("band_gaps"))
    return pl.when(pl.col("is_complete")).then(level).otherwise(0)


def _assessed(sums: pl.DataFrame, level: pl.Expr) -> pl.DataFrame:
    completed, added = pl.col("completed_to_date"), pl.col("added_to_date")
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
