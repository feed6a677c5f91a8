"""`bonuspott payouts`: what is published, or was known on a day, with names and totals."""

import csv
import json
import sys
from datetime import date

import click
import polars as pl

from pipeline.arguments import FORMATS, DayType, MonthType, SchemeType
from pipeline.rendering import payout_table, results
from rules.scheme import Scheme
from schemas.days import end_of
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.regions import region_name
from storage.dialect import quoted
from storage.ledger import Ledger
from storage.root import DataRoot
from storage.warehouse import read_published


@click.command()
@click.argument("scheme", type=SchemeType())
@click.option("--month", type=MonthType(), help="One payout month; else all.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(FORMATS),
    default="table",
    show_default=True,
    help="How to print.",
)
@click.option("--as-of", "as_of", type=DayType(), help="As they were known at the end of that day.")
def payouts(scheme: Scheme, month: date | None, layout: str, as_of: date | None) -> None:
    """Print the payouts of SCHEME as they are published, or as they were known on a day."""
    root = DataRoot.from_environment()
    lines = known_lines(scheme, root, as_of) if as_of else published_lines(scheme, root)
    if month:
        lines = lines.filter(pl.col("month") == month)
    if lines.is_empty():
        which = f" of {month_key(month)}" if month else ""
        known = f"was known on {as_of}" if as_of else "is published"
        raise click.ClickException(
            f"no payout{which} {known}; `bonuspott run {scheme.name}` computes it"
        )
    if layout == "table":
        results().print(scheme.identity.title_sv, markup=False)
        for of_month in lines.partition_by("month", maintain_order=True):
            results().print(payout_table(scheme, of_month))
        return
    rows = [
        {
            "month": month_key(row["month"]),
            "scheme": row["scheme"],
            "region_code": row["region_code"],
            "region_name": region_name(row["region_code"]),
            "component": row["component"],
            "amount_sek": row["amount_sek"],
        }
        for row in lines.iter_rows(named=True)
    ]
    if layout == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def published_lines(scheme: Scheme, root: DataRoot) -> pl.DataFrame:
    """The scheme's payout lines as they are published.

    Raises:
        NothingPublishedError: if nothing was published yet.
    """
    return read_published(root, PayoutLines, f"scheme = {quoted(scheme.name)}")


def known_lines(scheme: Scheme, root: DataRoot, day: date) -> pl.DataFrame:
    """The scheme's payout lines as they were known at the end of a day."""
    months = [payout.month for payout in scheme.payouts]
    ledger = Ledger.of(root)
    return ledger.read(PayoutLines, scheme.name, months, as_of=end_of(day)).rows


def print_payouts(scheme: Scheme, lines: pl.DataFrame, months: list[date]) -> None:
    """Print the scheme's payouts in some months, as tables; lines may be of other months too."""
    console = results()
    console.print(scheme.identity.title_sv, markup=False)
    for payout in scheme.payouts:
        of_month = lines.filter(pl.col("month") == payout.month) if lines.height else lines
        if payout.month in months and of_month.height:
            console.print(payout_table(scheme, of_month))
