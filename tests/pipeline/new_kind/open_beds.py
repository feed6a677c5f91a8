"""Open beds: a month's reserve for as many beds open as the target names. Made up, for a test.

No agreement has such a requirement. The module stands in `rules/requirements/` of a copy of the product.
"""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import ClassVar

import polars as pl

from rules.parameters import ByRegion, Kronor, Parameter, Payout
from rules.requirement import Reserve, SharedByPopulation
from rules.scheme import Scheme
from rules.step import Inputs, Need, Step, this_month
from schemas import fields
from schemas.components import Component
from schemas.keys import OfMonth, OfRegion, OfSchemeAndRegion
from schemas.observed import Delivered
from schemas.payouts import Reserves
from schemas.table import Table, column

FULL = 100


class OpenBeds(
    Delivered, OfRegion, OfMonth, name="observed.open_beds", key=["month", "region_code"]
):
    """Beds open in the month, by region. Made up."""

    beds_open: pl.Int64 = fields.count(
        "Beds open.", "öppna vårdplatser", unit="beds", source="the regions", nullable=True
    )


class OpenBedsPerformance(
    OfSchemeAndRegion, name="performance.open_beds", key=["month", "scheme", "region_code"]
):
    """Beds open against the target, and what that earns. Made up."""

    beds_open: pl.Int64 = fields.count(
        "Beds open.", "öppna vårdplatser", unit="beds", nullable=True
    )
    target_beds: pl.Int64 = fields.count(
        "Beds to be open.", "mål", unit="beds", source="the parameters"
    )
    level_pct: pl.Int64 = fields.level()
    reserved_sek: pl.Int64 = fields.kronor("The month's reserve.", "månadspott", "the parameters")
    earned_sek: pl.Int64 = fields.kronor("Level times reserve.", "intjänat belopp", "the rule")
    is_reported: pl.Boolean = column(
        "Whether the region said how many.", unit="true or false", source="observed.open_beds"
    )


class OpenBedsTarget(SharedByPopulation):
    """A fund by the month, earned whole where the target is reached, and else not at all."""

    kind: ClassVar[str] = "open_beds"
    components: ClassVar[tuple[Component, ...]] = (
        Component("open_beds", "open_beds", "Öppna vårdplatser", "Open beds"),
        Component("bonus_open_beds", "bonus", "Bonuspott vårdplatser", "Bonus pot, open beds"),
    )
    datasets: ClassVar[tuple[type[Table], ...]] = (OpenBeds,)

    fund: Parameter[Kronor]
    target: Parameter[ByRegion[int]]

    def fund_at(self, month: date) -> int:
        """The year's fund."""
        return self.fund.at(month)

    def reserved_months(self, scheme: Scheme) -> Collection[date]:
        """Every month measured."""
        return scheme.measured_months

    def reserves(self, scheme: Scheme, population: pl.DataFrame, month: date) -> Iterator[Reserve]:
        """The month's part of the fund, shared by population."""
        part = Fraction(self.fund_at(month), len(scheme.measured_months))
        yield Reserve(month, "", self.shares(part, scheme.regions, population, month))

    def steps(self, scheme: Scheme) -> Sequence[Step]:
        """Each month's level and kronor."""
        return [
            Step(
                scheme,
                OpenBedsPerformance,
                tuple(scheme.measured_months),
                (Need(OpenBeds, this_month), Need(Reserves, this_month)),
                lambda inputs, months: self.performance(scheme, inputs, months),
                "The month's reserve where as many beds were open as the target names. Made up.",
            )
        ]

    def performance(self, scheme: Scheme, inputs: Inputs, months: Sequence[date]) -> pl.DataFrame:
        """`performance.open_beds` of the months; a region that is missing has not reported."""
        targets = [
            (month, scheme.name, code, beds)
            for month in months
            for code, beds in self.target.at(month).items()
        ]
        level = pl.when(pl.col("beds_open") >= pl.col("target_beds")).then(FULL).otherwise(0)
        assessed = (
            pl.DataFrame(
                targets, schema=["month", "scheme", "region_code", "target_beds"], orient="row"
            )
            .join(inputs[OpenBeds], on=["month", "region_code"], how="left")
            .join(
                inputs[Reserves].filter(component=self.component),
                on=["month", "scheme", "region_code"],
            )
            .with_columns(level_pct=level, is_reported=pl.col("beds_open").is_not_null())
        )
        earned = pl.col("level_pct") * pl.col("reserved_sek") // FULL
        return OpenBedsPerformance.conform(assessed.with_columns(earned_sek=earned))

    def payment_need(self, scheme: Scheme) -> Need:
        """What was earned in the round's months."""
        return Need(OpenBedsPerformance, scheme.round_months)

    def payment(self, scheme: Scheme, payout: Payout, inputs: Inputs) -> pl.DataFrame:
        """Everything earned in the round."""
        of_round = pl.col("month").is_in(payout.round_months())
        earned = inputs[OpenBedsPerformance].filter(of_round)
        return earned.group_by("region_code").agg(amount_sek=pl.col("earned_sek").sum())
