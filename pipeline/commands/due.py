"""`bonuspott due`: what is due, late or waiting, by what the ledger holds now."""

from collections.abc import Sequence
from datetime import datetime

import click

from explanation.language import Code
from pipeline.arguments import format_option, language_option
from pipeline.rendering import print_result, results
from reports.tables import Cell, PrintedTable
from reports.words import words_in
from rules.loading import load_schemes
from schemas.places import DataRoot


@click.command()
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Look as on this day (YYYY-MM-DD); else today in Stockholm.",
)
@format_option()
@language_option()
def due(on: datetime | None, layout: str, language: Code) -> None:
    """Print what is due: which month is in, late, or has regions missing; which payout waits for what.

    It looks at what is recorded; a file that lies in data/raw and was not read yet is not in. The exit status is 0 whatever
    is late.
    """
    # The assets bring Dagster with them, which takes a second to load.
    from assets.due import (  # noqa: PLC0415
        PAYOUTS_HEADER,
        REPORTS_HEADER,
        overview,
        payout_rows,
        report_rows,
        today,
    )

    day = on.date() if on else today()
    found = overview(list(load_schemes().values()), DataRoot.from_environment(), day)
    words = words_in(language)["due"]
    reports = report_rows(found)
    # The amount as a number, so that a spreadsheet can reckon with it.
    payouts = [
        (*row[:-1], each.amount_sek)
        for row, each in zip(payout_rows(found), found.payouts, strict=True)
    ]
    tables = [
        _table(words["reports"].format(day=day), REPORTS_HEADER, reports, language),
        _table(words["payouts"].format(day=day), PAYOUTS_HEADER, payouts, language),
    ]
    columns = [_column(name) for name in dict.fromkeys((*REPORTS_HEADER, *PAYOUTS_HEADER))]
    rows = [
        dict.fromkeys(columns) | dict(zip(map(_column, header), row, strict=True))
        for header, group in ((REPORTS_HEADER, reports), (PAYOUTS_HEADER, payouts))
        for row in group
    ]
    print_result(tables, rows, columns, layout)
    if layout == "table":
        late = len(found.late())
        results().print(words["late"].format(count=late) if late else words["nothing_late"])


def _column(heading: str) -> str:
    return heading.lower().replace(" ", "_")


def _table(
    title: str, header: Sequence[str], rows: Sequence[Sequence[Cell]], code: Code
) -> PrintedTable:
    words = words_in(code)["due"]
    return PrintedTable(title, [words[name] for name in header], rows, sheet=header[1])
