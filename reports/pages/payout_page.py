"""A payout: what each region is paid of each component, with the way to why."""

from datetime import date

from reports.pages.page import INDEX, Link, Page, Section
from reports.pages.telling import Telling, standing
from reports.tables import Cell, PrintedTable, summed
from schemas.components import REGISTER
from schemas.payouts import PayoutLines
from schemas.regions import region_name


def payout_page(told: Telling, payout: date) -> Page:
    """The page of the scheme's payout of a month."""
    year, words = told.year, told.words["payout_page"]
    lines = year.tables[PayoutLines].filter(scheme=year.scheme.name, month=payout)
    amounts = {
        (code, component): amount
        for code, component, amount in lines.select(
            "region_code", "component", "amount_sek"
        ).iter_rows()
    }
    regions = year.scheme.regions
    components = sorted({component for _, component in amounts}, key=list(REGISTER).index)
    total = told.words["table"]["total"]
    rows: list[list[Cell]] = []
    for code in regions:
        paid = [amounts[code, component] for component in components]
        rows.append([region_name(code), *paid, *([sum(paid)] if len(paid) > 1 else [])])
    table = PrintedTable(
        told.words["annex"]["alternative"],
        [words["region"], *map(told.component, components), *[total][: len(components) - 1]],
        rows,
        summed(total, rows),
        sheet=words["sheet"],
    )
    explained = payout in year.explained
    section = Section(
        "belopp",
        table.title,
        table=table,
        look="cards",
        links={place: told.explanation_path(code, payout) for place, code in enumerate(regions)}
        if explained
        else {},
    )
    return Page(
        told.payout_path(payout),
        told.payout_title(payout),
        crumbs=[Link(told.words["pages"]["index"], INDEX)],
        banner=[
            told.decided(payout),
            *told.not_in(year.gaps_of(payout), regions),
            *standing(told.words, [year]),
        ],
        lead=words["lead"].format(amount=told.kronor(sum(amounts.values())), count=len(regions)),
        sections=[section],
    )
