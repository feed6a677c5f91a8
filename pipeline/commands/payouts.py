"""`bonuspott payouts`: what is published, or was known on a day, with names and totals."""

from datetime import date

import click
import polars as pl

from ledger.dialect import quoted
from ledger.ledger import Ledger
from ledger.warehouse import read_published
from pipeline.arguments import DayType, MonthType, SchemeType, format_option
from pipeline.rendering import payout_table, print_rows, results
from rules.scheme import Scheme
from schemas.days import end_of
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.places import DataRoot
from schemas.regions import region_name


@click.command()
@click.argument("scheme", type=SchemeType())
@click.option("--month", type=MonthType(), help="One payout month; else all.")
@format_option()
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
        print_payouts(scheme, lines)
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
    print_rows(rows, list(rows[0]), layout)


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


def print_payouts(scheme: Scheme, lines: pl.DataFrame) -> None:
    """Print the scheme's payouts that the lines are of, a table a month."""
    console = results()
    console.print(scheme.identity.title_sv, markup=False)
    for of_month in lines.sort("month", maintain_order=True).partition_by(
        "month", maintain_order=True
    ):
        console.print(payout_table(scheme, of_month))
