"""`bonuspott whatif`: kronor more or less if counts or a parameter had been otherwise."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from functools import reduce
from pathlib import Path

import click
import polars as pl

from explanation.language import Code
from explanation.language import language as language_of
from pipeline.arguments import SCHEME, as_of_option, printing_options
from pipeline.changes import change_in_words, changes_in
from pipeline.commands.payouts import Paid, known
from pipeline.made_up import with_origin
from pipeline.observed_rows import observed_rows
from pipeline.rendering import payout_rows, print_result
from reports.amounts_by_region import amounts_by_region
from reports.tables import Cell, PrintedTable, summed
from reports.words import words_in
from rules.loading import load_scheme
from rules.scheme import Scheme
from rules.strict import SchemeError
from rules.what_if import Change, Moved, changed, moved
from schemas.amounts import MINUS, spaced
from schemas.months import month_key
from schemas.places import DataRoot
from schemas.regions import code_and_name, region_name

COLUMNS = (
    "scheme",
    "payout_month",
    "region_code",
    "region_name",
    "component",
    "own_sek",
    "other_sek",
    "difference_sek",
    "decided_sek",
)
"""What a row for programs has; `decided_sek` of a payout that was decided."""


@click.command()
@click.argument("scheme", type=SCHEME)
@click.option(
    "--set",
    "set_",
    multiple=True,
    metavar="NAME=VALUE,…",
    help="Counts otherwise: region=12,month=2025-05,measure=treatment,within=+20. "
    "A number replaces the count, +20 or -3 changes it, within=+20/+20 also those completed.",
)
@click.option(
    "--changes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A CSV or JSON file with such changes, a row each.",
)
@click.option(
    "--parameter",
    "parameters",
    multiple=True,
    metavar="PATH=VALUE",
    help="A parameter otherwise: waiting_time.attainment.completed_share_pct=80. "
    "The path is the file's name and the keys in it.",
)
@as_of_option()
@printing_options()
def command(
    scheme: Scheme,
    set_: Sequence[str],
    changes: Path | None,
    parameters: Sequence[str],
    as_of: date | None,
    layout: str,
    language: Code,
) -> None:
    """Show what SCHEME would have paid if counts or parameters had been otherwise.

    Kronor more or less by region, component and payout, bonus included. What a change does not name may have any value: without a
    region it is made for all of them. It starts from the latest computation, whatever was decided, and nothing is recorded.
    """
    otherwise = dict(_parameter(each) for each in parameters)
    if not (set_ or changes or otherwise):
        raise click.UsageError("say what is otherwise: --set, --changes or --parameter")
    root = DataRoot.from_environment()
    observed = observed_rows(root, scheme, as_of)
    made = [change_in_words(scheme, each) for each in set_]
    made += changes_in(scheme, changes) if changes else []
    then = reduce(lambda rows, change: changed(scheme, rows, change), made, observed)
    other = _otherwise(scheme, otherwise) if otherwise else scheme
    found = beside_decided(moved((scheme, observed), (other, then)), known(scheme, root, as_of))
    said = [*(in_words(each, language) for each in made), *parameters]
    tables = [year_table(scheme, found, said, language)]
    tables += [
        payout_table(of_month, month, language)
        for (month,), of_month in found.lines.group_by("month", maintain_order=True)
        if isinstance(month, date) and (of_month["difference_sek"] != 0).any()
    ]
    tables = with_origin(tables, root, scheme.datasets, language)
    print_result(tables, payout_rows(found.lines), COLUMNS, layout, language)


def beside_decided(found: Moved, paid: Paid) -> Moved:
    """What moves, with what was decided of each line (decided_sek); missing where nothing was."""
    decided = paid.lines.filter(pl.col("month").is_in(list(paid.decided)))
    key = ["month", "region_code", "component"]
    decided = decided.select(*key, decided_sek="amount_sek")
    return replace(found, lines=found.lines.join(decided, on=key, how="left"))


def in_words(change: Change, code: Code) -> str:
    """What is otherwise, as a heading says it: whose counts, and what becomes of them."""
    words, names = words_in(code)["whatif"], language_of(code)
    where: list[str] = []
    for column, value in change.where.items():
        if isinstance(value, date):
            where.append(names.month(value))
        elif column.endswith("region_code"):
            place = words["performing"] if column.startswith("performing") else "{region}"
            where.append(place.format(region=region_name(value)))
        else:
            where.append(names.in_a_sentence(f"{column}.{value}"))
    counts = [
        f"{names.name(f'column.{change.table.qualified_name()}.{name}')} "
        + (f"{number:+}".replace("-", MINUS) if is_relative else f"= {number}")
        for name, (number, is_relative) in change.counts.items()
    ]
    return ", ".join([*(where or [words["everywhere"]]), *counts])


def year_table(scheme: Scheme, found: Moved, said: Sequence[str], code: Code) -> PrintedTable:
    """A row a region: the year's kronor as computed, how far from decided if at all, as they would be, the difference."""
    words = words_in(code)
    beyond = found.lines.with_columns(beyond_sek=pl.col("own_sek") - pl.col("decided_sek"))
    decided = beyond.filter(pl.col("decided_sek").is_not_null())
    is_as_decided = not (decided["beyond_sek"] != 0).any()
    beside = "as_decided" if is_as_decided else "not_as_decided"
    payouts = [language_of(code).month(each) for each in sorted(set(decided["month"]))]
    names = ["own_sek", *([] if is_as_decided else ["beyond_sek"]), "other_sek", "difference_sek"]
    sums = beyond.group_by("region_code", maintain_order=True).agg(pl.col(names).sum())
    rows: list[list[Cell]] = [
        [code_and_name(region), *amounts]
        for region, *amounts in sums.sort("region_code").iter_rows()
    ]
    texts = words["whatif"]
    return PrintedTable(
        title=texts["title"].format(scheme=scheme.name, changes="; ".join(said)),
        headings=[words["table"]["region"], *(texts[name] for name in names)],
        rows=rows,
        totals=summed(words["payouts"]["total"], rows),
        notes=[
            *(
                [texts["levels"].format(rising=found.rising, falling=found.falling), texts["bonus"]]
                if scheme.bonus_pots
                else []
            ),
            *(
                [texts["left"].format(kronor=spaced(left))]
                if (left := found.undistributed_sek)
                else []
            ),
            texts["note"],
            *([texts[beside].format(months=language_of(code).listed(payouts))] if payouts else []),
        ],
        sheet="1",
    )


def payout_table(lines: pl.DataFrame, month: date, code: Code) -> PrintedTable:
    """A row a region that gets more or less, a column a component that does."""
    words = words_in(code)
    shown = lines.with_columns(amount_sek="difference_sek")
    moving = shown.filter(pl.col("amount_sek") != 0)
    for column in ("region_code", "component"):
        shown = shown.join(moving, on=column, how="semi")
    headings, rows = amounts_by_region(shown, words["whatif"]["difference_sek"], code)
    return PrintedTable(
        title=words["whatif"]["of_month"].format(month=language_of(code).month(month)),
        headings=headings,
        rows=rows,
        totals=summed(words["payouts"]["total"], rows),
        sheet=month_key(month),
    )


def _otherwise(scheme: Scheme, otherwise: Mapping[str, str]) -> Scheme:
    """The scheme with other values, which alone can be at fault: its own files were read."""
    try:
        return load_scheme(scheme.folder, otherwise)
    except SchemeError as error:
        given = ", ".join("=".join(each) for each in otherwise.items())
        faults = "\n".join(f"  {fault}" for fault in error.faults)
        raise click.ClickException(
            f"{scheme.name} cannot be computed with --parameter {given}:\n{faults}"
        ) from error


def _parameter(text: str) -> tuple[str, str]:
    path, separator, value = text.partition("=")
    if not (path.strip() and separator and value.strip()):
        raise click.UsageError(f"--parameter {text} is not of the form PATH=VALUE")
    return path.strip(), value.strip()
