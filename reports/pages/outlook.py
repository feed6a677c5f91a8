"""What the year may give: the named assumptions side by side, for a region and each of its components."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from reports.pages.page import Section
from reports.pages.telling import Telling
from reports.pages.year import Year
from reports.tables import Cell, PrintedTable, summed
from rules.outlook import ASSUMPTIONS, assumed_months, outlook, resting_on
from schemas.components import REGISTER
from schemas.decisions import Decided, Settlements
from schemas.table import Table


class Outlooks(NamedTuple):
    """A year as it stood after a month, under each assumption.

    Attributes:
        assumed: the months that are assumed; none once the year is over.
        amounts: for each scenario, kronor by region and component, all payouts together.
        rests_on: the assumed months that each component rests on.
    """

    assumed: Sequence[date]
    amounts: Mapping[str, Mapping[tuple[str, str], int]]
    rests_on: Mapping[str, Sequence[date]]


def outlooks(year: Year) -> Outlooks:
    """The outlooks of the year as its last month leaves it: with nothing that came later.

    Decisions of later payouts play no part; when no month is left to assume, there is one outlook,
    the outcome.
    """
    scheme = year.scheme
    counted = {
        table: year.tables[table].filter(pl.col("month") <= year.until) for table in scheme.counted
    }
    entered: dict[type[Table], pl.DataFrame] = {
        table: year.rows(table) for table in (Decided, Settlements)
    }
    observed = {**year.tables, **counted, **entered}
    assumed = assumed_months(scheme, observed)
    amounts = {}
    for scenario in list(ASSUMPTIONS) if assumed else list(ASSUMPTIONS)[:1]:
        lines = outlook(scheme, observed, scenario).lines
        sums = lines.group_by("region_code", "component").agg(pl.col("amount_sek").sum())
        amounts[scenario] = {(code, name): amount for code, name, amount in sums.iter_rows()}
    paid_for = {
        component: sorted(
            {
                month
                for payout in scheme.payouts
                if component in payout.components
                for month in resting_on(scheme, payout.month, component, assumed)
            }
        )
        for payout in scheme.payouts
        for component in payout.components
    }
    return Outlooks(assumed, amounts, paid_for)


def outlook_section(told: Telling, region: str, found: Outlooks) -> Section:
    """A row a component, a column a scenario, and from where to where they go."""
    words, named = told.words["region_page"], told.words["outlook"]
    components = sorted(found.rests_on, key=list(REGISTER).index)
    rows: list[list[Cell]] = []
    for component in components:
        amounts = [each.get((region, component), 0) for each in found.amounts.values()]
        rests_on = ", ".join(told.short(month) for month in found.rests_on[component])
        span = [min(amounts), max(amounts)] if found.assumed else []
        rows.append([told.component(component), *amounts, *span, rests_on or named["none"]])
    span_words = [words["lowest"], words["highest"]] if found.assumed else []
    scenarios = [named[each] for each in found.amounts] if found.assumed else [words["outcome"]]
    sums = summed(words["together"], rows)
    if found.assumed:
        # What all components come to under one assumption, and not the sum of each one's lowest.
        totals = [cell for cell in sums[1 : 1 + len(scenarios)] if isinstance(cell, int)]
        sums = [*sums[: 1 + len(scenarios)], min(totals), max(totals), None]
    table = PrintedTable(
        words["outlook" if found.assumed else "year"],
        [words["component"], *scenarios, *span_words, named["assumed"]],
        rows,
        sums,
        groups=["", *[words["assuming"]] * len(scenarios), *[words["range"]] * 2, ""]
        if found.assumed
        else (),
        sheet=words["sheet_outlook"],
    )
    paragraphs = []
    if found.assumed:
        months = ", ".join(told.month(month) for month in found.assumed)
        paragraphs = [words["outlook_lead"].format(months=months)]
    return Section("utsikt", table.title, paragraphs, table=table, look="cards", begins_sheet=True)
