"""From reserve to paid, by region and round, and what each pot closes on."""

from dataclasses import replace
from fractions import Fraction

import polars as pl
import pytest

from reports.account.document import sections
from rules.exact import half_up
from schemas.payouts import Fulfilment
from schemas.places import DataRoot
from schemas.surgery import SurgeryPerformance
from tests.reports.account.conftest import tables_of, year_of

pytestmark = pytest.mark.slow


def test_a_region_adds_up_from_reserve_to_paid(root: DataRoot) -> None:
    """Earned, bonus and grants are what was paid; the country is the regions' sum, 990 million."""
    money = tables_of(year_of(root, "bup-2025"))[0]
    for _, reserved, earned, share, bonus, grants, paid in [*money.rows, money.totals]:
        assert earned + bonus + grants == paid
        assert share * 10 == half_up(Fraction(1000 * earned, reserved))
    assert money.totals[-1] == 990_000_000
    assert [sum(row[column] for row in money.rows) for column in (1, 2, 4, 5, 6)] == [
        money.totals[column] for column in (1, 2, 4, 5, 6)
    ]


def test_all_that_share_the_highest_fulfilment_are_named(root: DataRoot) -> None:
    """Three regions reached their caps; of the lowest there is one. Nothing is said where all are alike."""
    year = year_of(root, "surgery-2025")
    [spread] = [each for each in sections(year)[0].paragraphs if each.startswith("Högst")]
    [money] = [each for each in tables_of(year) if each.sheet == "Belopp"]
    full = [row[0] for row in money.rows if row[3] == 100]
    assert full == ["Gotland", "Värmland", "Jämtland Härjedalen"]
    assert "har Gotland, Värmland och Jämtland Härjedalen med 100,0 procent, lägst " in spread


def test_what_is_not_known_is_no_lowest_fulfilment(root: DataRoot) -> None:
    """Stockholm earned least; with a procedure not reported it is left out, and that is said."""
    year = year_of(root, "surgery-2025")
    of_stockholm = pl.col("region_code") == "01"
    status = pl.when(of_stockholm).then(pl.lit("incomplete")).otherwise("status").alias("status")
    performance = year.tables[SurgeryPerformance].with_columns(status)
    partly = replace(year, tables={**year.tables, SurgeryPerformance: performance})
    whole, left_out = (" ".join(sections(each)[0].paragraphs) for each in (year, partly))
    assert "lägst Stockholm" in whole
    assert "ofullständiga" not in whole
    assert "lägst Stockholm" not in left_out
    assert "är inte med i jämförelsen: Stockholm." in left_out


def test_what_is_reserved_is_said_to_be_a_sum_where_it_is_one(root: DataRoot) -> None:
    """By month and period; a cap is one amount."""
    said = {name: tables_of(year_of(root, name))[0].notes for name in ("bup-2025", "surgery-2025")}
    assert [len(notes) for notes in said.values()] == [2, 1]
    assert "summan av månadernas eller periodernas belopp" in said["bup-2025"][1]


def test_each_round_says_how_far_each_requirement_was_fulfilled(root: DataRoot) -> None:
    """As the table of fulfilment has it, two rounds of two requirements; grants and bonuses ask nothing."""
    year = year_of(root, "bup-2025")
    [rounds] = [each for each in tables_of(year) if each.sheet == "Uppfyllnadsgrad"]
    assert rounds.full_headings()[1:] == [
        f"{month} 2025: {requirement}"
        for month in ("augusti", "december")
        for requirement in ("Väntetider", "Nybesöksproduktion")
    ]
    shares = year.tables[Fulfilment].filter(region_code="09", component="waiting_time")
    [gotland] = [row for row in rounds.rows if row[0] == "Gotland"]
    assert [gotland[1], gotland[3]] == shares.sort("month")["fulfilment_pct"].round(1).to_list()


def test_only_what_the_scheme_pays_has_a_column(root: DataRoot) -> None:
    """Operations have no bonus, and no grant beside."""
    year = year_of(root, "surgery-2025")
    money = sections(year)[0].tables[0]
    assert money.headings == ["Region", "Reserverat", "Intjänat", "Uppfyllnadsgrad (%)", "Utbetalt"]
    assert "bonus" not in " ".join(sections(year)[0].paragraphs)


def test_the_country_is_called_what_the_language_calls_it(root: DataRoot) -> None:
    """In the sums of operations too."""
    totals = [each.totals[0] for each in tables_of(year_of(root, "surgery-2025", "en"))]
    assert totals == ["Sweden"] * len(totals)
