"""Tables of money: what was reserved, what was paid in a round, what the pots shared out."""

import csv
from pathlib import Path
from typing import Annotated, Any, NamedTuple

import pandera.polars as pa
import polars as pl

from schemas.keys import NAME_PATTERN, OfScheme, OfSchemeAndRegion, OfSchemeAndRegionOrCountry
from schemas.table import MOST, column


class Component(NamedTuple):
    """What a payout can consist of: its name, its kind, and what people call it."""

    name: str
    kind: str
    label_sv: str
    label_en: str


def _components() -> list[Component]:
    with Path(__file__).with_name("components.csv").open(encoding="utf-8", newline="") as lines:
        return [Component(*row) for row in list(csv.reader(lines))[1:]]


REGISTER = {each.name: each for each in _components()}
"""The components in the order that payouts show them. Source: `components.csv`."""

COMPONENTS_SV = {name: each.label_sv for name, each in REGISTER.items()}
"""What a payout can consist of, with the Swedish label; a bonus is named after its pot."""

GRANTS = [name for name, each in REGISTER.items() if each.kind == "grant"]
"""The grants: a scheme that pays one has a file of that name."""

COMPONENTS = list(COMPONENTS_SV)


def component_column() -> Any:  # noqa: ANN401 - a field stands where its value's type is written
    """The column of what an amount is paid for."""
    return column(
        "What the amount is for.",
        unit="name",
        term_sv="delpost",
        source="the scheme's parameters",
        isin=COMPONENTS,
    )


def amount_column(description: str, term_sv: str, source: str) -> Any:  # noqa: ANN401 - a field stands where its value's type is written
    """A column of whole kronor."""
    return column(description, unit="kronor", term_sv=term_sv, source=source, ge=0, lt=MOST)


class Reserves(OfSchemeAndRegion):
    """What each region can earn: by month, by period, or as a grant or cap."""

    component: pl.String = component_column()
    measure: pl.String = column(
        "The waiting-time measure; empty where the component has none.",
        unit="name",
        term_sv="mått",
        source="SKR",
    )
    month_to: pl.Date = column(
        "The last month the reserve covers, as its first day.",
        unit="month",
        term_sv="till och med månad",
        source="the scheme's parameters",
    )
    reserved_sek: pl.Int64 = amount_column(
        "The most that can be earned for these months.",
        "reserverat belopp",
        "T2025; D2024; S2025, annex 2",
    )

    @pa.dataframe_check(error="month_to is not before month")
    def months_in_order(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - Pandera's form
        """Whether the reserve ends no earlier than it begins."""
        return data.lazyframe.select(pl.col("month_to") >= pl.col("month"))

    class Config:
        """Name and key."""

        name = "payouts.reserves"
        unique = ["scheme", "region_code", "component", "measure", "month", "month_to"]


class RoundPayments(OfSchemeAndRegion):
    """What a payout month pays before bonuses: each component of the round, per region."""

    component: pl.String = component_column()
    amount_sek: pl.Int64 = amount_column(
        "The round's payment, half-up to whole kronor once per round and region.",
        "utbetalning",
        "D2024; SKR; S2025",
    )

    class Config:
        """Name and key."""

        name = "payouts.round_payments"
        unique = ["month", "scheme", "region_code", "component"]


class BonusPots(OfScheme):
    """How a fund closed at year's end: paid in the rounds, shared as bonus, left over."""

    pot: pl.String = column(
        "The pot's name.",
        unit="name",
        term_sv="bonuspott",
        source="the scheme's parameters",
        str_matches=NAME_PATTERN,
    )
    fund_sek: pl.Int64 = amount_column(
        "The appropriation for the pot's requirements.", "medel", "SKR"
    )
    paid_sek: pl.Int64 = amount_column(
        "Paid to all regions in the year's rounds.",
        "utbetalt i omgångarna",
        "payouts.round_payments",
    )
    pot_sek: pl.Int64 = amount_column(
        "Left to share: fund less paid, not below 0 (bonus plus undistributed).",
        "bonuspott",
        "SKR",
    )
    undistributed_sek: pl.Int64 = amount_column(
        "The pot, if nobody was paid anything and so nobody can share it.",
        "ej fördelat",
        "SKR",
    )
    overdrawn_sek: pl.Int64 = amount_column(
        "Paid beyond the fund: rounded reserves can exceed it by some kronor.",
        "överskridande",
        "rules, section 3.3",
    )

    class Config:
        """Name and key."""

        name = "payouts.bonus_pots"
        unique = ["month", "scheme", "pot"]


class PayoutLines(OfSchemeAndRegion):
    """Every component of a payout, per region, bonuses included; 0 where nothing was earned."""

    component: pl.String = component_column()
    amount_sek: pl.Int64 = amount_column("The amount paid.", "belopp", "D2024; SKR; S2025")

    class Config:
        """Name and key."""

        name = "payouts.payout_lines"
        unique = ["month", "scheme", "region_code", "component"]


class Payouts(OfSchemeAndRegion):
    """What each region is paid in a payout month: the sum of its lines."""

    amount_sek: pl.Int64 = amount_column("The sum paid.", "summa", "payouts.payout_lines")

    class Config:
        """Name and key."""

        name = "payouts.payouts"
        unique = ["month", "scheme", "region_code"]


class Fulfilment(OfSchemeAndRegionOrCountry):
    """Uppfyllnadsgrad: what a round paid of what was reserved for it."""

    component: pl.String = component_column()
    amount_sek: pl.Int64 = amount_column(
        "Paid in the round.", "utbetalning", "payouts.round_payments"
    )
    reserved_sek: pl.Int64 = amount_column(
        "Reserved for the round's months.", "reserverat belopp", "payouts.reserves"
    )
    fulfilment_pct: Annotated[pl.Decimal, 7, 4] = column(
        "Paid in per cent of reserved, half-up to four decimals, for reading only.",
        unit="per cent",
        term_sv="uppfyllnadsgrad",
        source="rules, section 3",
        nullable=True,
        ge=0,
    )

    class Config:
        """Name and key."""

        name = "payouts.fulfilment"
        unique = ["month", "scheme", "region_code", "component"]
