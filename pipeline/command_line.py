"""The command `bonuspott`. Exit status: 0 done, 1 the work failed, 2 used wrongly."""

import csv
import json
import os
import sys
from datetime import UTC, date, datetime
from pathlib import Path

import click
import polars as pl

from pipeline.arguments import FORMATS, DayType, MonthType, SchemeType
from pipeline.auditing import audit
from pipeline.deciding import decide_command, differences_command, settle_command
from pipeline.decisions import DecisionRefusedError
from pipeline.due import due
from pipeline.explaining import explain_command
from pipeline.inspection import (
    UnknownPlaceError,
    delivery_of,
    fault_records,
    understood,
    write_faults,
)
from pipeline.moving import move_ledger
from pipeline.plan import make_plan
from pipeline.readings import readings
from pipeline.receipts import receipts
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
from pipeline.run import StepFailure, running_month
from pipeline.running import known_lines, published_lines, run
from pipeline.verifying import verify_command
from rules.loading import SchemeError, load_schemes
from rules.scheme import Scheme
from schemas.days import day_of
from schemas.months import month_key
from schemas.regions import region_codes, region_name
from storage.auditing.walk import NothingRecordedError
from storage.deliveries import DATASETS
from storage.engines import LedgerSettingError, LedgerUnreachableError
from storage.failures import StorageFailureError
from storage.ledger import OvertakenError
from storage.provenance import NotRecordedError
from storage.reading import read_deliveries
from storage.receipts import LedgerChangedError
from storage.root import DataRoot
from storage.warehouse import NothingPublishedError

EXPECTED_ERRORS = (
    SchemeError,
    NothingPublishedError,
    NothingRecordedError,
    StorageFailureError,
    LedgerSettingError,
    LedgerUnreachableError,
    LedgerChangedError,
    OvertakenError,
    DecisionRefusedError,
    NotRecordedError,
    OSError,
)


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def bonuspott() -> None:
    """Compute the state's performance-based grants to the regions, exact to the krona.

    Deliveries lie in data/raw (or BONUSPOTT_DATA/raw), results in data/warehouse.

    Start with `bonuspott schemes`, then `bonuspott run access-2024`.
    """


@bonuspott.command()
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
@click.argument("file", type=click.Path(path_type=Path))
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
    if not os.path.lexists(file):
        raise click.BadParameter(f"Path '{file}' does not exist.", param_hint="'FILE'")
    # As in `run`: the vocabulary comes with the assets, which take a second to load.
    from assets.observed import vocabulary  # noqa: PLC0415

    try:
        delivery = delivery_of(file, dataset, month, day_of(datetime.now(UTC)))
    except UnknownPlaceError as error:
        raise click.UsageError(str(error)) from error
    observed, refused = read_deliveries([delivery], vocabulary(list(load_schemes().values())))
    for each in observed:
        results().print(understood(each))
    for refusal in refused:
        records = fault_records(refusal.faults)
        messages().print(fault_table_for_people(StepFailure("inspect", str(refusal), records)))
        if faults_to and faults_to.exists():
            raise click.ClickException(f"{faults_to} exists already; name another file")
        if faults_to:
            write_faults(refusal.faults, faults_to)
            words = f"{len(refusal.faults)} faults written to {faults_to}"
            messages().print(words, markup=False)
    if refused:
        sys.exit(1)


for command in (
    run,
    decide_command,
    settle_command,
    differences_command,
    verify_command,
    explain_command,
    audit,
    due,
    move_ledger,
    receipts,
    readings,
):
    bonuspott.add_command(command)


def main() -> None:
    """Run the command line; errors that people can mend are told without a traceback."""
    try:
        bonuspott(prog_name=Path(sys.argv[0]).name)
    except EXPECTED_ERRORS as error:
        messages().print(f"Error: {error}", markup=False)
        sys.exit(1)
