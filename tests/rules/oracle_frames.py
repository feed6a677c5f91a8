"""Between the oracle's plain tuples and the product's frames, in both directions."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from operator import itemgetter
from typing import NamedTuple

import polars as pl

from rules.catalogue import interpretations
from rules.requirements.surgery import Surgery
from rules.scheme import Scheme
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.table import Table
from tests.oracle import parameters as oracle_parameters
from tests.oracle.model import Inputs, Month, Readings
from tests.oracle.tables import (
    AmountLine,
    BonusPot,
    Payout,
    ProductionPerformance,
    Reserve,
    SurgeriesPerformance,
    SurgeryFollowup,
    WaitingTimesPerformance,
)
from tests.rules.observations import observed, population, real_population_of
from tests.rules.paid_tables import paid_tables
from tests.rules.scheme_data import of_regions, restated, scheme_named, with_requirement

ROWS: Mapping[str, type[NamedTuple]] = {
    "performance.waiting_times": WaitingTimesPerformance,
    "performance.first_visit_production": ProductionPerformance,
    "performance.surgeries": SurgeriesPerformance,
    "performance.surgery_followup": SurgeryFollowup,
    "payouts.reserves": Reserve,
    "payouts.round_payments": AmountLine,
    "payouts.bonus_pots": BonusPot,
    "payouts.payout_lines": AmountLine,
    "payouts.payouts": Payout,
}
"""The oracle's row for each of the product's tables."""

READINGS: Mapping[str, Mapping[str, str]] = {
    "gaps_between_bands": {
        "default": "rounded",
        "exact": "exact",
        "shares_rounded": "shares_rounded",
    },
    "nobody_waiting": {"met": "met", "not_met": "not_met"},
    "patient_chosen": {"included": "included", "excluded": "excluded"},
    "mean_of_three_years": {"thirds": "exact_thirds", "floored": "whole_operations"},
    "earned_rounding": {
        "per_round": "per_round_and_region",
        "per_month_and_measure": "per_month_and_measure",
    },
    "bonus_rounding": {"largest_remainder": "largest_remainder", "half_up": "half_up"},
    "months_by_population": {"count": "count", "left_out": "left_out"},
}
"""The product's word for each of the oracle's readings."""

NUMBERS = {
    "gaps_between_bands": "I-1",
    "nobody_waiting": "I-2",
    "patient_chosen": "I-3",
    "mean_of_three_years": "I-8",
    "earned_rounding": "I-12",
    "bonus_rounding": "I-16",
    "months_by_population": "I-19",
}

POPULATION_MONTHS = {
    "access-2024": "2023-11",
    "bup-2025": "2024-11",
    "bup-2026": "2025-11",
}


def real_inputs(scheme: oracle_parameters.Scheme, inputs: Inputs) -> Inputs:
    """The inputs with the real population, for the years that have one."""
    month = POPULATION_MONTHS.get(scheme.name)
    if month not in {"2023-11", "2024-11"}:
        return inputs
    return replace(
        inputs,
        population=real_population_of(month, "0-18"),
        population_all=real_population_of(month, "all"),
    )


def calculated(
    scheme: oracle_parameters.Scheme, inputs: Inputs, readings: Readings
) -> dict[type[Table], pl.DataFrame]:
    """The product's tables for the oracle's inputs and readings, but those that nothing is paid by."""
    product = product_scheme(scheme.name, inputs, readings)
    return paid_tables(product, observed_tables(scheme.name, inputs))


def product_scheme(name: str, inputs: Inputs, readings: Readings) -> Scheme:
    """The product's scheme under the oracle's readings, with the inputs' regions and caps."""
    chosen = {
        interpretations()[number].name: READINGS[field][getattr(readings, field)]
        for field, number in NUMBERS.items()
    }
    scheme = of_regions(scheme_named(name).read_as(**chosen), inputs.regions)
    return with_caps(scheme, inputs.caps) if inputs.caps else scheme


def with_caps(scheme: Scheme, caps: Mapping[str, int]) -> Scheme:
    """A scheme of operations with other caps."""
    return with_requirement(
        scheme, "surgery", caps=restated(scheme.require(Surgery).caps, value=caps)
    )


def observed_tables(scheme: str, inputs: Inputs) -> dict[type[Table], pl.DataFrame]:
    """The oracle's inputs as observed tables."""
    month = _first_day(_parsed(POPULATION_MONTHS.get(scheme, "2024-11")))
    return {
        WaitingTimes: observed(WaitingTimes, _waiting_rows(inputs)),
        Surgeries: observed(Surgeries, _surgery_rows(inputs)),
        Population: pl.concat(
            [
                population(month, "0-18", inputs.population),
                population(month, "all", inputs.population_all),
            ]
        ),
    }


def assert_same_rows(
    table: type[Table],
    computed: pl.DataFrame,
    columns: Sequence[str],
    expected: Sequence[tuple[object, ...]],
) -> None:
    """The product's columns hold the oracle's rows, each key once."""
    place = itemgetter(*(columns.index(name) for name in table.key() if name in columns))
    by_oracle = {place(row): tuple(row) for row in expected}
    rows = zip(*(_plain(computed[name]) for name in columns), strict=True)
    assert {place(row): row for row in rows} == by_oracle, table
    assert computed.height == len(by_oracle) == len(expected), table


def _plain(column: pl.Series) -> list[object]:
    """The column's values as the oracle has them: months as year and month, decimals as fractions."""
    values = column.to_list()
    if column.dtype == pl.Date:
        return [(each.year, each.month) for each in values]
    if column.dtype.is_decimal():
        return [None if each is None else Fraction(each) for each in values]
    return values


def _waiting_rows(inputs: Inputs) -> Iterator[dict[str, object]]:
    for (month, region, measure), counts in inputs.waiting.items():
        key = {"month": _first_day(month), "region_code": region, "measure": measure}
        yield {**key, **counts._asdict()}


def _surgery_rows(inputs: Inputs) -> Iterator[dict[str, object]]:
    for month, rows in inputs.surgeries.items():
        for row in rows:
            yield {
                "month": _first_day(month),
                "home_region_code": row.home_region,
                "procedure": row.procedure,
                "performing_region_code": row.performing_region,
                "provider_type": row.provider_type,
                "operations": row.operations,
            }


def _first_day(month: Month) -> date:
    return date(month[0], month[1], 1)


def _parsed(month: str) -> Month:
    year, number = month.split("-")
    return int(year), int(number)
