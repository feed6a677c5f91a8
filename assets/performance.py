"""What the counts amount to, month by month: waiting times, new-visit production, operations."""

from datetime import date

from assets.checks import every_region_once
from assets.last_year import LAST_YEAR
from assets.stage import Input, Stage
from rules.first_visit_production import first_visit_production
from rules.scheme import Scheme
from rules.surgery import surgery_caps, surgery_followup, surgery_performance
from rules.waiting_times import waiting_time_performance
from schemas.months import MONTHS_A_YEAR, add_months
from schemas.observed import Surgeries, WaitingTimes
from schemas.payouts import Reserves
from schemas.performance import FirstVisitProduction, WaitingTimePerformance
from schemas.regions import COUNTRY_CODE
from schemas.surgery import SurgeryCaps, SurgeryFollowup, SurgeryPerformance


def performance_stages(scheme: Scheme, regions: list[str]) -> list[Stage]:
    """The stages of every requirement that the scheme has."""
    stages = []
    if scheme.waiting_time:
        stages.append(waiting_time_stage(scheme, regions))
    if scheme.first_visit_production:
        stages.append(production_stage(scheme, regions))
    if scheme.surgery:
        stages += surgery_stages(scheme, regions)
    return stages


def waiting_time_stage(scheme: Scheme, regions: list[str]) -> Stage:
    """Each month, improvement on last year or attainment, whichever gives more."""
    return Stage(
        scheme,
        WaitingTimePerformance,
        scheme.measured_months,
        [
            Input(WaitingTimes, "", lambda month: [month]),
            Input(WaitingTimes, "", lambda month: [add_months(month, -MONTHS_A_YEAR)], LAST_YEAR),
            Input(Reserves, scheme.name, lambda month: [month]),
        ],
        lambda inputs, months: waiting_time_performance(
            scheme, inputs["observed.waiting_times"], inputs["payouts.reserves"], regions, months
        ),
        "Alternative 1: the share completed within 30 days has risen since the same month last "
        "year (50, 75 or 100 % of the month's reserve). Alternative 2: the shares of those "
        "completed and of those waiting reach their thresholds (100 %). The better one counts. "
        "Source: SKR, prestationskrav; D2024.",
        [every_region_once(regions, ["measure"])],
    )


def production_stage(scheme: Scheme, regions: list[str]) -> Stage:
    """First visits completed against those added, summed from the period's start."""

    def to_date(month: date) -> list[date]:
        found = scheme.first_visit_production and scheme.first_visit_production.period_of(month)
        return [each for each in found[1].months() if each <= month] if found else []

    return Stage(
        scheme,
        FirstVisitProduction,
        scheme.measured_months,
        [
            Input(WaitingTimes, "", to_date),
            Input(Reserves, scheme.name, lambda month: to_date(month)[:1]),
        ],
        lambda inputs, months: first_visit_production(
            scheme, inputs["observed.waiting_times"], inputs["payouts.reserves"], regions, months
        ),
        "First visits completed over the period so far, in per cent of those added to the list "
        "(each month-end's waiting 0-30 days); final in the period's last month. "
        "Source: SKR, prestationskrav, nybesöksproduktion.",
        [every_region_once(regions, [])],
    )


def surgery_stages(scheme: Scheme, regions: list[str]) -> list[Stage]:
    """Operations against the baseline, their follow-up by place, and the share of the cap."""

    def counted(month: date) -> list[date]:
        rule = scheme.surgery
        years = {month.year, month.year - 1, *(rule.baseline_years.at(month) if rule else [])}
        return sorted(
            each.replace(year=each.year - month.year + year)
            for each in scheme.measured_months
            if each <= month
            for year in years
        )

    operations = Input(Surgeries, "", counted)
    months = scheme.measured_months
    return [
        Stage(
            scheme,
            SurgeryPerformance,
            months,
            [operations],
            lambda inputs, months: surgery_performance(
                scheme, inputs["observed.surgeries"], regions, months
            ),
            "Operations by residents since the first month measured, above the mean of the same "
            "months in the baseline years, at the procedure's price; only increases count. "
            "Source: S2025, annex 1.",
            [every_region_once(regions, ["procedure"])],
        ),
        Stage(
            scheme,
            SurgeryFollowup,
            months,
            [operations],
            lambda inputs, months: surgery_followup(
                scheme, inputs["observed.surgeries"], regions, months
            ),
            "The monthly follow-up that the decision asks for: operations to date against last "
            "year and the baseline, by place, per region and for the country. Source: S2025.",
            [every_region_once([COUNTRY_CODE, *regions], ["procedure", "place"])],
        ),
        Stage(
            scheme,
            SurgeryCaps,
            months,
            [
                Input(SurgeryPerformance, scheme.name, lambda month: [month]),
                Input(Reserves, scheme.name, lambda _month: [scheme.identity.measured_from]),
            ],
            lambda inputs, _months: surgery_caps(
                scheme, inputs["performance.surgeries"], inputs["payouts.reserves"]
            ),
            "What each region has earned so far, half-up to whole kronor, at most its cap. "
            "Source: S2025, annexes 1 and 2.",
            [every_region_once(regions, [])],
        ),
    ]
