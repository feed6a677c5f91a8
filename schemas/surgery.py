"""Tables of operations: against the baseline, by place, and against the cap."""

from typing import Annotated

import polars as pl

from schemas import fields
from schemas.keys import OfSchemeAndRegion, OfSchemeAndRegionOrCountry
from schemas.table import column

IS_LAST = "Whether the month is the last one measured."


class SurgeryPerformance(
    OfSchemeAndRegion,
    name="performance.surgeries",
    key=["month", "scheme", "region_code", "procedure"],
):
    """Operations of a region's residents since the first month measured, against the baseline."""

    procedure: pl.String = fields.procedure()
    operations_to_date: pl.Int64 = fields.operations_to_date()
    last_year_to_date: pl.Int64 = fields.last_year_to_date()
    baseline_sum_to_date: pl.Int64 = fields.baseline_sum_to_date(
        description="Operations in the same months of the three baseline years, summed (not the mean)."
    )
    earned_thirds_sek: pl.Int64 = column(
        "Earned so far, before the cap, in thirds of a krona: the mean of three years is exact.",
        unit="thirds of a krona",
        term_sv="intjänat före tak, i tredjedelar av en krona",
        source="S2025, annex 1; interpretation I-8",
        ge=0,
    )
    is_final: pl.Boolean = column(IS_LAST, unit="true or false", source="S2025")
    status: pl.String = fields.status()


class SurgeryFollowup(
    OfSchemeAndRegionOrCountry,
    name="performance.surgery_followup",
    key=["month", "scheme", "region_code", "procedure", "place"],
):
    """The monthly follow-up of operations, by place; a sum that a count is missing of is missing."""

    procedure: pl.String = fields.procedure()
    place: pl.String = column(
        "`private` if the provider is private, wherever; else `home` or `other` region.",
        "utförare",
        "S2025",
        unit="name",
        isin=["home", "other", "private"],
    )
    operations_to_date: pl.Int64 = fields.operations_to_date(nullable=True)
    last_year_to_date: pl.Int64 = fields.last_year_to_date(nullable=True)
    baseline_sum_to_date: pl.Int64 = fields.baseline_sum_to_date(nullable=True)


class SurgeryCaps(
    OfSchemeAndRegion, name="performance.surgery_caps", key=["month", "scheme", "region_code"]
):
    """What a region has earned for operations so far, against its cap."""

    earned_sek: pl.Int64 = fields.kronor(
        "Earned so far: the procedures' sum, half-up to whole kronor, at most the cap.",
        "intjänat belopp",
        "S2025, annex 1",
    )
    cap_sek: pl.Int64 = fields.kronor(
        "The most that the region can be paid, the same in each month: to be taken once.",
        "tak",
        "S2025, annex 2",
    )
    share_of_cap_pct: Annotated[pl.Decimal, 7, 4] = fields.share(
        "Earned in per cent of the cap.", "andel av taket"
    )
    is_final: pl.Boolean = column(IS_LAST, unit="true or false", source="S2025")
