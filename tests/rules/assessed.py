"""One region's or a few regions' performance, from counts written in a test."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache

import polars as pl

from rules.requirements.first_visit_production import FirstVisitProduction, first_visit_production
from rules.requirements.waiting_times import waiting_time_performance
from rules.scheme import Scheme
from schemas.months import add_months, parse_month
from schemas.payouts import Reserves
from tests.rules.case_files import Case, count
from tests.rules.observations import waiting_times
from tests.rules.scheme_data import of_regions, scheme_named

REGION = "01"
MONTH = date(2025, 4, 1)
MEASURE = "assessment"
RESERVED = 1001
"""Kronor in reserve: a quarter of it is not whole."""

COUNTS = (
    "completed",
    "completed_within_30",
    "completed_patient_chosen",
    "waiting",
    "waiting_within_30",
)
COLUMNS = {
    "completed": "completed",
    "completed_within_30": "within",
    "completed_patient_chosen": "chosen",
    "waiting": "waiting",
    "waiting_within_30": "waiting_within",
}
"""The case files' short names of the counts."""


@cache
def of_one_region(**readings: str) -> Scheme:
    """The scheme of 2025 with one region, so read."""
    return of_regions(scheme_named("bup-2025").read_as(**readings), [REGION])


def reserved(component: str, measure: str, first: date, last: date) -> pl.DataFrame:
    """`payouts.reserves` of one region."""
    row = {
        "month": first,
        "scheme": "bup-2025",
        "region_code": REGION,
        "component": component,
        "measure": measure,
        "month_to": last,
        "reserved_sek": RESERVED,
    }
    return Reserves.conform(pl.DataFrame([row]))


@cache
def reserved_for_waiting_times() -> pl.DataFrame:
    """`payouts.reserves` of the month's three measures."""
    return pl.concat(
        reserved("waiting_time", measure, MONTH, MONTH)
        for measure in ("first_visit", "assessment", "treatment")
    )


@cache
def reserved_for_production() -> pl.DataFrame:
    """`payouts.reserves` of the periods."""
    return pl.concat(
        reserved("first_visit_production", "", period.first, period.last)
        for period in scheme_named("bup-2025").require(FirstVisitProduction).period
    )


def waiting_time_row(case: Case, **readings: str) -> dict[str, object]:
    """The row of `performance.waiting_times` that a case's counts give.

    A case without waiting has 10 waiting and 1 within 30 days: attainment is out of reach.
    """
    this_month = {name: case.get(short) for name, short in COLUMNS.items()}
    if "waiting" not in case:
        this_month |= {"waiting": "10", "waiting_within_30": "1"}
    last_year = {name: case.get(f"{COLUMNS[name]}_last_year") for name in COUNTS[:3]}
    rows = [
        {
            "month": month,
            "region_code": REGION,
            "measure": MEASURE,
            **{name: count(text or "") for name, text in counts.items()},
        }
        for month, counts in ((MONTH, this_month), (add_months(MONTH, -12), last_year))
        if any(counts.values())
    ]
    scheme, reserves = of_one_region(**readings), reserved_for_waiting_times()
    table = waiting_time_performance(scheme, waiting_times(rows), reserves, [MONTH])
    return table.row(by_predicate=pl.col("measure") == MEASURE, named=True)


def production_rows(
    rows: Iterable[Mapping[str, object]], months: list[date], **readings: str
) -> list[dict[str, object]]:
    """The rows of `performance.first_visit_production` that counts of first visits give."""
    visits = [{"region_code": REGION, "measure": "first_visit", **row} for row in rows]
    scheme, reserves = of_one_region(**readings), reserved_for_production()
    return first_visit_production(scheme, waiting_times(visits), reserves, months).to_dicts()


def production_row(completed: int, added: int, **readings: str) -> dict[str, object]:
    """The row of a period whose first month has these counts."""
    month = parse_month("2025-03")
    counts = {
        "month": month,
        "completed": completed,
        "completed_within_30": 0,
        "waiting": added,
        "waiting_within_30": added,
    }
    return production_rows([counts], [month], **readings)[0]
