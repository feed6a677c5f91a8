"""The command `bonuspott`. Exit status: 0 done, 1 the work failed, 2 used wrongly."""

import csv
import json
import sys
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import polars as pl

from pipeline.inspection import UnknownPlaceError, delivery_of, understood, write_faults
from pipeline.instance import explain_home, instance_failures, open_instance
from pipeline.plan import Plan, make_plan
from pipeline.reconciling import headline, holds, reconcile_published
from pipeline.rendering import (
    difference_table,
    messages,
    payout_table,
    reconciliation_table,
    results,
)
from pipeline.rendering import (
    fault_table as fault_table_for_people,
)
from pipeline.run import Report, StepFailure, run_plan, running_month
from rules.loading import SchemeError, load_schemes
from rules.scheme import Scheme
from schemas.months import month_key, parse_month
from schemas.payouts import PayoutLines
from schemas.regions import region_codes, region_name
from storage.deliveries import DATASETS, origin
from storage.dialect import quoted
from storage.failures import StorageFailureError
from storage.faults import fault_table
from storage.reading import read_deliveries
from storage.root import DataRoot
from storage.warehouse import NothingPublishedError, read_published

STOCKHOLM = ZoneInfo("Europe/Stockholm")
EXPECTED_ERRORS = (SchemeError, NothingPublishedError, StorageFailureError, OSError)


class MonthType(click.ParamType[date]):
    """A month written as YYYY-MM."""

    name = "YYYY-MM"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """The month; a usage error if it is none."""
        if isinstance(value, date):
            return value
        try:
            return parse_month(str(value))
        except ValueError as error:
            self.fail(str(error), param, ctx)


class SchemeType(click.ParamType[Scheme]):
    """A scheme by its name."""

    name = "scheme"

    def convert(
        self, value: object, param: click.Parameter | None, ctx: click.Context | None
    ) -> Scheme:
        """The scheme; a usage error if there is none of that name."""
        if isinstance(value, Scheme):
            return value
        schemes = load_schemes()
        if str(value) not in schemes:
            self.fail(f"'{value}' is not one of {', '.join(schemes)}", param, ctx)
        return schemes[str(value)]


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def bonuspott() -> None:
    """Compute the state's performance-based grants to the regions, exact to the krona.

    Deliveries lie in data/raw (or BONUSPOTT_DATA/raw), results in data/warehouse.

    Start with `bonuspott schemes`, then `bonuspott run access-2024`.
    """


@bonuspott.command()
@click.argument("scheme", type=SchemeType())
@click.option("--from", "first", type=MonthType(), help="First month to compute; else the first.")
@click.option("--to", "last", type=MonthType(), help="Last month to compute; else the last.")
def run(scheme: Scheme, first: date | None, last: date | None) -> None:
    """Compute SCHEME from deliveries to payouts.

    It runs through Dagster: every month computed shows in its UI. Where a delivery or a population lacks, what can be
    computed is, what lacks is listed, and the exit status is 1.
    """
    first, last = first or scheme.months[0], last or scheme.months[-1]
    if last < first:
        raise click.UsageError(f"--to {month_key(last)} is before --from {month_key(first)}")
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
        for words in recover(instance, Store()):
            console.print(words, markup=False)
        report = run_plan(plan, definitions, instance, region_codes(), console.print)
    console.print(f"{report.materialised} materialisations recorded")
    _print_payouts(scheme, root, plan.months)
    _tell_shortcomings(plan, report)
    if plan.lacks or report.failures:
        sys.exit(1)


def _tell_shortcomings(plan: Plan, report: Report) -> None:
    console = messages()
    for failure in report.failures:
        if failure.faults:
            console.print(fault_table_for_people(failure))
        else:
            console.print(f"{failure.step} failed: {failure.words}", markup=False)
    if report.left_out:
        months = ", ".join(map(month_key, report.left_out))
        console.print(f"Left as they were, since they rest on a refused delivery: {months}")
    if plan.lacks:
        console.print(f"{plan.scheme.name} lacks:")
        for each in plan.lacks:
            console.print(f"  {each}", markup=False)


def _print_payouts(scheme: Scheme, root: DataRoot, months: list[date]) -> None:
    lines = _published_lines(scheme, root) if root.published.exists() else pl.DataFrame()
    console = results()
    console.print(scheme.identity.title_sv, markup=False)
    for payout in scheme.payouts:
        if payout.month in months:
            of_month = lines.filter(pl.col("month") == payout.month) if lines.height else lines
            if of_month.height:
                console.print(payout_table(scheme, of_month))


def _published_lines(scheme: Scheme, root: DataRoot) -> pl.DataFrame:
    return read_published(root, PayoutLines, f"scheme = {quoted(scheme.name)}")


@bonuspott.command()
@click.argument("scheme", type=SchemeType())
@click.option("--month", type=MonthType(), help="One payout month; else all.")
@click.option(
    "--format",
    "layout",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="How to print.",
)
def payouts(scheme: Scheme, month: date | None, layout: str) -> None:
    """Print the payouts of SCHEME as they are published."""
    lines = _published_lines(scheme, DataRoot.from_environment())
    if month:
        lines = lines.filter(pl.col("month") == month)
    if lines.is_empty():
        which = f" of {month_key(month)}" if month else ""
        raise click.ClickException(
            f"no payout{which} is published; `bonuspott run {scheme.name}` computes it"
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


@bonuspott.command()
def schemes() -> None:
    """List the schemes and what each still lacks."""
    root = DataRoot.from_environment()
    for scheme in load_schemes().values():
        plan = make_plan(
            scheme,
            root,
            region_codes(),
            first=scheme.months[0],
            last=scheme.months[-1],
            running_month=running_month(),
        )
        identity = scheme.identity
        measured = f"{month_key(identity.measured_from)} to {month_key(identity.measured_to)}"
        paid = ", ".join(month_key(payout.month) for payout in scheme.payouts)
        click.echo(f"{scheme.name}: {identity.title}")
        click.echo(f"  measured {measured}; paid {paid} by {identity.payer}")
        click.echo(f"  rests on {identity.data_source}")
        click.echo("  lacks:" if plan.lacks else "  lacks nothing")
        for each in plan.lacks:
            click.echo(f"    {each}")


@bonuspott.command()
@click.argument("scheme", type=SchemeType())
def check(scheme: Scheme) -> None:
    """Compare SCHEME with every figure published of it.

    Prints what agrees and what differs; the exit status is 1 if a difference is not known, or if a
    figure cannot be compared because its month was not computed.
    """
    outcomes = reconcile_published(scheme, DataRoot.from_environment())
    console = results()
    if outcomes:
        console.print(reconciliation_table(scheme, outcomes))
    if any(each.verdict != "agrees" for each in outcomes):
        console.print(difference_table(outcomes))
    console.print(headline(scheme, outcomes))
    if not holds(outcomes):
        raise click.ClickException("some published figures do not come out; see above")


@bonuspott.command()
@click.argument("file", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--dataset", type=click.Choice(DATASETS), help="Which one; else seen from the folder."
)
@click.option("--month", type=MonthType(), help="Which month; else seen from the folder.")
@click.option(
    "--faults-to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write the faults to this CSV, to send back to the sender.",
)
def inspect(file: Path, dataset: str | None, month: date | None, faults_to: Path | None) -> None:
    """Read FILE and say what was understood.

    It is read as the pipeline would, and nothing is recorded. With FILE are read the other files of the same day beside it, as one delivery. The exit status
    is 1 if the delivery would be refused.
    """
    # As in `run`: the vocabulary comes with the assets, which take a second to load.
    from assets.observed import vocabulary  # noqa: PLC0415

    try:
        delivery = delivery_of(file, dataset, month, datetime.now(STOCKHOLM).date())
    except UnknownPlaceError as error:
        raise click.UsageError(str(error)) from error
    observed, refused = read_deliveries([delivery], vocabulary(list(load_schemes().values())))
    for each in observed:
        results().print(understood(each))
    for refusal in refused:
        records = fault_table(refusal.faults).to_dicts()
        messages().print(fault_table_for_people(StepFailure("inspect", str(refusal), records)))
        if faults_to and faults_to.exists():
            raise click.ClickException(f"{faults_to} exists already; name another file")
        if faults_to:
            write_faults(refusal.faults, faults_to)
            words = f"{len(refusal.faults)} faults written to {faults_to}"
            messages().print(words, markup=False)
    if refused:
        sys.exit(1)


def main() -> None:
    """Run the command line; errors that people can mend are told without a traceback."""
    try:
        bonuspott(prog_name=Path(sys.argv[0]).name)
    except EXPECTED_ERRORS as error:
        messages().print(f"Error: {error}", markup=False)
        sys.exit(1)
