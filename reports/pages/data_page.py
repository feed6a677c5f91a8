"""How the data stand: what came in of each month and when, what was replaced, what that changed."""

from collections.abc import Iterator, Sequence

import polars as pl

from reports.pages.page import DATA, INDEX, Link, Page, Section
from reports.pages.standing import Reported
from reports.pages.telling import Telling
from reports.tables import Cell, PrintedTable
from schemas.decisions import Differences
from schemas.regions import region_name

DELIVERY = (
    *("month", "due", "first", "counted", "state", "replaced_regions"),
    *("missing_regions", "file", "checksum"),
)
"""The headings of the deliveries, by their words; the public's have no checksum.

All rows of a file but some are public: whoever has its checksum finds the counts withheld by trying.
"""

KRONOR = ("decided_sek", "recomputed_sek", "settled_sek", "difference_sek")
STATES = ("in_time", "replaced", "late", "late_replaced", "partial", "missing", "withdrawn")


def data_page(tellings: Sequence[Telling]) -> Page:
    """The page of the data, of all schemes in the same language; some of them rest on none."""
    told = tellings[0]
    came = [each for each in tellings if each.year.reports]
    words = told.words["data_page"]
    return Page(
        DATA,
        words["title"],
        ways=[Link(told.words["pages"]["index"], INDEX)],
        standing=told.standing(is_made_up=any(each.year.is_made_up for each in tellings)),
        lead=words["lead"],
        sections=[
            *_next_days(told, came),
            _revised(tellings),
            *(
                section
                for number, each in enumerate(came, start=1)
                for section in _of_scheme(each, number)
            ),
        ],
        is_wide=True,
    )


def _of_scheme(told: Telling, number: int) -> Iterator[Section]:
    """A scheme's deliveries month by month, and its regions by months."""
    reports = told.year.reports
    words = told.words["data_page"]
    named = {
        "dataset": told.language.name(f"dataset.{reports[0].dataset}").capitalize(),
        "scheme": told.title,
    }
    is_public = told.year.audience == "public"
    columns = DELIVERY[:-1] if is_public else DELIVERY
    table = PrintedTable(
        words["deliveries"].format(**named),
        [words[name] for name in columns],
        [_delivery(told, each)[: len(columns)] for each in reports],
        notes=[words["checksums_withheld"]] * is_public,
        sheet=words["sheet_deliveries"].format(number=number),
    )
    marks = {words[state]: f"state-{state}" for state in STATES}
    yield Section(f"inlamnat-{number}", table.title, table=table, marks=marks)
    grid = PrintedTable(
        words["regions"].format(**named),
        [words["region"], *(told.short(each.month) for each in reports)],
        [
            [
                region_name(code),
                *(words[each.shown(code)] for each in reports),
            ]
            for code in told.year.scheme.regions
        ],
        sheet=words["sheet_regions"].format(number=number),
    )
    yield Section(f"regioner-{number}", grid.title, table=grid, look="states", marks=marks)


def _delivery(told: Telling, each: Reported) -> list[Cell]:
    words = told.words["data_page"]
    missing = told.missing(each)
    if each.lacking:
        names = ", ".join(told.procedure(name) for name in each.lacking)
        missing = f"{missing} ({names})"
    return [
        told.month(each.month),
        each.due,
        each.first,
        each.counted.day if each.counted else None,
        words[each.state],
        told.regions(each.replaced),
        missing,
        ", ".join(name for name, _ in each.files),
        ", ".join(digest for _, digest in each.files),
    ]


def _next_days(told: Telling, came: Sequence[Telling]) -> Iterator[Section]:
    """Of the months that are not in, by when they are due."""
    words = told.words["data_page"]
    rows: list[list[Cell]] = [
        [each.title, told.month(month), each.year.scheme.due(month)]
        for each in came
        for month in each.year.scheme.measured_months
        if month not in {report.month for report in each.year.reports if report.counted}
    ]
    if not rows:
        partial = {
            report.month for each in came for report in each.year.reports if report.incomplete
        }
        said = words["nothing_due_in_part" if partial else "nothing_due"]
        yield Section(
            "nasta", words["next_days"], [said.format(months=told.language.spans(partial))]
        )
        return
    table = PrintedTable(
        words["next_days"],
        [words["scheme"], words["month"], words["due"]],
        rows,
        sheet=words["sheet_next"],
    )
    yield Section("nasta", table.title, table=table)


def _revised(tellings: Sequence[Telling]) -> Section:
    """What deliveries after a decision would have changed of it, in any scheme; what was settled of that too."""
    told, titles = tellings[0], {each.year.scheme.name: each.title for each in tellings}
    words, heads = told.words["data_page"], told.words["differences"]
    found = told.year.tables[Differences].filter(
        (pl.col("difference_sek") != 0) | (pl.col("settled_sek") != 0)
    )
    rows: list[list[Cell]] = [
        [
            titles.get(row["scheme"], row["scheme"]),
            told.month(row["month"]),
            region_name(row["region_code"]),
            told.component(row["component"]),
            *(row[name] for name in KRONOR),
        ]
        for row in found.iter_rows(named=True)
    ]
    if not rows:
        return Section("andrat", words["revised"], [words["nothing_revised"]])
    table = PrintedTable(
        words["revised"],
        [
            words["scheme"],
            told.words["index_page"]["payout"],
            heads["region"],
            heads["component"],
            *(heads[name] for name in KRONOR),
        ],
        rows,
        sheet=words["sheet_revised"],
    )
    return Section("andrat", table.title, [words["revised_lead"]], table=table)
