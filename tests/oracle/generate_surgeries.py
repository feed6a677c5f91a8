"""Made-up deliveries of surgeries, and what befalls them."""

from collections.abc import Callable, Sequence
from random import Random

from .generate_waiting import happens
from .model import Month, SurgeryRow, a_year_before
from .parameters import Surgery

Deliveries = dict[Month, list[SurgeryRow]]
PROVIDERS = ("public", "private")


def months_needed(surgery: Surgery) -> list[Month]:
    """Return the months of the outcome and of the baseline."""
    return [
        a_year_before(month, years)
        for years in range(surgery.baseline_years + 1)
        for month in surgery.months
    ]


def ordinary_surgeries(surgery: Surgery, regions: Sequence[str], random: Random) -> Deliveries:
    """Return deliveries of rows at home, elsewhere and with private providers.

    Some keys are absent where the region has other rows. Each region leans its own way.
    """
    lean = {region: random.randint(-6, 12) for region in regions}
    outcome_year = surgery.months[0][0]
    deliveries = {}
    for month in months_needed(surgery):
        rows = []
        for region in regions:
            other = random.choice([code for code in regions if code != region])
            more = lean[region] if month[0] == outcome_year else 0
            for procedure in surgery.amount_per_operation:
                rows.append(
                    SurgeryRow(
                        region, procedure, region, "public", random.randint(8, 30) + more // 2
                    )
                )
                rows += [
                    SurgeryRow(
                        region, procedure, performing, provider, random.randint(0, 9) + max(more, 0)
                    )
                    for performing in (region, other)
                    for provider in PROVIDERS
                    if (performing, provider) != (region, "public") and happens(random, 500)
                ]
        deliveries[month] = rows
    return deliveries


def constant_surgeries(
    surgery: Surgery, regions: Sequence[str], counts: Callable[[int, int, Month], int]
) -> Deliveries:
    """Return one row per region and procedure: a count by their positions and the month."""
    return {
        month: [
            SurgeryRow(region, procedure, region, "public", counts(place, order, month))
            for place, region in enumerate(regions)
            for order, procedure in enumerate(surgery.amount_per_operation)
        ]
        for month in months_needed(surgery)
    }


def around_thirds(surgery: Surgery, regions: Sequence[str]) -> Deliveries:
    """Return outcomes from four thirds below to six thirds above the mean of three years."""
    first_month = surgery.months[0][1]
    outcome_year = surgery.months[0][0]

    def count(place: int, order: int, month: Month) -> int:
        step = (place + 4 * order) % 11 - 4
        if month[1] != first_month:
            return 5
        if month[0] == outcome_year:
            return 10 + (step + 2) // 3
        return 10 + (1 if outcome_year - month[0] <= -step % 3 else 0)

    return constant_surgeries(surgery, regions, count)


def falls(surgery: Surgery, regions: Sequence[str]) -> Deliveries:
    """Return rises in one procedure and falls in the others, by turns."""
    outcome_year = surgery.months[0][0]

    def count(place: int, order: int, month: Month) -> int:
        if month[0] != outcome_year:
            return 20
        return 27 if place % 3 == order else 3

    return constant_surgeries(surgery, regions, count)


def steady_rise(surgery: Surgery, regions: Sequence[str], operations: int) -> Deliveries:
    """Return the same rise every month, for every region, in the first procedure alone."""
    outcome_year = surgery.months[0][0]

    def count(_: int, order: int, month: Month) -> int:
        return 10 + (operations if order == 0 and month[0] == outcome_year else 0)

    return constant_surgeries(surgery, regions, count)


def without_months(deliveries: Deliveries, random: Random, year: int) -> Deliveries:
    """Return deliveries with a month of a year missing, but not its first."""
    gone = random.choice(sorted(month for month in deliveries if month[0] == year)[1:])
    return {month: rows for month, rows in deliveries.items() if month != gone}


def without_regions(deliveries: Deliveries, random: Random, per_mille: int) -> Deliveries:
    """Return deliveries where home regions are absent altogether here and there."""
    return _without(deliveries, random, per_mille, lambda row: row.home_region)


def without_procedures(deliveries: Deliveries, random: Random, per_mille: int) -> Deliveries:
    """Return deliveries where procedures are absent of all regions here and there."""
    return _without(deliveries, random, per_mille, lambda row: row.procedure)


def without_keys(deliveries: Deliveries, random: Random, per_mille: int) -> Deliveries:
    """Return deliveries where rows are absent here and there, but no region altogether."""
    result = {}
    for month, rows in deliveries.items():
        kept: list[SurgeryRow] = []
        for row in rows:
            is_first = not any(other.home_region == row.home_region for other in kept)
            if is_first or not happens(random, per_mille):
                kept.append(row)
        result[month] = kept
    return result


def without_counts(deliveries: Deliveries, random: Random, per_mille: int) -> Deliveries:
    """Return deliveries where counts are not available here and there."""
    return {
        month: [
            row._replace(operations=None) if happens(random, per_mille) else row for row in rows
        ]
        for month, rows in deliveries.items()
    }


def _without(
    deliveries: Deliveries, random: Random, per_mille: int, what: Callable[[SurgeryRow], str]
) -> Deliveries:
    """Return deliveries where all rows of one thing are absent here and there."""
    things = sorted({what(row) for rows in deliveries.values() for row in rows})
    result = {}
    for month, rows in deliveries.items():
        gone = {thing for thing in things if happens(random, per_mille)}
        result[month] = [row for row in rows if what(row) not in gone]
    return result
