"""An amendment within the year: each month, and each period of production, is judged by the version in force in it.

What is agreed in `amendment.toml` is made up. In 2020 most requirements really gave way to population.
"""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import polars as pl
import pytest

from rules.calculation import calculate
from rules.drafting import draft
from rules.loading import load_scheme
from rules.readings import amounts_under, other_readings
from rules.requirements.waiting_times import WaitingTime
from rules.scheme import Scheme
from rules.strict import SchemeError
from schemas.observed import Population, WaitingTimes
from schemas.payouts import BonusPots, Payouts, Reserves, RoundPayments
from schemas.performance import (
    FirstVisitProductionPerformance,
    NextLevels,
    WaitingTimePerformance,
)
from schemas.regions import region_codes
from schemas.table import Table
from tests.oracle.generate import make_year
from tests.oracle.model import DEFAULT_READINGS
from tests.oracle.parameters import BUP_2025
from tests.rules.observations import real_population, waiting_times
from tests.rules.oracle_comparison import assert_as_by_oracle
from tests.rules.oracle_frames import observed_tables
from tests.rules.paid_tables import paid_tables
from tests.rules.scheme_data import copied, of_regions, scheme_named
from tests.second_opinion.opinions import by_sql, folder_rows

AMENDMENT = Path(__file__).with_name("amendment.toml").read_text(encoding="utf-8")
COUNTING = 'months_by_population = "count"\n'
NOTHING_MET = {"completed": 10, "completed_within_30": 1, "waiting": 20, "waiting_within_30": 12}

Frames = dict[type[Table], pl.DataFrame]


def amend(file: Path, month: str = "2025-09") -> None:
    """Write the amendment below what the file says, from the month on."""
    text = file.read_text(encoding="utf-8") + AMENDMENT.replace("2025-09", month)
    file.write_text(text, encoding="utf-8")
    scheme = file.with_name("scheme.toml")
    text = scheme.read_text(encoding="utf-8")
    if COUNTING not in text:
        scheme.write_text(text + COUNTING, encoding="utf-8")


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """The agreement of 2025 with the amendment: of waiting times from September on, of production from July on."""
    folder = copied("bup-2025", tmp_path_factory.mktemp("schemes"))
    amend(folder / "waiting_time.toml")
    amend(folder / "first_visit_production.toml", "2025-07")
    return load_scheme(folder)


@pytest.fixture(scope="module")
def observed(amended: Scheme) -> Frames:
    """A year in which no region meets any requirement; in October one does not report."""
    months = [
        month.replace(year=year) for year in (2024, 2025) for month in amended.measured_months
    ]
    rows = [
        {"month": month, "region_code": code, "measure": measure, **NOTHING_MET}
        for month in months
        for code in region_codes()
        for measure in ("first_visit", "assessment", "treatment")
        if not (month.year == 2025 and month.month == 10 and code == "09")
    ]
    return {WaitingTimes: waiting_times(rows), Population: real_population()}


@pytest.fixture(scope="module")
def made(amended: Scheme, observed: Frames) -> Frames:
    """Every table."""
    return calculate(amended, observed)


def test_each_month_is_judged_by_the_version_in_force(made: Frames) -> None:
    """Nothing until August, the whole reserve from September on, also of the region that is missing."""
    levels = made[WaitingTimePerformance].with_columns(after=pl.col("month").dt.month() >= 9)
    found = levels.select("after", "level_pct", "alternative").unique().sort("after").rows()
    assert found == [(False, 0, "none"), (True, 100, "population")]
    assert (
        levels.filter("after")["earned_sek"].sum() == levels.filter("after")["reserved_sek"].sum()
    )


def test_what_is_not_earned_before_still_goes_to_the_pot(made: Frames) -> None:
    """To the krona: rounds, bonus and fund."""
    pot = made[BonusPots].filter(pot="waiting_time").row(0, named=True)
    of_months = made[Reserves].filter(component="waiting_time")
    paid = of_months.filter(pl.col("month").dt.month() >= 9)["reserved_sek"].sum()
    assert (pot["paid_sek"], pot["pot_sek"]) == (paid, pot["fund_sek"] - paid)
    assert made[Payouts]["amount_sek"].sum() == 990_000_000


def test_production_is_paid_by_population_from_its_period_on(made: Frames) -> None:
    """The second period whole in each of its months, whatever its status; the first goes to the pot."""
    levels = made[FirstVisitProductionPerformance].sort("month", "region_code")
    found = levels.select("period", "level_pct").unique().sort("period").rows()
    assert found == [(1, 0), (2, 100)]
    assert set(levels.filter(region_code="09", period=2)["status"]) == {"ok", "incomplete"}
    of_period = made[Reserves].filter(component="first_visit_production", month=pl.date(2025, 7, 1))
    paid = made[RoundPayments].filter(
        component="first_visit_production", month=pl.date(2025, 12, 1)
    )
    assert paid["amount_sek"].sum() == of_period["reserved_sek"].sum()
    pot = made[BonusPots].filter(pot="first_visit_production").row(0, named=True)
    assert pot["pot_sek"] == pot["fund_sek"] - paid["amount_sek"].sum() > 0


def test_no_level_is_missed_where_none_is_asked_for(made: Frames) -> None:
    """What is missing to the next one is told of the months before alone."""
    last = made[NextLevels].group_by("component").agg(pl.col("month").dt.month().max())
    assert dict(last.rows()) == {"waiting_time": 8, "first_visit_production": 6}


def test_sql_makes_the_same(amended: Scheme, observed: Frames, made: Frames) -> None:
    """Every table that the second opinion knows."""
    by_table = by_sql(folder_rows(amended.folder), region_codes(), observed)
    assert by_table.keys()
    for table, rows in by_table.items():
        if table in made:
            assert rows.equals(made[table]), table.qualified_name()


@pytest.mark.parametrize("reading", ["count", "left_out"])
@pytest.mark.parametrize(
    "seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in (2, 3))]
)
def test_the_oracle_makes_the_same(
    amended: Scheme, seed: int, reading: Literal["count", "left_out"]
) -> None:
    """Random years of the amended agreement, by the rules and by SQL, against the independent calculation."""
    oracle = replace(
        BUP_2025,
        by_population_from={"waiting_time": (2025, 9), "first_visit_production": (2025, 7)},
    )
    inputs = make_year(seed, BUP_2025)
    read = {"months_by_population": reading}
    scheme = of_regions(amended, inputs.regions).read_as(**read)
    readings = replace(DEFAULT_READINGS, months_by_population=reading)
    tables = observed_tables("bup-2025", inputs)
    assert_as_by_oracle(paid_tables(scheme, tables), oracle, inputs, readings)
    second = by_sql(folder_rows(amended.folder, **read), inputs.regions, tables)
    assert_as_by_oracle(second, oracle, inputs, readings)


def test_the_other_reading_of_the_pots_is_one_that_can_be_computed(
    amended: Scheme, observed: Frames, made: Frames
) -> None:
    """I-19: here nobody met a requirement, so a pot by what was paid for them stays undistributed."""
    [otherwise] = [each for each in other_readings(amended) if each.numbers == ("I-19",)]
    assert otherwise.readings == {"months_by_population": "left_out"}
    assert set(made[BonusPots]["undistributed_sek"]) == {0}
    read = amended.read_as(**otherwise.readings)
    other = calculate(read, observed, [BonusPots])[BonusPots]
    assert other["undistributed_sek"].equals(other["pot_sek"])
    assert other["pot_sek"].equals(made[BonusPots]["pot_sek"])
    moved = amounts_under(amended, observed, otherwise)["amount_sek"].sum()
    assert moved == 990_000_000 - other["undistributed_sek"].sum()


@pytest.mark.parametrize("name", ["access-2024", "bup-2025", "bup-2026"])
def test_a_scheme_that_is_not_amended_is_not_asked(name: str) -> None:
    """What it does not pay by population cannot count or not."""
    assert "months_by_population" not in scheme_named(name).identity.interpretations


def test_an_amended_scheme_says_whether_the_months_count(tmp_path: Path) -> None:
    """It is refused until it takes one of the readings."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "waiting_time.toml")
    file = folder / "scheme.toml"
    file.write_text(file.read_text(encoding="utf-8").replace(COUNTING, ""), encoding="utf-8")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    assert refusal.value.faults == [
        "scheme.toml: interpretations.months_by_population: the key is missing: choose one of count, left_out"
    ]


def test_a_period_is_amended_whole(tmp_path: Path) -> None:
    """Production is judged by the period: a month within one cannot begin an amendment, and the words say so."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "first_visit_production.toml")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    assert refusal.value.faults == [
        (
            "first_visit_production.toml: paid_by: a version begins 2025-09, but its value can change "
            "in 2025-07 alone, the first month of what is judged and paid as one"
        )
    ]


def test_the_year_after_says_whether_the_amendment_still_holds(tmp_path: Path) -> None:
    """A scheme that is based on the amended one is refused until it states the key; a draft has the last value."""
    amend(copied("bup-2025", tmp_path) / "waiting_time.toml")
    with pytest.raises(SchemeError) as refusal:
        load_scheme(copied("bup-2026", tmp_path))
    [fault] = refusal.value.faults
    assert fault.startswith("bup-2025/waiting_time.toml: paid_by: a version begins 2025-09, ")
    assert "state the key in bup-2026/waiting_time.toml, as it is to be in this year" in fault
    paid_by = load_scheme(draft(tmp_path, "bup-2027", "bup-2025")).require(WaitingTime).paid_by
    assert paid_by is not None
    [version] = paid_by.root
    assert (version.valid_from, version.value) == (None, "population")
