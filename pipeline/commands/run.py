"""`bonuspott run`: compute a scheme through Dagster, or as of a day apart from what is recorded."""

import sys
from datetime import date

import click
import polars as pl

from deliveries.faults import fault_table
from deliveries.finding import origin
from pipeline.arguments import DayType, MonthType, SchemeType
from pipeline.commands.payouts import Paid, print_payouts, published
from pipeline.failures import StepFailure
from pipeline.instance import explain_home, instance_failures, open_instance
from pipeline.looking_back import keep_apart, look_back
from pipeline.plan import Plan, make_plan
from pipeline.rendering import failure_table, messages
from pipeline.run import Report, run_plan, running_month
from rules.scheme import Scheme
from schemas.decisions import Decided
from schemas.months import month_key
from schemas.payouts import PayoutLines
from schemas.places import DataRoot
from schemas.regions import region_codes

NOTHING_PAID = Paid(PayoutLines.without_rows(), Decided.without_rows())
"""Where nothing was published yet."""


@click.command()
@click.argument("scheme", type=SchemeType())
@click.option("--from", "first", type=MonthType(), help="First month to compute; else the first.")
@click.option("--to", "last", type=MonthType(), help="Last month to compute; else the last.")
@click.option(
    "--as-of",
    "as_of",
    type=DayType(),
    help="Of deliveries up to that day, in a scratch warehouse; nothing is recorded.",
)
def run(scheme: Scheme, first: date | None, last: date | None, as_of: date | None) -> None:
    """Compute SCHEME from deliveries to payouts.

    It runs through Dagster: every month computed shows in its UI. Where a delivery or a population lacks, what can be
    computed is, what lacks is listed, and the exit status is 1.
    """
    first, last = first or scheme.months[0], last or scheme.months[-1]
    if last < first:
        raise click.UsageError(f"--to {month_key(last)} is before --from {month_key(first)}")
    if as_of:
        _look_back(scheme, first, last, as_of)
        return
    # Dagster's definitions take a second to load, and only this command needs them.
    from assets.store import Store  # noqa: PLC0415
    from pipeline.definitions import definitions  # noqa: PLC0415
    from pipeline.recovery import recover  # noqa: PLC0415

    root, console = DataRoot.from_environment(), messages()
    console.print(explain_home(root))
    plan = make_plan(
        scheme, root, region_codes(), first=first, last=last, running_month=running_month()
    )
    for dataset in plan.delivered:
        if words := origin(root, dataset):
            console.print(f"{dataset}: {words}")
    with instance_failures(root), open_instance(root) as instance:
        store = Store()
        for words in recover(instance, store):
            console.print(words, markup=False)
        report = run_plan(plan, store.ledger, definitions, instance, region_codes(), console.print)
    console.print(f"{report.materialised} materialisations recorded")
    _print_planned(plan, published(scheme, root) if root.published.exists() else NOTHING_PAID)
    _tell_shortcomings(plan, report)
    if plan.lacks or report.failures:
        sys.exit(1)


def _print_planned(plan: Plan, paid: Paid) -> None:
    planned = paid.lines.filter(pl.col("month").is_in(plan.months))
    print_payouts(plan.scheme, paid._replace(lines=planned))


def _tell_shortcomings(plan: Plan, report: Report) -> None:
    console = messages()
    for failure in report.failures:
        if failure.faults:
            console.print(failure_table(failure))
        else:
            console.print(f"{failure.step} failed: {failure.words}", markup=False)
    if report.left_out:
        months = ", ".join(map(month_key, report.left_out))
        console.print(f"Left as they were, since they rest on a refused delivery: {months}")
    if plan.lacks:
        console.print(f"{plan.scheme.name} lacks:")
        for each in plan.lacks:
            console.print(f"  {each}", markup=False)


def _look_back(scheme: Scheme, first: date, last: date, day: date) -> None:
    """Compute as of the day, and say where what came out lies."""
    root = DataRoot.from_environment()
    messages().print(
        f"computing {scheme.name} from deliveries up to {day} and decisions recorded by then; "
        "nothing is recorded",
        markup=False,
    )
    found = look_back(root, scheme, day, first, last, region_codes())
    report = Report(
        failures=[
            StepFailure("reading", str(each), fault_table(each.faults).to_dicts())
            for each in found.refused
        ]
    )
    if found.tables:
        kept = keep_apart(found, root, day)
        tables = found.tables
        _print_planned(found.plan, Paid(tables["payouts.payout_lines"], tables["payouts.decided"]))
        messages().print(f"all tables as of {day}: {kept}", markup=False)
    else:
        messages().print(found.reason, markup=False)
    _tell_shortcomings(found.plan, report)
    if found.plan.lacks or report.failures or not found.tables:
        sys.exit(1)
