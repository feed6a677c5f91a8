"""`bonuspott payouts`: what is published, or was known on a day, with names and totals."""

from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from datetime import date
from typing import NamedTuple

import click
import polars as pl

from explanation.decisions import Decision, decisions
from explanation.language import Code
from explanation.language import language as language_of
from ledger.warehouse import one_publication
from pipeline.arguments import MONTH, SCHEME, as_of_option, printing_options
from pipeline.made_up import with_origin
from pipeline.observed_rows import rows_known
from pipeline.rendering import payout_rows, print_result, results
from reports.amounts_by_region import amounts_by_region
from reports.payout import decided, nothing_is_in
from reports.tables import PrintedTable, summed
from reports.words import words_in
from rules.outlook import assumed_months
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.decisions import Decided
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.places import DataRoot

COLUMNS = (
    "payout_month",
    "scheme",
    "region_code",
    "region_name",
    "component",
    "amount_sek",
    "status",
)
"""What a row for programs has."""


class Paid(NamedTuple):
    """The payout lines of a scheme, the decisions by payout month, and the months that are not in of others."""

    lines: pl.DataFrame
    decided: Mapping[date, Decision]
    not_in: Sequence[date]


@click.command()
@click.argument("scheme", type=SCHEME)
@click.option("--month", type=MONTH, help="One payout month; else all.")
@printing_options()
@as_of_option("As they were known at the end of that day.")
def command(
    scheme: Scheme, month: date | None, layout: str, language: Code, as_of: date | None
) -> None:
    """Print the payouts of SCHEME as they are published, or as they were known on a day."""
    root = DataRoot.from_environment()
    paid = known(scheme, root, as_of)
    lines = paid.lines.filter(pl.col("month") == month) if month else paid.lines
    if lines.is_empty():
        which = f" of {month_key(month)}" if month else ""
        raise click.ClickException(
            (
                f"no payout{which} was recorded by the end of {as_of}"
                if as_of
                else f"no payout{which} is published"
            )
            + f"; {scheme.way_to_payouts(as_of)}"
        )
    print_payouts(root, scheme, paid._replace(lines=lines), layout, language)


def known(scheme: Scheme, root: DataRoot, as_of: date | None = None) -> Paid:
    """The scheme's payouts, published or known on a day; raises as `rows_known`."""
    with nullcontext() if as_of else one_publication(root):
        lines, entered = (
            rows_known(root, table, scheme.name, scheme.payout_months, as_of)
            for table in (PayoutLines, Decided)
        )
        observed = {
            table: rows_known(root, table, "", scheme.measured_months, as_of)
            for table in scheme.counted
        }
    return paid_of(scheme, lines, entered, observed)


def paid_of(scheme: Scheme, lines: pl.DataFrame, entered: pl.DataFrame, observed: Inputs) -> Paid:
    """What is paid, of `payouts.payout_lines`, `payouts.decided`, and what was observed."""
    decided = decisions(entered)
    return Paid(lines, decided, assumed_months(scheme, observed, decided))


def print_payouts(
    root: DataRoot, scheme: Scheme, paid: Paid, layout: str = "table", code: Code = "en"
) -> None:
    """Print the scheme's payouts, for people a table a month."""
    months = sorted(set(paid.lines["month"]))
    if layout == "table":
        results().print(scheme.identity.told("title", code))
    tables = [
        table
        for month in months
        for table in with_origin(
            [payout_table(scheme, paid, month, code)], root, _counted_in(scheme, paid, month), code
        )
    ]
    is_decided = pl.col("month").is_in(list(paid.decided))
    status = pl.when(is_decided).then(pl.lit("decided")).otherwise(pl.lit("computed"))
    rows = payout_rows(paid.lines.with_columns(status.alias("status")))
    print_result(tables, rows, COLUMNS, layout, code)


def _counted_in(scheme: Scheme, paid: Paid, month: date) -> list[str]:
    """The datasets that a payout month rests on: none where it is shared by population alone."""
    components = set(paid.lines.filter(month=month)["component"])
    return scheme.datasets if scheme.counted_for(components) else []


def payout_table(scheme: Scheme, paid: Paid, month: date, code: Code) -> PrintedTable:
    """One payout month: a row a region, a column a component, totals last."""
    words = words_in(code)
    total = words["payouts"]["total"]
    headings, rows = amounts_by_region(paid.lines.filter(month=month), total, code)
    identity = scheme.identity
    appropriation = identity.told("appropriation", code)
    return PrintedTable(
        title=words["payouts"]["title"].format(
            month=language_of(code).month(month),
            status=decided(words["payouts"], paid.decided.get(month), language_of(code)),
        ),
        headings=headings,
        rows=rows,
        totals=summed(total, rows),
        notes=[
            words["table"]["payer"].format(payer=identity.payer, appropriation=appropriation),
            *nothing_is_in(scheme, month, paid.not_in, code),
        ],
        sheet=month_key(month),
    )
