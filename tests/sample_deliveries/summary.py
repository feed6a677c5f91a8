"""The short table printed at the end: what the made-up figures amount to."""

from collections import Counter
from fractions import Fraction
from typing import Final

from tests.sample_deliveries.counts import Cell, CellKey
from tests.sample_deliveries.reference import MEASURES, Reference
from tests.sample_deliveries.self_check import level_quarters, surgery_outcome_sek
from tests.sample_deliveries.surgeries import SurgeryKey
from tests.sample_deliveries.waiting_times_2025 import PRODUCTION_PERIODS

_SHARE_MONTHS: Final = range(1, 12)
_FIRST_MONTH_MEASURED_2025: Final = 3


def summarise(
    reference: Reference,
    cells: dict[CellKey, Cell],
    operations: dict[SurgeryKey, int],
    files: dict[str, str],
) -> str:
    """Return the table as text: shares of 2024, levels of 2025, surgery, number of files."""
    lines = [
        "Share completed within 30 days, January-November 2024, per cent (as published)",
        _table_row("measure", "begun", "country", "lowest region", "highest region"),
    ]
    for measure in MEASURES:
        national, total = _share_pct(cells, measure, reference.regions)
        by_region = [_share_pct(cells, measure, (region,))[0] for region in reference.regions]
        published = reference.published_shares[measure]
        country = f"{float(national):.1f} ({published.national_pct})"
        lowest = f"{float(min(by_region)):.1f} ({published.lowest_region_pct})"
        highest = f"{float(max(by_region)):.1f} ({published.highest_region_pct})"
        lines.append(_table_row(measure, str(total), country, lowest, highest))
    outcome = sum(surgery_outcome_sek(reference, operations).values())
    lines += [
        f"Levels of the months March-November 2025: {_listed(_levels_2025(cells))}",
        f"New-visit production 2025, regions and periods: {_listed(_production(reference, cells))}",
        f"Surgery 2025, all regions: {outcome} kr",
        f"Files: {len(files)}, {sum(len(text.encode()) for text in files.values())} bytes",
    ]
    return "\n".join(lines) + "\n"


def _table_row(measure: str, begun: str, country: str, lowest: str, highest: str) -> str:
    return f"{measure:<12} {begun:>6}  {country:>14}  {lowest:>15}  {highest:>15}"


def _share_pct(
    cells: dict[CellKey, Cell], measure: str, regions: tuple[str, ...]
) -> tuple[Fraction, int]:
    """Share within 30 days in per cent, and the number it is a share of."""
    completed = [
        cells[CellKey(2024, month, region, measure)].completed
        for month in _SHARE_MONTHS
        for region in regions
    ]
    total = sum(counts.total for counts in completed)
    return Fraction(100 * sum(counts.within_30 for counts in completed), total), total


def _levels_2025(cells: dict[CellKey, Cell]) -> Counter[str]:
    return Counter(
        f"{25 * level_quarters(cell, cells[key._replace(year=2024)])} %"
        for key, cell in cells.items()
        if key.year == 2025 and key.month >= _FIRST_MONTH_MEASURED_2025
    )


def _production(reference: Reference, cells: dict[CellKey, Cell]) -> Counter[str]:
    counter: Counter[str] = Counter()
    for region in reference.regions:
        for months in PRODUCTION_PERIODS.values():
            period = [cells[CellKey(2025, month, region, "first_visit")] for month in months]
            begun = sum(cell.completed.total for cell in period)
            added = sum(cell.waiting.within_30 for cell in period)
            counter[_production_band(begun, added)] += 1
    return counter


def _production_band(begun: int, added: int) -> str:
    tenths = (2000 * begun + added) // (2 * added)
    if begun < added:
        return "below 100"
    if tenths <= 1025:
        return "100-102.5"
    return "102.6-105.0" if tenths <= 1050 else "above 105.0"


def _listed(counter: Counter[str]) -> str:
    return ", ".join(f"{name}: {counter[name]}" for name in sorted(counter))
