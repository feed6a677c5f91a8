"""What a decision does: it freezes a payout, and the year's pots reckon with it.

Source: rules, section 3.3: what was paid in an earlier round is the decided amount where a decision is
recorded; a later correction changes neither the round nor the pot unless a settlement says so.
"""

from collections.abc import Sequence
from datetime import date

import polars as pl

from rules.scheme import Scheme
from schemas.decisions import Differences
from schemas.payouts import PayoutLines, RoundPayments

LINE = ["month", "scheme", "region_code", "component"]


def rounds_as_paid(
    scheme: Scheme, payments: pl.DataFrame, decided: pl.DataFrame, settlements: pl.DataFrame
) -> pl.DataFrame:
    """The round payments that pots reckon with.

    Args:
        scheme: whose payouts.
        payments: `payouts.round_payments`, as recomputed.
        decided: `payouts.decided` of the rounds; any or all of them may be missing.
        settlements: `payouts.settlements` of the decided rounds; those paid after the pots close
            change no pot.

    Returns:
        `payouts.round_payments`, each decided payout's amounts being those decided and settled.

    Raises:
        pandera.errors.SchemaErrors: if more is deducted from a payment than was paid.
    """
    closing = scheme.payouts[-1].month
    settled = (
        settlements.filter(pl.col("month_paid") <= closing)
        .group_by(LINE)
        .agg(settled_sek=pl.col("amount_sek").sum())
    )
    paid = (
        decided.select(*LINE, decided_sek="amount_sek")
        .join(settled, on=LINE, how="left")
        .select(*LINE, paid_sek=pl.col("decided_sek") + pl.col("settled_sek").fill_null(0))
    )
    return RoundPayments.conform(
        payments.join(paid, on=LINE, how="left").with_columns(
            amount_sek=pl.coalesce("paid_sek", "amount_sek")
        )
    )


def settled_by_region(settlements: pl.DataFrame) -> dict[str, int]:
    """Kronor that rows of `payouts.settlements` add for each of their regions, or deduct."""
    sums = settlements.group_by("region_code").agg(pl.col("amount_sek").sum())
    return dict(sums.sort("region_code").iter_rows())


def lines_as_paid(
    lines: pl.DataFrame, decided: pl.DataFrame, months: Sequence[date]
) -> pl.DataFrame:
    """`payouts.payout_lines` of the months, from lines or a round's payments as computed: as decided where there is a decision."""
    frozen = decided.filter(pl.col("month").is_in(months)).select(*LINE, "amount_sek")
    computed = lines.filter(~pl.col("month").is_in(frozen["month"].unique().to_list()))
    return PayoutLines.conform(pl.concat([computed.select(*LINE, "amount_sek"), frozen]))


def differences(
    lines: pl.DataFrame, decided: pl.DataFrame, settlements: pl.DataFrame
) -> pl.DataFrame:
    """How the decided payouts differ from what the rules give now.

    Args:
        lines: `payouts.payout_lines` as computed, of the same months.
        decided: `payouts.decided`; a payout that is not decided has no row in the result.
        settlements: `payouts.settlements` of the decided payouts, whenever they are paid.

    Returns:
        `payouts.differences`, a row for each line that is decided or computed.
    """
    months = decided["month"].unique().to_list()
    computed = lines.filter(pl.col("month").is_in(months)).select(
        *LINE, recomputed_sek="amount_sek"
    )
    settled = settlements.group_by(LINE).agg(settled_sek=pl.col("amount_sek").sum())
    both = decided.select(*LINE, decided_sek="amount_sek").join(
        computed, on=LINE, how="full", coalesce=True
    )
    amounts = ["decided_sek", "recomputed_sek", "settled_sek"]
    beside = both.join(settled, on=LINE, how="left").with_columns(pl.col(amounts).fill_null(0))
    return Differences.conform(
        beside.with_columns(
            difference_sek=pl.col("recomputed_sek") - pl.col("decided_sek") - pl.col("settled_sek")
        )
    )
