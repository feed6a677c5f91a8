"""Tables of what the counts amount to: level reached and kronor earned, month by month."""

from typing import Annotated

import polars as pl

from schemas import fields
from schemas.keys import OfSchemeAndRegion
from schemas.table import MOST, column, holds

LEVEL_SOURCE = "SKR; bands in the scheme's parameters"
NEXT_LEVEL_SOURCE = "the rule itself, searched: rules/next_levels.py"


class WaitingTimePerformance(
    OfSchemeAndRegion,
    name="performance.waiting_times",
    key=["month", "scheme", "region_code", "measure"],
):
    """Level and kronor of one month, region and measure under a scheme's waiting-time rule."""

    measure: pl.String = fields.name("What was waited for.", "mått", "SKR")
    completed: pl.Int64 = fields.count(
        "Completed this month, as the rule counts them.",
        "genomförda",
        unit="patients",
        nullable=True,
    )
    completed_within_30: pl.Int64 = fields.count(
        "Of them, within 30 days.", "genomförda inom 30 dagar", unit="patients", nullable=True
    )
    waiting: pl.Int64 = fields.count(
        "Waiting at the month's end.", "väntande", unit="patients", nullable=True
    )
    waiting_within_30: pl.Int64 = fields.count(
        "Of them, for at most 30 days.", "väntande inom 30 dagar", unit="patients", nullable=True
    )
    completed_last_year: pl.Int64 = fields.count(
        "Completed in the same month last year.",
        "genomförda, samma månad föregående år",
        unit="patients",
        nullable=True,
    )
    completed_within_30_last_year: pl.Int64 = fields.count(
        "Of them, within 30 days.",
        "genomförda inom 30 dagar, samma månad föregående år",
        unit="patients",
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
    alternative: pl.String = column(
        "What gave the level: `improvement`, `attainment`, `population` where an amendment asks for "
        "no result, or `none`.",
        "alternativ",
        "SKR",
        unit="name",
        isin=["improvement", "attainment", "population", "none"],
    )
    level_pct: pl.Int64 = fields.level()
    reserved_sek: pl.Int64 = fields.kronor(
        "The month's reserve, as in `payouts.reserves`.",
        "regionens del av månadspotten",
        "T2025, table 2; D2024",
    )
    earned_sek: Annotated[pl.Decimal, 18, 2] = fields.exact_kronor("Level times reserve, exact.")
    status: pl.String = fields.status()


class FirstVisitProductionPerformance(
    OfSchemeAndRegion,
    name="performance.first_visit_production",
    key=["month", "scheme", "region_code"],
):
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
        "genomförda första besök",
        unit="patients",
    )
    added_to_date: pl.Int64 = fields.count(
        "Added to the list since the period began: each month-end's waiting 0-30 days.",
        "nytillkomna väntande",
        unit="patients",
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
        "The whole period's reserve, the same in each of its months: to be taken once, by is_final.",
        "regionens del av periodpotten",
        "T2025, table 2",
    )
    earned_sek: Annotated[pl.Decimal, 18, 2] = fields.exact_kronor(
        "Level times the whole period's reserve, exact; a running figure until the last month."
    )
    is_final: pl.Boolean = column(
        "Whether the month is the period's last.", unit="true or false", source="SKR"
    )
    status: pl.String = fields.status()


class NextLevels(
    OfSchemeAndRegion,
    name="performance.next_levels",
    key=["month", "scheme", "region_code", "measure", "alternative"],
):
    """How many patients more would have given the next higher level, by each alternative by itself.

    A row only where the alternative can give a higher level than the one there is.
    """

    component: pl.String = fields.component()
    measure: pl.String = fields.name("What was waited for, or visited for.", "mått", "SKR")
    alternative: pl.String = fields.name(
        "How the level would be reached: `improvement`, `attainment`, or `production`.",
        "alternativ",
        "SKR",
    )
    level_pct: pl.Int64 = fields.level()
    to_level_pct: pl.Int64 = column(
        "The next higher level that the alternative by itself gives.",
        unit="per cent",
        term_sv="nästa nivå",
        source=LEVEL_SOURCE,
        gt=0,
        le=100,
    )
    patients: pl.Int64 = column(
        "The least number of patients that gives it, all else equal.",
        unit="patients",
        term_sv="patienter till nästa nivå",
        source=NEXT_LEVEL_SOURCE,
        ge=1,
        lt=MOST,
    )
    patients_completed: pl.Int64 = fields.count(
        "Of them, completed within 30 days instead of later; for production, further first visits.",
        "genomförda till nästa nivå",
        unit="patients",
        source=NEXT_LEVEL_SOURCE,
    )
    patients_waiting: pl.Int64 = fields.count(
        "Of them, waiting for at most 30 days instead of longer; 0 but for attainment.",
        "väntande till nästa nivå",
        unit="patients",
        source=NEXT_LEVEL_SOURCE,
    )
    gain_sek: Annotated[pl.Decimal, 18, 2] = column(
        "What the level would have given more of the month's or period's reserve, exact; without "
        "the bonus, and without what the same patients change in new-visit production, which counts "
        "those waiting as added.",
        unit="kronor",
        term_sv="ytterligare belopp",
        source="SKR",
        ge=0,
    )

    level_rises = holds(
        "to_level_pct is above level_pct", pl.col("to_level_pct") > pl.col("level_pct")
    )
    patients_add_up = holds(
        "patients are those completed and those waiting",
        pl.col("patients_completed") + pl.col("patients_waiting") == pl.col("patients"),
    )
