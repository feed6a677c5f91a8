"""What was computed exactly, what it is rounded to, and what was published of it."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal, NamedTuple

import polars as pl

from reports.payout import Payout
from reports.press import rounded_sums
from reports.procedures import procedures_in
from reports.small_numbers import COUNTS, COUNTS_LAST_YEAR, counts_shown
from reports.tables import Cell, PrintedTable, summed
from rules.computed_figures import whole_millions
from rules.exact import half_up_to
from rules.published import Lines, PercentOfCap
from rules.reconciliation import Outcome, of_month, reconcile
from rules.requirements.surgery import THIRDS
from rules.requirements.waiting_times import WaitingTime
from schemas.amounts import unbroken
from schemas.months import month_key
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from schemas.surgery import SurgeryCaps, SurgeryPerformance
from schemas.table import Table

EARNED: Mapping[str, type[Table]] = {
    "waiting_time": WaitingTimePerformance,
    "first_visit_production": FirstVisitProductionPerformance,
}
"""Where a component's amounts stand as they were before rounding: column earned_sek."""


class Figure(NamedTuple):
    """A figure of a payout: its name, the components that it is the sum of, its unit.

    `title` is that of the published figures that are compared with it; empty where there are none.
    """

    name: str
    components: Sequence[str]
    unit: Literal["sek", "msek"]
    title: str


def reconciliation_tables(payout: Payout) -> list[PrintedTable]:
    """The reconciliation, and below it the counts that the payout rests on.

    The public sees no number of operations: a month's could be worked out.
    """
    tables = [_reconciliation(payout)]
    if "waiting_time" in payout.components:
        tables.append(_basis(payout))
    if "surgery" in payout.components and payout.audience == "internal":
        tables.append(_operations(payout))
    return tables


def _reconciliation(payout: Payout) -> PrintedTable:
    words = payout.words["reconciliation"]
    percents = {
        figures.title
        for figures in payout.scheme.published.figures
        if isinstance(figures.compares, PercentOfCap)
    }
    of_payout = of_month(payout.scheme, payout.month)
    outcomes = {
        (each.title, each.region_code): each
        for each in reconcile(of_payout, payout.tables, made_up=payout.is_made_up)
        if each.region_code or each.is_column_sum
    }
    rows: list[list[Cell]] = []
    for figure in _figures(payout):
        of_regions = [
            _row(payout, figure, code, outcomes.get((figure.title, code)))
            for code in payout.regions
        ]
        of_country = _sum_row(payout, figure, of_regions, outcomes.get((figure.title, "")))
        rows += [*of_regions, of_country]
    rows += [
        [
            payout.region(outcome.region_code),
            outcome.told_in(payout.code).title,
            None,
            words["percent"],
            *_beside_published(payout, outcome.computed, outcome),
        ]
        for outcome in outcomes.values()
        if outcome.title in percents and outcome.region_code
    ]
    return PrintedTable(
        title=words["title"].format(scheme=payout.title, month=payout.month_words),
        headings=[
            payout.words["table"]["region"],
            *(words[key] for key in ("figure", "exact", "unit", "rounded", "published")),
            *(words[key] for key in ("difference", "verdict", "explanation", "source")),
        ],
        rows=rows,
        notes=[words["note"], *([words["decided"]] if payout.decision else []), *payout.standing],
        sheet=words["sheet"],
    )


def _figures(payout: Payout) -> Iterator[Figure]:
    """Each component and the total in kronor; and what was published in whole millions."""
    published = {
        (each.compares.unit, *sorted(each.compares.components or payout.components)): each
        for each in payout.scheme.published.figures
        if isinstance(each.compares, Lines) and each.compares.month == payout.month
    }
    named = [(each.heading[payout.code], [each.component]) for each in payout.columns()]
    for name, components in [*named, (payout.words["table"]["total"], payout.components)]:
        found = published.get(("sek", *sorted(components)))
        yield Figure(name, components, "sek", found.title if found else "")
    for (unit, *components), each in published.items():
        if unit == "msek":
            yield Figure(each.told("title", payout.code), components, "msek", each.title)


def _row(payout: Payout, figure: Figure, code: str, outcome: Outcome | None) -> list[Cell]:
    kronor = payout.paid_to(code, figure.components)
    return [
        payout.region(code),
        figure.name,
        _exact(payout, figure, code) if figure.unit == "sek" else kronor,
        payout.words["reconciliation"][figure.unit],
        *_beside_published(payout, _rounded(payout, figure, code), outcome),
    ]


def _rounded(payout: Payout, figure: Figure, code: str) -> int:
    kronor = payout.paid_to(code, figure.components)
    return kronor if figure.unit == "sek" else whole_millions(kronor)


def _sum_row(
    payout: Payout, figure: Figure, rows: Sequence[Sequence[Cell]], outcome: Outcome | None
) -> list[Cell]:
    """The sums of the regions' rows, as `check` compares them; of rounded ones, what the whole is rounded to."""
    country, _, exact, *_ = summed(payout.words["table"]["country"], rows)
    rounded = sum(_rounded(payout, figure, code) for code in payout.regions)
    compared = _beside_published(payout, rounded, outcome)
    if figure.unit == "msek":
        compared[-2] = rounded_sums(payout, figure.components)
    unit = payout.words["reconciliation"][figure.unit]
    return [country, figure.name, exact, unit, *compared]


def _beside_published(
    payout: Payout, rounded: int | Decimal | None, outcome: Outcome | None
) -> list[Cell]:
    """A rounded figure, what was published of it, and what came of the comparison."""
    words = payout.words["reconciliation"]
    published = outcome.published if outcome else None
    return [
        rounded,
        published,
        None if published is None or rounded is None else published - rounded,
        payout.words["check"][outcome.verdict] if outcome else words["unpublished"],
        unbroken(outcome.told_in(payout.code).explanation) if outcome else "",
        payout.language.section(outcome.source) if outcome else "",
    ]


def _exact(payout: Payout, figure: Figure, code: str) -> Decimal | None:
    """What was earned before rounding; nothing where an amount is shared out in whole kronor."""
    [component] = figure.components if len(figure.components) == 1 else [""]
    if component == "surgery":
        final = pl.col("is_final") & (pl.col("region_code") == code)
        thirds = payout.tables[SurgeryPerformance].filter(final, scheme=payout.scheme.name)
        caps = payout.tables[SurgeryCaps].filter(final, scheme=payout.scheme.name)
        earned_before_cap = Fraction(int(thirds["earned_thirds_sek"].sum()), THIRDS)
        return half_up_to(min(earned_before_cap, Fraction(caps["cap_sek"].item())), 2)
    if component not in EARNED:
        return None
    earned = payout.rows(EARNED[component]).filter(region_code=code)
    if component == "first_visit_production":
        # It is counted from the period's first month on: the last month has the whole of it.
        earned = earned.filter(pl.col("month") == pl.col("month").max())
    return Decimal(earned["earned_sek"].sum())


def _basis(payout: Payout) -> PrintedTable:
    """The counts of the round, a row a region, month and measure; no sums, which could give counts away."""
    words = payout.words["basis"]
    rows: list[list[Cell]] = []
    measured = payout.rows(WaitingTimePerformance)
    measures = pl.Enum(payout.scheme.require(WaitingTime).measures())
    in_order = pl.col("measure").cast(measures, strict=False)
    for row in measured.sort("region_code", "month", in_order).iter_rows(named=True):
        case = row["region_code"], row["month"], row["measure"]
        rows.append(
            [
                payout.region(row["region_code"]),
                month_key(row["month"]),
                payout.measure(row["measure"]),
                *counts_shown(row, case, payout.withheld, payout.words),
                row["level_pct"],
            ]
        )
    return PrintedTable(
        title=words["title"],
        headings=[
            payout.words["table"]["region"],
            words["month"],
            words["measure"],
            *(words[name] for name in (*COUNTS, *COUNTS_LAST_YEAR)),
            words["level"],
        ],
        rows=rows,
        notes=[
            *payout.standing,
            *[payout.words["audience"]["why_withheld"]] * bool(payout.withheld),
        ],
        sheet=words["sheet"],
    )


def _operations(payout: Payout) -> PrintedTable:
    """Operations since the first month measured: a row a region and procedure, and what they earned."""
    words, rows = payout.words["account"], list[list[Cell]]()
    final = payout.tables[SurgeryPerformance].filter(pl.col("is_final"), scheme=payout.scheme.name)
    for (code, name), each in sorted(procedures_in(final).items()):
        done, last_year, _ = each.counts
        counts: list[Cell] = [done, last_year, each.counts.mean]
        if each.status == "incomplete":
            counts = [payout.words["basis"]["missing"]] * len(counts)
        rows.append([payout.region(code), payout.procedure(name), *counts, each.earned])
    page = payout.words["operations_page"]
    return PrintedTable(
        title=page["title"].format(month=payout.language.month(payout.scheme.measured_months[-1])),
        headings=[
            payout.words["table"]["region"],
            page["procedure"],
            *(words[name] for name in ("done", "last_year", "mean")),
            page["earned"],
        ],
        rows=rows,
        notes=payout.standing,
        sheet=payout.words["basis"]["sheet"],
    )
