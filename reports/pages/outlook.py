"""What the year may give: the named assumptions side by side, for a region and each of its components."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import NamedTuple

import polars as pl

from explanation.language import Code, language
from explanation.values import percent
from reports.pages.page import Section
from reports.pages.telling import Telling
from reports.pages.year import Year
from reports.tables import Cell, PrintedTable, summed
from reports.words import words_in
from rules.back_tests import BackTests
from rules.outlook import ASSUMPTIONS, assumed_months, outlook, resting_on
from rules.requirement import BY_POPULATION, EarnedByLevel
from rules.scheme import Scheme
from schemas.amounts import NO_BREAK_SPACE, spaced
from schemas.components import REGISTER
from schemas.regions import region_name

Errors = Mapping[str, Mapping[str, str]]
"""By scenario, how far off its outlooks were with as many months assumed, in words."""


class Outlooks(NamedTuple):
    """A year as it stood after a month, under each assumption.

    Attributes:
        assumed: the months that are assumed; none once the year is over.
        amounts: for each scenario, kronor by region and component, all payouts together.
        rests_on: the assumed months that each component rests on.
        decided: the months of the payouts that stand as decided in them.
        tested: how far such outlooks of a year that is over were from its outcome; see `BackTests.of`.
    """

    assumed: Sequence[date]
    amounts: Mapping[str, Mapping[tuple[str, str], int]]
    rests_on: Mapping[str, Collection[date]]
    decided: Collection[date]
    tested: tuple[Scheme, pl.DataFrame] | None

    def of_region(self, region: str) -> dict[str, int]:
        """What the year gives the region under each assumption."""
        return {
            scenario: sum(amount for (code, _), amount in each.items() if code == region)
            for scenario, each in self.amounts.items()
        }


def outlooks(year: Year, tests: BackTests) -> Outlooks:
    """The outlooks of the year as its last month leaves it: with nothing that came later.

    Decisions of later rounds play no part; when no month is left to assume, there is one outlook,
    the outcome. What such outlooks are worth says the year itself once it is over, or one before.

    For the public there is none while months are assumed: each assumption judges counts that it does
    not see beside others, and its kronor, the bonus of all regions among them, would tell what they are.
    """
    scheme = year.scheme
    counted = {
        table: year.tables[table].filter(pl.col("month") <= year.until) for table in scheme.counted
    }
    observed = {**year.tables, **counted, **year.entered}
    decided = [payout.month for payout in year.decided]
    assumed = assumed_months(scheme, observed, decided)
    if assumed and year.audience == "public":
        return Outlooks(assumed, {}, {}, decided, None)
    amounts = {}
    for scenario in list(ASSUMPTIONS) if assumed else list(ASSUMPTIONS)[:1]:
        lines = (
            outlook(scheme, observed, scenario).lines
            if decided
            else tests.after(scheme, year.until, scenario)
        )
        sums = lines.group_by("region_code", "component").agg(pl.col("amount_sek").sum())
        amounts[scenario] = {(code, name): amount for code, name, amount in sums.iter_rows()}
    rests_on: dict[str, set[date]] = {}
    for payout in scheme.payouts:
        for component in payout.components:
            months = resting_on(scheme, payout.month, component, assumed)
            rests_on.setdefault(component, set()).update(months)
    tested = tests.latest(scheme, len(assumed)) if assumed else None
    return Outlooks(assumed, amounts, rests_on, decided, tested)


def errors(
    tested: tuple[Scheme, pl.DataFrame] | None, assumed: Sequence[date], code: Code
) -> Errors:
    """How far off each scenario was in the back-test, with as many months assumed; not of an outcome of 0."""
    if not tested:
        return {}
    scheme, rows = tested
    return {
        row["scenario"]: {
            "scheme": scheme.identity.told("title", code),
            "months": str(len(assumed)),
            "plain_pct": str(row["off_by_pct"]),
            "pct": language(code).write(percent(row["off_by_pct"], 1)).replace(" ", NO_BREAK_SPACE),
            "kronor": spaced(row["off_by_sek"]),
            "region": region_name(row["region_code"]),
            "largest": spaced(row["largest_sek"]),
        }
        for row in rows.filter(assumed=len(assumed)).iter_rows(named=True)
        if row["off_by_pct"] is not None
    }


def computed_or_decided(scheme: Scheme, decided: Collection[date], code: Code) -> str:
    """Whether the year's amounts are computed or decided, or of which payouts they are decided."""
    words = words_in(code)["outlook"]
    months = [payout.month for payout in scheme.payouts if payout.month in decided]
    if not months:
        return words["computed"]
    if len(months) == len(scheme.payouts):
        return words["decided"]
    return words["decided_in_part"].format(
        months=language(code).listed([*map(language(code).month, months)])
    )


def what_nothing_more_means(scheme: Scheme, assumed: Sequence[date], code: Code) -> list[str]:
    """What is left of each kind of the scheme's requirements where an assumed month is not reported."""
    words = words_in(code)
    means = {**words["nothing_more_means"], BY_POPULATION: words["how"]["whole"]}
    kinds = {
        BY_POPULATION
        if isinstance(each, EarnedByLevel) and each.is_by_population(month)
        else each.kind
        for each in scheme.requirements.values()
        for month in assumed
    }
    return [said for kind, said in means.items() if kind in kinds]


def outlook_section(told: Telling, region: str, found: Outlooks) -> Section:
    """A row a component, a column a scenario, and from where to where they go."""
    words, named = told.words["region_page"], told.words["outlook"]
    state = computed_or_decided(told.year.scheme, found.decided, told.code)
    title = words["outlook" if found.assumed else "year"].format(state=state)
    if found.assumed and not found.amounts:
        return Section("utsikt", title, [words["outlook_not_shown"]])
    components = sorted(found.rests_on, key=list(REGISTER).index)
    rows: list[list[Cell]] = []
    for component in components:
        amounts = [each.get((region, component), 0) for each in found.amounts.values()]
        rests_on = ", ".join(told.short(month) for month in sorted(found.rests_on[component]))
        span = [min(amounts), max(amounts)] if found.assumed else []
        rows.append([told.component(component), *amounts, *span, rests_on or named["none"]])
    span_words = [words["lowest"], words["highest"]] if found.assumed else []
    scenarios = [named[each] for each in found.amounts] if found.assumed else [words["outcome"]]
    sums = summed(words["together"], rows)
    if found.assumed:
        # What all components come to under one assumption, and not the sum of each one's lowest.
        totals = [cell for cell in sums[1 : 1 + len(scenarios)] if isinstance(cell, int)]
        sums = [*sums[: 1 + len(scenarios)], min(totals), max(totals), None]
    paragraphs: list[str] = []
    notes = [] if found.assumed else told.not_in(told.year.gaps, [region])
    if found.assumed:
        months = told.language.spans(found.assumed)
        has_bonus = any(REGISTER[each].kind == "bonus" for each in components)
        paragraphs = [
            words["outlook_lead"].format(months=months),
            *[words["outlook_bonus"]] * has_bonus,
        ]
        notes = [
            named["together_means"],
            *what_nothing_more_means(told.year.scheme, found.assumed, told.code),
            *_worth(told, found),
        ]
    table = PrintedTable(
        title,
        [words["component"], *scenarios, *span_words, named["assumed"]],
        rows,
        sums,
        groups=["", *[words["assuming"]] * len(scenarios), *[words["range"]] * 2, ""]
        if found.assumed
        else (),
        notes=notes,
        sheet=words["sheet_outlook"],
    )
    return Section("utsikt", title, paragraphs, table=table, look="cards")


def _worth(told: Telling, found: Outlooks) -> Iterator[str]:
    """What such outlooks were worth in a year that is over."""
    words = told.words["outlook"]
    off = errors(found.tested, found.assumed, told.code)
    if not off:
        yield words["untested"]
        return
    said = ", ".join(f"{words[scenario]} {each['pct']}" for scenario, each in off.items())
    [name] = {each["scheme"] for each in off.values()}
    yield words["worth"].format(scheme=name, said=said)
