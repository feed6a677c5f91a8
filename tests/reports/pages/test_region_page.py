"""A region's month: how it went, what was missed by how many patients, and nothing from later."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from explanation.language import CODES, Code
from reports.pages.country_page import country_page
from reports.pages.page import Page, Section
from reports.pages.region_page import region_page
from reports.tables import PrintedTable
from schemas.performance import NextLevels, WaitingTimePerformance
from schemas.reporting import Corrections
from tests.reports.pages.conftest import NOTHING_ASSUMED, Tell, published

SORMLAND = "04"


def section(page: Page, name: str) -> Section:
    """The page's section."""
    return next(each for each in page.sections if each.name == name)


def table(page: Page, name: str) -> PrintedTable:
    """The table of a section."""
    found = section(page, name).table
    assert found
    return found


def plain(text: str) -> str:
    """The text with every space, and every dash, a plain one."""
    return re.sub(r"\s", " ", text).replace("\N{EN DASH}", "-")


SENTENCES: dict[Code, str] = {
    "sv": "Sörmland tjänade in 1 026 436,50 kr av 2 052 873 kr (50,0 procent) för väntetiderna i oktober 2025. "
    "Till och med oktober 2025 hade 7 013 983,50 kr tjänats in av de 22 581 605 kr som kunde tjänas in (31,1 procent). "
    "Nybesöksproduktionens period pågår. I det som kunde tjänas in ingår hela periodens belopp, i det som tjänats in "
    "det som perioden hittills ger. Närmast en högre nivå var påbörjad utredning: "
    "det fattades 4 genomförda inom 30 dagar till 100 procent, som hade gett 171 072,75 kr mer.",
    "en": "Sörmland earned 1 026 436.50 kr of 2 052 873 kr for waiting times in October 2025 (50.0 %). "
    "Up to October 2025 7 013 983.50 kr had been earned of the 22 581 605 kr that could be earned (31.1 %). "
    "New-visit production's period is running: the whole of its amount is part of what could be earned, and what it "
    "gives so far of what has been earned. Nearest to a higher level was assessment begun "
    "(påbörjad utredning), short of 100 per cent by 4 completed within 30 days, which would have "
    "given 171 072.75 kr more.",
}


@pytest.mark.parametrize("code", CODES)
def test_the_sentence_that_says_it_all(code: Code, tell: Tell) -> None:
    """Earned of what could be earned, so far this year, and the nearest next level."""
    lead = region_page(tell(code=code), SORMLAND, NOTHING_ASSUMED).lead
    assert plain(lead) == SENTENCES[code]
    # No line breaks between a number and its unit.
    assert len(re.findall(r"\(\d+[,.]\d\xa0(?:procent|%)\)", lead)) == 2


def test_a_row_a_measure(tell: Tell) -> None:
    """Shares with one decimal, exact kronor, and the fewest patients; the money is summed."""
    found = table(region_page(tell(), SORMLAND, NOTHING_ASSUMED), "matt")
    assert [plain(str(cell)) for cell in found.rows[1]] == [
        "Påbörjad utredning",
        "45.6",
        "38.8",
        "6.8",
        "52.6",
        "75",
        "förbättring",
        "513218.25",
        "171072.75",
        "4 genomförda inom 30 dagar till 100 % (förbättring)",
        "171072.75",
    ]
    assert [cell for cell in found.totals if cell is not None] == [
        "Summa",
        Decimal("1026436.50"),
        Decimal("1026436.50"),
    ]


def test_what_the_page_sums_is_what_is_published(tell: Tell) -> None:
    """For every region: the month's kronor, every level of the grid, and the gain of what was missed."""
    told = tell()
    performance = published()[WaitingTimePerformance].filter(pl.col("month") <= told.year.until)
    for region in told.year.scheme.regions:
        page = region_page(told, region, NOTHING_ASSUMED)
        rows = performance.filter(region_code=region)
        month = rows.filter(month=told.year.until)
        assert table(page, "matt").totals[7] == month["earned_sek"].sum()
        levels = [cell for row in table(page, "nivaer").rows[:3] for cell in row[1:]]
        assert [cell for cell in levels if cell is not None] == rows.sort(
            pl.col("measure").replace_strict({"first_visit": 0, "assessment": 1, "treatment": 2}),
            "month",
        )["level_pct"].to_list()
        missed = published()[NextLevels].filter(
            pl.col("month") <= told.year.until,
            pl.col("alternative") != "production",
            region_code=region,
        )
        nearest = missed.group_by("month", "measure").agg(pl.col("patients").min())
        fewest = sorted(nearest["patients"])[:10]
        shown = [row for row in table(page, "missat").rows if row[3] != "nybesöksproduktion"]
        counts = [
            sum(map(int, re.findall(r"\d+(?= (?:genomförd|väntande))", str(row[2]))))
            for row in shown
        ]
        assert counts == fewest[: len(shown)]


def test_a_single_patient_is_one(tell: Tell) -> None:
    """The word follows the number, in both languages."""
    for code, words in (("sv", "1 genomförd inom 30 dagar"), ("en", "1 completed within 30 days")):
        rows = table(region_page(tell(code=code), SORMLAND, NOTHING_ASSUMED), "missat").rows
        assert rows[0][2] == words


def test_nothing_later_is_seen(tell: Tell) -> None:
    """The page of July has no level, share or count of August, whatever is published since."""
    page = region_page(tell("2025-07"), SORMLAND, NOTHING_ASSUMED)
    assert [row[6:] for row in table(page, "nivaer").rows] == [[None, None, None, None]] * 4
    assert {row[0] for row in table(page, "antal").rows} == {
        f"2025-0{month}" for month in range(3, 8)
    }
    picture = section(page, "andelar").picture
    assert picture.count('class="dot-now"') == 3 * 5


def test_new_visits_by_period(tell: Tell) -> None:
    """The period that is over, and the running one with the visits to its next band."""
    rows = table(region_page(tell(), SORMLAND, NOTHING_ASSUMED), "nybesok").rows
    assert [[plain(str(cell)) for cell in row] for row in rows] == [
        [
            "mars-juni 2025",
            "878",
            "925",
            "94.9",
            "0",
            "0.00",
            "2737165",
            "47 första besök till 50 %",
            "1368582.50",
        ],
        [
            "juli-oktober 2025, pågår",
            "758",
            "729",
            "104.0",
            "75",
            "2566092.00",
            "3421456",
            "8 första besök till 100 %",
            "855364.00",
        ],
    ]


def test_what_could_be_earned_so_far_is_of_the_months_named(tell: Tell) -> None:
    """From a first month on; once the year is over no period runs."""
    first, last = (
        plain(region_page(tell(until), SORMLAND, NOTHING_ASSUMED).lead)
        for until in ("2025-03", "2025-11")
    )
    assert "Till och med mars 2025 hade" in first
    assert "period pågår" in first
    assert "Till och med november 2025 hade" in last
    assert "nybesöksproduktionen medräknad." in last
    assert "period pågår" not in last


def test_the_counts_behind_the_shares(tell: Tell) -> None:
    """In small below each share of the month; for the public none of a share that is not shown."""
    for until, audience in (("2025-10", "internal"), ("2025-11", "public")):
        told = tell(until, audience=audience)
        for region in told.year.scheme.regions:
            found = section(region_page(told, region, NOTHING_ASSUMED), "matt")
            assert found.table
            for row, cells in enumerate(found.table.rows):
                shown = {column for column in (1, 2, 4) if isinstance(cells[column], Decimal)}
                assert {column for number, column in found.beneath if number == row} == shown
        assert len(found.beneath) == 9 or audience == "public"
    internal = section(region_page(tell(), SORMLAND, NOTHING_ASSUMED), "matt")
    assert internal.beneath[0, 1] == "131/248"


def test_each_level_says_of_which_amount_it_is(tell: Tell) -> None:
    """A measure's of the month's, new-visit production's of the whole period's, so far."""
    *measures, production = table(region_page(tell(), SORMLAND, NOTHING_ASSUMED), "nivaer").rows
    assert len(measures) == 3
    assert production[0] == "Nybesöksproduktion hittills"
    notes = table(region_page(tell(), SORMLAND, NOTHING_ASSUMED), "nivaer").notes
    assert "för måttet den månaden" in notes[0]
    assert "för hela perioden" in notes[1]
    [alone] = table(
        region_page(tell("2024-10", name="access-2024"), SORMLAND, NOTHING_ASSUMED), "nivaer"
    ).notes
    assert alone == notes[0]


def test_what_a_correction_changed(tell: Tell) -> None:
    """Counts, levels and kronor, first and now; on the region's page, and only a name on the country's."""
    told = tell("2025-06")
    row = {"month": told.year.until, "region_code": SORMLAND, "dataset": "waiting_times"}
    row |= {
        "item": "treatment",
        "counted": "completed_within_30",
        "corrected_on": date(2025, 11, 25),
    }
    now = told.year.results[SORMLAND, told.year.until, "treatment"].completed_within_30
    row |= {"first_number": 0, "corrected_number": now}
    corrections = pl.DataFrame([row], schema=Corrections.polars_schema())
    told = replace(
        told, year=replace(told.year, tables={**told.year.tables, Corrections: corrections})
    )
    page = region_page(told, SORMLAND, NOTHING_ASSUMED)
    [[month, state, _, _, replaced_on]] = table(page, "inlamnat").rows
    assert (month, state, replaced_on) == ("juni 2025", "ersatt", date(2025, 11, 25))
    assert table(page, "rattat").rows == [
        [
            "juni 2025",
            "Påbörjad behandling",
            f"Genomförda inom 30 dagar: 0 → {now}",
            0,
            50,
            Decimal("342145.50"),
        ]
    ]
    other = region_page(told, "09", NOTHING_ASSUMED)
    assert {"rattat"}.isdisjoint(each.name for each in other.sections)
    assert section(other, "inlamnat").table is None
    country = country_page(told)
    assert table(country, "inlamnat").rows == [["juni 2025", None, "1: Sörmland"]]
    public = replace(told, year=replace(told.year, audience="public"))
    assert "rattat" not in {
        each.name for each in region_page(public, SORMLAND, NOTHING_ASSUMED).sections
    }
