"""`bonuspott run`: compute a scheme through Dagster, or as of a day apart from what is recorded."""

import os
import sys
from datetime import date

import click
import polars as pl

from assets.witness import refuse_contradicted
from deliveries.apart import APART
from deliveries.faults import fault_table
from deliveries.finding import origin
from explanation.language import Code
from ledger.failures import not_writable
from pipeline.arguments import MONTH, SCHEME, as_of_option, printing_options
from pipeline.commands.payouts import Paid, known, paid_of, print_payouts
from pipeline.instance import explain_home, instance_failures, open_instance
from pipeline.looking_back import keep_apart, look_back
from pipeline.recovery import recover
from pipeline.rendering import messages, terminal_table
from pipeline.run import Report, StepFailure, run_scheme
from pipeline.supplies import supplies
from reports.tables import PrintedTable
from rules.scheme import Scheme
from schemas.decisions import Decided
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.places import DataRoot

RECOVERED_SHOWN = 5
"""Lines of what an earlier run left unsaid: where Dagster's records were lost there are hundreds."""


@click.command()
@click.argument("scheme", type=SCHEME)
@click.option("--from", "first", type=MONTH, help="First month to compute; else the first.")
@click.option("--to", "last", type=MONTH, help="Last month to compute; else the last.")
@as_of_option("Of deliveries up to that day, in a scratch warehouse; nothing is recorded.")
@printing_options("How to print the payouts.")
def command(
    scheme: Scheme,
    first: date | None,
    last: date | None,
    as_of: date | None,
    layout: str,
    language: Code,
) -> None:
    """Compute SCHEME from deliveries to payouts.

    It runs through Dagster: every month computed shows in its UI. Where a delivery or a population lacks, what can be
    computed is, what lacks is listed, and the exit status is 1.
    """
    first, last = first or scheme.months[0], last or scheme.months[-1]
    if last < first:
        raise click.UsageError(f"--to {month_key(last)} is before --from {month_key(first)}")
    if as_of:
        _look_back(scheme, first, last, as_of, layout, language)
        return
    APART.begin()
    root, console = DataRoot.from_environment(), messages()
    console.print(explain_home(root))
    months = [month for month in scheme.months if first <= month <= last]
    for dataset in ("population", *scheme.datasets):
        if words := origin(root, dataset):
            console.print(f"{dataset}: {words}")
    refuse_contradicted(root)
    with instance_failures(root), open_instance(root) as instance:
        recovered = recover(instance, root)
        for words in recovered[:RECOVERED_SHOWN]:
            console.print(words)
        if (rest := len(recovered) - RECOVERED_SHOWN) > 0:
            console.print(f"and {rest} more, which Dagster was told of too")
        report = run_scheme(scheme, months, root, instance, console.print)
    console.print(f"{report.materialised} materialisations recorded")
    nothing = Paid(PayoutLines.without_rows(), {}, [])
    paid = known(scheme, root) if root.published.exists() else nothing
    lines = paid.lines.filter(pl.col("month").is_in(months))
    print_payouts(root, scheme, paid._replace(lines=lines), layout, language)
    _say_shortcomings(scheme, report)
    if report.missing or report.failures or scheme.not_known_yet:
        sys.exit(1)


def _say_shortcomings(scheme: Scheme, report: Report) -> None:
    console = messages()
    for words in report.warnings:
        console.print(f"Warning: {words}")
    for failure in report.failures:
        if failure.faults:
            faults = [
                ["" if cell is None else str(cell) for cell in each.values()]
                for each in failure.faults
            ]
            printed = PrintedTable(failure.words, list(failure.faults[0]), faults)
            console.print(terminal_table(printed, "en"))
        else:
            console.print(f"{failure.step} failed: {failure.words}")
    for remark in report.remarks:
        console.print(remark)
    for part in scheme.identity.not_computable:
        console.print(f"Not computable: {part.in_words('en')}")
    if report.left_out:
        months = ", ".join(map(month_key, report.left_out))
        console.print(f"Left as they were, since they rest on a refused delivery: {months}")
    if report.earlier:
        months = ", ".join(map(month_key, report.rests_on_earlier))
        earlier = ", ".join(map(month_key, report.earlier))
        console.print(
            f"Left as they were, since they rest on months that were not read ({earlier}): {months}; "
            f"leave --from and --to out, or begin with {month_key(report.earlier[0])}"
        )
    if lines := supplies(scheme, report.missing):
        console.print(f"{scheme.name} lacks:")
        for each in lines:
            console.print(f"  {each}")


def _look_back(
    scheme: Scheme, first: date, last: date, day: date, layout: str, language: Code
) -> None:
    """Compute as of the day, and say where what came out lies."""
    root = DataRoot.from_environment()
    folder = root.warehouse if root.warehouse.exists() else root.path
    if not os.access(folder, os.W_OK):
        raise not_writable(
            root.warehouse / "scratch", "what is computed as of a day is written there"
        )
    messages().print(
        f"computing {scheme.name} from deliveries up to {day} and decisions recorded by then; "
        "nothing is recorded"
    )
    found = look_back(root, scheme, day, first, last)
    report = Report(
        failures=[
            StepFailure("reading", str(each), fault_table(each.faults).to_dicts())
            for each in found.refused
        ],
        missing=found.missing,
    )
    if found.tables:
        kept = keep_apart(found, root, day)
        print_payouts(
            root,
            scheme,
            paid_of(scheme, found.tables[PayoutLines], found.tables[Decided], found.tables),
            layout,
            language,
        )
        messages().print(f"all tables as of {day}: {kept}")
    else:
        messages().print(found.reason)
    _say_shortcomings(scheme, report)
    if report.missing or report.failures or not found.tables:
        sys.exit(1)
