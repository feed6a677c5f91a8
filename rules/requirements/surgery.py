"""Operations by a region's residents against the mean of three years.

Source: S2025, annexes 1 and 2; interpretations I-8 and I-13. A year's counts are kept as sums and
thirds of a krona, so the mean is never rounded.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import date
from typing import Annotated, ClassVar

import polars as pl
from pydantic import Field

from rules.exact import divided_half_up, percentage, wide, with_decimals
from rules.parameters import (
    ByRegion,
    Kronor,
    NotKnownYetError,
    Parameter,
    Payout,
    Procedure,
    Year,
    are_known,
)
from rules.requirement import Reports, Requirement, Reserve
from rules.scheme import Scheme
from rules.step import Inputs, Need, Step, this_month
from rules.strict import Fault
from schemas.amounts import grouped
from schemas.observed import Surgeries
from schemas.payouts import Reserves
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance
from schemas.table import Table

THIRDS = 3
PLACES = ["home", "other", "private"]


class Surgery(Requirement):
    """Operations by residents above the mean of three years, paid by the operation to a cap."""

    kind: ClassVar[str] = "surgery"
    datasets: ClassVar[tuple[type[Table], ...]] = (Surgeries,)

    price: Annotated[Mapping[Procedure, Parameter[Kronor]], Field(min_length=1)]
    baseline_years: Parameter[Annotated[list[Year], Field(min_length=3, max_length=3)]]
    ceiling: Parameter[Kronor]
    caps: Parameter[ByRegion[Kronor]]

    def procedures(self) -> list[str]:
        """The procedures, in the order that the parameters name them."""
        return list(self.price)

    def procedures_priced(self, month: date) -> list[str]:
        """Those whose price is known in the month."""
        return [each for each, price in self.price.items() if are_known(month, price)]

    def fund_at(self, month: date) -> int:
        """The ceiling of all regions together."""
        return self.ceiling.at(month)

    def reserved_months(self, scheme: Scheme) -> Collection[date]:
        """The first month measured: a cap is reserved once."""
        return [scheme.measured_months[0]]

    def is_reservable(self, month: date) -> bool:
        """Whether the caps are known."""
        return are_known(month, self.caps)

    def reserves(self, scheme: Scheme, population: pl.DataFrame, month: date) -> Iterator[Reserve]:
        """The caps."""
        caps = self.caps.at(month)
        amounts = pl.DataFrame(
            {"region_code": scheme.regions, "amount_sek": [caps[code] for code in scheme.regions]},
            schema={"region_code": pl.String, "amount_sek": pl.Int64},
        )
        yield Reserve(scheme.measured_months[-1], "", amounts)

    def counted(self, scheme: Scheme, month: date) -> list[date]:
        """The months measured so far, in this year, the year before and the baseline years."""
        years = {month.year, month.year - 1, *self.baseline_years.at(month)}
        return sorted(each for year in years for each in _months_of(scheme, month, year))

    def steps(self, scheme: Scheme) -> Sequence[Step]:
        """Operations against the baseline, their follow-up by place, and the share of the cap."""
        operations = Need(Surgeries, lambda month: self.counted(scheme, month))
        first = scheme.measured_months[0]
        counted = [each for each in scheme.measured_months if are_known(each, self.baseline_years)]
        priced = [each for each in counted if self.procedures_priced(each)]
        capped = [each for each in counted if are_known(each, *self.price.values(), self.caps)]
        return [
            Step(
                scheme,
                SurgeryPerformance,
                tuple(priced),
                (operations,),
                lambda inputs, months: surgery_performance(scheme, inputs[Surgeries], months),
                "Operations by residents since the first month measured, above the mean of the "
                "same months in the baseline years, at the procedure's price; only increases count. "
                "Source: S2025, annex 1.",
            ),
            Step(
                scheme,
                SurgeryFollowup,
                tuple(counted),
                (operations,),
                lambda inputs, months: surgery_followup(scheme, inputs[Surgeries], months),
                "The monthly follow-up that the decision asks for: operations to date against last "
                "year and the baseline, by place, per region and for the country. Source: S2025.",
            ),
            Step(
                scheme,
                SurgeryCaps,
                tuple(capped),
                (
                    Need(SurgeryPerformance, this_month),
                    Need(Reserves, lambda _month: [first]),
                ),
                lambda inputs, months: surgery_caps(
                    scheme,
                    inputs[SurgeryPerformance].filter(pl.col("month").is_in(list(months))),
                    inputs[Reserves],
                ),
                "What each region has earned so far, half-up to whole kronor, at most its cap. "
                "Source: S2025, annexes 1 and 2.",
            ),
        ]

    def payment_need(self, scheme: Scheme) -> Need:
        """What was earned by the round's last month."""
        return Need(SurgeryCaps, lambda month: scheme.round_months(month)[-1:])

    def payment(self, scheme: Scheme, payout: Payout, inputs: Inputs) -> pl.DataFrame:
        """What was earned in the end, at most the cap."""
        final = pl.col("is_final") & pl.col("month").is_in(payout.round_months())
        return inputs[SurgeryCaps].filter(final).select("region_code", amount_sek="earned_sek")

    def reports(self, observed: Inputs) -> Iterator[Reports]:
        """Of a region with any row, the procedures that the delivery has: its missing keys are 0 (I-13)."""
        rows, asked = observed[Surgeries], self.procedures()
        held = rows.group_by("month").agg(pl.col("procedure").unique()).sort("month")
        given = (
            rows.filter(pl.col("operations").is_not_null())
            .group_by("month", region_code="home_region_code")
            .agg()
            .join(held, on="month")
            .with_columns(given=pl.col("procedure").list.set_intersection(asked).list.len())
        )
        lacking = {
            month: tuple(each for each in asked if each not in procedures)
            for month, procedures in held.iter_rows()
        }
        yield Reports(Surgeries, given, len(asked), lacking)

    def faults(self, scheme: Scheme) -> Iterator[Fault]:
        """The baseline is three earlier years; each region has a cap, and they make up the ceiling."""
        file, first = f"{self.component}.toml", scheme.measured_months[0]
        for years in self.baseline_years.values():
            if len(set(years)) != len(years) or max(years) >= first.year:
                yield Fault(
                    file, "baseline_years", f"{years} are not three different earlier years"
                )
        with suppress(NotKnownYetError):
            caps, ceiling = self.caps.at(first), self.ceiling.at(first)
            together = sum(caps.values())
            if missing := sorted(set(scheme.regions).difference(caps)):
                yield Fault(file, "caps", f"no cap is given for {', '.join(missing)}")
            elif together != ceiling:
                yield Fault(
                    file,
                    "ceiling, caps",
                    f"the ceiling is {grouped(ceiling)} kronor, and the caps "
                    f"of all regions together are {grouped(together)}",
                )


def surgery_performance(
    scheme: Scheme, observed: pl.DataFrame, months: Sequence[date]
) -> pl.DataFrame:
    """Operations since the first month measured, against last year and the baseline years.

    Args:
        scheme: a scheme with a surgery requirement.
        observed: `observed.surgeries` of this year's, last year's and the baseline years' months.
        months: first days of measured months.

    Returns:
        `performance.surgeries`; earned in thirds of a krona, before the cap.

    Raises:
        ValueError: if the scheme has no surgery requirement.
    """
    rule = scheme.require(Surgery)
    rows = [
        _of_month(scheme, rule, observed, month).with_columns(
            month=pl.lit(month),
            scheme=pl.lit(scheme.name),
            is_final=pl.lit(month == scheme.measured_months[-1]),
        )
        for month in months
    ]
    return (
        SurgeryPerformance.conform(pl.concat(rows)) if rows else SurgeryPerformance.without_rows()
    )


def surgery_followup(
    scheme: Scheme, observed: pl.DataFrame, months: Sequence[date]
) -> pl.DataFrame:
    """The follow-up by place, per region and for the country.

    Arguments and errors as for `surgery_performance`.

    Returns:
        `performance.surgery_followup`; the country's row has region code `00`. A sum is missing
        where a month of it was not reported, of the region or of the procedure, or a count is not
        available: as a number it would read as zero. The country's is, where any region's is.
    """
    rule = scheme.require(Surgery)
    place = (
        pl.when(pl.col("provider_type") == "private")
        .then(pl.lit("private"))
        .when(pl.col("performing_region_code") == pl.col("home_region_code"))
        .then(pl.lit("home"))
        .otherwise(pl.lit("other"))
    )
    placed = observed.with_columns(place=place)
    spans_of = {month: _spans(scheme, rule, month) for month in months}
    needed = {each for spans in spans_of.values() for span in spans.values() for each in span}
    missing = _missing(scheme, observed, rule.procedures(), needed)
    rows = []
    for month, spans in spans_of.items():
        by_region = _sums(scheme, rule, placed, _grid(scheme, rule.procedures(), PLACES), month)
        for name, span in spans.items():
            gaps = _gaps(missing.filter(pl.col("month").is_in(span)))
            by_region = (
                by_region.join(gaps, on=["region_code", "procedure"], how="left")
                .with_columns(pl.when(pl.col("gap").is_null()).then(name).alias(name))
                .drop("gap")
            )
        country = (
            by_region.group_by("procedure", "place")
            .agg(pl.when(pl.col(*spans).is_not_null().all()).then(pl.col(*spans).sum()))
            .with_columns(region_code=pl.lit(COUNTRY_CODE))
        )
        rows.append(
            pl.concat([by_region, country.select(by_region.columns)]).with_columns(
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
    caps = reserves.filter(pl.col("component") == scheme.require(Surgery).component)
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


def _grid(scheme: Scheme, procedures: list[str], places: list[str] | None = None) -> pl.DataFrame:
    grid = pl.DataFrame({"region_code": scheme.regions}, schema={"region_code": pl.String}).join(
        pl.DataFrame({"procedure": procedures}), how="cross"
    )
    return grid if places is None else grid.join(pl.DataFrame({"place": places}), how="cross")


def _months_of(scheme: Scheme, month: date, year: int) -> list[date]:
    """The months measured up to `month`, moved to the year."""
    shift = year - month.year
    return [
        each.replace(year=each.year + shift) for each in scheme.measured_months if each <= month
    ]


def _spans(scheme: Scheme, rule: Surgery, month: date) -> dict[str, list[date]]:
    """The months that each sum to date is of."""
    baseline = rule.baseline_years.at(month)
    return {
        "operations_to_date": _months_of(scheme, month, month.year),
        "last_year_to_date": _months_of(scheme, month, month.year - 1),
        "baseline_sum_to_date": [
            each for year in baseline for each in _months_of(scheme, month, year)
        ],
    }


def _sums(
    scheme: Scheme, rule: Surgery, observed: pl.DataFrame, grid: pl.DataFrame, month: date
) -> pl.DataFrame:
    """The grid with operations to date this year, last year, and in the baseline years together."""
    key = grid.columns
    named = observed.rename({"home_region_code": "region_code"})
    for name, span in _spans(scheme, rule, month).items():
        sums = (
            named.filter(pl.col("month").is_in(span))
            .group_by(key)
            .agg(pl.col("operations").sum().alias(name))
        )
        grid = grid.join(sums, on=key, how="left").with_columns(pl.col(name).fill_null(0))
    return grid


def _of_month(scheme: Scheme, rule: Surgery, observed: pl.DataFrame, month: date) -> pl.DataFrame:
    procedures = rule.procedures_priced(month)
    sums = _sums(scheme, rule, observed, _grid(scheme, procedures), month)
    spans = _spans(scheme, rule, month)
    needed = spans["operations_to_date"] + spans["baseline_sum_to_date"]
    gaps = _gaps(_missing(scheme, observed, procedures, needed))
    prices = pl.DataFrame(
        {
            "procedure": procedures,
            "price": [rule.price[each].at(month) for each in procedures],
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


def _missing(
    scheme: Scheme, observed: pl.DataFrame, procedures: list[str], needed: Collection[date]
) -> pl.DataFrame:
    """Regions, procedures and months of which the month is missing, or a count not available (I-13).

    A month is missing for a region without any row in it, and for a procedure that no region has a
    row of: only who is asked for a procedure reports 0 by leaving it out.
    """
    months = pl.DataFrame({"month": sorted(set(needed))}, schema={"month": pl.Date})
    wanted = _grid(scheme, procedures).join(months, how="cross")
    rows = observed.rename({"home_region_code": "region_code"})
    unavailable = rows.filter(pl.col("operations").is_null())
    return pl.concat(
        [
            wanted.join(rows, on=["month", "region_code"], how="anti"),
            wanted.join(rows, on=["month", "procedure"], how="anti"),
            wanted.join(unavailable, on=["month", "region_code", "procedure"], how="semi"),
        ]
    )


def _gaps(missing: pl.DataFrame) -> pl.DataFrame:
    """The regions and procedures among what is missing, each once and marked."""
    return missing.select("region_code", "procedure").unique().with_columns(gap=pl.lit(True))
