"""Section 3.2: new-visit production, followed up month by month."""

from fractions import Fraction

from .apportionment import apportion, half_up_to_decimals, percent
from .model import NOT_REPORTED, Inputs, Month, Readings
from .parameters import FIRST_VISIT, Scheme
from .tables import ProductionPerformance, Status

FULL_LEVEL = 100
BANDS = ((Fraction("102.5"), 50), (Fraction(105), 75))


def completed_and_added(inputs: Inputs, month: Month, region: str) -> tuple[int, int] | None:
    """Return a month's completed first visits and those added to the list.

    Added is the month-end's number waiting 0-30 days. Patient-chosen waits always count (I-3).
    None where either is missing (I-6).
    """
    counts = inputs.waiting.get((month, region, FIRST_VISIT), NOT_REPORTED)
    if counts.completed is None or counts.waiting_within_30 is None:
        return None
    return counts.completed, counts.waiting_within_30


def production_level(completed: int, added: int, readings: Readings) -> int:
    """Return the level of complete sums: the 100 edge is exact, the others as I-1 reads them."""
    if added == 0:  # I-7
        return FULL_LEVEL if completed > 0 else 0
    if completed < added:
        return 0
    ratio = percent(completed, added)
    if readings.gaps_between_bands != "exact":
        ratio = half_up_to_decimals(ratio, 1)
    return next((level for edge, level in BANDS if ratio <= edge), FULL_LEVEL)


def production_status(completed: int, added: int, *, complete: bool) -> Status:
    """I-6 and I-7, in the order of section 4."""
    if not complete:
        return "incomplete"
    return "no_activity" if completed == added == 0 else "ok"


def production_performance(
    scheme: Scheme, inputs: Inputs, readings: Readings
) -> list[ProductionPerformance]:
    """Section 3.2: counts since the period began, against the whole period's reserve.

    After a missing month the sums go on over the reported months, and the rest of the period is
    incomplete and worth nothing.
    """
    if scheme.production_fund is None:
        return []
    rows = []
    for number, period in enumerate(scheme.rounds, start=1):
        reserved = apportion(scheme.period_reserve(period), inputs.population)
        for region in inputs.regions:
            completed = added = 0
            complete = True
            for month in period.months:
                reported = completed_and_added(inputs, month, region)
                complete = complete and reported is not None
                completed += reported[0] if reported else 0
                added += reported[1] if reported else 0
                level = production_level(completed, added, readings) if complete else 0
                if scheme.is_by_population("first_visit_production", month):
                    level = FULL_LEVEL
                rows.append(
                    ProductionPerformance(
                        month=month,
                        scheme=scheme.name,
                        region_code=region,
                        period=number,
                        completed_to_date=completed,
                        added_to_date=added,
                        ratio_pct=(
                            half_up_to_decimals(percent(completed, added), 1) if added else None
                        ),
                        level_pct=level,
                        reserved_sek=reserved[region],
                        earned_sek=Fraction(level * reserved[region], 100),
                        is_final=month == period.months[-1],
                        status=production_status(completed, added, complete=complete),
                    )
                )
    return sorted(rows)
