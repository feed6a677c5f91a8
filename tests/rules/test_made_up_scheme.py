"""A new year or a new procedure is data alone: made-up schemes, written as TOML and computed.

Every expected figure is worked out by hand; the comments show how.
"""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import polars as pl

from rules.calculation import calculate
from rules.loading import load_scheme
from rules.requirements.surgery import Surgery
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import BonusPots, PayoutLines, Payouts, Reserves
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.surgery import SurgeryFollowup, SurgeryPerformance
from schemas.table import Table
from tests.rules.made_up_schemes import (
    PROCEDURES,
    operations_folder,
    waiting_time_folder,
)
from tests.rules.observations import population, surgeries, waiting_times
from tests.rules.operations import row
from tests.rules.scheme_data import of_regions

REGIONS = ["01", "03"]
PEOPLE = population(date(2030, 11, 1), "all", {"01": 1000, "03": 2000})

VISITS_OF_01 = {
    # completed, within 30, waiting, within 30; half were within 30 days the year before
    3: (1000, 520, 4000, 1257),  # +2.00
    4: (1000, 574, 4000, 500),  # +7.40
    5: (100_000, 57_495, 200_000, 84_000),  # +7.495 is +7.50
    6: (1000, 700, 4000, 1000),  # +20.00
    7: (1000, 925, 2000, 1000),  # 92.5 % and 50 %
    8: (1000, 924, 1000, 1000),  # 92.4 %, +42.40
}
VISITS_OF_03 = {
    3: (100, 50, 300, 100),
    5: (100, 50, 300, 100),  # April is missing
    6: (100, 50, 300, 0),
    7: (100, 50, 300, 0),
    8: (100, 50, 300, 0),
}


def visits(
    region: str, year: int, by_month: Mapping[int, tuple[int, ...]]
) -> list[dict[str, object]]:
    """First visits of a region, month by month."""
    names = ("completed", "completed_within_30", "waiting", "waiting_within_30")
    return [
        {
            "month": date(year, month, 1),
            "region_code": region,
            "measure": "first_visit",
            **dict(zip(names, counts, strict=True)),
        }
        for month, counts in by_month.items()
    ]


def year(parent: Path) -> dict[type[Table], pl.DataFrame]:
    """Every table of the made-up waiting-time scheme."""
    base = dict.fromkeys(range(3, 9), (1000, 500, 1000, 500))
    observed = {
        Population: PEOPLE,
        WaitingTimes: waiting_times(
            visits("01", 2030, base)
            + visits("03", 2030, base)
            + visits("01", 2031, VISITS_OF_01)
            + visits("03", 2031, VISITS_OF_03)
        ),
    }
    return calculate(of_regions(load_scheme(waiting_time_folder(parent)), REGIONS), observed)


def test_reserves(tmp_path: Path) -> None:
    """Six months; a month of 2 000.50 is shared out as 2 001."""
    found = year(tmp_path)[Reserves].select(
        "component", "measure", "month", "month_to", "region_code", "reserved_sek"
    )
    march, april, may = date(2031, 3, 1), date(2031, 4, 1), date(2031, 5, 1)
    june, august, october = date(2031, 6, 1), date(2031, 8, 1), date(2031, 10, 1)
    assert set(found.filter(pl.col("measure") != "").rows()) == {
        ("waiting_time", measure, month, month, region, amount)
        for month in (march, april, may, june, date(2031, 7, 1), august)
        for measure, region, amount in (
            ("first_visit", "01", 333),
            ("first_visit", "03", 667),
            ("assessment", "01", 667),
            ("assessment", "03", 1334),
        )
    }
    assert set(found.filter(pl.col("measure") == "").rows()) == {
        ("first_visit_production", "", march, march, "01", 33),
        ("first_visit_production", "", march, march, "03", 67),
        ("first_visit_production", "", april, may, "01", 67),
        ("first_visit_production", "", april, may, "03", 133),
        ("first_visit_production", "", june, august, "01", 100),
        ("first_visit_production", "", june, august, "03", 200),
        ("general_grant", "", october, october, "01", 367),
        ("general_grant", "", october, october, "03", 633),
    }


def test_levels(tmp_path: Path) -> None:
    """Four bands with two decimals, and thresholds of 92.5 and 50 per cent."""
    tables = year(tmp_path)
    waiting = tables[WaitingTimePerformance].filter(
        (pl.col("region_code") == "01") & (pl.col("measure") == "first_visit")
    )
    assert waiting.select("level_pct", "alternative").rows() == [
        (10, "improvement"),
        (40, "improvement"),
        (60, "improvement"),
        (90, "improvement"),
        (100, "attainment"),
        (90, "improvement"),
    ]
    final = tables[FirstVisitProductionPerformance].filter("is_final")
    assert final.sort("region_code", "period").select(
        "region_code", "level_pct", "status"
    ).rows() == [
        ("01", 0, "ok"),  # 1 000 of 1 257 is 79.55: rounds to 80, but the minimum is exact
        ("01", 100, "ok"),  # 101 000 of 84 500 is 119.5: rounds to 120
        ("01", 25, "ok"),  # 3 000 of 3 000
        ("03", 25, "ok"),  # 100 of 100
        ("03", 0, "incomplete"),  # April is missing
        ("03", 100, "ok"),  # nobody was added
    ]


def test_pots_and_payouts(tmp_path: Path) -> None:
    """Three rounds, two pots, and a grant whose condition one region fails."""
    tables = year(tmp_path)
    columns = ["pot", "fund_sek", "paid_sek", "pot_sek", "undistributed_sek", "overdrawn_sek"]
    assert tables[BonusPots].select(columns).rows() == [
        ("first_visit_production", 600, 309, 291, 0, 0),  # 67 + 25 and 17 + 200
        ("waiting_time", 18_003, 1_298, 16_705, 0, 0),  # 33 + 333 + 932
    ]
    lines = tables[PayoutLines].filter(pl.col("amount_sek") > 0)
    found = lines.select(pl.col("month").dt.month(), "region_code", "component", "amount_sek")
    assert set(found.rows()) == {
        (5, "01", "waiting_time", 33),  # 33.30
        (5, "03", "first_visit_production", 17),  # 16.75
        (7, "01", "waiting_time", 333),  # 133.20 + 199.80
        (7, "01", "first_visit_production", 67),
        (10, "01", "waiting_time", 932),  # 299.70 + 333 + 299.70
        (10, "01", "first_visit_production", 25),
        (10, "03", "first_visit_production", 200),
        (10, "01", "bonus_waiting_time", 16_705),
        (10, "01", "bonus_first_visit_production", 87),  # 291 x 92 / 309 is 86.64
        (10, "03", "bonus_first_visit_production", 204),  # 291 x 217 / 309 is 204.36
        (10, "03", "general_grant", 633),  # 01 does not pass the condition
    }
    assert tables[Payouts].select(
        pl.col("month").dt.month(), "region_code", "amount_sek"
    ).rows() == [
        (5, "01", 33),
        (5, "03", 17),
        (7, "01", 400),
        (7, "03", 0),
        (10, "01", 17_749),
        (10, "03", 1_037),
    ]


def test_six_procedures(tmp_path: Path) -> None:
    """Other procedures, prices and baseline years, and caps in a CSV."""
    scheme = of_regions(load_scheme(operations_folder(tmp_path)), REGIONS)
    assert len(scheme.require(Surgery).procedures()) == 6
    february, march = date(2031, 2, 1), date(2031, 3, 1)
    base = {
        # the operations of February 2026, 2028 and 2029
        "knee_replacement": (1, 1, 1),
        "inguinal_hernia": (1, 1, 2),
        "cataract": (5, 5, 5),
        "prolapse": (1, 2, 2),
        "colonoscopy": (0, 1, 1),
    }
    rows = [
        row(date(year, 2, 1), "01", procedure, operations)
        for procedure, by_year in base.items()
        for year, operations in zip((2026, 2028, 2029), by_year, strict=True)
    ]
    rows += [
        row(february, "01", "knee_replacement", 2),  # one more: 900
        row(february, "01", "inguinal_hernia", 2),  # two thirds more: 20
        row(february, "01", "prolapse", 2),  # a third more: 20
        row(march, "01", "colonoscopy", 1),  # a third more: 2.33
        row(march, "03", "hip_replacement", 1),  # one more: 1 200, the cap is 500
        row(february, "03", "tonsillectomy", 99),  # no procedure of this scheme
    ]
    for month in (february, march):
        for year in (2026, 2028, 2029, 2031):
            # A procedure that a delivery has no row of would be missing.
            counted = {
                (each["month"], each["home_region_code"], each["procedure"]) for each in rows
            }
            rows += [
                row(month.replace(year=year), region, procedure, 0)
                for region in REGIONS
                for procedure in PROCEDURES
                if (month.replace(year=year), region, procedure) not in counted
            ]
    observed = {Population: PEOPLE, Surgeries: surgeries(rows)}
    tables = calculate(scheme, observed)
    final = tables[SurgeryPerformance].filter("is_final")
    assert set(final["status"]) == {"ok"}
    assert final.height == 2 * len(PROCEDURES)
    earned = final.filter(pl.col("earned_thirds_sek") > 0)
    assert set(earned.select("region_code", "procedure", "earned_thirds_sek").rows()) == {
        ("01", "knee_replacement", 2_700),
        ("01", "inguinal_hernia", 60),
        ("01", "prolapse", 60),
        ("01", "colonoscopy", 7),
        ("03", "hip_replacement", 3_600),
    }
    assert tables[Payouts].select("month", "region_code", "amount_sek").rows() == [
        (date(2031, 6, 1), "01", 942),
        (date(2031, 6, 1), "03", 500),
    ]
    assert set(tables[SurgeryFollowup]["procedure"]) == set(PROCEDURES)
