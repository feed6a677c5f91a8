"""The counts behind shares: in small below them on a page, and as numbers in the files beside it."""

from collections.abc import Iterable, Sequence
from datetime import date

from reports.pages.page import Section
from reports.pages.telling import Telling
from reports.results import Share
from reports.small_numbers import COUNTS, COUNTS_LAST_YEAR, counts_shown
from reports.tables import Cell, PrintedTable
from schemas.amounts import spaced
from schemas.months import month_key
from schemas.regions import region_name


def beneath(row: int, shares: Iterable[tuple[int, Share]]) -> dict[tuple[int, int], str]:
    """For a row's shares, by their columns, the counts behind those that these readers may see."""
    return {
        (row, place): f"{spaced(share.part)}/{spaced(share.whole)}"
        for place, share in shares
        if share.part is not None and share.whole and not share.is_withheld
    }


def counts_section(told: Telling, regions: Sequence[str], months: Sequence[date]) -> Section:
    """Every count of the regions and months, for the workbook and the text."""
    year, words = told.year, told.words["basis"]
    cases = [
        (region, month, measure)
        for month in months
        for region in regions
        for measure in year.measures
    ]
    rows: list[list[Cell]] = [
        [
            month_key(month),
            region_name(region),
            told.measure(measure),
            *counts_shown(result._asdict(), case, year.withheld, told.words),
            result.level_pct,
            result.earned_sek,
        ]
        for case in cases
        for region, month, measure in [case]
        for result in [year.results[case]]
    ]
    headings = [words["month"], told.words["table"]["region"], words["measure"]]
    headings += [words[name] for name in (*COUNTS, *COUNTS_LAST_YEAR)]
    table = PrintedTable(
        words["title"],
        [*headings, words["level"], told.words["region_page"]["earned_sek"]],
        rows,
        notes=told.why_withheld(year.results[case] for case in cases),
        sheet=words["sheet"],
    )
    return Section("antal", table.title, table=table, only_in_files=True)
