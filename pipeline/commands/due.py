"""`bonuspott due`: what is due, late or waiting, by what the ledger holds now."""

from collections.abc import Mapping, Sequence
from datetime import date

import click

from explanation.language import Code
from explanation.language import language as language_of
from pipeline.arguments import DAY, printing_options
from pipeline.made_up import with_origin
from pipeline.rendering import print_result, results
from reports.tables import Cell, PrintedTable
from reports.words import words_in
from rules.loading import load_schemes
from schemas.days import today
from schemas.deliveries import DATASETS
from schemas.places import DataRoot


@click.command()
@click.option(
    "--on",
    type=DAY,
    help="Look as on this day; else today in Stockholm.",
)
@printing_options()
def command(on: date | None, layout: str, language: Code) -> None:
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
    )

    day, root = on or today(), DataRoot.from_environment()
    found = overview(list(load_schemes().values()), root, day)
    words, span = words_in(language)["due"], language_of(language).span
    written = language_of(language).day(day)
    reports = [
        [scheme, words.get(dataset, dataset), *others]
        for scheme, dataset, *others in report_rows(found, language, span)
    ]
    tables = [
        _table(words["reports"].format(day=written), REPORT_COLUMNS, reports, words),
        _table(
            words["payouts"].format(day=written),
            PAYOUT_COLUMNS,
            payout_rows(found, language, span),
            words,
        ),
    ]
    columns = list(dict.fromkeys((*REPORT_COLUMNS, *PAYOUT_COLUMNS)))
    rows: list[Mapping[str, object]] = [
        *(dict(zip(REPORT_COLUMNS, row, strict=True)) for row in report_rows(found)),
        *(dict(zip(PAYOUT_COLUMNS, row, strict=True)) for row in payout_rows(found)),
    ]
    tables = with_origin(tables, root, DATASETS, language)
    print_result(tables, rows, columns, layout, language)
    if layout == "table":
        late = len(found.late())
        results().print(words["late"].format(count=late) if late else words["nothing_late"])


def _table(
    title: str,
    columns: Sequence[str],
    rows: Sequence[Sequence[Cell]],
    words: Mapping[str, str],
) -> PrintedTable:
    headings = [words[name] for name in columns]
    return PrintedTable(title, headings, rows, sheet=headings[1])
