"""Tables of the published warehouse beside what is recorded: what a payout rests on, and who has reported."""

import polars as pl

from schemas import fields
from schemas.keys import OfMonth, OfRegion, OfScheme
from schemas.table import Table, column


class RoundMonths(OfScheme, name="payouts.round_months", key=["payout_month", "scheme", "month"]):
    """Which measured months (`month`) a payout rests on; a payout of grants alone has none."""

    payout_month: pl.Date = column(
        "The month paid, as its first day; the months measured for it are in payouts.round_months.",
        unit="month",
        term_sv="utbetalningsmånad",
        source="the scheme's payout months",
    )


class OfDataset(Table):
    """A table with a row, or rows, a dataset."""

    dataset: pl.String = column(
        "What is delivered: `population`, `waiting_times` or `surgeries`.",
        unit="name",
        term_sv="datamängd",
        source="schemas/deliveries.py",
    )


class ReportingDays(OfMonth, OfDataset, name="observed.reporting_days", key=["dataset", "month"]):
    """By which day a month of a dataset is to be reported; the earliest, if several schemes rest on it."""

    due_on: pl.Date = column(
        "The last day that is in time.",
        unit="day",
        term_sv="senaste rapporteringsdag",
        source="the schemes' parameters",
    )


class ReportingStatus(
    OfRegion, OfMonth, OfDataset, name="observed.status", key=["dataset", "month", "region_code"]
):
    """Whether a region's report of a month is in, and how it came; a row a region of each month delivered."""

    delivered_on: pl.Date = column(
        "The day of the delivery that counts.",
        unit="day",
        term_sv="inlämningsdag",
        source="audit.deliveries",
    )
    delivery_id: pl.String = fields.delivery_id(
        "The delivery that counts: dataset, month, day, first 12 digits of its SHA-256.",
    )
    is_reported: pl.Boolean = column(
        "Whether it holds any count of the region.",
        unit="true or false",
        term_sv="rapporterat",
        source="observed tables",
    )
    is_late: pl.Boolean = column(
        "Whether the region's first report of the month came after its day; missing where there is "
        "none, or no day.",
        unit="true or false",
        term_sv="försenat",
        source="observed.reporting_days",
        nullable=True,
    )
    days_late: pl.Int64 = column(
        "By how many days; 0 if in time, missing as `is_late`.",
        unit="days",
        term_sv="dagar för sent",
        source="observed.reporting_days",
        nullable=True,
        ge=0,
    )
    times_replaced: pl.Int64 = column(
        "How many deliveries of the month were recorded before the one that counts.",
        unit="deliveries",
        term_sv="antal ersättningar",
        source="audit.materialisations",
        ge=0,
    )
    is_withdrawn: pl.Boolean = column(
        "Whether the delivery that counts takes the month back.",
        unit="true or false",
        term_sv="återkallat",
        source="audit.deliveries",
    )


class Corrections(
    OfRegion,
    OfMonth,
    OfDataset,
    name="observed.corrections",
    key=["dataset", "month", "region_code", "item", "counted"],
):
    """The counts that a region's later report of a month gave otherwise than its first; no row, no correction."""

    item: pl.String = column(
        "What was counted: the rest of its row's key, such as the measure; several with commas.",
        unit="name",
        term_sv="avser",
        source="observed tables",
    )
    counted: pl.String = column(
        "The count, as its column is called.",
        unit="name",
        term_sv="uppgift",
        source="observed tables",
    )
    first_number: pl.Int64 = column(
        "As the region first reported it; missing if it did not.",
        unit="as the count",
        term_sv="först rapporterat",
        source="audit.materialisations",
        nullable=True,
        ge=0,
    )
    corrected_number: pl.Int64 = column(
        "As it is in the delivery that counts; missing if it no longer stands there.",
        unit="as the count",
        term_sv="rättat",
        source="observed tables",
        nullable=True,
        ge=0,
    )
    corrected_on: pl.Date = column(
        "The day of the first delivery that gave it so.",
        unit="day",
        term_sv="rättelsedag",
        source="audit.deliveries",
    )
