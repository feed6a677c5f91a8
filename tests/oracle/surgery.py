"""Section 3.5: surgery by region of residence, its outcome and its monthly follow-up."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from .model import Inputs, Month, Readings, SurgeryRow, a_year_before
from .parameters import Scheme, Surgery
from .tables import SurgeriesPerformance, SurgeryFollowup

COUNTRY = "00"
PLACES = ("home", "other", "private")


def place_of(row: SurgeryRow) -> str:
    """Private whenever the provider is private, wherever performed; else home or other."""
    if row.provider_type == "private":
        return "private"
    return "home" if row.performing_region == row.home_region else "other"


@dataclass
class ToDate:
    """A running sum of the known counts, by region, procedure and place, and its gaps (I-13)."""

    operations: defaultdict[tuple[str, str, str], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    incomplete: set[tuple[str, str]] = field(default_factory=set)

    def add(
        self, delivery: Sequence[SurgeryRow] | None, regions: Sequence[str], surgery: Surgery
    ) -> None:
        """Add a month's delivery; None is a month that is missing.

        A key absent from a delivery that has any row for that home region, and any for that
        procedure, is 0. A month missing, a home region or a procedure absent altogether, or a count
        not available is a gap.
        """
        rows = delivery or ()
        delivered = {row.home_region for row in rows}
        asked_for = {row.procedure for row in rows}
        for region in regions:
            for procedure in surgery.amount_per_operation:
                if region not in delivered or procedure not in asked_for:
                    self.incomplete.add((region, procedure))
        for row in rows:
            if row.operations is None:
                self.incomplete.add((row.home_region, row.procedure))
            else:
                self.operations[row.home_region, row.procedure, place_of(row)] += row.operations

    def total(self, regions: Sequence[str], procedure: str, places: Sequence[str]) -> int:
        """Return the sum of the known counts over regions and places."""
        return sum(
            self.operations[region, procedure, place] for region in regions for place in places
        )

    def known(self, regions: Sequence[str], procedure: str, place: str) -> int | None:
        """Return the sum over regions, or None if a count of any of them is missing."""
        if any((region, procedure) in self.incomplete for region in regions):
            return None
        return self.total(regions, procedure, [place])


def earned_thirds(
    operations: int, baseline_sum: int, surgery: Surgery, procedure: str, readings: Readings
) -> int:
    """Return thirds of a krona: the increase over the unrounded mean x the amount per operation.

    Only increases count. I-8: exact thirds, or the increase floored to whole operations.
    """
    years = surgery.baseline_years
    increase_in_thirds = max(years * operations - baseline_sum, 0)
    if readings.mean_of_three_years == "floored":
        increase_in_thirds -= increase_in_thirds % years
    return increase_in_thirds * surgery.amount_per_operation[procedure]


def surgery_performance(
    scheme: Scheme, inputs: Inputs, readings: Readings
) -> tuple[list[SurgeriesPerformance], list[SurgeryFollowup]]:
    """Section 3.5: performance and follow-up of every month, to date."""
    surgery = scheme.surgery
    if surgery is None:
        return [], []
    outcome, last_year, baseline = ToDate(), ToDate(), ToDate()
    performance = []
    followup = []
    for month in surgery.months:
        outcome.add(inputs.surgeries.get(month), inputs.regions, surgery)
        last_year.add(inputs.surgeries.get(a_year_before(month)), inputs.regions, surgery)
        for years in range(1, surgery.baseline_years + 1):
            baseline.add(inputs.surgeries.get(a_year_before(month, years)), inputs.regions, surgery)
        gaps = outcome.incomplete | baseline.incomplete
        for region in inputs.regions:
            for procedure in surgery.amount_per_operation:
                operations = outcome.total([region], procedure, PLACES)
                baseline_sum = baseline.total([region], procedure, PLACES)
                incomplete = (region, procedure) in gaps
                performance.append(
                    SurgeriesPerformance(
                        month=month,
                        scheme=scheme.name,
                        region_code=region,
                        procedure=procedure,
                        operations_to_date=operations,
                        last_year_to_date=last_year.total([region], procedure, PLACES),
                        baseline_sum_to_date=baseline_sum,
                        earned_thirds_sek=(
                            0
                            if incomplete
                            else earned_thirds(
                                operations, baseline_sum, surgery, procedure, readings
                            )
                        ),
                        is_final=month == surgery.months[-1],
                        status="incomplete" if incomplete else "ok",
                    )
                )
        followup += followup_of(
            scheme.name, month, inputs.regions, surgery, (outcome, last_year, baseline)
        )
    return performance, followup


def followup_of(
    scheme_name: str,
    month: Month,
    regions: Sequence[str],
    surgery: Surgery,
    sums: tuple[ToDate, ToDate, ToDate],
) -> list[SurgeryFollowup]:
    """Return a month's follow-up per region and for the country, split by place.

    What is missing is never read as zero: a sum with a gap (I-13) is missing, too.
    """
    areas = {COUNTRY: tuple(regions)} | {region: (region,) for region in regions}
    outcome, last_year, baseline = sums
    return [
        SurgeryFollowup(
            month=month,
            scheme=scheme_name,
            region_code=area,
            procedure=procedure,
            place=place,
            operations_to_date=outcome.known(members, procedure, place),
            last_year_to_date=last_year.known(members, procedure, place),
            baseline_sum_to_date=baseline.known(members, procedure, place),
        )
        for area, members in areas.items()
        for procedure in surgery.amount_per_operation
        for place in PLACES
    ]
