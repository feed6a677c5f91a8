"""Tables of operations: against the baseline, by place, and against the cap."""

from typing import Annotated

import polars as pl

from schemas.keys import NAME_PATTERN, OfSchemeAndRegion, OfSchemeAndRegionOrCountry
from schemas.performance import count_column, share_column, status_column
from schemas.table import MOST, column


class SurgeryPerformance(OfSchemeAndRegion):
    """Operations of a region's residents since the first month measured, against the baseline."""

    procedure: pl.String = column(
        "The kind of operation.",
        unit="name",
        term_sv="åtgärd",
        source="S2025, annex 1",
        str_matches=NAME_PATTERN,
    )
    operations_to_date: pl.Int64 = count_column(
        "Operations since the first month measured, this year.",
        "operations",
        "operationer hittills",
    )
    last_year_to_date: pl.Int64 = count_column(
        "Operations in the same months of the year before.",
        "operations",
        "operationer samma månader föregående år",
    )
    baseline_sum_to_date: pl.Int64 = count_column(
        "Operations in the same months of the three baseline years, summed (not the mean).",
        "operations",
        "summa för de tre basåren",
    )
    earned_thirds_sek: pl.Int64 = column(
        "Earned so far, before the cap, in thirds of a krona: the mean of three years is exact.",
        unit="thirds of a krona",
        term_sv="intjänat före tak, i tredjedels kronor",
        source="S2025, annex 1; interpretation I-8",
        ge=0,
    )
    is_final: pl.Boolean = column(
        "Whether the month is the last one measured.",
        unit="true or false",
        source="S2025",
    )
    status: pl.String = status_column()

    class Config:
        """Name and key."""

        name = "performance.surgeries"
        unique = ["month", "scheme", "region_code", "procedure"]


class SurgeryFollowup(OfSchemeAndRegionOrCountry):
    """The monthly follow-up of operations, by place."""

    procedure: pl.String = column(
        "The kind of operation.",
        unit="name",
        term_sv="åtgärd",
        source="S2025, annex 1",
        str_matches=NAME_PATTERN,
    )
    place: pl.String = column(
        "`private` if the provider is private, wherever; else `home` or `other` region.",
        unit="name",
        term_sv="hemregion, annan region, privat vårdgivare",
        source="S2025",
        isin=["home", "other", "private"],
    )
    operations_to_date: pl.Int64 = count_column(
        "Operations since the first month measured, this year.",
        "operations",
        "operationer hittills",
    )
    last_year_to_date: pl.Int64 = count_column(
        "Operations in the same months of the year before.",
        "operations",
        "operationer samma månader föregående år",
    )
    baseline_sum_to_date: pl.Int64 = count_column(
        "Operations in the same months of the three baseline years, summed.",
        "operations",
        "summa för de tre basåren",
    )

    class Config:
        """Name and key."""

        name = "performance.surgery_followup"
        unique = ["month", "scheme", "region_code", "procedure", "place"]


class SurgeryCaps(OfSchemeAndRegion):
    """What a region has earned for operations so far, against its cap."""

    earned_sek: pl.Int64 = column(
        "Earned so far: the procedures' sum, half-up to whole kronor, at most the cap.",
        unit="kronor",
        term_sv="intjänat belopp",
        source="S2025, annex 1",
        ge=0,
        lt=MOST,
    )
    cap_sek: pl.Int64 = column(
        "The most that the region can be paid.",
        unit="kronor",
        term_sv="tak",
        source="S2025, annex 2",
        ge=0,
        lt=MOST,
    )
    share_of_cap_pct: Annotated[pl.Decimal, 7, 4] = share_column(
        "Earned in per cent of the cap.",
        "andel av taket",
    )
    is_final: pl.Boolean = column(
        "Whether the month is the last one measured.",
        unit="true or false",
        source="S2025",
    )

    class Config:
        """Name and key."""

        name = "performance.surgery_caps"
        unique = ["month", "scheme", "region_code"]
