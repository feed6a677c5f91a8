"""Results as tables for a terminal, or as rows for programs."""

import csv
import io
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence

import click
import polars as pl
from rich.console import Console
from rich.table import Table
from rich.text import Text

from deliveries.guards import safe_for_spreadsheets
from pipeline.failures import StepFailure
from rules.reconciliation import Outcome
from rules.scheme import Scheme
from schemas.amounts import grouped
from schemas.months import month_key
from schemas.payouts import COMPONENTS_SV
from schemas.regions import region_name

WIDE = 220
"""Columns of a line where there is no terminal to fit, as in a file or a pipe."""


def write_what_the_terminal_can() -> None:
    """Let standard output and error replace a sign that their encoding lacks, rather than fail."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def results() -> Console:
    """The console for results: standard output."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=WIDE)


def messages() -> Console:
    """The console for messages to people: standard error."""
    console = Console(stderr=True, highlight=False)
    return console if console.is_terminal else Console(stderr=True, highlight=False, width=WIDE)


def print_rows(rows: Sequence[Mapping[str, object]], columns: Sequence[str], layout: str) -> None:
    """Rows on standard output for programs: `json` as they are, else CSV, no cell a formula.

    What stands in them may come from outside, and may mean the spreadsheet of whoever opens it.
    """
    if layout == "json":
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    writer = csv.DictWriter(sys.stdout, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {
            name: safe_for_spreadsheets(value) if isinstance(value, str) else value
            for name, value in row.items()
        }
        for row in rows
    )


def payout_table(scheme: Scheme, lines: pl.DataFrame) -> Table:
    """One payout month's lines: a row a region, a column a component, totals last.

    Args:
        scheme: whose payout; it says who pays.
        lines: `payouts.payout_lines` of one month.
    """
    month = month_key(lines["month"][0])
    identity = scheme.identity
    table = Table(
        title=f"Utbetalning {month}, kronor",
        caption=f"{identity.payer}, anslag {identity.appropriation_sv}",
        title_justify="left",
        caption_justify="left",
    )
    present = set(lines["component"])
    components = [name for name in COMPONENTS_SV if name in present]
    table.add_column("Region", no_wrap=True)
    for name in [*(COMPONENTS_SV[name] for name in components), "Summa"]:
        table.add_column(name, justify="right", no_wrap=True)
    amounts = {
        (code, component): amount
        for code, component, amount in lines.select(
            "region_code", "component", "amount_sek"
        ).iter_rows()
    }
    codes = sorted(set(lines["region_code"]))
    for code in codes:
        row = [amounts[code, name] for name in components]
        table.add_row(f"{code} {region_name(code)}", *map(grouped, [*row, sum(row)]))
    table.add_section()
    totals = [sum(amounts[code, name] for code in codes) for name in components]
    table.add_row("Summa", *map(grouped, [*totals, sum(totals)]), style="bold")
    return table


def reconciliation_table(scheme: Scheme, outcomes: Sequence[Outcome]) -> Table:
    """How many figures of each published set agree, and whether their column sum does."""
    table = Table(title=f"{scheme.name}: published figures", title_justify="left")
    for name in ("Figures", "Source", "Evidence"):
        table.add_column(name)
    for name in ("Agree", "Column sum", "Otherwise"):
        table.add_column(name, justify="right" if name == "Agree" else "left")
    for (title, source, evidence, _), group in _grouped(outcomes).items():
        figures = [each for each in group if not each.is_column_sum]
        sums = [each.verdict.replace("_", " ") for each in group if each.is_column_sum]
        agree = sum(each.verdict == "agrees" for each in figures)
        others = Counter(each.verdict for each in figures if each.verdict != "agrees")
        words = ", ".join(f"{n} {verdict.replace('_', ' ')}" for verdict, n in others.items())
        table.add_row(title, source, evidence, f"{agree} of {len(figures)}", *(sums or [""]), words)
    return table


def difference_table(outcomes: Sequence[Outcome]) -> Table:
    """Every figure that does not simply agree, with the reason where one is known."""
    table = Table(title="Figures that do not simply agree", title_justify="left")
    for name in ("Figures", "Region", "Month"):
        table.add_column(name)
    for name in ("Published", "Computed"):
        table.add_column(name, justify="right", no_wrap=True)
    for name in ("Verdict", "Why"):
        table.add_column(name)
    for each in outcomes:
        if each.verdict != "agrees":
            table.add_row(
                each.title,
                f"{each.region_code} {region_name(each.region_code)}"
                if each.region_code
                else "all",
                month_key(each.month),
                grouped(each.published),
                "" if each.computed is None else grouped(each.computed),
                each.verdict.replace("_", " "),
                each.explanation,
            )
    return table


def failure_table(failure: StepFailure) -> Table:
    """The faults of a refused delivery."""
    # What a sender wrote is shown as it is: rich would take brackets in plain strings for markup.
    table = Table(title=Text(failure.words), title_justify="left")
    for name in failure.faults[0]:
        table.add_column(name, overflow="fold")
    for fault in failure.faults:
        table.add_row(*(Text("" if value is None else str(value)) for value in fault.values()))
    return table


def _grouped(outcomes: Sequence[Outcome]) -> Mapping[tuple[str, str, str, bool], list[Outcome]]:
    """The outcomes by the set that they belong to; a total is a set of its own."""
    groups: dict[tuple[str, str, str, bool], list[Outcome]] = {}
    for each in outcomes:
        of_column = bool(each.region_code) or each.is_column_sum
        groups.setdefault((each.title, each.source, each.evidence, of_column), []).append(each)
    return groups
