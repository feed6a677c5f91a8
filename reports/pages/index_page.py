"""Where the pages begin: the months of each scheme, the regions, and what was paid."""

from collections.abc import Sequence

from reports.pages.levels import what_is_paid_whole
from reports.pages.page import DATA, GLOSSARY, INDEX, Link, Page, Section
from reports.pages.telling import Telling
from reports.tables import Cell, PrintedTable
from schemas.payouts import Payouts
from schemas.regions import region_name


def index_page(tellings: Sequence[Telling]) -> Page:
    """The first page, of the schemes in the same language, the latest first."""
    told = tellings[0]
    words = told.words["index_page"]
    return Page(
        INDEX,
        words["title"],
        ways=[
            Link(told.words["pages"]["data"], DATA),
            Link(told.words["pages"]["glossary"], GLOSSARY),
        ],
        standing=told.standing(is_made_up=any(each.year.is_made_up for each in tellings)),
        lead=words["lead"],
        sections=[
            *(
                _of_scheme(each, number)
                for number, each in enumerate(tellings, start=1)
                if each.year.computed_months
            ),
            _payouts(tellings),
        ],
    )


def _of_scheme(told: Telling, number: int) -> Section:
    """The scheme's months, the latest first, and its regions."""
    words, year = told.words["index_page"], told.year
    months = year.computed_months[::-1]
    rows: list[list[Cell]] = []
    for month in months:
        money = year.known(year.scheme.regions, month)
        missing = told.words["pages"]["missing"]
        rows.append(
            [told.month(month), *([money.earned, money.share] if money else [missing, missing])]
        )
    kind = "operations" if year.is_of_operations else "waiting"
    table = PrintedTable(
        told.title,
        [words["month"], words[f"earned_{kind}"], words[f"of_{kind}"]],
        rows,
        notes=[*told.not_in(year.gaps, year.scheme.regions), *what_is_paid_whole(told)],
        sheet=words["sheet_months"].format(number=number),
    )
    return Section(
        f"manader-{number}",
        table.title,
        table=table,
        links={place: told.country_path(month) for place, month in enumerate(months)},
        references_lead=words["regions_lead"],
        references=[
            Link(region_name(code), told.region_path(code)) for code in year.scheme.regions
        ],
    )


def _payouts(tellings: Sequence[Telling]) -> Section:
    """Every payout that is computed, of every scheme: its sum, and whether it is decided."""
    told = tellings[0]
    words, sums = told.words["index_page"], told.year.tables[Payouts]
    paid = sorted(
        ((month, each) for each in tellings for month in each.year.paid_months),
        key=lambda one: (one[0], one[1].year.scheme.name),
        reverse=True,
    )
    rows: list[list[Cell]] = [
        [
            each.month(month),
            each.title,
            int(sums.filter(scheme=each.year.scheme.name, month=month)["amount_sek"].sum())
            + int(each.year.settled_in(month)["amount_sek"].sum()),
            each.decided(month),
        ]
        for month, each in paid
    ]
    table = PrintedTable(
        words["payouts"],
        [words["payout"], words["scheme"], words["amount"], words["status"]],
        rows,
        notes=[
            f"{each.payout_title(month)}. {said}"
            for month, each in paid
            for said in each.not_in(each.year.gaps_of(month), each.year.scheme.regions)
        ],
        sheet=words["sheet_payouts"],
    )
    return Section(
        "utbetalningar",
        table.title,
        table=table,
        links={place: each.payout_path(month) for place, (month, each) in enumerate(paid)},
    )
