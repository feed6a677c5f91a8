"""What a region's later reports gave otherwise: the counts, and what that made of levels and kronor."""

from collections.abc import Iterator

from reports.pages.page import Section
from reports.pages.telling import Telling
from reports.tables import Cell, PrintedTable

HEADINGS = ("month", "measure", "counts", "first_level", "level", "change_sek")


def corrected_section(told: Telling, region: str) -> Iterator[Section]:
    """A row a month and measure of which some count was corrected; none for the public, whom counts may tell of somebody."""
    year, words = told.year, told.words["corrected"]
    if year.is_of_operations or year.audience == "public":
        return
    counts, missing = told.words["basis"], told.words["pages"]["missing"]
    rows: list[list[Cell]] = []
    for (code, month, measure), each in year.corrected.items():
        if code == region:
            said = (
                words["count"].format(
                    counted=counts[one.counted],
                    first=missing if one.first_number is None else one.first_number,
                    now=missing if one.corrected_number is None else one.corrected_number,
                )
                for one in each.counts
            )
            levels = each.first.level_pct, each.now.level_pct
            change = each.now.earned_sek - each.first.earned_sek
            cells = (told.month(month), told.measure(measure), "; ".join(said), *levels, change)
            rows.append([*cells])
    if rows:
        headings = [words[name] for name in HEADINGS]
        table = PrintedTable(
            words["title"], headings, rows, notes=[words["note"]], sheet=words["sheet"]
        )
        signed = frozenset({HEADINGS.index("change_sek")})
        yield Section("rattat", table.title, table=table, look="cards", signed=signed)
