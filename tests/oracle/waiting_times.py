"""Section 3.1: the monthly performance in waiting times."""

from fractions import Fraction

from .apportionment import apportion, half_up_to_decimals, percent
from .model import NOT_REPORTED, Counts, Inputs, Readings, a_year_before
from .parameters import MEASURES, Scheme
from .tables import Alternative, Status, WaitingTimesPerformance

SHARE_DECIMALS = 4
FULL_LEVEL = 100
ATTAINMENT_PCT = 75
IMPROVEMENT_BANDS = ((10, FULL_LEVEL), (5, 75), (1, 50))


def counts_used(counts: Counts, readings: Readings) -> Counts:
    """I-3: patient-chosen waits are included, or taken out of completed (missing counts as 0)."""
    if readings.patient_chosen == "included" or counts.completed is None:
        return counts
    return counts._replace(completed=counts.completed - (counts.completed_patient_chosen or 0))


def share(part: int | None, whole: int | None) -> Fraction | None:
    """Return the exact share in per cent; None where it is undefined."""
    if part is None or whole is None or whole == 0:
        return None
    return percent(part, whole)


def for_reading(exact: Fraction | None) -> Fraction | None:
    """Return a share as the contract shows it: half-up to four decimals."""
    return None if exact is None else half_up_to_decimals(exact, SHARE_DECIMALS)


def improvement(
    this_year: Fraction | None, last_year: Fraction | None, readings: Readings
) -> Fraction | None:
    """Return the improvement in percentage points that alternative 1 is judged by (I-1).

    None where either share is undefined: alternative 1 is not available (I-4, I-5).
    """
    if this_year is None or last_year is None:
        return None
    if readings.gaps_between_bands == "shares_rounded":
        return half_up_to_decimals(this_year, 1) - half_up_to_decimals(last_year, 1)
    if readings.gaps_between_bands == "exact":
        return this_year - last_year
    return half_up_to_decimals(this_year - last_year, 1)


def improvement_level(points: Fraction | None) -> int:
    """Alternative 1: 1.0-4.9 is 50 %, 5.0-9.9 is 75 %, 10.0 and above is 100 %."""
    if points is None:
        return 0
    return next((level for edge, level in IMPROVEMENT_BANDS if points >= edge), 0)


def is_attained(counts: Counts, readings: Readings) -> bool:
    """Alternative 2: at least 75 % within 30 days of completed and of waiting alike, exactly.

    Either waiting count missing: not available (I-4). Nobody waiting: that half is met (I-2).
    """
    completed_share = share(counts.completed_within_30, counts.completed)
    if completed_share is None or counts.waiting is None or counts.waiting_within_30 is None:
        return False
    waiting_share = share(counts.waiting_within_30, counts.waiting)
    if waiting_share is None:
        waiting_half = readings.nobody_waiting == "met"
    else:
        waiting_half = waiting_share >= ATTAINMENT_PCT
    return completed_share >= ATTAINMENT_PCT and waiting_half


def status_of(this_year: Counts, last_year: Counts) -> Status:
    """Section 4: the first status that applies, in the order given there (I-4, I-5)."""
    if this_year.completed is None or this_year.completed_within_30 is None:
        return "not_reported"
    if this_year.completed == 0:
        return "no_completed"
    if share(last_year.completed_within_30, last_year.completed) is None:
        return "no_base"
    if this_year.waiting is None or this_year.waiting_within_30 is None:
        return "no_waiting"
    return "ok"


def better_alternative(points: Fraction | None, *, attained: bool) -> tuple[Alternative, int]:
    """Return the better alternative and its level; attainment is named where both give 100 %."""
    if attained:
        return "attainment", FULL_LEVEL
    level = improvement_level(points)
    return ("improvement" if level else "none"), level


def waiting_times_performance(
    scheme: Scheme, inputs: Inputs, readings: Readings
) -> list[WaitingTimesPerformance]:
    """Section 3.1, for every month measured, region and measure."""
    if not scheme.rounds:
        return []
    reserved = apportion(scheme.monthly_reserve, inputs.population)
    rows = []
    for month in scheme.months:
        for region in inputs.regions:
            for measure in MEASURES:
                this_key = (month, region, measure)
                last_key = (a_year_before(month), region, measure)
                counts = counts_used(inputs.waiting.get(this_key, NOT_REPORTED), readings)
                base = counts_used(inputs.waiting.get(last_key, NOT_REPORTED), readings)
                this_share = share(counts.completed_within_30, counts.completed)
                last_share = share(base.completed_within_30, base.completed)
                points = improvement(this_share, last_share, readings)
                alternative, level = better_alternative(
                    points, attained=is_attained(counts, readings)
                )
                if scheme.is_by_population("waiting_time", month):
                    alternative, level = "population", FULL_LEVEL
                rows.append(
                    WaitingTimesPerformance(
                        month=month,
                        scheme=scheme.name,
                        region_code=region,
                        measure=measure,
                        completed=counts.completed,
                        completed_within_30=counts.completed_within_30,
                        waiting=counts.waiting,
                        waiting_within_30=counts.waiting_within_30,
                        completed_last_year=base.completed,
                        completed_within_30_last_year=base.completed_within_30,
                        share_pct=for_reading(this_share),
                        share_last_year_pct=for_reading(last_share),
                        waiting_share_pct=for_reading(
                            share(counts.waiting_within_30, counts.waiting)
                        ),
                        improvement_pp=(None if points is None else half_up_to_decimals(points, 1)),
                        alternative=alternative,
                        level_pct=level,
                        reserved_sek=reserved[region],
                        earned_sek=Fraction(level * reserved[region], 100),
                        status=status_of(counts, base),
                    )
                )
    return rows
