"""Tables of money: what was reserved, what was paid in a round, what the pots shared out."""

from typing import Annotated

import polars as pl

from schemas import fields
from schemas.keys import OfComponent, OfScheme, OfSchemeAndRegion, OfSchemeAndRegionOrCountry
from schemas.table import column, holds


class Reserves(
    OfComponent,
    name="payouts.reserves",
    key=["scheme", "region_code", "component", "measure", "month", "month_to"],
):
    """What each region can earn: by month, by period, or as a grant or cap."""

    measure: pl.String = column(
        "The waiting-time measure; empty where the component has none.",
        unit="name",
        term_sv="mått",
        source="SKR",
    )
    month_to: pl.Date = column(
        "The last month the reserve covers, as its first day.",
        unit="month",
        term_sv="sista månad",
        source="the scheme's parameters",
    )
    reserved_sek: pl.Int64 = fields.kronor(
        "The most that can be earned for these months.",
        "reserverat belopp",
        "T2025; D2024; S2025, annex 2",
    )

    months_in_order = holds("month_to is not before month", pl.col("month_to") >= pl.col("month"))


class RoundPayments(
    OfComponent, name="payouts.round_payments", key=["month", "scheme", "region_code", "component"]
):
    """What the latest data give for a round, before bonuses: each component, per region; not what is paid.

    It is computed, also where the payout was decided: what is paid, and whether that is computed or decided (`status`), stands in
    payouts.payout_lines, for the same payout month, scheme, region and component.
    """

    amount_sek: pl.Int64 = fields.kronor(
        "What the latest data give for the round, half-up to whole kronor once per round and region; "
        "what is paid stands in payouts.payout_lines.",
        "utbetalning",
        "D2024; SKR; S2025",
    )


class BonusPots(OfScheme, name="payouts.bonus_pots", key=["month", "scheme", "pot"]):
    """How a fund closed at year's end: paid in the rounds, shared as bonus, left over.

    It is computed, from each round as it was decided where it was: whether the bonuses that were shared out of it are computed or decided (`status`), stands in
    payouts.payout_lines, for the same payout month and scheme.
    """

    pot: pl.String = fields.name("The pot's name.", "bonuspott", "the scheme's parameters")
    fund_sek: pl.Int64 = fields.kronor(
        "The appropriation for the pot's requirements.", "medel", "SKR"
    )
    paid_sek: pl.Int64 = fields.kronor(
        "Paid to all regions in the year's rounds.",
        "utbetalt i omgångarna",
        "payouts.round_payments",
    )
    pot_sek: pl.Int64 = fields.kronor(
        "Left to share: fund less paid, not below 0 (bonus plus undistributed).",
        "bonuspott",
        "SKR",
    )
    undistributed_sek: pl.Int64 = fields.kronor(
        "The pot, if nobody was paid anything and so nobody can share it.", "inte fördelat", "SKR"
    )
    overdrawn_sek: pl.Int64 = fields.kronor(
        "Paid beyond the fund: rounded reserves can exceed it by some kronor.",
        "överskridande",
        "rules, section 3.3",
    )


class PayoutLines(
    OfComponent, name="payouts.payout_lines", key=["month", "scheme", "region_code", "component"]
):
    """Every component of a payout, per region, bonuses included; 0 where nothing was earned."""

    amount_sek: pl.Int64 = fields.kronor("The amount paid.", "belopp", "D2024; SKR; S2025")


class Payouts(OfSchemeAndRegion, name="payouts.payouts", key=["month", "scheme", "region_code"]):
    """What each region is paid in a payout month: the sum of its lines."""

    amount_sek: pl.Int64 = fields.kronor("The sum paid.", "summa", "payouts.payout_lines")


class Fulfilment(
    OfSchemeAndRegionOrCountry,
    OfComponent,
    name="payouts.fulfilment",
    key=["month", "scheme", "region_code", "component"],
):
    """Uppfyllnadsgrad: what a round pays of what was reserved for it; what was decided, where it was decided."""

    amount_sek: pl.Int64 = fields.kronor(
        "The amount paid, as in payouts.payout_lines.",
        "utbetalning",
        "payouts.round_payments; payouts.decided",
    )
    reserved_sek: pl.Int64 = fields.kronor(
        "Reserved for the round's months, by the latest population.",
        "reserverat belopp",
        "payouts.reserves",
    )
    fulfilment_pct: Annotated[pl.Decimal, 7, 4] = column(
        "That amount in per cent of reserved, half-up to four decimals, for reading only.",
        unit="per cent",
        term_sv="uppfyllnadsgrad",
        source="rules, section 3",
        nullable=True,
        ge=0,
    )
