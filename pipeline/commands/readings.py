"""`bonuspott readings`: how many kronor each other reading of the open questions moves, and for whom."""

from collections.abc import Mapping, Sequence
from datetime import date

import click
import polars as pl
from rich.progress import Progress
from rich.table import Table
from rich.text import Text

from ledger.ledger import Ledger
from ledger.warehouse import read_published
from pipeline.arguments import DayType, MonthType, SchemeType, format_option
from pipeline.rendering import messages, print_rows, results
from rules.catalogue import interpretations
from rules.planning import Known, plan
from rules.population import PopulationMissingError
from rules.readings import Otherwise, amounts_under, moved, other_readings
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.amounts import grouped
from schemas.days import end_of
from schemas.months import month_key
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.regions import region_name
from schemas.tables import TABLES

BAR = 24
"""Blocks of the longest bar."""


@click.command()
@click.argument("scheme", type=SchemeType())
@click.option("--month", type=MonthType(), help="One payout month; else all of them.")
@click.option(
    "--as-of", "as_of", type=DayType(), help="Of deliveries known by the end of that day."
)
@format_option()
def readings(scheme: Scheme, month: date | None, as_of: date | None, layout: str) -> None:
    """Compute SCHEME under each other reading of the law, and show how many kronor it moves.

    Where the sources are silent, the scheme takes one reading of several. Each other one is computed alone, then all together,
    and compared with the scheme's own, region by region. Whatever was decided plays no part, and nothing is recorded.
    """
    payout_months = [payout.month for payout in scheme.payouts]
    if month and month not in payout_months:
        known = ", ".join(map(month_key, payout_months))
        raise click.UsageError(f"{month_key(month)} is no payout month of {scheme.name}: {known}")
    root = DataRoot.from_environment()
    observed = _observed(root, scheme, as_of)
    try:
        differences = _computed(scheme, observed)
    except PopulationMissingError as error:
        raise click.ClickException(str(error)) from error
    if month:
        differences = differences.filter(pl.col("month") == month)
    if layout != "table":
        _write(differences, scheme, layout)
        return
    console = results()
    others = other_readings(scheme)
    when = month_key(month) if month else "all payouts"
    console.print(summary_table(scheme, others, differences, when))
    if differences.filter(pl.col("difference_sek") != 0).is_empty():
        console.print("No other reading moves a krona.")
    else:
        console.print(region_table(scheme, others, differences, when))


def _observed(root: DataRoot, scheme: Scheme, as_of: date | None) -> Inputs:
    """What was observed of all that the scheme looks at; what lacks is told.

    Raises:
        click.ClickException: if nothing is there of a dataset, for then no reading moves anything.
    """
    found = {table: table.without_rows() for table in OBSERVED}
    needed = plan(scheme, Known([]), {}, date.max).observed(scheme.months)
    for dataset, months in needed.items():
        table = TABLES[f"observed.{dataset}"]
        if as_of:
            rows = Ledger.of(root).read(table, "", months, as_of=end_of(as_of)).rows
        else:
            rows = read_published(root, table)
        found[table] = rows
        lacking = sorted(set(months) - set(rows["month"]))
        if lacking == months:
            known = f" by {as_of.isoformat()}" if as_of else ""
            raise click.ClickException(
                f"{scheme.name} rests on {dataset}, and none was recorded{known}; "
                f"`bonuspott run {scheme.name}` records it"
            )
        if lacking:
            keys = ", ".join(map(month_key, lacking))
            messages().print(
                f"{dataset} of {keys} is missing, and counts as not reported", markup=False
            )
    return found


def _computed(scheme: Scheme, observed: Inputs) -> pl.DataFrame:
    others = other_readings(scheme)
    console = messages()
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("readings", total=len(others) + 1)
        own = amounts_under(scheme, observed)
        under = {}
        for each in others:
            progress.update(task, advance=1, description=each.name)
            under[each.name] = amounts_under(scheme, observed, each)
    return moved(own, under)


def summary_table(
    scheme: Scheme, others: Sequence[Otherwise], differences: pl.DataFrame, when: str
) -> Table:
    """A row a reading: the question, the reading, who gains and loses, and a bar of what moves."""
    table = Table(
        title=f"{scheme.name}, {when}: kronor moved by other readings",
        title_justify="left",
        caption="Gained and lost are sums over regions and payouts; a bar is as long as what moves.",
        caption_justify="left",
        show_lines=True,
    )
    for name in ("Reading", "Question and reading"):
        table.add_column(name, overflow="fold")
    for name in ("Gain", "Lose", "Gained", "Lost", "In sum"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    change = by_region(differences)
    changes = {each.name: list(change[each.name].values()) for each in others}
    largest = max(sum(map(abs, amounts)) for amounts in changes.values())
    for each in others:
        amounts = changes[each.name]
        gains, losses = ([a for a in amounts if a > 0], [a for a in amounts if a < 0])
        table.add_row(
            Text(each.name),
            Text(_words(each)),
            str(len(gains)),
            str(len(losses)),
            grouped(sum(gains)),
            grouped(-sum(losses)),
            signed(sum(amounts)),
            bar(sum(map(abs, amounts)), largest),
        )
    return table


def region_table(
    scheme: Scheme, others: Sequence[Otherwise], differences: pl.DataFrame, when: str
) -> Table:
    """A row a region, a column a reading that moves something, bars for the one that moves most."""
    change = by_region(differences)
    moving = [each for each in others if any(change[each.name].values())]
    still = [each.name for each in others if each not in moving]
    table = Table(
        title=f"{scheme.name}, {when}: kronor more or less, by region",
        title_justify="left",
        caption=f"Nothing is moved by {'; '.join(still)}" if still else None,
        caption_justify="left",
    )
    table.add_column("Region", no_wrap=True)
    for each in moving:
        table.add_column(each.name, justify="right", overflow="fold")
    most = max(moving, key=lambda each: sum(map(abs, change[each.name].values())))
    largest = max(map(abs, change[most.name].values()))
    table.add_column(f"less | more: {most.name}", no_wrap=True)
    for code in scheme.regions:
        amounts = [change[each.name].get(code, 0) for each in moving]
        beside = to_both_sides(change[most.name].get(code, 0), largest)
        table.add_row(f"{code} {region_name(code)}", *map(signed, amounts), beside)
    table.add_section()
    sums = [sum(change[each.name].values()) for each in moving]
    table.add_row("Summa", *map(signed, sums), style="bold")
    return table


def by_region(differences: pl.DataFrame) -> Mapping[str, Mapping[str, int]]:
    """The kronor moved by reading and region code, over all payouts."""
    found: dict[str, dict[str, int]] = {}
    sums = differences.group_by("reading", "region_code", maintain_order=True).agg(
        pl.col("difference_sek").sum()
    )
    for reading, code, amount in sums.iter_rows():
        found.setdefault(reading, {})[code] = amount
    return found


def signed(amount: int) -> str:
    """An amount with its sign; nothing has none."""
    return f"+{grouped(amount)}" if amount > 0 else grouped(amount)


def bar(amount: int, largest: int) -> str:
    """A bar in proportion to the largest; what is not nothing has a block at least."""
    return "█" * -(-amount * BAR // largest) if amount else ""


def to_both_sides(amount: int, largest: int) -> str:
    """A bar to the left for less, to the right for more, from the middle on."""
    blocks = bar(abs(amount), largest)
    return f"{blocks if amount < 0 else '':>{BAR}}│{blocks if amount > 0 else ''}"


def _words(otherwise: Otherwise) -> str:
    """The question and the reading, as the interpretation has them; for several, their numbers."""
    if len(otherwise.numbers) > 1:
        return f"{', '.join(otherwise.numbers)} at once"
    [number] = otherwise.numbers
    asked = interpretations()[number]
    return f"{number}: {asked.question} {asked.readings[otherwise.readings[asked.name]]}"


def _write(differences: pl.DataFrame, scheme: Scheme, layout: str) -> None:
    rows = [
        {
            "scheme": scheme.name,
            "reading": row["reading"],
            "month": month_key(row["month"]),
            "region_code": row["region_code"],
            "region_name": region_name(row["region_code"]),
            "own_sek": row["own_sek"],
            "other_sek": row["other_sek"],
            "difference_sek": row["difference_sek"],
        }
        for row in differences.iter_rows(named=True)
    ]
    print_rows(rows, list(rows[0]), layout)
