"""`bonuspott differences`: how decided payouts differ from what the rules give today, and why."""

from datetime import date

import click
import polars as pl

from explanation.language import Code
from explanation.language import language as language_of
from ledger.ledger import Ledger
from ledger.provenance import causes
from pipeline.arguments import SCHEME, printing_options
from pipeline.made_up import with_origin
from pipeline.rendering import print_result
from reports.tables import Cell, PrintedTable, summed
from reports.words import words_in
from reports.words.phrases import phrase
from rules.scheme import Scheme
from schemas.decisions import Decided, Differences
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.regions import code_and_name

AMOUNTS = ("decided_sek", "recomputed_sek", "settled_sek", "difference_sek")
HEADINGS = ("region", "component", *AMOUNTS)


@click.command()
@click.argument("scheme", type=SCHEME)
@printing_options()
def command(scheme: Scheme, layout: str, language: Code) -> None:
    """Show how the decided payouts of SCHEME differ from what the rules give today, and why.

    The exit status is 0 whether or not there are differences: a decided payout stands.
    """
    root = DataRoot.from_environment()
    ledger = Ledger.of(root)
    decided = ledger.read(Decided, scheme.name, scheme.payout_months).rows
    found = ledger.read(Differences, scheme.name, scheme.payout_months)
    differing = found.rows.filter(
        (pl.col("difference_sek") != 0) | (pl.col("settled_sek") != 0)
    ).sort("month", "region_code", "component")
    decided_months = decided["month"].unique().sort().to_list()
    words = words_in(language)["differences"]
    if layout != "table" or decided.is_empty():
        tables = [
            _difference_table(month, differing.filter(month=month), decided, language)
            for month in decided_months
        ]
        if decided.is_empty():
            title = words["nothing_decided"].format(scheme=scheme.name)
            tables = [PrintedTable(title, [words[key] for key in HEADINGS], [])]
        named = differing.rename({"month": "payout_month"})
        rows = named.with_columns(pl.col("payout_month").map_elements(month_key, pl.String))
        tables = with_origin(tables, root, scheme.datasets, language)
        print_result(tables, rows.to_dicts(), rows.columns, layout, language)
        return
    for month in decided_months:
        shown = differing.filter(month=month)
        if shown.is_empty():
            click.echo(words["none"].format(month=language_of(language).month(month)))
            continue
        table = _difference_table(month, shown, decided, language)
        tables = with_origin([table], root, scheme.datasets, language)
        print_result(tables, [], [], layout, language)
        computation = decided.filter(month=month)["computation"][0]
        for cause in causes(ledger, computation, found.records[month].number):
            click.echo(f"  {words['cause']}: {phrase(cause, language)}")


def _difference_table(
    month: date, differing: pl.DataFrame, decided: pl.DataFrame, code: Code
) -> PrintedTable:
    words, names = words_in(code)["differences"], language_of(code)
    rows: list[list[Cell]] = [
        [
            code_and_name(row["region_code"]),
            names.name(f"component.{row['component']}"),
            *(row[name] for name in AMOUNTS),
        ]
        for row in differing.iter_rows(named=True)
    ]
    day, reference = decided.filter(month=month).select("decided_on", "reference").row(0)
    return PrintedTable(
        title=words["title"].format(
            month=names.month(month), day=names.day(day), reference=reference
        ),
        headings=[words[key] for key in HEADINGS],
        rows=rows,
        totals=summed(words_in(code)["payouts"]["total"], rows) if rows else (),
        sheet=month_key(month),
    )
