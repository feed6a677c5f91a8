"""Tables of what was delivered: counts as the sender reported them, typed and checked."""

import pandera.polars as pa
import polars as pl

from schemas import fields
from schemas.keys import OfMonth, OfRegion
from schemas.regions import region_codes
from schemas.table import MOST, Table, column, holds


class Delivered(Table):
    """A table read from deliveries: each row names the delivery that it came in."""

    delivery_id: pl.String = fields.delivery_id(
        "The delivery the row came in: dataset, month, day, first 12 digits of its SHA-256.",
        str_matches=r"^[a-z_]+/\d{4}-\d{2}/\d{4}-\d{2}-\d{2}/[0-9a-f]{12}$",
    )


class Population(
    Delivered,
    OfRegion,
    OfMonth,
    name="observed.population",
    key=["month", "region_code", "age_group"],
):
    """Inhabitants by region and age group on the first day of a month.

    The figures of 2023-11-01 and 2024-11-01 were recovered from the published tables.
    """

    age_group: pl.String = column(
        "Ages counted: `0-18`, or `all`.",
        unit="years of age",
        term_sv="åldersgrupp",
        source="T2025, D2024",
        isin=["0-18", "all"],
    )
    population: pl.Int64 = column(
        "Inhabitants.",
        unit="persons",
        term_sv="folkmängd",
        source="Statistics Sweden, as the published tables imply it",
        ge=1,
        lt=MOST,
    )

    @pa.dataframe_check(
        error="population of age_group 0-18 is less than that of all of the same region_code"
    )
    def children_are_part_of_all(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """Whether those of 0 to 18 years are fewer than a region's inhabitants, where both were delivered."""
        is_whole = pl.col("age_group") == "all"
        whole = pl.col("population").filter(is_whole).max().over("month", "region_code")
        fits = is_whole | (pl.col("population") < whole)
        return data.lazyframe.select(fits.fill_null(True))


class WaitingTimes(
    Delivered,
    OfRegion,
    OfMonth,
    name="observed.waiting_times",
    key=["month", "region_code", "measure"],
):
    """Children and adolescents who got care in the month, and who waited at its end.

    A missing count was not available to the sender: it is never zero.
    """

    measure: pl.String = fields.name(
        "What was waited for: `first_visit`, `assessment` or `treatment`.",
        "mått",
        "SKR",
    )
    completed: pl.Int64 = fields.patients(
        "Completed in the month, however long they had waited.", "genomförda"
    )
    completed_within_30: pl.Int64 = fields.patients(
        "Of those completed, the ones who had waited at most 30 days.",
        "genomförda inom 30 dagar",
    )
    completed_patient_chosen: pl.Int64 = fields.patients(
        "Completed after more than 30 days at the patient's own choice.",
        "genomförda, patientvald väntan (PvV)",
    )
    waiting: pl.Int64 = fields.patients("Waiting at the month's end.", "väntande")
    waiting_within_30: pl.Int64 = fields.patients(
        "Of those waiting, the ones who had waited at most 30 days.",
        "väntande inom 30 dagar",
    )

    # Where both counts were reported.
    within_is_part_of_completed = holds(
        "completed_within_30 is at most completed",
        (pl.col("completed_within_30") <= pl.col("completed")).fill_null(True),
    )
    within_is_part_of_waiting = holds(
        "waiting_within_30 is at most waiting",
        (pl.col("waiting_within_30") <= pl.col("waiting")).fill_null(True),
    )

    @pa.dataframe_check(error="completed_patient_chosen is at most completed less within 30")
    def chosen_is_part_of_late(cls, data: pa.PolarsData) -> pl.LazyFrame:  # noqa: N805
        """Whether waits of the patient's choice are part of those over 30 days."""
        late = pl.col("completed") - pl.col("completed_within_30").fill_null(0)
        # Where more were within 30 days than in all, that is the one fault.
        fits = pl.col("completed_patient_chosen") <= late.clip(lower_bound=0)
        return data.lazyframe.select(fits.fill_null(True))


class Surgeries(
    Delivered,
    OfMonth,
    name="observed.surgeries",
    key=["month", "home_region_code", "procedure", "performing_region_code", "provider_type"],
):
    """Operations in the month, by where the patient lives and where it was done."""

    home_region_code: pl.String = column(
        "County code of the region where the patient lives.",
        unit="code",
        term_sv="hemregion",
        source="patient register",
    )
    procedure: pl.String = fields.procedure(
        description="The kind of operation, as a scheme's parameters name it."
    )
    performing_region_code: pl.String = column(
        "County code of the region where the operation was done.",
        unit="code",
        term_sv="utförande region",
        source="patient register",
    )
    provider_type: pl.String = column(
        "Who did it: `public` or `private`.",
        "driftsform",
        "patient register",
        unit="name",
        isin=["public", "private"],
    )
    operations: pl.Int64 = fields.count(
        "Operations done.",
        "antal operationer",
        unit="operations",
        source="patient register",
        nullable=True,
    )

    home_is_known = holds(
        "home_region_code is in the register of regions",
        pl.col("home_region_code").is_in(region_codes()),
    )
    performer_is_known = holds(
        "performing_region_code is in the register of regions",
        pl.col("performing_region_code").is_in(region_codes()),
    )


OBSERVED: list[type[Table]] = [Population, WaitingTimes, Surgeries]
"""The models of what is delivered; a dataset is called as its table is in the schema `observed`."""
