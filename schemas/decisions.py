"""Tables of what was decided: payouts as decided, how they differ from a recomputation, and settlements."""

import polars as pl

from schemas.keys import OfSchemeAndRegion
from schemas.payouts import amount_column, component_column
from schemas.table import MOST, column


def difference_column(description: str, term_sv: str, source: str) -> pl.Int64:
    """A column of whole kronor that can be negative."""
    found: pl.Int64 = column(
        description,
        unit="kronor, of either sign",
        term_sv=term_sv,
        source=source,
        gt=-MOST,
        lt=MOST,
    )
    return found


class Decided(OfSchemeAndRegion):
    """Payouts as they were decided: recorded once, and never changed by a later computation."""

    component: pl.String = component_column()
    amount_sek: pl.Int64 = amount_column("The amount decided.", "beslutat belopp", "the decision")
    decided_on: pl.Date = column(
        "The day of the decision.", unit="day", term_sv="beslutsdag", source="bonuspott decide"
    )
    decided_by: pl.String = column(
        "Who decided.", unit="name", term_sv="beslutsfattare", source="bonuspott decide"
    )
    reference: pl.String = column(
        "The decision's reference, such as its diary number.",
        unit="identifier",
        term_sv="diarienummer",
        source="bonuspott decide",
    )
    computation: pl.Int64 = column(
        "The materialisation of payouts.payout_lines that the decision rests on.",
        unit="ordinal",
        source="audit.materialisations",
        ge=1,
    )

    class Config:
        """Name and key."""

        name = "payouts.decided"
        unique = ["month", "scheme", "region_code", "component"]


class Settlements(OfSchemeAndRegion):
    """Entries that settle a difference from a decided payout in a later payout."""

    component: pl.String = component_column()
    month_paid: pl.Date = column(
        "The payout month in which the entry is paid or deducted.",
        unit="month",
        term_sv="regleringsmånad",
        source="bonuspott settle",
    )
    amount_sek: pl.Int64 = difference_column(
        "Paid in addition; negative where it is deducted.", "reglering", "the decision"
    )
    settled_on: pl.Date = column(
        "The day of the decision to settle.",
        unit="day",
        term_sv="beslutsdag",
        source="bonuspott settle",
    )
    settled_by: pl.String = column(
        "Who decided.", unit="name", term_sv="beslutsfattare", source="bonuspott settle"
    )
    reference: pl.String = column(
        "The decision's reference, such as its diary number.",
        unit="identifier",
        term_sv="diarienummer",
        source="bonuspott settle",
    )

    class Config:
        """Name and key."""

        name = "payouts.settlements"
        unique = ["month", "scheme", "region_code", "component", "month_paid"]


class Differences(OfSchemeAndRegion):
    """A decided payout beside what the rules give today, line by line; empty until it is decided."""

    component: pl.String = component_column()
    decided_sek: pl.Int64 = amount_column(
        "The amount decided.", "beslutat belopp", "payouts.decided"
    )
    recomputed_sek: pl.Int64 = amount_column(
        "The amount that the latest deliveries, parameters and code give.",
        "omräknat belopp",
        "payouts.round_payments",
    )
    settled_sek: pl.Int64 = difference_column(
        "What settlements have added or deducted.", "reglerat belopp", "payouts.settlements"
    )
    difference_sek: pl.Int64 = difference_column(
        "Recomputed less decided less settled: what is still open.",
        "skillnad",
        "rules/decisions.py",
    )

    class Config:
        """Name and key."""

        name = "payouts.differences"
        unique = ["month", "scheme", "region_code", "component"]


class Revocations(OfSchemeAndRegion):
    """Lines of decisions and settlements that were taken back, as they stood, and by whom they were."""

    component: pl.String = component_column()
    entry: pl.Int64 = column(
        "The record that held the entry until it was taken back.",
        unit="ordinal",
        source="audit.materialisations",
        ge=1,
    )
    month_paid: pl.Date = column(
        "The payout month in which a settlement was to be paid; for a decision, its own.",
        unit="month",
        term_sv="regleringsmånad",
        source="bonuspott revoke",
    )
    amount_sek: pl.Int64 = difference_column(
        "The amount that was decided or settled.", "återkallat belopp", "the entry"
    )
    revoked_on: pl.Date = column(
        "The day on which it was taken back.",
        unit="day",
        term_sv="beslutsdag",
        source="bonuspott revoke",
    )
    revoked_by: pl.String = column(
        "Who took it back.", unit="name", term_sv="beslutsfattare", source="bonuspott revoke"
    )
    reason: pl.String = column("Why.", unit="text", term_sv="skäl", source="bonuspott revoke")
    reference: pl.String = column(
        "The reference of the decision to take it back, such as its diary number.",
        unit="identifier",
        term_sv="diarienummer",
        source="bonuspott revoke",
    )

    class Config:
        """Name and key."""

        name = "payouts.revocations"
        unique = ["month", "scheme", "region_code", "component", "entry", "month_paid"]
