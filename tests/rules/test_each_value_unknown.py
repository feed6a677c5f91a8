"""Each value of a scheme's requirements unknown in turn: only what asks for it is not there.

What asks for what is written here from the agreements. Every other row is that of the scheme as it is.
"""

import json
import tomllib
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from itertools import chain
from pathlib import Path
from random import Random
from typing import Any

import polars as pl
import pytest

from assets.groups import groups_of
from rules.calculation import calculate
from rules.loading import load_scheme
from rules.reconciliation import reconcile
from rules.scheme import Scheme
from rules.steps import steps
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import PayoutLines, Reserves
from schemas.performance import (
    FirstVisitProductionPerformance,
    NextLevels,
    WaitingTimePerformance,
)
from schemas.regions import region_codes
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance
from schemas.table import Table
from tests.rules.observations import any_within_30, real_population, surgeries, waiting_times
from tests.rules.operations import row
from tests.rules.scheme_data import copied, scheme_named
from tests.second_opinion.opinions import by_sql, folder_rows
from tests.slow_cases import slow_but

Asking = Mapping[type[Table], pl.Expr | bool]
"""The rows of each table that ask for a value; of a table that is not there, none."""

OF = pl.col("component")
WAITING = OF == "waiting_time"
PRODUCTION = OF == "first_visit_production"

OF_MONTHS: Asking = {WaitingTimePerformance: True, NextLevels: WAITING}
OF_PERIODS: Asking = {FirstVisitProductionPerformance: True, NextLevels: PRODUCTION}
SHARED_BY_MONTH: Asking = {Reserves: WAITING, **OF_MONTHS}
SHARED_BY_PERIOD: Asking = {Reserves: PRODUCTION, **OF_PERIODS}
GRANTED: Asking = {Reserves: OF == "development_grant"}

ASKING: Mapping[str, Mapping[str, Asking]] = {
    "bup-2025": {
        **{
            f"waiting_time.toml fund.{measure}": {
                Reserves: WAITING & (pl.col("measure") == measure),
                WaitingTimePerformance: pl.col("measure") == measure,
                NextLevels: WAITING & (pl.col("measure") == measure),
            }
            for measure in ("first_visit", "assessment", "treatment")
        },
        "waiting_time.toml population": SHARED_BY_MONTH,
        "waiting_time.toml apportionment": SHARED_BY_MONTH,
        "waiting_time.toml improvement": OF_MONTHS,
        "waiting_time.toml attainment": OF_MONTHS,
        "first_visit_production.toml fund": SHARED_BY_PERIOD,
        "first_visit_production.toml population": SHARED_BY_PERIOD,
        "first_visit_production.toml apportionment": SHARED_BY_PERIOD,
        "first_visit_production.toml production": OF_PERIODS,
        "development_grant.toml fund": GRANTED,
        "development_grant.toml fixed_each": GRANTED,
        "development_grant.toml population": GRANTED,
        "development_grant.toml apportionment": GRANTED,
    },
    "surgery-2025": {
        **{
            f"surgery.toml price.{procedure}": {
                SurgeryPerformance: pl.col("procedure") == procedure,
                SurgeryCaps: True,
            }
            for procedure in ("hip_replacement", "cataract", "prolapse")
        },
        "surgery.toml baseline_years": {
            SurgeryPerformance: True,
            SurgeryFollowup: True,
            SurgeryCaps: True,
        },
        "surgery.toml ceiling": {},
        "surgery.toml caps": {Reserves: True, SurgeryCaps: True},
    },
}
CASES = [(scheme, *key.split(" ")) for scheme, asking in ASKING.items() for key in asking]
FAST = {(scheme, file): (scheme, file, key) for scheme, file, key in CASES}
"""One of each file."""


def as_toml(value: object) -> str:
    """The value as TOML, on one line."""
    if isinstance(value, dict):
        return f"{{ {', '.join(f'{key} = {as_toml(each)}' for key, each in value.items())} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(as_toml, value))}]"
    return str(value) if isinstance(value, Decimal) else json.dumps(value, ensure_ascii=False)


def unknown(name: str, file: str, key: str, parent: Path, since: str = "") -> Scheme:
    """The scheme with a value that is not known yet, at all or from a month on."""
    path = copied(name, parent) / file
    content: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    *groups, last = key.split(".")
    holder = content
    for group in groups:
        holder = holder[group]
    stated = holder[last]
    without = {name: each for name, each in stated.items() if name != "value"} | {
        "not_known_yet": "to be decided",
        "not_known_yet_sv": "ska beslutas",
    }
    holder[last] = [stated, {**without, "from": since}] if since else without
    path.write_text(
        "".join(f"{key} = {as_toml(each)}\n" for key, each in content.items()), encoding="utf-8"
    )
    return load_scheme(path.parent)


@cache
def observed() -> Mapping[type[Table], pl.DataFrame]:
    """Made-up counts of two years' waiting times and of four years' operations; the real population."""
    random = Random(17)  # noqa: S311 - made up, not secret
    rows = [
        any_within_30(
            random,
            date(year, month, 1),
            region,
            measure,
            completed=random.randint(0, 30),
            waiting=random.randint(0, 30),
        )
        for year in (2024, 2025)
        for month in range(3, 12)
        for region in region_codes()
        for measure in ("first_visit", "assessment", "treatment")
    ]
    operations = surgeries(
        row(date(year, month, 1), region, procedure, random.randint(0, 40))
        for year in range(2022, 2026)
        for month in range(6, 11)
        for region in region_codes()
        for procedure in scheme_named("surgery-2025").requirements["surgery"].price
    )
    return {
        WaitingTimes: waiting_times(rows),
        Surgeries: operations,
        Population: real_population(),
    }


@cache
def known(name: str) -> Mapping[type[Table], pl.DataFrame]:
    """The tables of the scheme as it is, but for those of its payments."""
    made = calculate(scheme_named(name), observed())
    measured = {step.table for step in steps(scheme_named(name)) if not step.pays}
    return {table: rows for table, rows in made.items() if table in measured}


def assert_only_that_lacks(scheme: Scheme, asking: Asking, since: date = date.min) -> None:
    """Rules and SQL make what the scheme makes when all is known, without the rows that ask."""
    made = calculate(scheme, observed())
    second = by_sql(folder_rows(scheme.folder), region_codes(), observed())
    assert made.keys() <= known(scheme.name).keys(), "nothing is paid"
    for table, rows in known(scheme.name).items():
        asks = pl.lit(value=False) | asking.get(table, False)
        expected = rows.filter(~(asks & (pl.col("month") >= since)))
        found = made.get(table, table.without_rows())
        assert found.sort(table.key()).equals(expected.sort(table.key())), table
        if table in second:
            assert second[table].equals(found.select(second[table].columns)), table
    paying = [table for table in second if table not in known(scheme.name)]
    assert all(second[table].is_empty() for table in paying)
    beside = (PayoutLines, Reserves, WaitingTimePerformance)
    tables = {table: made.get(table, table.without_rows()) for table in beside}
    compared = reconcile(scheme, {**observed(), **tables}, made_up=True)
    assert "differs" not in {each.verdict for each in compared}, "a part is not taken for the whole"
    places = {step.place(month) for step in steps(scheme) for month in step.months}
    looked_at = chain.from_iterable(
        step.sources(month) for step in steps(scheme) for month in step.months
    )
    assert {place for place in looked_at if place.scheme} <= places, "a step waits for nothing"
    names = [group.name for group in groups_of(scheme)]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize("name", ASKING)
def test_every_parameter_is_tried(name: str) -> None:
    """None of the scheme's requirements has another."""
    parameters = {f"{file} {key}" for file, key, _ in scheme_named(name).parameters()}
    assert set(ASKING[name]) == parameters


@pytest.mark.parametrize(("name", "file", "key"), slow_but([*FAST.values()], CASES))
def test_what_does_not_ask_for_it_is_computed(
    name: str, file: str, key: str, tmp_path: Path
) -> None:
    """Row by row as when it is known, and it is said what is missing."""
    scheme = unknown(name, file, key, tmp_path)
    assert scheme.not_known_yet == [f"{file}: {key}: to be decided"]
    assert_only_that_lacks(scheme, ASKING[name][f"{file} {key}"])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "key"),
    [
        ("waiting_time.toml", "fund.first_visit"),
        ("waiting_time.toml", "attainment"),
        ("first_visit_production.toml", "fund"),
        ("first_visit_production.toml", "production"),
    ],
)
def test_the_months_before_it_are_computed(file: str, key: str, tmp_path: Path) -> None:
    """Where a value is unknown from July on, the first round is there whole, and each run has its name."""
    scheme = unknown("bup-2025", file, key, tmp_path, "2025-07")
    assert_only_that_lacks(scheme, ASKING["bup-2025"][f"{file} {key}"], date(2025, 7, 1))
