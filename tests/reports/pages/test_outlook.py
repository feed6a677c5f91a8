"""What the year may give, as a region's page shows it: what is assumed, and from where to where."""

import polars as pl
import pytest

from explanation.language import CODES
from reports.pages.outlook import computed_or_decided, outlook_section, outlooks
from reports.pages.region_page import region_page
from reports.pages.telling import Telling
from reports.pages.year import published_years
from rules.back_tests import BackTests
from schemas.months import month_key
from schemas.payouts import PayoutLines
from tests.pipeline.runs import Runs
from tests.reports.pages.conftest import Tell, published
from tests.reports.pages.test_region_page import SORMLAND
from tests.rules.scheme_data import scheme_named


def back_tests_of(told: Telling) -> BackTests:
    """Outlooks of the year as it was observed."""
    return BackTests([told.year.scheme], told.year.tables)


def test_three_assumptions_side_by_side(tell: Tell) -> None:
    """After October November alone is assumed, by what rests on it; block 1 rests on nothing."""
    told = tell()
    section = outlook_section(told, SORMLAND, outlooks(told.year, back_tests_of(told)))
    assert section.title == "Prognos: årets belopp, beräknat (ingen utbetalning)"
    assert "Antagna månader: november 2025." in section.paragraphs[0]
    assert section.table
    rows = {row[0]: row[1:] for row in section.table.rows}
    assert list(rows) == [
        "Väntetider",
        "Nybesöksproduktion",
        "Bonuspott väntetider",
        "Bonuspott nybesök",
        "Utvecklingsmedel (block 1)",
    ]
    assert rows["Utvecklingsmedel (block 1)"] == [6319704] * 5 + ["inga"]
    for *amounts, lowest, highest, rests_on in list(rows.values())[:-1]:
        assert (lowest, highest, rests_on) == (min(amounts), max(amounts), "nov")
    columns = list(zip(*section.table.rows, strict=True))
    assert list(section.table.totals[1:4]) == [sum(column) for column in columns[1:4]]
    assert section.table.totals[4:6] == [
        min(section.table.totals[1:4]),
        max(section.table.totals[1:4]),
    ]


def test_what_such_outlooks_are_worth(tell: Tell) -> None:
    """By how much they were off in a year that is over, for each assumption; else that it is not known."""
    told = tell()
    found = outlooks(told.year, back_tests_of(told))
    sums, waiting, production, worth = outlook_section(told, SORMLAND, found).table.notes
    assert "antagandenas summor" in sums
    assert "det som är intjänat för väntetider står kvar" in waiting
    assert "utan rapport för en av dess månader ger perioden 0 kr" in production
    assert (
        "som samma månader föregående år 4,7\u00a0procent, som senaste månaden 2,7\u00a0procent"
        in worth
    )
    untested = outlook_section(told, SORMLAND, found._replace(tested=None)).table
    assert untested.notes[3].startswith("Inget avslutat år finns")


def test_how_a_year_s_payouts_stand() -> None:
    """Computed, decided, or which of them are decided; in both languages."""
    scheme = scheme_named("access-2024")
    august, december = (payout.month for payout in scheme.payouts)
    standings = {
        code: [
            computed_or_decided(scheme, decided, code)
            for decided in ((), {august}, {december, august})
        ]
        for code in CODES
    }
    assert standings == {
        "sv": ["beräknat", "beräknat och för augusti 2024 beslutat", "beslutat"],
        "en": ["computed", "computed, and decided for August 2024", "decided"],
    }


@pytest.mark.slow
def test_what_is_headed_decided_is_what_was_decided(runs: Runs) -> None:
    """The whole year once it is over, whatever came later; of an outlook the round that is over, and never what is assumed."""
    [year] = published_years(runs.redelivered(), "internal", [])
    tests, found = BackTests([year.scheme], year.tables), {}
    for month in year.computed_months:
        told = Telling(year.at(month), "sv")
        table = outlook_section(told, "09", outlooks(told.year, tests)).table
        assert table
        found[month_key(month)] = table
    in_part = "Prognos: årets belopp, beräknat och för augusti 2024 beslutat (ingen utbetalning)"
    assert [each.title for each in found.values()] == [
        *["Prognos: årets belopp, beräknat (ingen utbetalning)"] * 5,
        *[in_part] * 5,
        "Hela året, beslutat",
    ]
    amounts = [row[1] for row in found["2024-11"].all_rows()]
    assert amounts == [2_175_487, 1_610_015, 205_853, 6_929_444, 10_920_799]


def test_a_year_that_is_over(tell: Tell) -> None:
    """Nothing is assumed: there is one column, and it is what is paid."""
    told = tell("2025-11")
    section = outlook_section(told, SORMLAND, outlooks(told.year, back_tests_of(told)))
    paid = published()[PayoutLines].filter(pl.col("region_code") == SORMLAND)["amount_sek"].sum()
    assert section.table
    assert section.table.headings[1:] == ["Utfall (kr)", "Antagna månader"]
    assert section.table.totals[1] == paid
    assert section.paragraphs == []


def test_the_public_is_told_no_outlook(tell: Tell) -> None:
    """Last year's counts, or the latest, judged beside others would tell what is withheld; a year that is over is money."""
    for month, is_told in (("2025-10", False), ("2025-11", True)):
        public = tell(month, audience="public")
        found = outlooks(public.year, back_tests_of(public))
        section = outlook_section(public, "09", found)
        assert "återstående månaderna" not in region_page(public, "09", found).lead
        assert bool(section.table) == is_told
        assert any("visas inte" in each for each in section.paragraphs) != is_told
