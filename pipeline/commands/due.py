"""`bonuspott due`: what is due, late or waiting, by what the ledger holds now."""

from collections.abc import Mapping, Sequence
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
        PAYOUT_COLUMNS,
        REPORT_COLUMNS,
        overview,
        payout_rows,
        report_rows,
        today,
    )

    day = on.date() if on else today()
    found = overview(list(load_schemes().values()), DataRoot.from_environment(), day)
    told = words_in(language)
    words = told["due"]
    reports = report_rows(found, told)
    # The amount as a number, so that a spreadsheet can reckon with it.
    payouts = [
        (*row[:-1], each.amount_sek)
        for row, each in zip(payout_rows(found, words), found.payouts, strict=True)
    ]
    tables = [
        _table(words["reports"].format(day=day), REPORT_COLUMNS, reports, words),
        _table(words["payouts"].format(day=day), PAYOUT_COLUMNS, payouts, words),
    ]
    columns = list(dict.fromkeys((*REPORT_COLUMNS, *PAYOUT_COLUMNS)))
    rows = [
        dict.fromkeys(columns) | dict(zip(names, row, strict=True))
        for names, group in ((REPORT_COLUMNS, reports), (PAYOUT_COLUMNS, payouts))
        for row in group
    ]
    print_result(tables, rows, columns, layout, language)
    if layout == "table":
        late = len(found.late())
        results().print(words["late"].format(count=late) if late else words["nothing_late"])


def _table(
    title: str, columns: Sequence[str], rows: Sequence[Sequence[Cell]], words: Mapping[str, str]
) -> PrintedTable:
    headings = [words[name] for name in columns]
    return PrintedTable(title, headings, rows, sheet=headings[1])
