"""What the table of `docs/new_agreement.md` says of values that change within a year, computed.

The schemes are made up: months March to August 2031 in periods of one, two and three, paid in May, July and
October; and operations of February and March. That `paid_by` changes is in `test_amendment.py`.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from rules.calculation import calculate
from rules.loading import load_scheme
from rules.strict import SchemeError
from schemas.observed import Population, WaitingTimes
from schemas.payouts import BonusPots, PayoutLines, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.table import Table
from tests.rules.made_up_schemes import operations_folder, waiting_time_folder
from tests.rules.observations import population, waiting_times
from tests.rules.scheme_data import of_regions

REGIONS = ("01", "03")
PEOPLE = population(date(2030, 11, 1), "all", {"01": 1000, "03": 2000})
NINE_OF_TEN = {"completed": 10, "completed_within_30": 9, "waiting": 10, "waiting_within_30": 9}
"""Less than 92.5 per cent of those completed; and ten visits for nine added, 111 per cent."""


def dated(folder: Path, file: str, key: str, month: str, change: tuple[str, str]) -> None:
    """Give the parameter a second version, which holds from the month on, with one text changed."""
    text = (folder / file).read_text(encoding="utf-8")
    before, head, after = text.partition(f"\n[{key}]\n")
    first, bracket, others = after.partition("\n[")
    assert head
    assert change[0] in first
    later = f'from = "{month}"\n{first.replace(*change)}'
    text = f"{before}\n[[{key}]]\n{first}\n[[{key}]]\n{later}{bracket}{others}"
    (folder / file).write_text(text, encoding="utf-8")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Mapping[type[Table], pl.DataFrame]:
    """Every table of a year in which a value of each kind changes where it may."""
    folder = waiting_time_folder(tmp_path_factory.mktemp("schemes"))
    dated(folder, "waiting_time.toml", "fund.first_visit", "2031-07", ("6_000", "9_000"))
    dated(folder, "waiting_time.toml", "attainment", "2031-08", ("92.5", "90"))
    production = "first_visit_production.toml"
    dated(folder, production, "fund", "2031-06", ("600", "1_200"))
    dated(folder, production, "production", "2031-06", ("minimum_pct = 80", "minimum_pct = 112"))
    dated(folder, "general_grant.toml", "fund", "2031-06", ("1_000", "2_000"))
    rows = [
        {"month": date(year, month, 1), "region_code": code, "measure": measure, **NINE_OF_TEN}
        for year in (2030, 2031)
        for month in range(3, 9)
        for code in REGIONS
        for measure in ("first_visit", "assessment")
    ]
    scheme = of_regions(load_scheme(folder), REGIONS)
    return calculate(scheme, {Population: PEOPLE, WaitingTimes: waiting_times(rows)})


def reserved(made: Mapping[type[Table], pl.DataFrame], **of: str) -> list[int]:
    """The kronor reserved in all regions, reserve by reserve in order of time."""
    by_month = made[Reserves].filter(**of).group_by("month").agg(pl.col("reserved_sek").sum())
    return by_month.sort("month")["reserved_sek"].to_list()


def test_a_month_reserves_its_own_part_of_the_fund(
    made: Mapping[type[Table], pl.DataFrame],
) -> None:
    """A sixth of 6 000 kronor to June, of 9 000 from July on; the pot has the last amount whole."""
    assert reserved(made, measure="first_visit") == [1000] * 4 + [1500] * 2
    pot = made[BonusPots].row(by_predicate=pl.col("pot") == "waiting_time", named=True)
    assert (pot["fund_sek"], pot["paid_sek"]) == (9_000 + 12_003, 1_500 + 2_001)
    assert pot["pot_sek"] == pot["fund_sek"] - pot["paid_sek"]


def test_a_threshold_judges_the_months_from_its_own_on(
    made: Mapping[type[Table], pl.DataFrame],
) -> None:
    """Nine of ten are enough in August alone."""
    met = made[WaitingTimePerformance].filter(pl.col("level_pct") > 0)
    assert met["month"].unique().to_list() == [date(2031, 8, 1)]


def test_production_changes_from_one_period_to_the_next(
    made: Mapping[type[Table], pl.DataFrame],
) -> None:
    """Of 600 kronor a sixth and a third, of 1 200 the half; 111 per cent is too little in the last."""
    assert reserved(made, component="first_visit_production") == [100, 200, 600]
    levels = made[FirstVisitProductionPerformance].filter("is_final").sort("month")["level_pct"]
    assert levels.to_list() == [25, 25, 25, 25, 0, 0]
    pot = made[BonusPots].row(by_predicate=pl.col("pot") == "first_visit_production", named=True)
    assert (pot["fund_sek"], pot["paid_sek"]) == (1_200, 75)


def test_a_grant_is_that_of_its_payout_month(made: Mapping[type[Table], pl.DataFrame]) -> None:
    """100 each of 2 000 kronor and the rest by population, to the one region that qualifies."""
    assert reserved(made, component="general_grant") == [2_000]
    paid = made[PayoutLines].filter(component="general_grant").sort("region_code")
    assert paid["amount_sek"].to_list() == [0, 1_300]


@pytest.mark.parametrize(
    ("file", "key", "month", "may"),
    [
        ("waiting_time.toml", "improvement", "2031-09", "in 2031-04, 2031-05, "),
        ("first_visit_production.toml", "fund", "2031-07", "in 2031-04, 2031-06 alone"),
        ("first_visit_production.toml", "production", "2031-05", "in 2031-04, 2031-06 alone"),
        ("general_grant.toml", "fund", "2031-11", "in 2031-10 alone"),
        ("surgery.toml", "price.cataract", "2031-03", "write one table, without `from`"),
        ("surgery.toml", "baseline_years", "2031-03", "write one table, without `from`"),
        ("surgery.toml", "ceiling", "2031-06", "write one table, without `from`"),
        ("surgery.toml", "caps", "2031-02", "write one table, without `from`"),
    ],
)
def test_what_is_counted_together_has_one_value(
    file: str, key: str, month: str, may: str, tmp_path: Path
) -> None:
    """A change within a period, or of operations above a mean of all months, is refused: no source says how."""
    make = operations_folder if file == "surgery.toml" else waiting_time_folder
    folder = make(tmp_path)
    dated(folder, file, key, month, ("value", "value"))
    with pytest.raises(SchemeError) as refusal:
        load_scheme(folder)
    [fault] = refusal.value.faults
    assert fault.startswith(f"{file}: {key}: a version begins {month}, ")
    assert may in fault
