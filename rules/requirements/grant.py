"""Grants by formula: a fund shared out by population, paid once.

Source: D2024, annex, table 1; SKR, block 1.
"""

from collections.abc import Collection, Iterator
from contextlib import suppress
from datetime import date
from fractions import Fraction
from typing import Annotated, ClassVar

import polars as pl
from pydantic import Field

from rules.apportionment import in_full
from rules.parameters import (
    Kronor,
    NotKnownYetError,
    Parameter,
    Payout,
    RegionCode,
    are_known,
)
from rules.requirement import Reserve, SharedByPopulation
from rules.scheme import Scheme
from rules.step import Inputs, Need
from rules.strict import Fault
from schemas.amounts import grouped
from schemas.payouts import Reserves


class Grant(SharedByPopulation):
    """A fund shared out by population, after an equal amount to each where there is one.

    Without `population` the shares are equal. Where the grant has a condition, `qualified` names
    the regions that pass it if the share of one that does not stays with the state, and `eligible`
    if its share goes to the others: such a region leaves the key. Each year is assessed by itself.
    """

    kind: ClassVar[str] = "grant"
    of_its_own_year: ClassVar[tuple[str, ...]] = ("qualified", "eligible")

    fund: Parameter[Kronor]
    fixed_each: Parameter[Kronor] | None = None
    qualified: Parameter[list[RegionCode]] | None = None
    eligible: Parameter[Annotated[list[RegionCode], Field(min_length=1)]] | None = None

    def fund_at(self, month: date) -> int:
        """The fund."""
        return self.fund.at(month)

    def reserved_months(self, scheme: Scheme) -> Collection[date]:
        """The payout month."""
        return [payout.month for payout in scheme.payouts if self.component in payout.components]

    def is_reservable(self, month: date) -> bool:
        """Whether it is known what is shared, and who shares it."""
        asked = (self.fund, self.fixed_each, self.eligible)
        return super().is_reservable(month) and are_known(month, *asked)

    def reserves(self, scheme: Scheme, population: pl.DataFrame, month: date) -> Iterator[Reserve]:
        """The whole fund, shared out: 0 for a region that is not eligible."""
        rest = Fraction(self.fund.at(month) - self.equal_sek(scheme, month))
        shares = self.shares(rest, self._sharing(scheme, month), population, month)
        amounts = shares.with_columns(pl.col("amount_sek") + self._fixed(month))
        yield Reserve(month, "", in_full(amounts, scheme.regions))

    def equal_sek(self, scheme: Scheme, month: date) -> int:
        """The kronor that are not shared by population, but the same to each region."""
        return self._fixed(month) * len(self._sharing(scheme, month))

    def outside(self, scheme: Scheme, month: date) -> list[str]:
        """The codes of the regions that do not meet its conditions, and are paid nothing of it."""
        conditions = [each.at(month) for each in (self.eligible, self.qualified) if each]
        return [code for code in scheme.regions if any(code not in each for each in conditions)]

    def _fixed(self, month: date) -> int:
        return self.fixed_each.at(month) if self.fixed_each else 0

    def _sharing(self, scheme: Scheme, month: date) -> list[str]:
        eligible = self.eligible.at(month) if self.eligible else scheme.regions
        return [code for code in scheme.regions if code in eligible]

    def payment_need(self, scheme: Scheme) -> Need:
        """The grant's reserve."""
        return Need(
            Reserves, lambda month: [month] if month in self.reserved_months(scheme) else []
        )

    def payment(self, scheme: Scheme, payout: Payout, inputs: Inputs) -> pl.DataFrame:
        """The grant's reserves, 0 for a region that does not pass its condition."""
        of_grant = inputs[Reserves].filter(
            (pl.col("component") == self.component) & (pl.col("month") == payout.month)
        )
        amount = pl.col("reserved_sek")
        if self.qualified:
            amount = pl.when(pl.col("region_code").is_in(self.qualified.at(payout.month))).then(
                amount
            )
        return of_grant.select("region_code", amount_sek=amount.fill_null(0))

    def faults(self, scheme: Scheme) -> Iterator[Fault]:
        """A grant is paid once, to regions each named once; equal amounts are not more than the fund."""
        months, component = self.reserved_months(scheme), self.component
        if len(months) > 1:
            yield Fault("scheme.toml", "payout.components", f"'{component}' is paid more than once")
        for key, named in (("qualified", self.qualified), ("eligible", self.eligible)):
            for codes in named.values() if named else []:
                if len(set(codes)) != len(codes):
                    yield Fault(f"{component}.toml", key, "a region is named twice")
        with suppress(NotKnownYetError):
            for month in months:
                fund, equal = self.fund.at(month), self.equal_sek(scheme, month)
                if equal > fund:
                    yield Fault(
                        f"{component}.toml",
                        "fund, fixed_each",
                        f"{grouped(self._fixed(month))} kronor to each "
                        f"region are {grouped(equal)}, more than the fund of {grouped(fund)}",
                    )
