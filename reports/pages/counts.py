"""The counts behind shares: in small below them on a page, and as numbers in the files beside it."""

from collections.abc import Iterable, Sequence
from datetime import date

from reports.pages.page import Section
from reports.pages.telling import Telling
from reports.reconciliation import COUNTS, COUNTS_LAST_YEAR
from reports.results import Share
from reports.small_numbers import counts_for
from reports.tables import Cell, PrintedTable
from schemas.months import month_key
from schemas.regions import region_name


def beneath(
    told: Telling, row: int, shares: Iterable[tuple[int, Share]]
) -> dict[tuple[int, int], str]:
    """For a row's shares, by their columns, the counts behind those that these readers may see."""
    found = {(row, place): told.counts(share) for place, share in shares}
    return {cell: counts for cell, counts in found.items() if counts}


def counts_section(told: Telling, regions: Sequence[str], months: Sequence[date]) -> Section:
    """Every count of the regions and months, for the workbook and the text."""
    year, words = told.year, told.words["basis"]
    columns = (*COUNTS, *COUNTS_LAST_YEAR)
    rows: list[list[Cell]] = []
    for month, region, measure in (
        (month, region, measure)
        for month in months
        for region in regions
        for measure in year.measures
    ):
        result = year.results[region, month, measure]
        counts: dict[str, int | None] = {name: getattr(result, name) for name in columns}
        rows.append(
            [
                month_key(month),
                region_name(region),
                told.measure(measure),
                *counts_for(year.audience, counts, told.words),
                result.level_pct,
                result.earned_sek,
            ]
        )
    headings = [words["month"], told.words["table"]["region"], words["measure"]]
    headings += [words[name] for name in columns]
    table = PrintedTable(
        words["title"],
        [*headings, words["level"], told.words["region_page"]["earned_sek"]],
        rows,
        sheet=words["sheet"],
    )
    return Section("antal", table.title, table=table, only_in_files=True)
