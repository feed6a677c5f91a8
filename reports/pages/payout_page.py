"""A payout: what each region is paid of each component, with the way to why."""

from datetime import date

from reports.pages.page import INDEX, Link, Page, Section
from reports.pages.telling import Telling
from reports.tables import Cell, PrintedTable, summed
from rules.decisions import settled_by_region
from schemas.components import REGISTER
from schemas.payouts import PayoutLines
from schemas.regions import region_name


def payout_page(told: Telling, payout: date) -> Page:
    """The page of the scheme's payout of a month."""
    year, words = told.year, told.words["payout_page"]
    lines = year.tables[PayoutLines].filter(scheme=year.scheme.name, month=payout)
    regions, settled = year.scheme.regions, year.settled_in(payout)
    components = sorted(lines["component"].unique(), key=list(REGISTER).index)
    columns = {
        told.component(name): dict(
            lines.filter(component=name).select("region_code", "amount_sek").iter_rows()
        )
        for name in components
    }
    if not settled.is_empty():
        columns[words["settled"]] = {**dict.fromkeys(regions, 0), **settled_by_region(settled)}
    total = told.words["table"]["total"]
    rows: list[list[Cell]] = []
    for code in regions:
        paid = [amounts[code] for amounts in columns.values()]
        rows.append([region_name(code), *paid, *([sum(paid)] if len(paid) > 1 else [])])
    months = ", ".join(map(told.month, settled["month"].unique().sort()))
    table = PrintedTable(
        told.words["annex"]["alternative"],
        [words["region"], *columns, *[total][: len(columns) - 1]],
        rows,
        summed(total, rows),
        notes=[words["settled_note"].format(payouts=months)] if months else [],
        sheet=words["sheet"],
    )
    is_made_up = year.is_made_up and bool(year.scheme.counted_for(components))
    section = Section(
        "belopp",
        table.title,
        table=table,
        look="cards",
        links={
            place: told.explanation_path(code, payout)
            for place, code in enumerate(regions)
            if payout in year.explained
        },
    )
    return Page(
        told.payout_path(payout),
        told.payout_title(payout),
        ways=[Link(told.words["pages"]["index"], INDEX)],
        banner=[told.decided(payout), *told.not_in(year.gaps_of(payout), regions)],
        standing=told.standing(is_made_up=is_made_up),
        lead=words["lead"].format(
            amount=told.kronor(sum(sum(amounts.values()) for amounts in columns.values())),
            regions=told.counted("regions", len(regions)),
        ),
        sections=[section],
    )
