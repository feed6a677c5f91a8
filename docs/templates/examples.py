"""Worked examples: made-up counts, put through the rules themselves.

The region and its counts are invented; funds, months, bands and prices are the schemes' own.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import polars as pl

from rules.apportionment import largest_remainder
from rules.exact import half_up, half_up_to
from rules.requirements.first_visit_production import FirstVisitProduction, first_visit_production
from rules.requirements.surgery import Surgery, surgery_caps, surgery_performance
from rules.requirements.waiting_times import WaitingTime, waiting_time_performance
from rules.scheme import Scheme
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.payouts import Reserves
from schemas.regions import region_codes

REGION = region_codes()[0]
"""The tables want a code of the register; the documents do not name it."""

SHARE_OF_CHILDREN_PCT = 4

COUNTS = {
    # completed, of them within 30 days; waiting, of them within 30 days; the same month last year:
    # completed, of them within 30 days
    "first_visit": (200, 139, 150, 100, 180, 113),
    "assessment": (120, 93, 80, 61, 110, 86),
    "treatment": (90, 51, 70, 40, 88, 49),
}
VISITS = [(210, 200), (195, 205), (220, 195), (190, 190)]
"""First visits completed, and waiting 0-30 days at the month's end, by month of the period."""

OPERATIONS = {
    # operations a month: in the three baseline years and in the year measured
    "hip_replacement": (20, 22, 22, 24),
    "prolapse": (10, 11, 10, 9),
    "cataract": (200, 210, 214, 230),
}
CAP = 3_200_000

Example = Mapping[str, Any]
"""Numbers by name, as the template asks for them."""


def pct(part: int, whole: int) -> Decimal:
    """A share in per cent, half-up to two decimals."""
    return half_up_to(Fraction(100 * part, whole), 2)


def month_example(scheme: Scheme) -> Example:
    """One month of a region, the three measures."""
    rule = scheme.require(WaitingTime)
    month, months = scheme.measured_months[1], len(scheme.measured_months)
    fund = rule.fund_of("first_visit", month)
    assessed = waiting_time_performance(
        replace(scheme, regions=(REGION,)),
        _waiting_lists(month),
        _reserves(
            scheme,
            "waiting_time",
            month,
            month,
            {name: Fraction(rule.fund_of(name, month), months) for name in COUNTS},
        ),
        [month],
    )
    rows = {row["measure"]: row for row in assessed.iter_rows(named=True)}
    earned = sum(row["earned_sek"] for row in rows.values())
    return {
        "fund": fund,
        "months": months,
        "pot": half_up(Fraction(fund, months)),
        "share_pct": SHARE_OF_CHILDREN_PCT,
        "reserve": rows["first_visit"]["reserved_sek"],
        "earned": earned,
        "paid": half_up(Fraction(earned)),
        "measures": rows,
    }


def exact_improvement(row: Mapping[str, int]) -> Decimal:
    """The difference of a month's share from last year's, before it is rounded to one decimal."""
    now = Fraction(row["completed_within_30"], row["completed"])
    base = Fraction(row["completed_within_30_last_year"], row["completed_last_year"])
    return half_up_to(100 * (now - base), 3)


def production_example(scheme: Scheme) -> Example:
    """The first period of a region."""
    rule = scheme.require(FirstVisitProduction)
    period = rule.period[0]
    fund = rule.fund.at(period.first)
    share = Fraction(fund * len(period.months()), len(scheme.measured_months))
    observed = pl.DataFrame(
        [
            {
                "month": month,
                "region_code": REGION,
                "measure": rule.measure,
                "completed": completed,
                "waiting_within_30": added,
            }
            for month, (completed, added) in zip(period.months(), VISITS, strict=True)
        ]
    )
    result = first_visit_production(
        replace(scheme, regions=(REGION,)),
        observed,
        _reserves(scheme, "first_visit_production", period.first, period.last, {"": share}),
        [period.last],
    ).row(0, named=True)
    completed, added = zip(*VISITS, strict=True)
    return {**result, "completed": completed, "added": added}


def operations_example(scheme: Scheme) -> Example:
    """A region's operations against three years, and its cap."""
    rule, alone = scheme.require(Surgery), replace(scheme, regions=(REGION,))
    months = scheme.measured_months
    last = months[-1]
    years = [*rule.baseline_years.at(last), last.year]
    observed = pl.DataFrame(
        [
            {
                "month": month.replace(year=year),
                "home_region_code": REGION,
                "procedure": procedure,
                "performing_region_code": REGION,
                "provider_type": "public",
                "operations": operations,
            }
            for procedure, of_years in OPERATIONS.items()
            for year, operations in zip(years, of_years, strict=True)
            for month in months
        ]
    )
    performance = surgery_performance(alone, observed, [last])
    cap = _reserves(scheme, "surgery", months[0], last, {"": Fraction(CAP)}, share_pct=100)
    procedures = []
    for row in performance.iter_rows(named=True):
        mean = Fraction(row["baseline_sum_to_date"], 3)
        procedures.append(
            {
                "name": row["procedure"],
                "mean": half_up_to(mean, 2),
                "operations": row["operations_to_date"],
                "change": half_up_to(row["operations_to_date"] - mean, 2),
                "price": rule.price[row["procedure"]].at(last),
                "earned": half_up_to(Fraction(row["earned_thirds_sek"], 3), 2),
            }
        )
    return {
        "procedures": procedures,
        "earned": half_up_to(Fraction(int(performance["earned_thirds_sek"].sum()), 3), 2),
        "cap": CAP,
        "paid": surgery_caps(alone, performance, cap).row(0, named=True)["earned_sek"],
    }


def _waiting_lists(month: date) -> pl.DataFrame:
    """`observed.waiting_times` of the month and of the same month last year."""
    rows = []
    for name, (completed, within, waiting, waiting_within, base, base_within) in COUNTS.items():
        now = (month, completed, within, waiting, waiting_within)
        then = (add_months(month, -MONTHS_A_YEAR), base, base_within, waiting, waiting_within)
        rows += [(REGION, name, *now), (REGION, name, *then)]
    columns = ["region_code", "measure", "month", "completed", "completed_within_30"]
    return pl.DataFrame(rows, [*columns, "waiting", "waiting_within_30"], orient="row")


def _reserves(
    scheme: Scheme,
    component: str,
    first: date,
    last: date,
    funds: Mapping[str, Fraction],
    *,
    share_pct: int = SHARE_OF_CHILDREN_PCT,
) -> pl.DataFrame:
    """`payouts.reserves` of the region: its share of each measure's fund."""
    weights = {REGION: share_pct, "the others": 100 - share_pct}
    return Reserves.conform(
        pl.DataFrame(
            [
                {
                    "month": first,
                    "scheme": scheme.name,
                    "region_code": REGION,
                    "component": component,
                    "measure": measure,
                    "month_to": last,
                    "reserved_sek": largest_remainder(fund, weights)[REGION],
                }
                for measure, fund in funds.items()
            ]
        )
    )
