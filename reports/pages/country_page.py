"""The country's month: money, the regions side by side, months side by side, and where the pot comes from."""

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import polars as pl

from reports.pages.page import INDEX, Link, Page, Section
from reports.pages.telling import FULL_LEVEL, Telling
from reports.pages.year import Result, Share, Year
from reports.pictures import svg
from reports.tables import Cell, PrintedTable
from rules.apportionment import half_up
from rules.population import weights
from rules.requirements.waiting_times import WaitingTime
from schemas.observed import Population
from schemas.payouts import RoundPayments
from schemas.regions import region_name

SMALL = 30
"""A region with fewer completed than this in some measure of the month is marked as small."""


def country_page(told: Telling) -> Page:
    """The page of the country and of the year's last month."""
    year, words = told.year, told.words["country_page"]
    month = told.month(year.until)
    earned, reserved = _earned(year), _reserved(year)
    return Page(
        told.country_path(),
        words["title"].format(month=month),
        crumbs=[Link(told.words["pages"]["index"], INDEX)],
        beside=[
            Link(told.month(each), told.country_path(each))
            for each in year.computed_months
            if each != year.until
        ][-1:],
        banner=told.banner(),
        lead=words["lead"].format(
            month=month,
            earned=told.kronor(earned),
            reserved=told.kronor(reserved),
            share=told.percent(Share(int(earned * 100), reserved * 100).tenths),
        ),
        facts=list(_facts(told)),
        sections=[_regions(told), _pot(told), _map(told), *_months(told)],
        is_wide=True,
    )


def _facts(told: Telling) -> Iterator[tuple[str, str]]:
    """The fund, what of it is paid, earned since, and not earned; and when the next payout is."""
    year, words = told.year, told.words["country_page"]
    parts = _parts(year)
    earned = sum((each[1] for each in parts.values()), Decimal(0))
    reserved = sum(each[0] for each in parts.values())
    paid = _paid(year)
    fund = sum(year.scheme.requirements[name].fund_at(year.until) for name in parts)
    yield words["fund"], told.kronor(fund)
    yield words["paid"], told.kronor(paid)
    running = _earned_since(year)
    yield words["earned_so_far"], told.kronor(running)
    yield words["pot"], told.kronor(reserved - earned)
    if year.payout:
        yield words["next_payout"], told.month(year.payout.month)


def _regions(told: Telling) -> Section:
    """A row a region: each measure's share, change and level; earned, of how much, a child."""
    year, words = told.year, told.words["country_page"]
    children = _children(year)
    rows: list[list[Cell]] = []
    has_small = False
    for code in year.scheme.regions:
        results = [year.results[code, year.until, each] for each in year.measures]
        is_small = any(each.completed is not None and each.completed < SMALL for each in results)
        has_small |= is_small
        earned, reserved = year.earned_in(code, year.until), year.reserved_in(code, year.until)
        rows.append(
            [
                f"{region_name(code)}{' *' if is_small else ''}",
                *(cell for result in results for cell in _of_measure(told, result)),
                earned,
                Share(int(earned * 100), reserved * 100).tenths,
                half_up(Fraction(earned) / children[code]) if children else None,
            ]
        )
    earned, reserved = _earned(year), _reserved(year)
    totals: list[Cell] = [words["country"]]
    for measure in year.measures:
        totals += [_share_of_country(told, measure), None, None]
    totals += [
        earned,
        Share(int(earned * 100), reserved * 100).tenths,
        half_up(Fraction(earned) / sum(children.values())) if children else None,
    ]
    table = PrintedTable(
        words["regions"].format(month=told.month(year.until)),
        [
            words["region"],
            *[words["share"], words["change"], words["level"]] * len(year.measures),
            words["earned"],
            words["of_reserve"],
            words["per_child"],
        ],
        rows,
        totals,
        groups=[
            "",
            *(told.measure(each) for each in year.measures for _ in range(3)),
            *[told.component("waiting_time")] * 3,
        ],
        notes=[*_notes(told, is_small=has_small)],
        sheet=words["sheet_regions"],
    )
    return Section(
        "regioner",
        table.title,
        table=table,
        signed=frozenset(2 + 3 * place for place in range(len(year.measures))),
        sortable=True,
        links={place: told.region_path(code) for place, code in enumerate(year.scheme.regions)},
    )


def _of_measure(told: Telling, result: Result) -> list[Cell]:
    now = Share(result.completed_within_30, result.completed)
    before = Share(result.completed_within_30_last_year, result.completed_last_year)
    hidden = told.is_hidden(now) or told.is_hidden(before)
    change: Cell = told.words["audience"]["withheld"] if hidden else result.improvement_pp
    missing = told.words["pages"]["missing"]
    return [told.share(now), missing if change is None else change, result.level_pct]


def _share_of_country(told: Telling, measure: str) -> Cell:
    """The country's share; not for the public where it and the other regions' would give one away."""
    year = told.year
    shares = [
        Share(each.completed_within_30, each.completed)
        for code in year.scheme.regions
        if (each := year.results[code, year.until, measure]).completed_within_30 is not None
    ]
    if sum(map(told.is_hidden, shares)) == 1:
        return told.words["audience"]["withheld"]
    return Share(
        sum(each.part or 0 for each in shares), sum(each.whole or 0 for each in shares)
    ).tenths


def _notes(told: Telling, *, is_small: bool) -> Iterator[str]:
    words = told.words["country_page"]
    if is_small:
        yield words["small"].format(count=SMALL, points=FULL_LEVEL // SMALL)
    base = told.year.scheme.require(WaitingTime).population.at(told.year.until)
    group = told.language.name(f"age_group.{base.age_group}")
    yield words["per_child_note"].format(age_group=group)


def _map(told: Telling) -> Section:
    year, words = told.year, told.words["country_page"]
    shares = {
        code: Share(
            int(year.earned_in(code, year.until) * 100), year.reserved_in(code, year.until) * 100
        ).tenths
        for code in year.scheme.regions
    }
    return Section(
        "karta",
        words["map"],
        picture=f'<div class="map">{svg(words["map"], shares)}</div>',
        fits="half",
    )


def _months(told: Telling) -> Iterator[Section]:
    """For each measure the grid that readers of vantetider.se know: regions by months."""
    year, words = told.year, told.words["country_page"]
    months = year.scheme.measured_months
    threshold = year.scheme.require(WaitingTime).attainment.at(year.until).completed_share_pct
    for number, measure in enumerate(year.measures):
        rows: list[list[Cell]] = []
        for code in year.scheme.regions:
            results = [year.results.get((code, month, measure)) for month in months]
            rows.append(
                [
                    region_name(code),
                    *(
                        told.share(Share(each.completed_within_30, each.completed))
                        if each
                        else None
                        for each in results
                    ),
                ]
            )
        table = PrintedTable(
            words["months"].format(measure=told.measure(measure)),
            [words["region"], *(told.short(month) for month in months)],
            rows,
            sheet=measure,
        )
        paragraphs = [words["thresholds"].format(threshold=threshold)] if number == 0 else []
        yield Section(
            f"manader-{measure}",
            table.title,
            paragraphs,
            table=table,
            look="shares",
            fits="third",
        )


def _pot(told: Telling) -> Section:
    """A row a component: what could be earned so far, what was, and what goes to the pot."""
    words = told.words["country_page"]
    rows: list[list[Cell]] = [
        [told.component(name), reserved, earned, reserved - earned]
        for name, (reserved, earned) in _parts(told.year).items()
    ]
    table = PrintedTable(
        words["pot_table"],
        [words["component"], words["reserved"], words["earned_year"], words["left"]],
        rows,
        sheet=words["sheet_pot"],
    )
    return Section("pott", table.title, [words["pot_lead"]], table=table, fits="half")


def _parts(year: Year) -> dict[str, tuple[int, Decimal]]:
    """By component, what could be earned in the months so far, and what was."""
    [waiting] = year.scheme.all_of(WaitingTime)
    cells = [(code, month) for code in year.scheme.regions for month in year.computed_months]
    parts = {
        waiting: (
            sum(year.reserved_in(*cell) for cell in cells),
            sum((year.earned_in(*cell) for cell in cells), Decimal(0)),
        )
    }
    produced = [each for code in year.scheme.regions for _, each in year.productions(code)]
    if produced:
        parts["first_visit_production"] = (
            sum(each.reserved_sek for each in produced),
            sum((each.earned_sek for each in produced), Decimal(0)),
        )
    return parts


def _paid(year: Year) -> int:
    """Paid for the requirements in the rounds that were over before this one."""
    before = [
        payout.month
        for payout in year.scheme.payouts
        if payout.round and payout.round.last < year.until and payout != year.payout
    ]
    rows = year.tables[RoundPayments].filter(
        pl.col("month").is_in(before),
        pl.col("component").is_in(list(_parts(year))),
        scheme=year.scheme.name,
    )
    return int(rows["amount_sek"].sum())


def _earned_since(year: Year) -> Decimal:
    """Earned in the round that the month lies in."""
    months = set(year.payout.round_months()) if year.payout else set()
    waiting = sum(
        (
            year.earned_in(code, month)
            for code in year.scheme.regions
            for month in year.computed_months
            if month in months
        ),
        Decimal(0),
    )
    return waiting + sum(
        (
            each.earned_sek
            for code in year.scheme.regions
            for month, each in year.productions(code)
            if month in months
        ),
        Decimal(0),
    )


def _children(year: Year) -> dict[str, int]:
    base = year.scheme.require(WaitingTime).population.at(year.until)
    found = weights(year.tables[Population], base, year.scheme.regions)
    return dict(found.iter_rows())


def _earned(year: Year) -> Decimal:
    return sum((year.earned_in(code, year.until) for code in year.scheme.regions), Decimal(0))


def _reserved(year: Year) -> int:
    return sum(year.reserved_in(code, year.until) for code in year.scheme.regions)
