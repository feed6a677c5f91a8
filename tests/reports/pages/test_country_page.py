"""The country's month: its money adds up, small regions are marked, the pot is what was not earned."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import cache

import polars as pl
import pytest

from reports.pages.country_page import country_page
from reports.pages.index_page import index_page
from reports.pages.page import Page
from reports.pages.payout_page import payout_page
from reports.pages.region_page import region_page
from reports.pages.telling import Telling
from rules.calculation import calculate
from schemas.decisions import Decided, Differences, Settlements
from schemas.months import month_key
from schemas.observed import Population, WaitingTimes
from schemas.payouts import BonusPots, PayoutLines
from schemas.performance import WaitingTimePerformance
from tests.reports.pages.conftest import (
    NOTHING_ASSUMED,
    SCHEME,
    Tables,
    Tell,
    decided_of,
    published,
)
from tests.reports.pages.test_region_page import plain, section, table
from tests.rules.scheme_data import scheme_named


def test_the_regions_add_up(tell: Tell) -> None:
    """The country's kronor are the regions', which are those published."""
    told = tell()
    regions = table(country_page(told), "regioner")
    earned = published()[WaitingTimePerformance].filter(month=told.year.until)["earned_sek"].sum()
    assert sum(row[10] for row in regions.rows if isinstance(row[10], Decimal)) == earned
    assert regions.totals[10] == earned
    assert len(regions.rows) == 21


def test_small_regions_are_marked(tell: Tell) -> None:
    """Those where one patient moves a share by more than three points, and a note says so."""
    regions = table(country_page(tell()), "regioner")
    assert [row[0] for row in regions.rows if "*" in str(row[0])] == ["Gotland *"]
    assert regions.notes[0].startswith("* Liten region: något mått har färre än 30 genomförda")


def test_where_the_pot_comes_from(tell: Tell) -> None:
    """At the year's end it is the pot that closes: the fund less what the rounds pay, to the krona."""
    told = tell("2025-11")
    rows = table(country_page(told), "pott").rows
    pots = published()[BonusPots].sort("pot", descending=True)
    assert [row[0] for row in rows] == ["Väntetider", "Nybesöksproduktion"]
    assert [row[1:] for row in rows] == [
        list(pot) for pot in pots.select("fund_sek", "paid_sek", "pot_sek").iter_rows()
    ]


AUGUST = date(2025, 8, 1)


@cache
def entered(settled: int) -> Tables:
    """The sample with August decided, of which so many kronor more were settled for Sörmland in December."""
    decided = decided_of(published()[PayoutLines].filter(month=AUGUST))
    settlements = Settlements.conform(
        decided.filter(region_code="04", component="waiting_time").select(
            *("month", "scheme", "region_code", "component"),
            month_paid=date(2025, 12, 1),
            amount_sek=pl.lit(settled, pl.Int64),
            settled_on=date(2025, 12, 1),
            settled_by=pl.lit("a test"),
            reference=pl.lit("made up"),
        )
    )
    given = {Decided: decided, Settlements: settlements}
    of_year = {table: published()[table] for table in (Population, WaitingTimes)}
    return {**published(), **given, **calculate(scheme_named(SCHEME), {**of_year, **given})}


def with_tables(told: Telling, tables: Tables) -> Telling:
    """The same told of other tables."""
    return replace(told, year=replace(told.year, tables=tables))


def kronor(page: Page) -> dict[str, Decimal]:
    """The page's facts that are kronor."""
    facts = {name: plain(value) for name, value in page.facts}
    return {
        name: Decimal(value.removesuffix(" kr").replace(" ", "").replace(",", "."))
        for name, value in facts.items()
        if value.endswith(" kr")
    }


@pytest.mark.parametrize("settled", [0, 684_291, -70_177])
def test_the_facts_add_up_in_every_month(settled: int, tell: Tell) -> None:
    """With what was settled too: it is paid, and the pot is the less for it; at the end that of the rules."""
    for month in tell("2025-11").year.computed_months:
        told = with_tables(tell(month_key(month)), entered(settled))
        fund, *parts = kronor(country_page(told)).values()
        assert sum(parts) == fund
    assert len(parts) == 3
    assert parts[-1] == told.year.tables[BonusPots]["pot_sek"].sum()
    before, after = (
        kronor(country_page(with_tables(told, entered(each)))) for each in (0, settled)
    )
    assert after["Belopp i tidigare omgångar"] - before["Belopp i tidigare omgångar"] == settled
    pot = "Inte intjänat hittills, till bonuspotten"
    assert after[pot] - before[pot] == -settled


def test_what_is_settled_is_in_the_payout_that_pays_it(tell: Tell) -> None:
    """Beside its components, for the region; in the sum of the page and of the first page, and in no other payout's."""
    december = date(2025, 12, 1)
    told, without = (with_tables(tell("2025-11"), entered(each)) for each in (684_291, 0))
    of_page = table(payout_page(told, december), "belopp")
    lines = told.year.tables[PayoutLines].filter(month=december)["amount_sek"].sum()
    assert of_page.headings[-2:] == ["Reglerat", "Totalt"]
    assert {row[0]: row[-2] for row in of_page.rows if row[-2]} == {"Sörmland": 684_291}
    assert of_page.totals[-2:] == [684_291, lines + 684_291]
    assert "tidigare beslutad (augusti 2025)" in of_page.notes[0]
    assert f"{lines + 684_291:,} kr till 21".replace(",", " ") in plain(
        payout_page(told, december).lead
    )
    paid = {row[0]: row[2] for row in table(index_page([told]), "utbetalningar").rows}
    assert paid["december 2025"] == lines + 684_291
    august, decided = (table(payout_page(each, AUGUST), "belopp") for each in (told, without))
    assert august == decided
    assert "Reglerat" not in august.headings


def test_the_pot_reckons_with_what_was_decided(tell: Tell) -> None:
    """Made up: August is decided, and June comes anew with nothing earned; the pot closes on what was decided."""
    told, june = with_tables(tell("2025-11"), entered(0)), date(2025, 6, 1)
    of_june = pl.when(month=june).then(0).otherwise("earned_sek")
    performance = published()[WaitingTimePerformance]
    tables = {
        **told.year.tables,
        WaitingTimePerformance: performance.with_columns(
            of_june.cast(performance.schema["earned_sek"]).alias("earned_sek")
        ),
    }
    changed = with_tables(told, tables)
    before, after = (country_page(each) for each in (told, changed))
    assert table(before, "pott").rows == table(after, "pott").rows
    assert "Av de omgångar vars utbetalning är beslutad (augusti 2025)" in str(
        section(after, "pott").paragraphs
    )
    page = country_page(replace(changed, year=changed.year.at(june)))
    paid = published()[PayoutLines].filter(
        pl.col("component").is_in(["waiting_time", "first_visit_production"]), month=AUGUST
    )
    assert kronor(page)["Intjänat i denna omgång"] == paid["amount_sek"].sum()
    # A payout that is decided is not the next one, and nobody counts the days to it.
    assert [name for name, _ in page.facts][-1] == "Utbetalning"


def test_the_facts(tell: Tell) -> None:
    """The fund is the sum of the rounds before, this round, not earned and still to come; then the next payout."""
    facts = {name: plain(value) for name, value in country_page(tell()).facts}
    assert facts == {
        "Medel för året": "840 000 000 kr",
        "Belopp i tidigare omgångar": "192 715 896 kr",
        "Intjänat i denna omgång": "210 111 867,75 kr",
        "Inte intjänat hittills, till bonuspotten": "367 172 228,25 kr",
        "Kvar för de månader som återstår": "70 000 008 kr",
        "Nästa utbetalning": "december 2025",
        "Dagar från inlämningen till den 1 december 2025": "11",
    }


def test_a_decided_round_stands_beside_what_later_data_give(tell: Tell) -> None:
    """Made up: 1 000 kr more were decided for Gotland's August; both kinds of page say that data came later."""
    told = tell()
    lines = published()[PayoutLines]
    line = pl.struct("month", "region_code", "component") == pl.struct(
        month=pl.lit(AUGUST), region_code=pl.lit("09"), component=pl.lit("waiting_time")
    )
    decided = pl.col("amount_sek") + pl.when(line).then(1_000).otherwise(0)
    differing = lines.filter(line).select(
        *Differences.key(),
        recomputed_sek="amount_sek",
        decided_sek=pl.col("amount_sek") + 1_000,
        settled_sek=pl.lit(0, pl.Int64),
        difference_sek=pl.lit(-1_000, pl.Int64),
    )
    tables = {
        **published(),
        PayoutLines: lines.with_columns(amount_sek=decided),
        Differences: Differences.conform(differing),
    }
    changed = replace(told, year=replace(told.year, tables=tables))
    page = country_page(changed)
    assert plain(dict(page.facts)["Belopp i tidigare omgångar"]) == "192 716 896 kr"
    says = [
        any("de beslutade för augusti 2025." in line for line in each.banner)
        for each in (
            page,
            region_page(changed, "09", NOTHING_ASSUMED),
            region_page(changed, "01", NOTHING_ASSUMED),
            country_page(told),
        )
    ]
    assert says == [True, True, False, False]


def test_months_that_nobody_has_reported_yet_have_no_page(tell: Tell) -> None:
    """They are worth nothing so far, and would stand there as earned nothing; one before a later report stays."""
    year = tell("2025-11").year
    for reported, months in (
        (pl.col("month") < date(2025, 10, 1), 7),
        (~pl.col("month").is_in([date(2025, 9, 1)]), 9),
    ):
        counts = year.tables[WaitingTimes].filter(reported)
        tables = {**year.tables, WaitingTimes: counts}
        assert len(replace(year, tables=tables).computed_months) == months
