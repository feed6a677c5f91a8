"""`bonuspott readings`: how many kronor each other reading of the open questions moves, and for whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from string import ascii_lowercase

import click
import polars as pl
from rich.progress import Progress

from explanation.language import Code
from explanation.language import language as language_of
from pipeline.arguments import MONTH, SCHEME, as_of_option, payout_in, printing_options
from pipeline.made_up import with_origin
from pipeline.observed_rows import observed_rows
from pipeline.rendering import messages, payout_rows, print_result, results
from reports.tables import Cell, PrintedTable, summed
from reports.words import words_in
from rules.catalogue import interpretations
from rules.readings import Otherwise, amounts_under, moved, other_readings
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.places import DataRoot
from schemas.regions import code_and_name

COLUMNS = (
    "scheme",
    "reading",
    "payout_month",
    "region_code",
    "region_name",
    "own_sek",
    "other_sek",
    "difference_sek",
)
"""What a row for programs has."""

BAR = 24
"""Blocks of the longest bar."""


@click.command()
@click.argument("scheme", type=SCHEME)
@click.option("--month", type=MONTH, help="One payout month; else all of them.")
@as_of_option()
@printing_options()
def command(
    scheme: Scheme, month: date | None, as_of: date | None, layout: str, language: Code
) -> None:
    """Compute SCHEME under each other reading of the law, and show how many kronor it moves.

    Where the sources are silent, the scheme takes one reading of several. Each other one is computed alone, then all together,
    and compared with the scheme's own, region by region. Whatever was decided plays no part, and nothing is recorded.
    """
    if month:
        payout_in(scheme, month)
    root = DataRoot.from_environment()
    observed = observed_rows(root, scheme, as_of)
    differences = _computed(scheme, observed)
    if month:
        differences = differences.filter(pl.col("month") == month)
    words, others = words_in(language)["readings"], other_readings(scheme)
    when = language_of(language).month(month) if month else words["all_payouts"]
    tables = [summary_table(scheme, others, differences, when, language)]
    is_moved = not differences.filter(pl.col("difference_sek") != 0).is_empty()
    if is_moved:
        tables.append(region_table(scheme, others, differences, when, language))
    tables = with_origin(tables, root, scheme.datasets, language)
    print_result(tables, payout_rows(differences, scheme=scheme.name), COLUMNS, layout, language)
    if layout == "table" and not is_moved:
        results().print(words["nothing"])


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
    scheme: Scheme, others: Sequence[Otherwise], differences: pl.DataFrame, when: str, code: Code
) -> PrintedTable:
    """A row a reading: the question, the reading, who gains and loses, and a bar of what moves."""
    words = words_in(code)["readings"]
    change, labelled = by_region(differences), labels(others, code)
    changes = {each.name: list(change[each.name].values()) for each in others}
    largest = max((sum(map(abs, amounts)) for amounts in changes.values()), default=0)
    rows: list[list[Cell]] = []
    for each in others:
        amounts = changes[each.name]
        gains, losses = ([a for a in amounts if a > 0], [a for a in amounts if a < 0])
        rows.append(
            [
                labelled[each.name],
                _words(each, code),
                len(gains),
                len(losses),
                sum(gains),
                -sum(losses),
                sum(amounts),
                bar(sum(map(abs, amounts)), largest),
            ]
        )
    keys = ("reading", "question", "gain", "lose", "gained", "lost", "in_sum", "bar")
    return PrintedTable(
        title=words["title"].format(scheme=scheme.name, when=when),
        headings=[words[key] for key in keys],
        rows=rows,
        notes=[words["note"]],
        sheet="1",
    )


def region_table(
    scheme: Scheme, others: Sequence[Otherwise], differences: pl.DataFrame, when: str, code: Code
) -> PrintedTable:
    """A row a region, a column a reading that moves something, bars for the one that moves most."""
    words = words_in(code)
    change, labelled = by_region(differences), labels(others, code)
    moving = [each for each in others if any(change[each.name].values())]
    still = [labelled[each.name] for each in others if each not in moving]
    most = max(moving, key=lambda each: sum(map(abs, change[each.name].values())))
    largest = max(map(abs, change[most.name].values()))
    rows: list[list[Cell]] = [
        [
            code_and_name(region),
            *(change[each.name].get(region, 0) for each in moving),
            to_both_sides(change[most.name].get(region, 0), largest),
        ]
        for region in scheme.regions
    ]
    return PrintedTable(
        title=words["readings"]["by_region"].format(scheme=scheme.name, when=when),
        headings=[
            words["table"]["region"],
            *(labelled[each.name] for each in moving),
            words["readings"]["beside"].format(reading=labelled[most.name]),
        ],
        rows=rows,
        totals=summed(words["payouts"]["total"], rows),
        notes=[words["readings"]["still"].format(readings="; ".join(still))] if still else [],
        sheet="2",
    )


def labels(others: Sequence[Otherwise], code: Code) -> Mapping[str, str]:
    """What people call each reading, by its name: its number, with a letter where the question has several."""
    alone = [each for each in others if len(each.numbers) == 1]
    several = Counter(each.numbers for each in alone)
    found: dict[str, str] = {}
    lettered: dict[tuple[str, str], str] = {}
    for each in alone:
        [number], [reading] = each.numbers, each.readings.items()
        found[each.name] = number
        if several[each.numbers] > 1:
            letter = ascii_lowercase[
                sum(label.startswith(f"{number} ") for label in found.values())
            ]
            found[each.name] = lettered[reading] = f"{number} {letter}"
    together = words_in(code)["readings"]["together"]
    for each in others[len(alone) :]:
        chosen = [lettered[reading] for reading in each.readings.items() if reading in lettered]
        found[each.name] = f"{together} ({', '.join(chosen)})" if chosen else together
    return found


def by_region(differences: pl.DataFrame) -> Mapping[str, Mapping[str, int]]:
    """The kronor moved by reading and region code, over all payouts."""
    found: dict[str, dict[str, int]] = {}
    sums = differences.group_by("reading", "region_code", maintain_order=True).agg(
        pl.col("difference_sek").sum()
    )
    for reading, code, amount in sums.iter_rows():
        found.setdefault(reading, {})[code] = amount
    return found


def bar(amount: int, largest: int) -> str:
    """A bar in proportion to the largest; what is not nothing has a block at least."""
    return "█" * -(-amount * BAR // largest) if amount else ""


def to_both_sides(amount: int, largest: int) -> str:
    """A bar to the left for less, to the right for more, from the middle on."""
    blocks = bar(abs(amount), largest)
    return f"{blocks if amount < 0 else '':>{BAR}}│{blocks if amount > 0 else ''}"


def _words(otherwise: Otherwise, code: Code) -> str:
    """The question and the reading, as the interpretation has them; for several, their numbers."""
    if len(otherwise.numbers) > 1:
        numbers = ", ".join(otherwise.numbers)
        return words_in(code)["readings"]["at_once"].format(numbers=numbers)
    [number] = otherwise.numbers
    name = interpretations()[number].name
    asked = language_of(code).interpretations[name]
    return f"{asked.question} {asked.readings[otherwise.readings[name]]}"
