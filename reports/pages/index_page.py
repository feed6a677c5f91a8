"""Where the pages begin: the months of each scheme, the regions, and what was paid."""

from collections.abc import Iterator, Sequence

import polars as pl

from reports.pages.page import DATA, GLOSSARY, INDEX, Link, Page, Section
from reports.pages.telling import Telling, standing
from reports.pages.year import Share
from reports.tables import Cell, PrintedTable
from schemas.decisions import Decided
from schemas.months import month_key
from schemas.payouts import Payouts
from schemas.regions import region_name


def index_page(tellings: Sequence[Telling]) -> Page:
    """The first page, of the schemes in the same language, the latest first."""
    told = tellings[0]
    words = told.words["index_page"]
    return Page(
        INDEX,
        words["title"],
        beside=[
            Link(told.words["pages"]["data"], DATA),
            Link(told.words["pages"]["glossary"], GLOSSARY),
        ],
        banner=standing(told.words, told.year),
        lead=words["lead"],
        sections=[
            *(
                section
                for number, each in enumerate(tellings, start=1)
                for section in _of_scheme(each, number)
            ),
            _payouts(told),
        ],
    )


def _of_scheme(told: Telling, number: int) -> Iterator[Section]:
    """The scheme's months, the latest first, and its regions."""
    words, year = told.words["index_page"], told.year
    months = year.computed_months[::-1]
    rows: list[list[Cell]] = []
    for month in months:
        earned = sum(year.earned_in(code, month) for code in year.scheme.regions)
        reserved = sum(year.reserved_in(code, month) for code in year.scheme.regions)
        rows.append([told.month(month), earned, Share(int(earned * 100), reserved * 100).tenths])
    table = PrintedTable(
        told.title,
        [words["month"], words["earned"], words["of_reserve"]],
        rows,
        sheet=words["sheet_months"].format(number=number),
    )
    yield Section(
        f"manader-{number}",
        table.title,
        [words["regions_lead"]],
        table=table,
        links={place: told.country_path(month) for place, month in enumerate(months)},
        references=[
            Link(region_name(code), told.region_path(code)) for code in year.scheme.regions
        ],
    )


def _payouts(told: Telling) -> Section:
    """Every payout that is computed, of every scheme: its sum, and whether it is decided."""
    words, tables = told.words["index_page"], told.year.tables
    decided = {
        (scheme, month): (day, reference)
        for scheme, month, day, reference in tables[Decided]
        .select("scheme", "month", "decided_on", "reference")
        .iter_rows()
    }
    sums = tables[Payouts].group_by("scheme", "month").agg(pl.col("amount_sek").sum())
    rows: list[list[Cell]] = []
    for scheme, month, amount in sums.sort("month", "scheme", descending=True).iter_rows():
        decision = decided.get((scheme, month))
        status = (
            words["decided"].format(day=decision[0], reference=decision[1])
            if decision
            else words["computed"]
        )
        rows.append([f"{scheme}, {month_key(month)}", amount, status])
    table = PrintedTable(
        words["payouts"],
        [words["payout"], words["amount"], words["status"]],
        rows,
        sheet=words["sheet_payouts"],
    )
    return Section("utbetalningar", table.title, table=table)
