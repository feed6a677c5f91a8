"""Waiting times: each month, improvement or attainment, whichever gives more.

Source: SKR, requirements of block 2; D2024; interpretations I-1 to I-5, I-12.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Annotated, Any, ClassVar

import polars as pl
from pydantic import Field

from rules.exact import divided_half_up, percentage, wide, with_decimals
from rules.levels import exact_level, rounded_level
from rules.parameters import (
    Attainment,
    Bands,
    Kronor,
    Measure,
    Parameter,
    Payout,
    PopulationBase,
    are_known,
)
from rules.requirement import (
    BY_POPULATION,
    FULL_LEVEL,
    Alternative,
    EarnedByLevel,
    Reports,
    Reserve,
    Rise,
)
from rules.rounding import rounded_each, rounded_sum
from rules.scheme import Scheme
from rules.step import Inputs, Need, Step, same_month_last_year, this_month
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.observed import WaitingTimes
from schemas.payouts import Reserves
from schemas.performance import WaitingTimePerformance
from schemas.table import Table

COUNTS = ["completed", "completed_within_30", "waiting", "waiting_within_30"]
BASE_COUNTS = ["completed", "completed_within_30"]

REPORTED = pl.all_horizontal(pl.col(name).is_not_null() for name in BASE_COUNTS)
ASSESSABLE = REPORTED & (pl.col("completed") > 0)
HAS_BASE = (pl.col("completed_last_year") > 0).fill_null(False) & pl.col(
    "completed_within_30_last_year"
).is_not_null()
HAS_WAITING = pl.all_horizontal(
    pl.col(name).is_not_null() for name in ("waiting", "waiting_within_30")
)


class WaitingTime(EarnedByLevel):
    """The waiting-time requirement: a fund a measure, improvement or attainment a month."""

    kind: ClassVar[str] = "waiting_time"
    datasets: ClassVar[tuple[type[Table], ...]] = (WaitingTimes,)

    fund: Annotated[Mapping[Measure, Parameter[Kronor]], Field(min_length=1)]
    population: Parameter[PopulationBase]
    improvement: Parameter[Bands]
    attainment: Parameter[Attainment]

    def measures(self) -> list[str]:
        """The measures, in the order that the parameters name them."""
        return list(self.fund)

    def fund_at(self, month: date) -> int:
        """The funds of all measures together."""
        return sum(fund.at(month) for fund in self.fund.values())

    def fund_of(self, measure: str, month: date) -> int:
        """The fund of one measure."""
        return self.fund[measure].at(month)

    def thresholds(self) -> Collection[Parameter[Any]]:
        """Those of both alternatives."""
        return self.improvement, self.attainment

    def measures_reserved(self, month: date) -> list[str]:
        """The measures of which it is known what the month reserves."""
        is_shared = super().is_reservable(month)
        return [each for each, fund in self.fund.items() if is_shared and are_known(month, fund)]

    def is_reservable(self, month: date) -> bool:
        """Whether it is of some measure."""
        return bool(self.measures_reserved(month))

    def reserves_all(self, month: date) -> bool:
        """Whether it is of every measure."""
        return len(self.measures_reserved(month)) == len(self.fund)

    def reserved_months(self, scheme: Scheme) -> Collection[date]:
        """Every month measured."""
        return scheme.measured_months

    def reserves(self, scheme: Scheme, population: pl.DataFrame, month: date) -> Iterator[Reserve]:
        """The month's part of each measure's fund, shared by population."""
        for measure in self.measures_reserved(month):
            share = Fraction(self.fund_of(measure, month), len(scheme.measured_months))
            yield Reserve(month, measure, self.shares(share, scheme.regions, population, month))

    def steps(self, scheme: Scheme) -> Sequence[Step]:
        """Each month's level and kronor."""
        return [
            Step(
                scheme,
                WaitingTimePerformance,
                tuple(
                    month
                    for month in scheme.measured_months
                    if self.has_level(month) and self.is_reservable(month)
                ),
                (
                    Need(WaitingTimes, this_month),
                    Need(WaitingTimes, same_month_last_year),
                    Need(Reserves, this_month),
                ),
                lambda inputs, months: waiting_time_performance(
                    scheme, inputs[WaitingTimes], inputs[Reserves], months
                ),
                "Alternative 1: the share completed within 30 days has risen since the same month "
                "last year (50, 75 or 100 % of the month's reserve). Alternative 2: the shares of "
                "those completed and of those waiting reach their thresholds (100 %). The better "
                "one counts. Source: SKR, prestationskrav; D2024.",
            )
        ]

    def alternatives(self, scheme: Scheme, month: date) -> Iterator[Alternative]:
        """Improvement by more completed within 30 days; attainment by more waiting so, too."""
        if not self.is_judged(month):
            return
        completed = Rise("patients_completed", "completed_within_30", pl.col("completed"))
        waiting = Rise("patients_waiting", "waiting_within_30", pl.col("waiting"))
        of, measure = WaitingTimePerformance, pl.col("measure")
        yield Alternative(
            "improvement", of, measure, _by_improvement(scheme, self, month), (completed,)
        )
        yield Alternative(
            "attainment", of, measure, _by_attainment(scheme, self, month), (completed, waiting)
        )

    def payment_need(self, scheme: Scheme) -> Need:
        """What was earned in the round's months."""
        return Need(WaitingTimePerformance, scheme.round_months)

    def payment(self, scheme: Scheme, payout: Payout, inputs: Inputs) -> pl.DataFrame:
        """Everything earned in the round, rounded half-up as interpretation I-12 is read."""
        of_round = inputs[WaitingTimePerformance].filter(
            pl.col("month").is_in(payout.round_months())
        )
        if scheme.reading("rounding_of_earned") == "per_month_and_measure":
            return rounded_each(of_round)
        return rounded_sum(of_round)

    def reports(self, observed: Inputs) -> Iterator[Reports]:
        """How many of a month's counts are there, of all that the rules use."""
        measures = self.measures()
        given = (
            observed[WaitingTimes]
            .filter(pl.col("measure").is_in(measures))
            .group_by("month", "region_code")
            .agg(given=pl.sum_horizontal(pl.col(name).count() for name in COUNTS))
        )
        yield Reports(WaitingTimes, given, len(measures) * len(COUNTS))


def waiting_time_performance(
    scheme: Scheme, observed: pl.DataFrame, reserves: pl.DataFrame, months: Sequence[date]
) -> pl.DataFrame:
    """Level and kronor of each month, region and measure.

    Args:
        scheme: a scheme with a waiting-time requirement.
        observed: `observed.waiting_times` of the months and of the same months last year; a row
            that is missing was not reported.
        reserves: `payouts.reserves` of the months.
        months: first days of measured months.

    Returns:
        `performance.waiting_times`; counts in patients, earned kronor exact to the hundredth.

    Raises:
        ValueError: if the scheme has no waiting-time requirement, or a reserve is missing.
    """
    rule = scheme.require(WaitingTime)
    counted = observed.lazy()
    rows = [
        _of_month(scheme, rule, _counts(scheme, rule, counted, month), month) for month in months
    ]
    if not rows:
        return WaitingTimePerformance.without_rows()
    assessed = (
        pl.concat(rows)
        .join(
            reserves.lazy().filter(pl.col("component") == rule.component),
            on=["month", "scheme", "region_code", "measure"],
            how="left",
        )
        .collect()
    )
    if assessed["reserved_sek"].null_count():
        raise ValueError(f"{scheme.name}: a month's reserve is missing")
    earned = with_decimals(wide(pl.col("level_pct")) * pl.col("reserved_sek"), 18, 2)
    return WaitingTimePerformance.conform(assessed.with_columns(earned_sek=earned))


def _counts(scheme: Scheme, rule: WaitingTime, observed: pl.LazyFrame, month: date) -> pl.LazyFrame:
    """A row a region and measure with the six counts used; what was not reported is missing."""
    used = _without_patient_chosen(observed) if excludes_patient_chosen(scheme) else observed
    this_month = used.filter(pl.col("month") == month)
    last_year = used.filter(pl.col("month") == add_months(month, -MONTHS_A_YEAR))
    key = ["region_code", "measure"]
    regions = pl.LazyFrame({"region_code": scheme.regions}, schema={"region_code": pl.String})
    grid = regions.join(pl.LazyFrame({"measure": rule.measures_reserved(month)}), how="cross")
    base = last_year.select(
        *key, *(pl.col(name).alias(f"{name}_last_year") for name in BASE_COUNTS)
    )
    return grid.join(this_month.select(*key, *COUNTS), on=key, how="left").join(
        base, on=key, how="left"
    )


def excludes_patient_chosen(scheme: Scheme) -> bool:
    """Whether waits that the patient chose are taken out (interpretation I-3)."""
    return scheme.reading("patient_chosen") == "excluded"


def _without_patient_chosen(observed: pl.LazyFrame) -> pl.LazyFrame:
    chosen = pl.col("completed_patient_chosen").fill_null(0)
    return observed.with_columns(completed=pl.col("completed") - chosen)


def _of_month(scheme: Scheme, rule: WaitingTime, counts: pl.LazyFrame, month: date) -> pl.LazyFrame:
    status = (
        pl.when(~REPORTED)
        .then(pl.lit("not_reported"))
        .when(pl.col("completed") == 0)
        .then(pl.lit("no_completed"))
        .when(~HAS_BASE)
        .then(pl.lit("no_base"))
        .when(~HAS_WAITING)
        .then(pl.lit("no_waiting"))
        .otherwise(pl.lit("ok"))
    )
    by_population, nothing = rule.is_by_population(month), pl.lit(0, pl.Int64)
    return (
        counts.with_columns(
            month=pl.lit(month),
            scheme=pl.lit(scheme.name),
            share_pct=_share("completed_within_30", "completed"),
            share_last_year_pct=_share("completed_within_30_last_year", "completed_last_year"),
            waiting_share_pct=_share("waiting_within_30", "waiting"),
            improvement_pp=pl.when(ASSESSABLE & HAS_BASE).then(
                with_decimals(_improvement(scheme.reading("band_gaps"), 1), 5, 1)
            ),
            status=status,
            by_improvement=nothing if by_population else _by_improvement(scheme, rule, month),
            by_attainment=nothing if by_population else _by_attainment(scheme, rule, month),
        )
        .with_columns(
            level_pct=pl.lit(FULL_LEVEL, pl.Int64)
            if by_population
            else pl.max_horizontal("by_improvement", "by_attainment"),
            alternative=pl.when(by_population)
            .then(pl.lit(BY_POPULATION))
            .when(
                (pl.col("by_attainment") > 0)
                & (pl.col("by_attainment") >= pl.col("by_improvement"))
            )
            .then(pl.lit("attainment"))
            .when(pl.col("by_improvement") > 0)
            .then(pl.lit("improvement"))
            .otherwise(pl.lit("none")),
        )
        .drop("by_improvement", "by_attainment")
    )


def _by_improvement(scheme: Scheme, rule: WaitingTime, month: date) -> pl.Expr:
    """The level that alternative 1 gives by itself."""
    level = _improvement_level(rule.improvement.at(month), scheme.reading("band_gaps"))
    return pl.when(ASSESSABLE & HAS_BASE).then(level).otherwise(0)


def _by_attainment(scheme: Scheme, rule: WaitingTime, month: date) -> pl.Expr:
    """The level that alternative 2 gives by itself."""
    attainment = rule.attainment.at(month)
    attained = _attained(attainment, scheme.reading("nobody_waiting"))
    return (
        pl.when(ASSESSABLE & HAS_WAITING & attained)
        .then(pl.lit(attainment.level_pct, pl.Int64))
        .otherwise(0)
    )


def _share(part: str, whole: str) -> pl.Expr:
    return with_decimals(percentage(pl.col(part), pl.col(whole), 4), 7, 4)


def _difference() -> tuple[pl.Expr, pl.Expr]:
    """This month's share less last year's, in percentage points, as an exact fraction."""
    now, within_now = wide(pl.col("completed")), wide(pl.col("completed_within_30"))
    then = wide(pl.col("completed_last_year"))
    within_then = wide(pl.col("completed_within_30_last_year"))
    return 100 * (within_now * then - within_then * now), now * then


def _improvement(reading: str, decimals: int) -> pl.Expr:
    """The improvement in units of its last decimal, rounded as the reading says."""
    if reading == "shares_rounded":
        now = percentage(pl.col("completed_within_30"), pl.col("completed"), decimals)
        then = percentage(
            pl.col("completed_within_30_last_year"), pl.col("completed_last_year"), decimals
        )
        return now - then
    numerator, denominator = _difference()
    return divided_half_up(numerator * 10**decimals, denominator)


def _improvement_level(bands: Bands, reading: str) -> pl.Expr:
    if reading == "exact":
        return exact_level(*_difference(), bands)
    return rounded_level(_improvement(reading, bands.decimals), bands)


def _attained(attainment: Attainment, nobody_waiting: str) -> pl.Expr:
    """Whether both shares reach their thresholds, compared exactly by cross-multiplication."""
    nobody = pl.lit(nobody_waiting == "met")
    return _reaches("completed_within_30", "completed", attainment.completed_share_pct) & (
        pl.when(pl.col("waiting") == 0)
        .then(nobody)
        .otherwise(_reaches("waiting_within_30", "waiting", attainment.waiting_share_pct))
    )


def _reaches(part: str, whole: str, threshold_pct: Decimal) -> pl.Expr:
    numerator, denominator = threshold_pct.as_integer_ratio()
    return wide(pl.col(part)) * 100 * denominator >= wide(pl.col(whole)) * numerator
