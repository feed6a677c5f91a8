"""Worked examples: made-up counts, put through the rules themselves.

The region and its counts are invented; funds, months, bands and prices are the schemes' own.
"""

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import polars as pl

from pipeline.documentation.markdown import grouped, kronor, rounded, table
from rules.apportionment import half_up, largest_remainder
from rules.first_visit_production import first_visit_production
from rules.parameters import FirstVisitProduction, WaitingTime
from rules.reserves import fund_share
from rules.scheme import Scheme
from rules.surgery import surgery_caps, surgery_performance
from rules.waiting_times import waiting_time_performance
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


def example_words(schemes: Mapping[str, Scheme]) -> Mapping[str, str]:
    """What the template of the rules is filled with from the examples."""
    psychiatry, operations = schemes["bup-2025"], schemes["surgery-2025"]
    return {
        **_month(psychiatry),
        **_production(psychiatry),
        **_operations(operations),
    }


def _month(scheme: Scheme) -> Mapping[str, str]:
    """One month of a region, the three measures."""
    rule = _waiting_time(scheme)
    month, months = scheme.measured_months[1], len(scheme.measured_months)
    fund = rule.fund["first_visit"].at(month)
    assessed = waiting_time_performance(
        scheme,
        _waiting_lists(month),
        _reserves(
            scheme,
            "waiting_time",
            month,
            month,
            {name: fund_share(rule.fund[name].at(month), 1, months) for name in COUNTS},
        ),
        [REGION],
        [month],
    )
    rows = {row["measure"]: row for row in assessed.iter_rows(named=True)}
    words = {
        "month_fund": grouped(fund),
        "month_count": str(months),
        "month_pot": kronor(Fraction(half_up(fund_share(fund, 1, months)))),
        "month_share_pct": str(SHARE_OF_CHILDREN_PCT),
        "month_reserve": grouped(rows["first_visit"]["reserved_sek"]),
    }
    earned = Fraction(0)
    for name, (completed, within, waiting, waiting_within, base, base_within) in COUNTS.items():
        row = rows[name]
        earned += Fraction(row["earned_sek"])
        words |= {
            f"{name}_completed": str(completed),
            f"{name}_within": str(within),
            f"{name}_share": _pct(within, completed),
            f"{name}_base": str(base),
            f"{name}_base_within": str(base_within),
            f"{name}_base_share": _pct(base_within, base),
            f"{name}_exact": str(
                rounded(100 * (Fraction(within, completed) - Fraction(base_within, base)), 3)
            ),
            f"{name}_improvement": str(row["improvement_pp"]),
            f"{name}_waiting": str(waiting),
            f"{name}_waiting_within": str(waiting_within),
            f"{name}_waiting_share": _pct(waiting_within, waiting),
            f"{name}_level": str(row["level_pct"]),
            f"{name}_alternative": row["alternative"],
            f"{name}_earned": kronor(Fraction(row["earned_sek"])),
        }
    return {**words, "month_earned": kronor(earned), "month_paid": grouped(half_up(earned))}


def _production(scheme: Scheme) -> Mapping[str, str]:
    """The first period of a region."""
    rule = _first_visit_production(scheme)
    period = rule.period[0]
    fund = rule.fund.at(period.first)
    share = fund_share(fund, len(period.months()), len(scheme.measured_months))
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
        scheme,
        observed,
        _reserves(scheme, "first_visit_production", period.first, period.last, {"": share}),
        [REGION],
        [period.last],
    ).row(0, named=True)
    return {
        "production_months": str(len(VISITS)),
        "production_completed": " + ".join(str(completed) for completed, _ in VISITS),
        "production_completed_sum": str(result["completed_to_date"]),
        "production_added": " + ".join(str(added) for _, added in VISITS),
        "production_added_sum": str(result["added_to_date"]),
        "production_ratio": str(result["ratio_pct"]),
        "production_level": str(result["level_pct"]),
        "production_reserve": grouped(result["reserved_sek"]),
        "production_earned": kronor(Fraction(result["earned_sek"])),
    }


def _operations(scheme: Scheme) -> Mapping[str, str]:
    """A region's operations against three years, and its cap."""
    if scheme.surgery is None:
        raise ValueError(f"{scheme.name} has no requirement for operations")
    months = scheme.measured_months
    last = months[-1]
    years = [*scheme.surgery.baseline_years.at(last), last.year]
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
    performance = surgery_performance(scheme, observed, [REGION], [last])
    cap = _reserves(scheme, "surgery", months[0], last, {"": Fraction(CAP)}, share_pct=100)
    paid = surgery_caps(scheme, performance, cap).row(0, named=True)["earned_sek"]
    rows, total = [], Fraction(0)
    for row in performance.iter_rows(named=True):
        earned = Fraction(row["earned_thirds_sek"], 3)
        mean = Fraction(row["baseline_sum_to_date"], 3)
        total += earned
        rows.append(
            [
                row["procedure"],
                str(rounded(mean, 2)),
                str(row["operations_to_date"]),
                str(rounded(row["operations_to_date"] - mean, 2)),
                grouped(scheme.surgery.price[row["procedure"]].at(last)),
                kronor(earned),
            ]
        )
    header = ["Procedure", "Mean of three years", "This year", "Change", "Price", "Earned"]
    return {
        "operations_table": table(header, rows, numbers=header[1:]),
        "operations_sum": kronor(total),
        "operations_cap": grouped(CAP),
        "operations_paid": grouped(paid),
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


def _waiting_time(scheme: Scheme) -> WaitingTime:
    if scheme.waiting_time is None:
        raise ValueError(f"{scheme.name} has no waiting-time requirement")
    return scheme.waiting_time


def _first_visit_production(scheme: Scheme) -> FirstVisitProduction:
    if scheme.first_visit_production is None:
        raise ValueError(f"{scheme.name} has no new-visit requirement")
    return scheme.first_visit_production


def _pct(part: int, whole: int) -> str:
    return str(rounded(Fraction(100 * part, whole), 2))
