"""Tables of what the counts amount to: level reached and kronor earned, month by month."""

from typing import Annotated, Any

import pandera.polars as pa
import polars as pl

from schemas.keys import NAME_PATTERN, OfSchemeAndRegion
from schemas.payouts import component_column
from schemas.table import MOST, column

STATUSES = [
    "not_reported",
    "no_completed",
    "no_base",
    "no_waiting",
    "incomplete",
    "no_activity",
    "ok",
]
"""What kept a row from being fully assessed, or `ok`: the first that applies, in this order."""

LEVEL_SOURCE = "SKR; bands in the scheme's parameters"
NEXT_LEVEL_SOURCE = "the rule itself, searched: rules/next_levels.py"


def status_column() -> Any:  # noqa: ANN401 - a field stands where its value's type is written
    """The column that says what kept a row from being fully assessed."""
    return column(
        "What kept the row from being fully assessed, or `ok`; the first that applies.",
        unit="name",
        source="interpretations I-4 to I-7 and I-13",
        isin=STATUSES,
    )


def level_column() -> Any:  # noqa: ANN401 - a field stands where its value's type is written
    """The column of the level reached."""
    return column(
        "The share of the reserve that was earned.",
        unit="per cent",
        term_sv="prestationsnivå",
        source=LEVEL_SOURCE,
        ge=0,
        le=100,
    )


def count_column(description: str, unit: str, term_sv: str, *, nullable: bool = False) -> Any:  # noqa: ANN401 - a field stands where its value's type is written
    """A column of counts taken from what was delivered."""
    return column(
        description,
        unit=unit,
        term_sv=term_sv,
        source="observed tables",
        nullable=nullable,
        ge=0,
        lt=MOST,
    )


def share_column(description: str, term_sv: str) -> Any:  # noqa: ANN401 - a field stands where its value's type is written
    """A column of shares, rounded for reading only."""
    return column(
        f"{description} Half-up to four decimals, for reading only; none where undefined.",
        unit="per cent",
        term_sv=term_sv,
        source="observed tables",
        nullable=True,
        ge=0,
        le=100,
    )


class WaitingTimePerformance(OfSchemeAndRegion):
    """Level and kronor of one month, region and measure under a scheme's waiting-time rule."""

    measure: pl.String = column(
        "What was waited for.",
        unit="name",
        term_sv="mått",
        source="SKR",
        str_matches=NAME_PATTERN,
    )
    completed: pl.Int64 = count_column(
        "Completed this month, as the rule counts them.",
        "patients",
        "genomförda",
        nullable=True,
    )
    completed_within_30: pl.Int64 = count_column(
        "Of them, within 30 days.",
        "patients",
        "genomförda inom 30 dagar",
        nullable=True,
    )
    waiting: pl.Int64 = count_column(
        "Waiting at the month's end.",
        "patients",
        "väntande",
        nullable=True,
    )
    waiting_within_30: pl.Int64 = count_column(
        "Of them, for at most 30 days.",
        "patients",
        "väntande inom 30 dagar",
        nullable=True,
    )
    completed_last_year: pl.Int64 = count_column(
        "Completed in the same month last year.",
        "patients",
        "genomförda, samma månad föregående år",
        nullable=True,
    )
    completed_within_30_last_year: pl.Int64 = count_column(
        "Of them, within 30 days.",
        "patients",
        "genomförda inom 30 dagar, samma månad föregående år",
        nullable=True,
    )
    share_pct: Annotated[pl.Decimal, 7, 4] = share_column(
        "Share of those completed who had waited at most 30 days.",
        "andel genomförda inom 30 dagar",
    )
    share_last_year_pct: Annotated[pl.Decimal, 7, 4] = share_column(
        "The same share in the same month last year.",
        "andel genomförda inom 30 dagar, samma månad föregående år",
    )
    waiting_share_pct: Annotated[pl.Decimal, 7, 4] = share_column(
        "Share of those waiting who have waited at most 30 days.",
        "andel väntande inom 30 dagar",
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
        "The alternative that gave the level: `improvement`, `attainment`, or `none`.",
        unit="name",
        term_sv="alternativ",
        source="SKR",
        isin=["improvement", "attainment", "none"],
    )
    level_pct: pl.Int64 = level_column()
    reserved_sek: pl.Int64 = column(
        "The month's reserve, as in `payouts.reserves`.",
        unit="kronor",
        term_sv="månadspott",
        source="T2025, table 2; D2024",
        ge=0,
        lt=MOST,
    )
    earned_sek: Annotated[pl.Decimal, 18, 2] = column(
        "Level times reserve, exact.",
        unit="kronor",
        term_sv="intjänat belopp",
        source="SKR",
        ge=0,
    )
    status: pl.String = status_column()

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
    completed_to_date: pl.Int64 = count_column(
        "First visits completed since the period began, over the months reported.",
        "patients",
        "genomförda första besök",
    )
    added_to_date: pl.Int64 = count_column(
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
    level_pct: pl.Int64 = level_column()
    reserved_sek: pl.Int64 = column(
        "The whole period's reserve.",
        unit="kronor",
        term_sv="periodpott",
        source="T2025, table 2",
        ge=0,
        lt=MOST,
    )
    earned_sek: Annotated[pl.Decimal, 18, 2] = column(
        "Level times the whole period's reserve, exact; a running figure until the last month.",
        unit="kronor",
        term_sv="intjänat belopp",
        source="SKR",
        ge=0,
    )
    is_final: pl.Boolean = column(
        "Whether the month is the period's last.",
        unit="true or false",
        source="SKR",
    )
    status: pl.String = status_column()

    class Config:
        """Name and key."""

        name = "performance.first_visit_production"
        unique = ["month", "scheme", "region_code"]


class NextLevels(OfSchemeAndRegion):
    """How many patients more would have given the next higher level, by each alternative by itself.

    A row only where the alternative can give a higher level than the one there is.
    """

    component: pl.String = component_column()
    measure: pl.String = column(
        "What was waited for, or visited for.",
        unit="name",
        term_sv="mått",
        source="SKR",
        str_matches=NAME_PATTERN,
    )
    alternative: pl.String = column(
        "How the level would be reached: `improvement`, `attainment`, or `production`.",
        unit="name",
        term_sv="alternativ",
        source="SKR",
        isin=["improvement", "attainment", "production"],
    )
    level_pct: pl.Int64 = level_column()
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
    patients_completed: pl.Int64 = column(
        "Of them, completed within 30 days instead of later; for production, further first visits.",
        unit="patients",
        term_sv="genomförda till nästa nivå",
        source=NEXT_LEVEL_SOURCE,
        ge=0,
        lt=MOST,
    )
    patients_waiting: pl.Int64 = column(
        "Of them, waiting for at most 30 days instead of longer; 0 but for attainment.",
        unit="patients",
        term_sv="väntande till nästa nivå",
        source=NEXT_LEVEL_SOURCE,
        ge=0,
        lt=MOST,
    )
    gain_sek: Annotated[pl.Decimal, 18, 2] = column(
        "What the level would have given more of the month's or period's reserve, exact; without "
        "the bonus.",
        unit="kronor",
        term_sv="ytterligare belopp",
        source="SKR",
        ge=0,
    )

    @pa.dataframe_check(error="to_level_pct is above level_pct")
    def level_rises(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - Pandera's form
        """Whether the next level is a higher one."""
        return data.lazyframe.select(pl.col("to_level_pct") > pl.col("level_pct"))

    @pa.dataframe_check(error="patients are those completed and those waiting")
    def patients_add_up(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805 - Pandera's form
        """Whether the parts make the number."""
        parts = pl.col("patients_completed") + pl.col("patients_waiting")
        return data.lazyframe.select(parts == pl.col("patients"))

    class Config:
        """Name and key."""

        name = "performance.next_levels"
        unique = ["month", "scheme", "region_code", "measure", "alternative"]
