"""An amendment within the year: each month is judged by the version in force in it.

What is agreed in `amendment.toml` is made up. In 2020 most requirements really gave way to population.
"""

from pathlib import Path

import polars as pl
import pytest

from rules.calculation import calculate
from rules.drafting import draft
from rules.loading import load_scheme
from rules.requirements.waiting_times import WaitingTime
from rules.scheme import Scheme
from rules.strict import SchemeError
from schemas.observed import Population, WaitingTimes
from schemas.payouts import BonusPots, Payouts, Reserves
from schemas.performance import NextLevels, WaitingTimePerformance
from schemas.regions import region_codes
from schemas.table import Table
from tests.rules.observations import real_population, waiting_times
from tests.rules.scheme_data import copied
from tests.second_opinion.opinions import by_sql, folder_rows

AMENDMENT = Path(__file__).with_name("amendment.toml").read_text(encoding="utf-8")
NOTHING_MET = {"completed": 10, "completed_within_30": 1, "waiting": 10, "waiting_within_30": 1}

Frames = dict[type[Table], pl.DataFrame]


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Scheme:
    """The agreement of 2025 with the amendment."""
    folder = copied("bup-2025", tmp_path_factory.mktemp("schemes"))
    with (folder / "waiting_time.toml").open("a", encoding="utf-8") as file:
        file.write(AMENDMENT)
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


def test_no_level_is_missed_where_none_is_asked_for(made: Frames) -> None:
    """What is missing to the next one is told of the months before alone."""
    months = made[NextLevels].filter(component="waiting_time")["month"].dt.month()
    assert months.max() == 8


def test_sql_makes_the_same(amended: Scheme, observed: Frames, made: Frames) -> None:
    """Every table that the second opinion knows."""
    by_table = by_sql(folder_rows(amended.folder), region_codes(), observed)
    assert by_table.keys()
    for table, rows in by_table.items():
        if table in made:
            assert rows.equals(made[table]), table.qualified_name()


def test_the_year_after_says_whether_the_amendment_still_holds(tmp_path: Path) -> None:
    """A scheme that is based on the amended one is refused until it states the key; a draft has the last value."""
    waiting = copied("bup-2025", tmp_path) / "waiting_time.toml"
    with waiting.open("a", encoding="utf-8") as file:
        file.write(AMENDMENT)
    with pytest.raises(SchemeError) as refusal:
        load_scheme(copied("bup-2026", tmp_path))
    [fault] = refusal.value.faults
    assert fault.startswith("bup-2025/waiting_time.toml: paid_by: a version begins 2025-09, ")
    assert "state the key in bup-2026/waiting_time.toml, as it is to be in this year" in fault
    paid_by = load_scheme(draft(tmp_path, "bup-2027", "bup-2025")).require(WaitingTime).paid_by
    assert paid_by is not None
    [version] = paid_by.root
    assert (version.valid_from, version.value) == (None, "population")
