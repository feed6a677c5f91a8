"""Deliveries of operations for a test: complete by default, with what the test is about changed."""

from collections.abc import Iterable
from datetime import date

import polars as pl

from rules.requirements.surgery import Surgery
from schemas.months import add_months
from tests.rules.observations import surgeries
from tests.rules.scheme_data import scheme_named

SCHEME = scheme_named("surgery-2025")
MEASURED = SCHEME.measured_months
BASELINE_YEARS = (2022, 2023, 2024)
PROCEDURES = SCHEME.require(Surgery).procedures()
NEEDED = [add_months(month, -12 * years) for month in MEASURED for years in range(4)]

Row = dict[str, object]


def row(month: date, home: str, procedure: str, operations: int | None, **place: str) -> Row:
    """A row of `observed.surgeries`, done at home in public care unless told."""
    return {
        "month": month,
        "home_region_code": home,
        "procedure": procedure,
        "performing_region_code": place.get("performing", home),
        "provider_type": place.get("provider", "public"),
        "operations": operations,
    }


def delivered(rows: Iterable[Row], homes: Iterable[str] = ("01",)) -> pl.DataFrame:
    """`observed.surgeries`: the rows, and a zero for each month that is missing of a home region.

    Norrbotten has a row of each procedure in each month: all of them are asked for.
    """
    given = list(rows)
    present = {(each["month"], each["home_region_code"]) for each in given}
    zeros = [
        row(month, home, "cataract", 0)
        for month in NEEDED
        for home in homes
        if (month, home) not in present
    ]
    asked_for = [row(month, "25", each, 0) for month in NEEDED for each in PROCEDURES]
    return surgeries([*given, *zeros, *asked_for])
