"""The commands for decisions: `decide`, `settle` and `differences`."""

import sys
from datetime import UTC, date, datetime

import click
import polars as pl

from explanation.language import Code
from explanation.language import language as language_of
from ledger.ledger import Ledger
from ledger.provenance import causes
from pipeline.arguments import DayType, MonthType, SchemeType, format_option, language_option
from pipeline.decisions import Authority, Entered, decide, settle
from pipeline.instance import open_instance
from pipeline.rendering import messages, print_result, results
from pipeline.run import Report
from reports.tables import Cell, PrintedTable, summed
from reports.words import words_in
from rules.scheme import Scheme
from schemas.amounts import grouped
from schemas.days import day_of
from schemas.decisions import Decided, Differences, Settlements
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.regions import region_name

BY = click.option("--by", required=True, help="Who decides, such as the government.")
REFERENCE = click.option("--reference", required=True, help="The decision's diary number.")
ON = click.option("--on", type=DayType(), help="The day of the decision; else today.")


@click.command("decide")
@click.argument("scheme", type=SchemeType())
@click.argument("month", metavar="PAYOUT-MONTH", type=MonthType())
@BY
@REFERENCE
@ON
def decide_command(scheme: Scheme, month: date, by: str, reference: str, on: date | None) -> None:
    """Freeze the payout of SCHEME in PAYOUT-MONTH as decided.

    It is frozen as it was computed by the end of that day, and can be decided only once. From then on it stands: what a later computation would give shows
    in `bonuspott differences`, and the year's pots reckon with what was decided.
    """
    root, authority = _begin(scheme, month, by, reference, on)
    entered = decide(Ledger.of(root), scheme, month, authority)
    _tell(entered, f"Decided on {authority.on} by {by} ({reference})")
    if day_of(entered.computed_at.replace(tzinfo=UTC)) > authority.on:
        messages().print(
            "The payout was not yet computed that day; it is frozen as it is computed now.",
            markup=False,
        )
    _announce_and_recompute(root, scheme, month, Decided, entered)


@click.command("settle")
@click.argument("scheme", type=SchemeType())
@click.argument("month", metavar="DECIDED-MONTH", type=MonthType())
@click.option(
    "--in", "month_paid", required=True, type=MonthType(), help="The payout month it is paid in."
)
@BY
@REFERENCE
@ON
def settle_command(
    scheme: Scheme, month: date, month_paid: date, by: str, reference: str, on: date | None
) -> None:
    """Settle what is open of a decided payout of SCHEME in a later payout month.

    What was decided stays; the entry says what is paid or deducted beside it, region by region.
    """
    root, authority = _begin(scheme, month, by, reference, on)
    entered = settle(Ledger.of(root), scheme, month, month_paid, authority)
    _tell(entered, f"Settled in {month_key(month_paid)} by {by} ({reference})")
    _announce_and_recompute(root, scheme, month, Settlements, entered)


@click.command("differences")
@click.argument("scheme", type=SchemeType())
@format_option()
@language_option()
def differences_command(scheme: Scheme, layout: str, language: Code) -> None:
    """Show how the decided payouts of SCHEME differ from what the rules give today, and why.

    The exit status is 0 whether or not there are differences: a decided payout stands.
    """
    ledger = Ledger.of(DataRoot.from_environment())
    months = [payout.month for payout in scheme.payouts]
    decided = ledger.read(Decided, scheme.name, months)
    found = ledger.read(Differences, scheme.name, months)
    differing = found.rows.filter(
        (pl.col("difference_sek") != 0) | (pl.col("settled_sek") != 0)
    ).sort("month", "region_code", "component")
    if layout != "table":
        tables = [
            _difference_table(month, differing.filter(month=month), decided.rows, language)
            for month in sorted(decided.records)
        ]
        rows = differing.with_columns(pl.col("month").map_elements(month_key, pl.String))
        print_result(tables, rows.to_dicts(), rows.columns, layout)
        return
    if decided.rows.is_empty():
        click.echo(f"no payout of {scheme.name} is decided")
    for month in sorted(decided.records):
        shown = differing.filter(month=month)
        if shown.is_empty():
            click.echo(f"{month_key(month)}: comes out as it was decided")
            continue
        print_result([_difference_table(month, shown, decided.rows, language)], [], [], layout)
        computation = decided.rows.filter(month=month)["computation"][0]
        for cause in causes(ledger, computation, found.records[month].number):
            click.echo(f"  cause: {cause}")


def _begin(
    scheme: Scheme, month: date, by: str, reference: str, on: date | None
) -> tuple[DataRoot, Authority]:
    """What is given to a decision, refused where it cannot be one."""
    if scheme.payout_of(month) is None:
        months = ", ".join(month_key(payout.month) for payout in scheme.payouts)
        raise click.UsageError(
            f"{scheme.name} pays nothing out in {month_key(month)}, but in {months}"
        )
    today = day_of(datetime.now(UTC))
    if on and on > today:
        raise click.UsageError(f"--on {on} is still to come; today is {today}")
    for option, words in (("--by", by), ("--reference", reference)):
        if not words.strip():
            raise click.UsageError(f"{option} is empty")
    return DataRoot.from_environment(), Authority(by.strip(), reference.strip(), on or today)


def _tell(entered: Entered, words: str) -> None:
    total = int(entered.rows["amount_sek"].sum())
    results().print(
        f"{words}: {entered.record.scheme}, {month_key(entered.record.month)}, "
        f"{grouped(total)} kr to {entered.rows['region_code'].n_unique()} regions. "
        f"Record {entered.record.number}, {entered.record.fingerprint}.",
        markup=False,
    )
    messages().print(
        f"It rests on what was computed at {entered.computed_at:%Y-%m-%d %H:%M:%S} UTC.",
        markup=False,
    )


def _announce_and_recompute(
    root: DataRoot,
    scheme: Scheme,
    month: date,
    table: type[Decided] | type[Settlements],
    entered: Entered,
) -> None:
    """Tell Dagster of the entry, and materialise what reckons with it, up to the published warehouse."""
    # Dagster's definitions take a second to load; the entry is in the ledger by now.
    from assets.events import report_entered  # noqa: PLC0415
    from assets.keys import asset_key  # noqa: PLC0415
    from pipeline.definitions import definitions  # noqa: PLC0415
    from pipeline.run import recompute_payouts  # noqa: PLC0415

    with open_instance(root) as instance:
        report_entered(instance, asset_key(table, scheme.name), entered.record, entered.rows)
        report = recompute_payouts(scheme, month, root, definitions, instance)
    _tell_failures(report)


def _tell_failures(report: Report) -> None:
    for failure in report.failures:
        messages().print(f"{failure.step} failed: {failure.words}", markup=False)
    if report.failures:
        sys.exit(1)


def _difference_table(
    month: date, differing: pl.DataFrame, decided: pl.DataFrame, code: Code
) -> PrintedTable:
    words, names = words_in(code)["differences"], language_of(code)
    amounts = ("decided_sek", "recomputed_sek", "settled_sek", "difference_sek")
    rows: list[list[Cell]] = [
        [
            f"{row['region_code']} {region_name(row['region_code'])}",
            names.name(f"component.{row['component']}"),
            *(row[name] for name in amounts),
        ]
        for row in differing.iter_rows(named=True)
    ]
    day, reference = decided.filter(month=month).select("decided_on", "reference").row(0)
    return PrintedTable(
        title=words["title"].format(month=month_key(month), day=day, reference=reference),
        headings=[words[key] for key in ("region", "component", *amounts)],
        rows=rows,
        totals=summed(words_in(code)["payouts"]["total"], rows) if rows else (),
        sheet=month_key(month),
    )
