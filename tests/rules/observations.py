"""Observed tables made in a test: only what a test is about needs to be written out."""

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from random import Random

import polars as pl

from schemas.months import parse_month
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.table import Table

RAW = Path(__file__).parents[2] / "data" / "raw"
POPULATION_FILES = {path.parent.name: path for path in (RAW / "population").glob("*/*.csv")}

Row = Mapping[str, object]


def observed(table: type[Table], rows: Iterable[Row]) -> pl.DataFrame:
    """The rows as the table, checked; `delivery_id` is made up."""
    kinds = {name: kind for name, kind in table.polars_schema().items() if name != "delivery_id"}
    frame = pl.DataFrame(list(rows), schema=kinds, orient="row")
    dataset = table.qualified_name().removeprefix("observed.")
    return table.conform(
        frame.with_columns(
            delivery_id=pl.format(
                "{}/{}/2026-01-01/000000000000",
                pl.lit(dataset),
                pl.col("month").dt.strftime("%Y-%m"),
            )
        )
    )


def waiting_times(rows: Iterable[Row]) -> pl.DataFrame:
    """`observed.waiting_times`; a count that a row leaves out is missing."""
    return observed(WaitingTimes, rows)


def any_within_30(
    random: Random, month: date, region: str, measure: str, *, completed: int, waiting: int
) -> Row:
    """A row of `observed.waiting_times` of which any number, drawn at random, is within 30 days."""
    return {
        "month": month,
        "region_code": region,
        "measure": measure,
        "completed": completed,
        "completed_within_30": random.randint(0, completed),
        "waiting": waiting,
        "waiting_within_30": random.randint(0, waiting),
    }


def surgeries(rows: Iterable[Row]) -> pl.DataFrame:
    """`observed.surgeries`."""
    return observed(Surgeries, rows)


def population(month: date, age_group: str, by_region: Mapping[str, int]) -> pl.DataFrame:
    """`observed.population` of one day and age group."""
    return observed(
        Population,
        [
            {"month": month, "region_code": code, "age_group": age_group, "population": number}
            for code, number in by_region.items()
        ],
    )


@cache
def real_population() -> pl.DataFrame:
    """`observed.population` as the repository's own deliveries give it."""
    parts = []
    for month, file in POPULATION_FILES.items():
        delivered = pl.read_csv(file, separator=";", schema_overrides={"region": pl.String})
        rows = delivered.select(
            pl.lit(parse_month(month)).alias("month"),
            pl.col("region").alias("region_code"),
            "age_group",
            "population",
        )
        parts.append(observed(Population, rows.to_dicts()))
    return pl.concat(parts)


def real_population_of(month: str, age_group: str) -> dict[str, int]:
    """The delivered population of one day and age group, by region."""
    found = real_population().filter(
        (pl.col("month") == parse_month(month)) & (pl.col("age_group") == age_group)
    )
    return dict(found.select("region_code", "population").iter_rows())
