"""What nobody has handed in is not told as earned 0: every page says what is missing, by month."""

from dataclasses import replace
from datetime import date
from functools import cache

import polars as pl
import pytest

from reports.pages.country_page import country_page
from reports.pages.data_page import data_page
from reports.pages.index_page import index_page
from reports.pages.page import Page
from reports.pages.payout_page import payout_page
from reports.pages.region_page import region_page
from reports.pages.telling import Telling
from reports.pages.year import Year
from rules.calculation import calculate
from schemas.decisions import Decided
from schemas.months import parse_month
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.payouts import PayoutLines
from tests.reports.pages.conftest import (
    NOTHING_ASSUMED,
    OPERATIONS,
    SCHEME,
    decided_of,
    published,
    year_of,
)
from tests.reports.pages.test_region_page import SORMLAND, plain, section, table

DECEMBER = date(2025, 12, 1)
MEANWHILE = "Belopp som beror på dem räknas tills vidare som 0 kr; vad de blir är inte känt."


@cache
def without(name: str, month: str, region: str = "", procedure: str = "") -> Year:
    """The sample's year without a month's rows: all, or a region's, or a procedure's."""
    year = year_of("2025-11", name=name)
    counted: type[WaitingTimes | Surgeries] = Surgeries if name == OPERATIONS else WaitingTimes
    code = "home_region_code" if name == OPERATIONS else "region_code"
    is_gone = pl.col("month") == parse_month(month)
    if region:
        is_gone &= pl.col(code) == region
    if procedure:
        is_gone &= pl.col("procedure") == procedure
    given = {
        Population: published(name)[Population],
        counted: published(name)[counted].filter(~is_gone),
    }
    return replace(year, tables={**published(name), **given, **calculate(year.scheme, given)})


def at(year: Year, month: str) -> Telling:
    """The year told up to a month."""
    return Telling(year.at(parse_month(month)), "sv")


def missing(page: Page) -> list[str]:
    """The lines of the page's banner that say that data are missing."""
    return [line for line in page.banner if "Uppgifter saknas" in line]


def test_a_month_of_waiting_times_that_no_region_reported() -> None:
    """Its page, the later ones and the index name it; nothing is earned of it, and nobody says 0 kr."""
    year = without(SCHEME, "2025-08")
    page = country_page(at(year, "2025-08"))
    assert page.lead == (
        "Vad regionerna tjänade in för väntetiderna i augusti 2025 är inte känt: uppgifterna saknas."
    )
    # What could be earned so far is of the months that are in.
    assert "mars-juli 2025;" in plain(str(section(page, "pott").paragraphs))
    said = f"Uppgifter saknas för augusti 2025 (alla). {MEANWHILE}"
    assert missing(page) == missing(country_page(at(year, "2025-10"))) == [said]
    assert missing(country_page(at(year, "2025-07"))) == []
    assert "tjänade" in country_page(at(year, "2025-10")).lead
    months = table(index_page([at(year, "2025-11")]), "manader-1")
    assert [row[0] for row in months.rows if "saknas" in row] == ["augusti 2025"]
    assert said in months.notes


def test_operations_rest_on_every_month() -> None:
    """Where one is missing, nothing is known of it nor of any after it."""
    year = without(OPERATIONS, "2025-08")
    page = country_page(at(year, "2025-10"))
    assert page.lead == (
        "Vad regionerna har tjänat in för operationer till och med oktober 2025 är inte känt: uppgifter saknas."
    )
    assert missing(page) == [f"Uppgifter saknas för augusti 2025 (alla). {MEANWHILE}"]
    assert "Kvar upp till taken" not in dict(page.facts)
    rows = table(index_page([at(year, "2025-10")]), "manader-1").rows
    assert [row[0] for row in rows if "saknas" in row] == [
        "oktober 2025",
        "september 2025",
        "augusti 2025",
    ]
    assert [row[-3:] for row in table(page, "regioner").all_rows()][-1] == [
        "saknas",
        507_500_000,
        "saknas",
    ]
    assert all(row[3:] == ["saknas"] * 3 for row in table(page, "manader").rows)
    assert "0,0" not in section(page, "karta").picture
    region = region_page(at(year, "2025-10"), SORMLAND, NOTHING_ASSUMED)
    assert [row[1] for row in table(region, "manader").rows][2:] == ["saknas"] * 3
    assert table(region, "operationer").totals[-1] is None
    assert region.lead.startswith("Vad Sörmland har tjänat in för operationer till och med oktober")


def test_a_region_that_did_not_report_the_month() -> None:
    """Its page says so in its sentence and above it; the country's names it, and another's says nothing."""
    told = at(without(SCHEME, "2025-11", SORMLAND), "2025-11")
    page = region_page(told, SORMLAND, NOTHING_ASSUMED)
    assert page.lead.startswith("Vad Sörmland tjänade in för väntetiderna i november 2025 är inte ")
    assert missing(page) == [f"Uppgifter saknas för november 2025. {MEANWHILE}"]
    # The pictures say so too, and name the month of the last year's share.
    assert "november 2025: genomförda: saknas; " in plain(section(page, "andelar").picture)
    # The month's delivery has none of its figures.
    assert not any("månadens inlämning" in line for line in page.banner)
    country = country_page(told)
    assert missing(country) == [f"Uppgifter saknas för november 2025 (Sörmland). {MEANWHILE}"]
    rows = table(country, "regioner").rows
    assert [row[0] for row in rows if row[-3:] == ["saknas"] * 3] == ["Sörmland"]
    assert country.lead.startswith("Regionerna tjänade in ")
    assert missing(region_page(told, "09", NOTHING_ASSUMED)) == []


def test_a_procedure_that_a_month_has_no_row_of() -> None:
    """It is named; what the others earned is known."""
    told = at(without(OPERATIONS, "2025-08", procedure="prolapse"), "2025-10")
    for page in (country_page(told), region_page(told, SORMLAND, NOTHING_ASSUMED)):
        assert missing(page) == [f"Uppgifter saknas för augusti 2025 (Framfall). {MEANWHILE}"]
        assert "tjänat in" in page.lead
        assert "inte känt" not in page.lead


@pytest.mark.parametrize(
    ("name", "month", "payout", "is_said"),
    [
        (SCHEME, "2025-11", "2025-12", True),
        (SCHEME, "2025-05", "2025-12", True),
        (SCHEME, "2025-05", "2025-08", True),
        (SCHEME, "2025-11", "2025-08", False),
        (OPERATIONS, "2025-10", "2025-12", True),
    ],
)
def test_a_payout_names_the_months_it_rests_on_that_are_not_in(
    name: str, month: str, payout: str, *, is_said: bool
) -> None:
    """The last one rests on every month, for the bonus; once it is decided, it is what was decided."""
    year, paid = without(name, month), parse_month(payout)
    told = at(year, "2025-10")
    named = told.month(parse_month(month))
    said = [f"Uppgifter saknas för {named} (alla). {MEANWHILE}"] if is_said else []
    assert missing(payout_page(told, paid)) == said
    notes = [
        note
        for note in table(index_page([told]), "utbetalningar").notes
        if note.startswith(f"Utbetalning {told.month(paid)}")
    ]
    assert [note.partition(". ")[2] for note in notes] == said
    decided = replace(
        year,
        tables={**year.tables, Decided: decided_of(year.tables[PayoutLines].filter(month=paid))},
    )
    assert missing(payout_page(at(decided, "2025-10"), paid)) == []


def test_an_undecided_payout_does_not_rest_on_a_decided_round() -> None:
    """What was decided of it is known, whatever came in of its months."""
    year = without(SCHEME, "2025-05")
    decided = replace(
        year,
        tables={
            **year.tables,
            Decided: decided_of(year.tables[PayoutLines].filter(month=date(2025, 8, 1))),
        },
    )
    assert missing(payout_page(at(decided, "2025-10"), DECEMBER)) == []


def test_a_month_in_part_says_of_whom() -> None:
    """Of one region's page that it is in part; of the country's, whose."""
    year = year_of("2025-11")
    rows = published()[WaitingTimes]
    of_cell = (pl.col("month") == date(2025, 10, 1)) & (pl.col("region_code") == SORMLAND)
    partly = rows.with_columns(waiting=pl.when(~of_cell).then("waiting"))
    told = at(replace(year, tables={**year.tables, WaitingTimes: partly}), "2025-10")
    said = [plain(each) for each in missing(country_page(told))]
    assert said == [f"Uppgifter saknas för oktober 2025 (delvis: Sörmland). {MEANWHILE}"]
    assert missing(region_page(told, SORMLAND, NOTHING_ASSUMED)) == [
        f"Uppgifter saknas för oktober 2025 (delvis). {MEANWHILE}"
    ]
    rows_of = {row[0]: row for row in table(data_page([told]), "inlamnat-1").rows}
    assert rows_of["oktober 2025"][6] == "Sörmland (delvis)"
