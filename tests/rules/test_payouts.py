"""Payouts: rounding, the round's own months, grants, and a row for every region and component."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from rules.payouts import computed_lines, payouts, round_payments
from rules.population import PopulationMissingError
from rules.requirements.grant import Grant
from rules.reserves import reserves
from rules.scheme import Scheme
from schemas.decisions import Decided, Settlements
from schemas.months import add_months
from schemas.payouts import BonusPots, Reserves, RoundPayments
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.regions import region_codes
from tests.rules.case_files import Case, cases
from tests.rules.observations import real_population, real_population_of
from tests.rules.scheme_data import of_regions, restated, scheme_named, with_requirement

AUGUST, DECEMBER = date(2024, 8, 1), date(2024, 12, 1)


def earned(amounts: list[tuple[date, int]], **columns: object) -> pl.DataFrame:
    """What payouts read of a performance table: hundredths of a krona earned by region 01."""
    return pl.DataFrame(
        [
            {"month": month, "region_code": "01", "earned_sek": Decimal(part) / 100, **columns}
            for month, part in amounts
        ],
        schema_overrides={"earned_sek": pl.Decimal(18, 2)},
    )


def amounts(table: pl.DataFrame, component: str) -> dict[str, int]:
    """A component's kronor by region."""
    of_component = table.filter(pl.col("component") == component)
    return dict(of_component.select("region_code", "amount_sek").iter_rows())


def paid_in_august(scheme: Scheme, performance: pl.DataFrame) -> pl.DataFrame:
    """The first round's payments of 2024."""
    return round_payments(
        of_regions(scheme, ["01", "03"]), {WaitingTimePerformance: performance}, [AUGUST]
    )


@pytest.mark.parametrize("case", cases("rounding_of_earned.csv"))
def test_rounding_of_earned(case: Case) -> None:
    """I-12: once per round and region, or per month and measure; half-up either way."""
    performance = earned([(date(2024, 1, 1), int(part)) for part in case["hundredths"].split()])
    for reading in ("per_round", "per_month_and_measure"):
        name = "per_round_and_region" if reading == "per_round" else reading
        scheme = scheme_named("access-2024").read_as(rounding_of_earned=name)
        paid = amounts(paid_in_august(scheme, performance), "waiting_time")
        assert paid == {"01": int(case[f"{reading}_sek"]), "03": 0}


def test_a_round_pays_its_own_months() -> None:
    """August 2024 pays January to June, and nothing of the months around."""
    months = [date(2023, 12, 1), *scheme_named("access-2024").measured_months]
    performance = earned([(month, 100 * 10**place) for place, month in enumerate(months)])
    paid = amounts(paid_in_august(scheme_named("access-2024"), performance), "waiting_time")
    assert paid["01"] == 1_111_110


def test_production_pays_the_final_month_alone() -> None:
    """A running figure is not paid; the period's last month is, half-up."""
    scheme = of_regions(scheme_named("bup-2025"), ["01", "03"])
    june = date(2025, 6, 1)
    performance = {
        WaitingTimePerformance: earned([(june, 0)]),
        FirstVisitProductionPerformance: pl.concat(
            [
                earned([(add_months(june, -1), 99_999)], is_final=False),
                earned([(june, 250)], is_final=True),
                earned([(date(2025, 11, 1), 77_777)], is_final=True),
            ]
        ),
    }
    table = round_payments(scheme, performance, [date(2025, 8, 1)])
    assert amounts(table, "first_visit_production") == {"01": 3, "03": 0}
    assert set(table["component"]) == {"waiting_time", "first_visit_production"}


def test_block_1_is_five_million_each_and_the_rest_by_population() -> None:
    """March 2025: 150 000 000 in all."""
    scheme = scheme_named("bup-2025")
    march = date(2025, 3, 1)
    reserved = reserves(scheme, real_population(), [march])
    paid = amounts(round_payments(scheme, {Reserves: reserved}, [march]), "development_grant")
    assert sum(paid.values()) == 150_000_000
    population = real_population_of("2024-11", "0-18")
    for code, amount in paid.items():
        quota = 5_000_000 + Decimal(45_000_000 * population[code]) / sum(population.values())
        assert abs(amount - quota) < 1


def test_a_region_that_fails_the_condition_is_not_paid_and_its_share_stays() -> None:
    """`general_grant`: the others' amounts do not change."""
    scheme = scheme_named("access-2024")
    passed = [code for code in region_codes() if code != "03"]
    qualified = restated(scheme.all_of(Grant)["general_grant"].qualified, value=passed)
    conditional = with_requirement(scheme, "general_grant", qualified=qualified)
    inputs = {
        Reserves: reserves(scheme, real_population(), [DECEMBER]),
        WaitingTimePerformance: earned([(DECEMBER, 0)]),
    }
    before, after = (
        amounts(round_payments(each, inputs, [DECEMBER]), "general_grant")
        for each in (scheme, conditional)
    )
    assert sum(before.values()) == 1_197_500_000
    assert after == {**before, "03": 0}


def test_lines_and_sums() -> None:
    """Lines hold the months asked for, and a payout is the sum of its lines."""
    columns = ["month", "scheme", "region_code", "component", "amount_sek"]
    rows = [
        (AUGUST, "access-2024", "01", "waiting_time", 1),
        (DECEMBER, "access-2024", "01", "waiting_time", 2),
        (DECEMBER, "access-2024", "01", "population_grant", 4),
        (DECEMBER, "access-2024", "03", "waiting_time", 0),
    ]
    paid = RoundPayments.conform(pl.DataFrame(rows, schema=columns, orient="row"))
    pot = dict.fromkeys(BonusPots.polars_schema(), 0) | {
        "month": DECEMBER,
        "scheme": "access-2024",
        "pot": "waiting_time",
        "pot_sek": 2,
    }
    inputs = {
        RoundPayments: paid,
        BonusPots: BonusPots.conform(pl.DataFrame([pot])),
        Decided: Decided.without_rows(),
        Settlements: Settlements.without_rows(),
    }
    lines = computed_lines(scheme_named("access-2024"), inputs, [DECEMBER])
    assert lines.height == 5
    assert payouts(lines).select("month", "region_code", "amount_sek").rows() == [
        (DECEMBER, "01", 8),
        (DECEMBER, "03", 0),
    ]


def test_a_region_without_population_is_named() -> None:
    """The message says which figures are missing: age group, day and regions."""
    scheme = of_regions(scheme_named("bup-2026"), ["01", "03"])
    with pytest.raises(PopulationMissingError) as missing:
        reserves(scheme, real_population(), [date(2026, 1, 1)])
    assert str(missing.value) == (
        "population 0-18 of 2025-11-01 is missing for regions 01, 03. "
        "Supply raw/population/2025-11/<day of delivery>.csv with the columns "
        "region;age_group;population and a row for each region and age group 0-18."
    )
    assert missing.value.regions == ["01", "03"]
    partial = real_population().remove(pl.col("region_code") == "03")
    with pytest.raises(PopulationMissingError, match="of 2024-11-01 is missing for regions 03"):
        reserves(of_regions(scheme_named("bup-2025"), ["01", "03"]), partial, [date(2025, 3, 1)])
