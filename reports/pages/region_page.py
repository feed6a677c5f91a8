"""A region's month, on two sheets of paper: how it went, what was missed, what the year may give."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from reports.pages.corrections import corrected_section
from reports.pages.counts import beneath, counts_section
from reports.pages.levels import (
    how_levels_are_given,
    how_production_is_given,
    what_is_paid_whole,
)
from reports.pages.operations import region_operations
from reports.pages.outlook import Outlooks, outlook_section
from reports.pages.page import INDEX, Link, Page, Section
from reports.pages.pictures import Panel, small_multiples
from reports.pages.telling import Telling
from reports.results import NextLevel, Production, Result, Share, together
from reports.tables import Cell, PrintedTable, summed
from rules.requirement import FULL_LEVEL
from rules.requirements.first_visit_production import FirstVisitProduction
from rules.requirements.waiting_times import WaitingTime
from schemas.amounts import NO_BREAK_SPACE
from schemas.months import month_key
from schemas.regions import region_name

CHEAPEST = 10
"""How many of the cells that were missed by least are listed."""

MEASURES = (
    *("measure", "this_year", "last_year", "change", "waiting", "level", "alternative"),
    *("earned_sek", "left_sek", "next_level", "gain_sek"),
)
PRODUCTION = (
    *("period", "visits", "added", "ratio", "level"),
    *("earned_sek", "reserved_sek", "next_level", "gain_sek"),
)
MISSED = ("month", "measure", "patients", "alternative", "level", "to_level", "gain_sek")
"""The headings of the tables, by their words."""


def region_page(told: Telling, region: str, found: Outlooks) -> Page:
    """The page of a region, of the month that the year is told up to, with what the year may give."""
    year, words = told.year, told.words["region_page"]
    told_of = told.words["pages"]
    came_in = [
        _came_in(told, region),
        *corrected_section(told, region),
        *_explained(told, region),
    ]
    outlook = outlook_section(told, region, found)
    sections = (
        [*region_operations(told, region), outlook, *came_in]
        if year.is_of_operations
        else [
            _measures(told, region),
            *_production(told, region),
            _shares(told, region),
            _levels(told, region),
            outlook,
            _missed(told, region),
            *came_in,
            counts_section(told, [region], year.computed_months),
        ]
    )
    return Page(
        told.region_path(region),
        words["title"].format(region=region_name(region), month=told.month(year.until)),
        ways=[
            Link(told_of["index"], INDEX),
            Link(told_of["country"].format(month=told.month(year.until)), told.country_path()),
            *(Link(told.month(each), told.region_path(region, each)) for each in year.month_before),
        ],
        banner=told.banner([region]),
        standing=told.standing(is_made_up=told.year.is_made_up),
        lead=" ".join(_sentences(told, region, found)),
        sections=sections,
    )


def _sentences(told: Telling, region: str, found: Outlooks) -> Iterator[str]:
    """Earned of what could be, so far this year, the nearest next level, and what the year may give."""
    year, words = told.year, told.words["region_page"]
    month = told.month(year.until)
    money = year.up_to_caps([region]) if year.is_of_operations else year.known([region])
    if money is None:
        yield told.earned_is_unknown(region_name(region))
    elif year.is_of_operations:
        yield words["earned_operations"].format(
            region=region_name(region), month=month, left=told.kronor(money.left), **told.of(money)
        )
    else:
        yield words["earned"].format(region=region_name(region), month=month, **told.of(money))
    if not year.is_of_operations:
        yield _so_far(told, region)
        yield from _nearest_next(told, region)
    if found.assumed and found.amounts:
        sums = {
            scenario: told.kronor(amount) for scenario, amount in found.of_region(region).items()
        }
        yield words["may_give"].format(year=year.until.year, **sums)


def _so_far(told: Telling, region: str) -> str:
    """Earned this year, and of what: it is neither the month's amount nor the whole year's."""
    year, words = told.year, told.words["region_page"]
    months, periods = year.computed_months, year.productions(region)
    money = together([year.money([region], months), year.produced([region], months)])
    runs = bool(periods) and not periods[-1][1].is_final
    key = "so_far_production" if periods and not runs else "so_far"
    said = words[key].format(month=told.month(months[-1]), **told.of(money))
    return f"{said} {words['so_far_running']}" if runs else said


def _nearest_next(told: Telling, region: str) -> Iterator[str]:
    words = told.words["region_page"]
    until = told.year.until
    nearest = [
        each
        for (month, measure), each in _cheapest(told, region).items()
        if month == until and measure
    ]
    if told.year.scheme.require(WaitingTime).is_by_population(until):
        yield told.words["how"]["population"]
    elif not told.year.money([region]).left:
        yield words["all_reached"]
    elif nearest and not any(_is_hidden(told, region, until, each) for each in told.year.measures):
        yield words["nearest"].format(
            measure=told.measure(nearest[0].measure).lower(),
            needed=told.way_to(nearest[0]),
            level=nearest[0].to_level_pct,
            gain=told.kronor(nearest[0].gain_sek),
        )


def _measures(told: Telling, region: str) -> Section:
    """A row a measure: shares, level, earned, left, and the way to the next level."""
    year, words = told.year, told.words["region_page"]
    rows: list[list[Cell]] = []
    counts: dict[tuple[int, int], str] = {}
    for measure in year.measures:
        result = year.results[region, year.until, measure]
        counts |= beneath(len(rows), zip((1, 2, 4), result.three(), strict=True))
        rows.append(
            [
                told.measure(measure),
                told.share(result.now),
                told.share(result.before),
                told.change(result),
                told.share(result.still),
                result.level_pct,
                _reached(told, result),
                result.earned_sek,
                result.reserved_sek - result.earned_sek,
                *_next(told, region, year.until, measure),
            ]
        )
    table = PrintedTable(
        words["measures"].format(month=told.month(year.until)),
        [words[name] for name in MEASURES],
        rows,
        # Shares and levels have no sum.
        totals=[
            cell if place in {0, 7, 8} else None
            for place, cell in enumerate(summed(words["together"], rows))
        ],
        groups=[
            "",
            *[words["completed_within_30"]] * 3,
            "",
            *[words["month_s_money"]] * 4,
            *[words["higher_level"]] * 2,
        ],
        notes=[
            *how_levels_are_given(told),
            *told.why_withheld(year.results[region, year.until, each] for each in year.measures),
        ],
        sheet=words["sheet_measures"],
    )
    links = {}
    if year.payout and year.payout.month in year.explained:
        explanation = told.explanation_path(region, year.payout.month)
        links = {
            place: f"{explanation}#earned/{month_key(year.until)}/{measure}"
            for place, measure in enumerate(year.measures)
        }
    return Section(
        "matt",
        table.title,
        [told.words["pages"]["counts"]] * bool(counts),
        table=table,
        look="cards",
        signed=frozenset({3}),
        beneath=counts,
        links=links,
    )


def _production(told: Telling, region: str) -> Iterator[Section]:
    """New-visit production, period by period, and the visits to the next band."""
    year, words = told.year, told.words["region_page"]
    rows: list[list[Cell]] = []
    for month, each in year.productions(region):
        span = told.language.span(year.period_to_date(month)[0], month)
        to_date: list[Cell] = [each.completed_to_date, each.added_to_date, each.ratio_pct]
        if _is_hidden(told, region, month, ""):
            to_date = [told.words["audience"]["withheld"]] * len(to_date)
        rows.append(
            [
                words["final" if each.is_final else "running"].format(months=span),
                *to_date,
                each.level_pct,
                each.earned_sek,
                each.reserved_sek,
                *_next(told, region, month, ""),
            ]
        )
    if rows:
        table = PrintedTable(
            words["production"],
            [words[name] for name in PRODUCTION],
            rows,
            notes=how_production_is_given(told),
            sheet=words["sheet_production"],
        )
        yield Section("nybesok", table.title, table=table, look="cards")


def _shares(told: Telling, region: str) -> Section:
    """Small multiples: for each measure the year's shares, last year's, and those waiting."""
    year, words = told.year, told.words["region_page"]
    months = year.scheme.measured_months
    rule = year.scheme.require(WaitingTime)
    threshold = rule.attainment.at(year.until).completed_share_pct
    named = [words[f"line_{each}"] for each in ("this_year", "last_year", "waiting")]
    panels, spoken, is_some_hidden = [], [], False
    for measure in year.measures:
        lines: list[list[Decimal | None]] = [[], [], []]
        for month in months:
            result = year.results.get((region, month, measure))
            shares = result.three() if result else [Share(None, None)] * 3
            is_some_hidden |= any(share.is_withheld for share in shares)
            for line, share in zip(lines, shares, strict=True):
                line.append(None if share.is_withheld else share.tenths)
        panels.append(Panel(told.measure(measure), *lines))
        shares = year.results[region, year.until, measure].three()
        said = "; ".join(
            f"{name}: {_said(told, each)}" for name, each in zip(named, shares, strict=True)
        )
        spoken.append(f"{told.month(year.until)}: {said}")
    picture = small_multiples(
        panels,
        [told.short(month) for month in months],
        threshold,
        [*named, words["line_threshold"].format(threshold=threshold)],
        told.code,
        spoken,
    )
    hidden = [words["shares_not_shown"]] if is_some_hidden else []
    return Section("andelar", words["shares"], hidden, picture=picture)


def _said(told: Telling, share: Share) -> str:
    """A share in words: in per cent, or that it is missing or not shown."""
    cell = told.share(share)
    return told.percent(cell) if isinstance(cell, Decimal) else str(cell)


def _levels(told: Telling, region: str) -> Section:
    """The grid: measures by months, each with the level reached."""
    year, words = told.year, told.words["region_page"]
    months = year.scheme.measured_months
    lines: dict[str, list[Result | Production | None]] = {
        told.measure(measure): [year.results.get((region, month, measure)) for month in months]
        for measure in year.measures
    }
    if has_periods := bool(year.productions(region)):
        periods = [year.production.get((region, month)) for month in months]
        lines[words["production_level"]] = [*periods]
    rows: list[list[Cell]] = [
        [name, *(each.level_pct if each else None for each in found)]
        for name, found in lines.items()
    ]
    table = PrintedTable(
        words["levels"],
        [words["measure"], *(told.short(month) for month in months)],
        rows,
        notes=[
            words["levels_mean"],
            *[words["production_level_means"]] * has_periods,
            *what_is_paid_whole(told),
        ],
        sheet=words["sheet_levels"],
    )
    return Section("nivaer", table.title, table=table, look="levels")


def _missed(told: Telling, region: str) -> Section:
    """The ten cells of the year that were missed by the fewest patients."""
    words, cheapest = told.words["region_page"], _cheapest(told, region)
    rows: list[list[Cell]] = [
        [
            told.month(each.month),
            told.component("first_visit_production")
            if each.alternative == "production"
            else told.measure(each.measure),
            told.way_to(each),
            told.words["next_level"][each.alternative],
            each.level_pct,
            each.to_level_pct,
            each.gain_sek,
        ]
        for each in list(cheapest.values())[:CHEAPEST]
    ]
    results = told.year.results.items()
    is_some_hidden = any(each.is_any_withheld for case, each in results if case[0] == region)
    hidden = [words["missed_not_shown"]] * is_some_hidden
    if not rows:
        return Section("missat", words["missed"], hidden or [words["nothing_missed"]])
    headings = [words[name] for name in MISSED]
    table = PrintedTable(words["missed"], headings, rows, sheet=words["sheet_missed"])
    return Section(
        "missat", table.title, [words["missed_lead"], *hidden], table=table, look="cards"
    )


def _came_in(told: Telling, region: str) -> Section:
    """What of the region's data is missing, late, replaced or withdrawn."""
    words, states = told.words["region_page"], told.words["data_page"]
    rows: list[list[Cell]] = [
        [
            told.month(each.month),
            states[each.shown(region)],
            each.late.get(region, each.first),
            each.due,
            each.replaced.get(region),
        ]
        for each in told.year.reports
        if each.shown(region) != "in_time"
    ]
    if not rows:
        return Section("inlamnat", words["came_in"], [words["all_came_in"]])
    table = PrintedTable(
        words["came_in"],
        [words["month"], states["state"], states["first"], states["due"], states["replaced_on"]],
        rows,
        sheet=words["sheet_came_in"],
    )
    return Section("inlamnat", table.title, table=table, look="cards")


def _explained(told: Telling, region: str) -> Iterator[Section]:
    """References to the explanations of the year's payouts, as far as they are computed."""
    year, words = told.year, told.words["region_page"]
    if year.explained:
        yield Section(
            "forklaring",
            words["explained"],
            [words["explained_lead"]],
            references=[
                Link(
                    words["explanation"].format(month=told.month(month)),
                    told.explanation_path(region, month),
                )
                for month in year.explained
            ],
        )


def _cheapest(told: Telling, region: str) -> dict[tuple[date, str], NextLevel]:
    """The year's cells below a higher level, each by its nearest alternative, the nearest first.

    A cell whose counts these readers may not see is none of them: where it stood would tell how many
    patients it is from the level.
    """
    return {
        cell: each
        for cell, each in told.year.nearest.get(region, {}).items()
        if not _is_hidden(told, region, *cell)
    }


def _next(told: Telling, region: str, month: date, measure: str) -> list[Cell]:
    """What is missing to the next level, by which alternative, and what it would have given."""
    words, year = told.words["next_level"], told.year
    result = year.results[region, month, measure] if measure else year.production[region, month]
    rule = year.scheme.require(WaitingTime if measure else FirstVisitProduction)
    if rule.is_by_population(month):
        return [words["not_judged"], None]
    if result.level_pct == FULL_LEVEL:
        return [words["highest"], None]
    if _is_hidden(told, region, month, measure):
        return [told.words["audience"]["withheld"], None]
    nearest = year.nearest.get(region, {}).get((month, measure))
    if nearest is None:
        return [words["out_of_reach"], None]
    way = words["way"].format(needed=told.way_to(nearest), level=nearest.to_level_pct)
    if nearest.alternative != "production":
        way += f" ({words[nearest.alternative]})"
    return [way.replace(" %", f"{NO_BREAK_SPACE}%"), nearest.gain_sek]


def _reached(told: Telling, result: Result) -> str:
    """By which alternative the level is reached, or why none is, unless that could say that a count withheld is 0."""
    words, because = told.words["reached"], ""
    if result.alternative == "none" and not result.is_any_withheld:
        because = result.status
    return words.get(because) or words[result.alternative]


def _is_hidden(told: Telling, region: str, month: date, measure: str) -> bool:
    """Whether these readers may not see what a measure is judged by, or, where it is "", the production.

    Of a period's sums none are shown if a month's own counts are not: the sum less the other months
    would give them.
    """
    year = told.year
    if measure:
        return year.results[region, month, measure].is_any_withheld
    visits = year.scheme.require(FirstVisitProduction).measure
    cases = {(region, each, visits) for each in year.period_to_date(month)}
    return not cases.isdisjoint(year.withheld)
