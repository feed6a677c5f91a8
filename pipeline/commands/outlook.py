"""`bonuspott outlook`: the year under named assumptions, and how far such outlooks were from an outcome."""

from collections.abc import Mapping, Sequence
from datetime import date

import click
import polars as pl

from explanation.decisions import decisions
from explanation.language import Code
from explanation.language import language as language_of
from ledger.warehouse import NothingPublishedError, one_publication, read_published
from pipeline.arguments import SCHEME, as_of_option, printing_options
from pipeline.looking_back import known_by
from pipeline.made_up import with_origin
from pipeline.observed_rows import tell_missing
from pipeline.rendering import messages, payout_rows, print_result
from reports.amounts_by_region import amounts_by_region
from reports.pages.outlook import Errors, computed_or_decided, errors, what_nothing_more_means
from reports.tables import Cell, PrintedTable, summed
from reports.words import words_in
from rules.back_tests import BackTests
from rules.loading import load_schemes
from rules.outlook import (
    ASSUMPTIONS,
    Outlook,
    assumed_months,
    nothing_more,
    outlook,
    resting_on,
)
from rules.reporting import reports_due
from rules.scheme import Scheme
from rules.step import Inputs
from schemas.amounts import spaced
from schemas.decisions import Decided, Settlements
from schemas.months import month_key
from schemas.observed import OBSERVED
from schemas.places import DataRoot
from schemas.regions import code_and_name, region_name

COLUMNS = (
    "scheme",
    "scenario",
    "payout_month",
    "region_code",
    "region_name",
    "component",
    "outlook_sek",
    "assumed_months",
    "off_by_pct",
)
"""What a row for programs has."""


@click.command()
@click.argument("scheme", type=SCHEME)
@as_of_option("Of deliveries that had come by the end of that day.")
@printing_options()
def command(scheme: Scheme, as_of: date | None, layout: str, language: Code) -> None:
    """Show what the year of SCHEME gives if the months that are not in yet come as assumed.

    Three assumptions: as in the same months last year; as in the latest month; nothing more. An outlook is no payout. Beside each stands
    how far such outlooks were from the outcome of a year that is over.
    """
    root = DataRoot.from_environment()
    with one_publication(root):
        observed, tested = _known(root, scheme, as_of), _tested(root, scheme)
    decided = decisions(observed[Decided])
    assumed = assumed_months(scheme, observed, decided)
    tell_missing(scheme, observed, as_of, assumed)
    # When all months are in, there is nothing to assume, and one outlook: the outcome.
    scenarios = list(ASSUMPTIONS) if assumed else list(ASSUMPTIONS)[:1]
    found = [outlook(scheme, observed, scenario) for scenario in scenarios]
    off = errors(tested, assumed, language)
    state = computed_or_decided(scheme, decided, language)
    missing = incomplete(scheme, observed, language)
    tables = [
        scenario_table(scheme, each, assumed, off, state, missing, language) for each in found
    ]
    tables += [back_test_table(*tested, language)] if tested else []
    tables = with_origin(tables, root, scheme.datasets, language)
    print_result(tables, _rows(scheme, found, assumed, off), COLUMNS, layout, language)


def scenario_table(
    scheme: Scheme,
    year: Outlook,
    assumed: Sequence[date],
    off: Errors,
    state: str,
    missing: str,
    code: Code,
) -> PrintedTable:
    """A row a region, a column a component of the whole year; each row names the months assumed.

    The title says how the payouts stand, as `computed_or_decided` words it, and what is `missing` of months that are in.
    """
    words, names = words_in(code), language_of(code)
    texts = words["outlook"]
    sums = year.lines.group_by("region_code", "component").agg(pl.col("amount_sek").sum())
    headings, amounts = amounts_by_region(sums, words["payouts"]["total"], code)
    spans = names.spans(assumed)
    rows = [[*row, spans or texts["none"]] for row in amounts]
    notes = [
        texts["pot"].format(
            pot=names.name(f"component.bonus_{pot['pot']}"), kronor=spaced(pot["pot_sek"])
        )
        for pot in year.pots.iter_rows(named=True)
    ]
    if year.scenario == nothing_more.__name__:
        notes += what_nothing_more_means(scheme, assumed, code)
    title = texts["title" if assumed else "all_in_but" if missing else "all_in"]
    return PrintedTable(
        title=title.format(
            scheme=scheme.name,
            scenario=texts[year.scenario],
            months=spans,
            state=state,
            missing=missing,
        ),
        headings=[*headings, texts["assumed"]],
        rows=rows,
        totals=summed(words["payouts"]["total"], rows),
        notes=[
            *notes,
            *([texts["off"].format(**off[year.scenario])] if year.scenario in off else []),
        ],
        sheet=year.scenario if assumed else "1",
    )


def incomplete(scheme: Scheme, observed: Inputs, code: Code) -> str:
    """Of which months the data of which regions are missing, or a part of them; nothing where all is in."""
    part, names = words_in(code)["data_page"]["partial"], language_of(code)
    return "; ".join(
        f"{names.month(each.month)} ({', '.join(regions)})"
        for each in reports_due(scheme, observed, date.max)
        if (
            regions := [
                *map(region_name, each.missing),
                *(f"{region_name(code)} ({part})" for code in each.partial),
            ]
        )
    )


def back_test_table(scheme: Scheme, tested: pl.DataFrame, code: Code) -> PrintedTable:
    """A row a last known month and scenario: how far the outlook then was from the outcome."""
    words, names = words_in(code)["outlook"], language_of(code)
    rows: list[list[Cell]] = [
        [
            names.month(row["known_to"]),
            words[row["scenario"]],
            row["off_by_sek"],
            row["off_by_pct"],
            code_and_name(row["region_code"]),
            row["largest_sek"],
        ]
        for row in tested.iter_rows(named=True)
    ]
    kinds = ("known_to", "scenario", "off_by_sek", "off_by_pct", "most_for", "largest_sek")
    return PrintedTable(
        title=words["back_test"].format(scheme=scheme.name),
        headings=[words[kind] for kind in kinds],
        rows=rows,
        notes=[words["back_test_note"]],
        sheet=words["back_test_sheet"],
    )


def _known(root: DataRoot, scheme: Scheme, as_of: date | None) -> Inputs:
    """What was observed, and what was decided, as it is published or had come by the day."""
    if not as_of:
        return {table: read_published(root, table) for table in OBSERVED} | {
            table: read_published(root, table, scheme.name) for table in (Decided, Settlements)
        }
    found, _, refused = known_by(root, scheme, as_of, scheme.months)
    for each in refused:
        messages().print(f"cannot be read, and counts as not delivered: {each}")
    return found


def _tested(root: DataRoot, scheme: Scheme) -> tuple[Scheme, pl.DataFrame] | None:
    """The back-test of this year if it is over, or of the latest one before that counts the same."""
    try:
        observed = {table: read_published(root, table) for table in OBSERVED}
    except NothingPublishedError:
        return None
    return BackTests(load_schemes().values(), observed).latest(scheme)


def _rows(
    scheme: Scheme, found: Sequence[Outlook], assumed: Sequence[date], off: Errors
) -> list[Mapping[str, object]]:
    return [
        {
            **row,
            "outlook_sek": row["amount_sek"],
            "assumed_months": " ".join(
                map(month_key, resting_on(scheme, row["month"], row["component"], assumed))
            ),
        }
        for year in found
        for row in payout_rows(
            year.lines,
            scenario=year.scenario if assumed else "outcome",
            off_by_pct=off.get(year.scenario, {}).get("plain_pct", ""),
        )
    ]
