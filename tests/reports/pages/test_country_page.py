"""The country's month: its money adds up, small regions are marked, the pot is what was not earned."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl

from reports.pages.country_page import country_page
from reports.pages.region_page import region_page
from schemas.decisions import Decided, Differences
from schemas.observed import WaitingTimes
from schemas.payouts import BonusPots, PayoutLines
from schemas.performance import FirstVisitProductionPerformance, WaitingTimePerformance
from tests.reports.pages.conftest import NOTHING_ASSUMED, Tell, published
from tests.reports.pages.test_region_page import plain, table


def test_the_regions_add_up(tell: Tell) -> None:
    """The country's kronor are the regions', which are those published."""
    told = tell()
    regions = table(country_page(told, []), "regioner")
    earned = published()[WaitingTimePerformance].filter(month=told.year.until)["earned_sek"].sum()
    assert sum(row[10] for row in regions.rows if isinstance(row[10], Decimal)) == earned
    assert regions.totals[10] == earned
    assert len(regions.rows) == 21


def test_small_regions_are_marked(tell: Tell) -> None:
    """Those where one patient moves a share by more than three points, and a note says so."""
    regions = table(country_page(tell(), []), "regioner")
    assert [row[0] for row in regions.rows if "*" in str(row[0])] == ["Gotland *"]
    assert regions.notes[1].startswith("* Liten region: något mått har färre än 30 genomförda")


def test_where_the_pot_comes_from(tell: Tell) -> None:
    """At the year's end, but for the rounding of rounds and reserves, it is the pot that closes."""
    told = tell("2025-11")
    rows = table(country_page(told, []), "pott").rows
    pots = published()[BonusPots].sort("pot", descending=True)["pot_sek"].to_list()
    assert [row[0] for row in rows] == ["Väntetider", "Nybesöksproduktion"]
    for row, pot in zip(rows, pots, strict=True):
        assert isinstance(row[3], Decimal)
        assert abs(row[3] - pot) < 21
    final = published()[FirstVisitProductionPerformance].filter(pl.col("is_final"))
    assert rows[1][2] == final["earned_sek"].sum()


def test_the_pot_reckons_with_what_was_decided(tell: Tell) -> None:
    """Made up: August is decided, and June comes anew with nothing earned; the pot closes on what was decided."""
    told, june, august = tell("2025-11"), date(2025, 6, 1), date(2025, 8, 1)
    of_june = pl.when(month=june).then(0).otherwise("earned_sek")
    performance = published()[WaitingTimePerformance]
    decided = pl.DataFrame(
        {
            "scheme": ["bup-2025"],
            "month": [august],
            "decided_by": ["a test"],
            "decided_on": [date(2025, 8, 20)],
            "reference": ["made up"],
        }
    )
    tables = {
        **published(),
        WaitingTimePerformance: performance.with_columns(
            of_june.cast(performance.schema["earned_sek"]).alias("earned_sek")
        ),
        Decided: decided,
    }
    changed = replace(told, year=replace(told.year, tables=tables))
    before, after = (table(country_page(each, []), "pott").rows for each in (told, changed))
    for old, new in zip(before, after, strict=True):
        assert isinstance(old[3], Decimal)
        assert isinstance(new[3], Decimal)
        assert abs(old[3] - new[3]) < 21
    paragraphs = [
        each.paragraphs for each in country_page(changed, []).sections if each.name == "pott"
    ]
    assert "Av de omgångar vars utbetalning är beslutad (augusti 2025)" in str(paragraphs)
    june_s = tell("2025-06")
    facts = country_page(replace(june_s, year=replace(june_s.year, tables=tables)), []).facts
    paid = (
        published()[PayoutLines]
        .filter(
            pl.col("component").is_in(["waiting_time", "first_visit_production"]), month=august
        )["amount_sek"]
        .sum()
    )
    earned = {name: plain(value) for name, value in facts}["Intjänat i denna omgång"]
    assert earned == f"{paid:,} kr".replace(",", " ")


def test_the_facts(tell: Tell) -> None:
    """The fund is the sum of the rounds before, this round, not earned and still to come; then the next payout."""
    facts = {name: plain(value) for name, value in country_page(tell(), []).facts}
    assert facts == {
        "Medel för året": "840 000 000 kr",
        "Omgångar före denna": "192 715 896 kr",
        "Intjänat i denna omgång": "210 111 867,75 kr",
        "Inte intjänat hittills, till bonuspotten": "367 172 232,25 kr",
        "Kvar för de månader som återstår": "70 000 004 kr",
        "Nästa utbetalning": "december 2025",
        "Dagar från inlämningen till 1 december 2025": "11",
    }


def test_a_decided_round_stands_beside_what_later_data_give(tell: Tell) -> None:
    """Made up: 1 000 kr more were decided for Gotland's August; both kinds of page say that data came later."""
    told, august = tell(), date(2025, 8, 1)
    lines = published()[PayoutLines]
    line = pl.struct("month", "region_code", "component") == pl.struct(
        month=pl.lit(august), region_code=pl.lit("09"), component=pl.lit("waiting_time")
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
    page = country_page(changed, [])
    assert plain(dict(page.facts)["Omgångar före denna"]) == "192 716 896 kr"
    says = [
        any("beslutats för utbetalning augusti 2025." in line for line in each.banner)
        for each in (
            page,
            region_page(changed, "09", [], NOTHING_ASSUMED),
            region_page(changed, "01", [], NOTHING_ASSUMED),
            country_page(told, []),
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
