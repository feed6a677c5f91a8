"""Tables of what was decided: payouts as decided, how they differ from a recomputation, and settlements."""

import polars as pl

from schemas import fields
from schemas.keys import OfComponent
from schemas.table import column

REFERENCE = "The decision's reference"


class Decided(
    OfComponent, name="payouts.decided", key=["month", "scheme", "region_code", "component"]
):
    """Payouts as they were decided: recorded once, and never changed by a later computation."""

    amount_sek: pl.Int64 = fields.kronor("The amount decided.", "beslutat belopp", "the decision")
    decided_on: pl.Date = fields.day_of_decision(
        "The day of the decision.", source="bonuspott decide"
    )
    decided_by: pl.String = fields.who_decided("Who decided.", source="bonuspott decide")
    reference: pl.String = fields.reference(REFERENCE, "bonuspott decide")
    computation: pl.Int64 = fields.record_number(
        "The materialisation of payouts.payout_lines that the decision rests on."
    )


class Settlements(
    OfComponent,
    name="payouts.settlements",
    key=["month", "scheme", "region_code", "component", "month_paid"],
):
    """Entries that settle a difference from a decided payout in a later payout."""

    month_paid: pl.Date = fields.month_paid(
        "The payout month in which the entry is paid or deducted.", source="bonuspott settle"
    )
    amount_sek: pl.Int64 = fields.kronor_of_either_sign(
        "Paid in addition; negative where it is deducted.", "reglering", "the decision"
    )
    settled_on: pl.Date = fields.day_of_decision(
        "The day of the decision to settle.", source="bonuspott settle"
    )
    settled_by: pl.String = fields.who_decided("Who decided.", source="bonuspott settle")
    reference: pl.String = fields.reference(REFERENCE, "bonuspott settle")


class Differences(
    OfComponent, name="payouts.differences", key=["month", "scheme", "region_code", "component"]
):
    """A decided payout beside what the rules give today, line by line; empty until it is decided."""

    decided_sek: pl.Int64 = fields.kronor(
        "The amount decided.", "beslutat belopp", "payouts.decided"
    )
    recomputed_sek: pl.Int64 = fields.kronor(
        "The amount that the latest deliveries, parameters and code give.",
        "omräknat belopp",
        "payouts.round_payments",
    )
    settled_sek: pl.Int64 = fields.kronor_of_either_sign(
        "What settlements have added or deducted.", "reglerat belopp", "payouts.settlements"
    )
    difference_sek: pl.Int64 = fields.kronor_of_either_sign(
        "Recomputed less decided less settled: what is still open.",
        "skillnad",
        "rules/decisions.py",
    )


class Revocations(
    OfComponent,
    name="payouts.revocations",
    key=["month", "scheme", "region_code", "component", "entry", "month_paid"],
):
    """Lines of decisions and settlements that were taken back, as they stood, and by whom they were."""

    entry: pl.Int64 = fields.record_number(
        "The record that held the entry until it was taken back."
    )
    month_paid: pl.Date = fields.month_paid(
        "The payout month in which a settlement was to be paid; for a decision, its own.",
        source="bonuspott revoke",
    )
    amount_sek: pl.Int64 = fields.kronor_of_either_sign(
        "The amount that was decided or settled.", "återkallat belopp", "the entry"
    )
    revoked_on: pl.Date = column(
        "The day on which it was taken back.",
        unit="day",
        term_sv="återkallelsedag",
        source="bonuspott revoke",
    )
    revoked_by: pl.String = column(
        "Who took it back.", unit="name", term_sv="återkallat av", source="bonuspott revoke"
    )
    reason: pl.String = column("Why.", unit="text", term_sv="skäl", source="bonuspott revoke")
    reference: pl.String = fields.reference(
        "The reference of the decision to take it back", "bonuspott revoke"
    )
