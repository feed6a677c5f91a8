"""`bonuspott differences`: how decided payouts differ from what the rules give today, and why."""

from collections.abc import Sequence
from datetime import date

import click
import polars as pl
from rich.table import Table

from ledger.ledger import Ledger
from ledger.provenance import causes
from pipeline.arguments import SchemeType
from pipeline.rendering import results
from rules.scheme import Scheme
from schemas.amounts import kronor
from schemas.decisions import Decided, Differences
from schemas.months import month_key
from schemas.payouts import COMPONENTS_SV
from schemas.places import DataRoot
from schemas.regions import region_name


@click.command("differences")
@click.argument("scheme", type=SchemeType())
def differences_command(scheme: Scheme) -> None:
    """Show how the decided payouts of SCHEME differ from what the rules give today, and why.

    The exit status is 0 whether or not there are differences: a decided payout stands.
    """
    ledger = Ledger.of(DataRoot.from_environment())
    months = [payout.month for payout in scheme.payouts]
    decided = ledger.read(Decided, scheme.name, months)
    if decided.rows.is_empty():
        click.echo(f"no payout of {scheme.name} is decided")
    found = ledger.read(Differences, scheme.name, months)
    for month in decided.rows["month"].unique().sort():
        of_month = found.rows.filter(pl.col("month") == month)
        differing = of_month.filter(pl.col("difference_sek") != 0)
        settled = of_month.filter(pl.col("settled_sek") != 0)
        shown = pl.concat([differing, settled]).unique().sort("region_code", "component")
        if shown.is_empty():
            click.echo(f"{month_key(month)}: comes out as it was decided")
            continue
        results().print(_difference_table(month, shown))
        computation = decided.rows.filter(pl.col("month") == month)["computation"][0]
        for cause in causes(ledger, computation, found.records[month].number):
            click.echo(f"  cause: {cause}")


def _difference_table(month: date, rows: pl.DataFrame) -> Table:
    table = Table(title=f"{month_key(month)}, kronor", title_justify="left")
    amounts = {
        "decided_sek": "Beslutat",
        "recomputed_sek": "Omräknat",
        "settled_sek": "Reglerat",
        "difference_sek": "Skillnad",
    }
    table.add_column("Region")
    table.add_column("Delpost")
    for label in amounts.values():
        table.add_column(label, justify="right")
    for row in rows.iter_rows(named=True):
        table.add_row(
            f"{row['region_code']} {region_name(row['region_code'])}",
            COMPONENTS_SV[row["component"]],
            *(kronor(row[name]) for name in amounts),
        )
    table.add_section()
    table.add_row("Summa", "", *_sums(rows, list(amounts)), style="bold")
    return table


def _sums(rows: pl.DataFrame, columns: Sequence[str]) -> list[str]:
    return [kronor(int(rows[name].sum())) for name in columns]
