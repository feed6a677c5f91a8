"""What a scheme of operations shows: each procedure against the mean of three years, and the caps."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import polars as pl

from reports.pages.page import Section
from reports.pages.telling import Telling
from reports.procedures import change_of, followed_up, procedures_in
from reports.tables import Cell, PrintedTable, summed
from rules.requirements.surgery import PLACES, Surgery
from schemas.regions import region_name
from schemas.surgery import SurgeryFollowup, SurgeryPerformance


def region_operations(told: Telling, region: str) -> list[Section]:
    """A row a procedure: how many, against what, and earned; and a row a month: how near the cap."""
    return [_procedures(told, region), _months(told, region)]


def country_operations(told: Telling) -> Section:
    """A row a region: each procedure's operations and change; earned, of which cap."""
    year, words = told.year, told.words["operations_page"]
    procedures = year.scheme.require(Surgery).procedures() if year.audience == "internal" else []
    followed = year.rows(SurgeryFollowup).filter(month=year.until)
    counts = followed_up(followed, "region_code", "procedure")
    rows: list[list[Cell]] = [
        [
            region_name(code),
            *(
                cell
                for name in procedures
                for cell in (counts[code, name].operations_to_date, counts[code, name].change)
            ),
            *_of_caps(told, [code], year.until)[:3],
        ]
        for code in year.scheme.regions
    ]
    totals = summed(told.words["country_page"]["country"], rows)
    for place, name in enumerate(procedures):
        totals[2 + 2 * place] = change_of([counts[code, name] for code in year.scheme.regions])
    totals[-3:] = _of_caps(told, year.scheme.regions, year.until)[:3]
    table = PrintedTable(
        words["regions"].format(month=told.month(year.until)),
        [
            told.words["country_page"]["region"],
            *[words["operations"], words["change"]] * len(procedures),
            *(words[name] for name in ("earned", "cap", "of_cap")),
        ],
        rows,
        totals,
        groups=[
            "",
            *(told.procedure(name) for name in procedures for _ in range(2)),
            *[told.component("surgery")] * 3,
        ],
        notes=[words["how"], *([] if procedures else [words["withheld"]])],
        sheet=told.words["country_page"]["sheet_regions"],
    )
    return Section(
        "regioner",
        table.title,
        table=table,
        signed=frozenset(2 + 2 * place for place in range(len(procedures))),
        sortable=True,
        links={place: told.region_path(code) for place, code in enumerate(year.scheme.regions)},
    )


def caps_by_month(told: Telling) -> Section:
    """Regions by months: what is earned so far in per cent of the cap."""
    year, words = told.year, told.words["operations_page"]
    months = year.scheme.measured_months
    rows: list[list[Cell]] = [
        [
            region_name(code),
            *(
                _of_caps(told, [code], month)[2] if month in year.computed_months else None
                for month in months
            ),
        ]
        for code in year.scheme.regions
    ]
    headings = [told.words["country_page"]["region"], *map(told.short, months)]
    table = PrintedTable(words["caps_by_month"], headings, rows, sheet=words["sheet_caps"])
    return Section(
        "manader", table.title, [words["caps_lead"]], table=table, look="shares", fits="half"
    )


def _procedures(told: Telling, region: str) -> Section:
    """For the public without any number of operations: a sum less the month before's would be low."""
    year, words = told.year, told.words["operations_page"]
    prices, is_public = year.scheme.require(Surgery).price, year.audience == "public"
    of_region = (pl.col("month") == year.until) & (pl.col("region_code") == region)
    judged = procedures_in(year.rows(SurgeryPerformance).filter(of_region))
    followed = year.rows(SurgeryFollowup).filter(of_region)
    in_all = followed_up(followed, "region_code", "procedure")
    by_place = followed_up(followed, "procedure", "place")
    rows: list[list[Cell]] = []
    for name in year.scheme.require(Surgery).procedures():
        each, of_name = in_all[region, name], judged[region, name]
        places = [by_place[name, place].operations_to_date for place in PLACES]
        done, last_year = each.operations_to_date, each.last_year_to_date
        counts: list[Cell] = [done, last_year, each.mean, each.change, *places]
        earned: Cell = words["incomplete"] if of_name.status != "ok" else of_name.earned
        price = prices[name].at(year.until)
        rows.append([told.procedure(name), *counts, each.missing, price, earned])
        if is_public:
            rows[-1] = [told.procedure(name), price, earned]
    known = [cell for *_, cell in rows if isinstance(cell, Decimal)]
    headings = ["operations", "last_year", "mean", "change", *PLACES, "missing"]
    table = PrintedTable(
        words["title"].format(month=told.month(year.until)),
        [
            words["procedure"],
            *(words[name] for name in [*([] if is_public else headings), "price", "earned"]),
        ],
        rows,
        totals=[
            told.words["region_page"]["together"],
            *[None] * (len(rows[0]) - 2),
            sum(known) if known else None,
        ],
        notes=[words["how"], words["withheld" if is_public else "how_missing"]],
        sheet=words["sheet"],
    )
    return Section("operationer", table.title, table=table, look="cards", signed=frozenset({4}))


def _months(told: Telling, region: str) -> Section:
    words = told.words["operations_page"]
    rows: list[list[Cell]] = [
        [told.month(month), *_of_caps(told, [region], month)] for month in told.year.computed_months
    ]
    headings = ["to_month", "earned", "cap", "of_cap", "left"]
    table = PrintedTable(
        words["months"], [words[name] for name in headings], rows, sheet=words["sheet_caps"]
    )
    return Section("manader", table.title, table=table, look="cards")


def _of_caps(told: Telling, regions: Sequence[str], month: date) -> list[Cell]:
    """Earned up to the month, the cap, the share, and what is left; where it is not known, the cap alone."""
    money = told.year.known(regions, month)
    if money is None:
        missing = told.words["pages"]["missing"]
        return [missing, told.year.money(regions, [month]).reserved, missing, missing]
    return [money.earned, money.reserved, money.share, money.left]
