"""Tables of what the counts amount to: level reached and kronor earned, month by month."""

from typing import Annotated

import polars as pl

from schemas import fields
from schemas.keys import OfSchemeAndRegion
from schemas.table import column


class WaitingTimePerformance(OfSchemeAndRegion):
    """Level and kronor of one month, region and measure under a scheme's waiting-time rule."""

    measure: pl.String = fields.name("What was waited for.", "mått", "SKR")
    completed: pl.Int64 = fields.count(
        "Completed this month, as the rule counts them.", "patients", "genomförda", nullable=True
    )
    completed_within_30: pl.Int64 = fields.count(
        "Of them, within 30 days.", "patients", "genomförda inom 30 dagar", nullable=True
    )
    waiting: pl.Int64 = fields.count(
        "Waiting at the month's end.", "patients", "väntande", nullable=True
    )
    waiting_within_30: pl.Int64 = fields.count(
        "Of them, for at most 30 days.", "patients", "väntande inom 30 dagar", nullable=True
    )
    completed_last_year: pl.Int64 = fields.count(
        "Completed in the same month last year.",
        "patients",
        "genomförda, samma månad föregående år",
        nullable=True,
    )
    completed_within_30_last_year: pl.Int64 = fields.count(
        "Of them, within 30 days.",
        "patients",
        "genomförda inom 30 dagar, samma månad föregående år",
        nullable=True,
    )
    share_pct: Annotated[pl.Decimal, 7, 4] = fields.share(
        "Share of those completed who had waited at most 30 days.",
        "andel genomförda inom 30 dagar",
    )
    share_last_year_pct: Annotated[pl.Decimal, 7, 4] = fields.share(
        "The same share in the same month last year.",
        "andel genomförda inom 30 dagar, samma månad föregående år",
    )
    waiting_share_pct: Annotated[pl.Decimal, 7, 4] = fields.share(
        "Share of those waiting who have waited at most 30 days.", "andel väntande inom 30 dagar"
    )
    improvement_pp: Annotated[pl.Decimal, 5, 1] = column(
        "This month's share less last year's, half-up to one decimal; none where undefined.",
        unit="percentage points",
        term_sv="förbättring",
        source="SKR; interpretation I-1",
        nullable=True,
        ge=-100,
        le=100,
    )
    alternative: pl.String = fields.one_of(
        "The alternative that gave the level: `improvement`, `attainment`, or `none`.",
        "alternativ",
        "SKR",
        ["improvement", "attainment", "none"],
    )
    level_pct: pl.Int64 = fields.level()
    reserved_sek: pl.Int64 = fields.kronor(
        "The month's reserve, as in `payouts.reserves`.", "månadspott", "T2025, table 2; D2024"
    )
    earned_sek: Annotated[pl.Decimal, 18, 2] = fields.exact_kronor("Level times reserve, exact.")
    status: pl.String = fields.status()

    class Config:
        """Name and key."""

        name = "performance.waiting_times"
        unique = ["month", "scheme", "region_code", "measure"]


class FirstVisitProductionPerformance(OfSchemeAndRegion):
    """New-visit production from the period's start to the month: first visits against added."""

    period: pl.Int64 = column(
        "The number of the period within the year, from 1.",
        unit="ordinal",
        term_sv="period",
        source="SKR",
        ge=1,
    )
    completed_to_date: pl.Int64 = fields.count(
        "First visits completed since the period began, over the months reported.",
        "patients",
        "genomförda första besök",
    )
    added_to_date: pl.Int64 = fields.count(
        "Added to the list since the period began: each month-end's waiting 0-30 days.",
        "patients",
        "nytillkomna väntande",
    )
    ratio_pct: Annotated[pl.Decimal, 18, 1] = column(
        "Completed in per cent of added, half-up to one decimal; none where nobody was added.",
        unit="per cent",
        term_sv="nybesöksproduktion",
        source="SKR; interpretation I-1",
        nullable=True,
        ge=0,
    )
    level_pct: pl.Int64 = fields.level()
    reserved_sek: pl.Int64 = fields.kronor(
        "The whole period's reserve.", "periodpott", "T2025, table 2"
    )
    earned_sek: Annotated[pl.Decimal, 18, 2] = fields.exact_kronor(
        "Level times the whole period's reserve, exact; a running figure until the last month."
    )
    is_final: pl.Boolean = fields.is_final("Whether the month is the period's last.", "SKR")
    status: pl.String = fields.status()

    class Config:
        """Name and key."""

        name = "performance.first_visit_production"
        unique = ["month", "scheme", "region_code"]
