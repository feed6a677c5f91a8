"""A year amended within it: its pages say of what is paid by population that no requirement is judged.

From September on of waiting times, from July on of new-visit production; the amendment is made up.
"""

from collections.abc import Callable
from dataclasses import replace

import polars as pl
import pytest

from explanation.language import CODES, Code
from reports.pages.country_page import country_page
from reports.pages.index_page import index_page
from reports.pages.outlook import what_nothing_more_means
from reports.pages.page import Page
from reports.pages.region_page import region_page
from reports.pages.telling import Telling
from reports.words import words_in
from rules.calculation import calculate
from rules.loading import load_scheme
from schemas.months import parse_month
from schemas.observed import Population, WaitingTimes
from tests.reports.pages.conftest import NOTHING_ASSUMED, published, year_of
from tests.reports.pages.test_region_page import SORMLAND, plain, table
from tests.rules.scheme_data import copied
from tests.rules.test_amendment import amend

Amended = Callable[[str, Code], Telling]

MONTH: dict[Code, str] = {
    "sv": "Månadens belopp betalas efter befolkning. Inget krav prövas.",
    "en": "The month's amount is paid by population. No requirement is judged.",
}
PERIOD: dict[Code, str] = {
    "sv": "Perioden juli-november 2025 betalas efter befolkning. Inget krav prövas.",
    "en": "The period July-November 2025 is paid by population. No requirement is judged.",
}
WHOLE: dict[Code, str] = {
    "sv": "En månad eller period som betalas efter befolkning ger hela sitt belopp, oavsett vad som rapporteras: "
    "inget krav prövas i den.",
    "en": "A month or period that is paid by population gives its whole amount, whatever is reported: no "
    "requirement is judged in it.",
}
NOT_JUDGED: dict[Code, str] = {
    "sv": "prövas inte: betalas efter befolkning",
    "en": "not judged: paid by population",
}


@pytest.fixture(scope="module")
def amended(tmp_path_factory: pytest.TempPathFactory) -> Amended:
    """A function that tells the amended year, up to a month, in a language."""
    folder = copied("bup-2025", tmp_path_factory.mktemp("schemes"))
    amend(folder / "waiting_time.toml")
    amend(folder / "first_visit_production.toml", "2025-07")
    scheme = load_scheme(folder)
    tables = published()
    observed = {each: tables[each] for each in (Population, WaitingTimes)}
    made = {**tables, **calculate(scheme, observed)}

    def telling(until: str, code: Code) -> Telling:
        return Telling(replace(year_of(until), scheme=scheme, tables=made), code)

    return telling


def page_of_region(told: Telling) -> Page:
    """A region's page."""
    return region_page(told, SORMLAND, NOTHING_ASSUMED)


def page_of_country(told: Telling) -> Page:
    """The country's page."""
    return country_page(told)


@pytest.mark.parametrize("code", CODES)
def test_a_month_paid_by_population(code: Code, amended: Amended) -> None:
    """Lead and note of both pages say it; no band, no threshold, no way to a level."""
    region, country = (page(amended("2025-10", code)) for page in (page_of_region, page_of_country))
    assert MONTH[code] in region.lead
    assert country.lead.endswith(MONTH[code])
    measures = table(region, "matt")
    assert measures.notes[0] == MONTH[code]
    assert {tuple(row[5:7]) for row in measures.rows} == {
        (100, {"sv": "befolkning", "en": "population"}[code])
    }
    assert {tuple(row[9:]) for row in measures.rows} == {(NOT_JUDGED[code], None)}
    regions = table(country, "regioner")
    assert {row[level] for row in regions.rows for level in (3, 6, 9)} == {100}
    assert regions.notes[-1] == MONTH[code]


@pytest.mark.parametrize("code", CODES)
def test_a_period_paid_by_population(code: Code, amended: Amended) -> None:
    """Beside the bands of the period that was judged; the visits to the next band are those of that one alone."""
    production = table(page_of_region(amended("2025-10", code)), "nybesok")
    notes = [plain(note) for note in production.notes]
    assert [MONTH[code] in notes, PERIOD[code] in notes] == [False, True]
    judged, paid = production.rows
    assert (paid[4], *paid[7:]) == (100, NOT_JUDGED[code], None)
    assert judged[7] != NOT_JUDGED[code]


@pytest.mark.parametrize("code", CODES)
def test_where_months_stand_together(code: Code, amended: Amended) -> None:
    """Below the grid of levels, the pot's sources and the index a note says it; what was missed is of the months judged."""
    told = amended("2025-10", code)
    region, country, index = page_of_region(told), page_of_country(told), index_page([told])
    for page, name in ((region, "nivaer"), (country, "pott"), (index, "manader-1")):
        assert WHOLE[code] in table(page, name).notes
    missed = {str(row[0]) for row in table(region, "missat").rows}
    judged = {told.month(each) for each in told.year.computed_months if each.month <= 8}
    assert missed
    assert missed <= judged


@pytest.mark.parametrize(("month", "is_said"), [("2025-08", True), ("2025-10", False)])
def test_what_is_missing_of_a_month_that_is_not_judged(
    month: str, amended: Amended, *, is_said: bool
) -> None:
    """It is paid whole, so nothing of it counts as 0 kr; a month that is judged does."""
    told = amended("2025-10", "sv")
    counts = told.year.tables[WaitingTimes].filter(pl.col("month") != parse_month(month))
    tables = {**told.year.tables, WaitingTimes: counts}
    without = replace(told, year=replace(told.year, tables=tables))
    for page in (page_of_country(without), page_of_region(without)):
        assert any("Uppgifter saknas" in line for line in page.banner) == is_said
        assert "för väntetiderna i oktober" in page.lead


@pytest.mark.parametrize("code", CODES)
def test_what_is_left_if_nothing_more_is_reported(code: Code, amended: Amended) -> None:
    """All of a month paid by population, and nothing of one that is judged."""
    told = amended("2025-07", code)
    months = told.year.scheme.measured_months
    waiting = words_in(code)["nothing_more_means"]["waiting_time"]
    assert what_nothing_more_means(told.year.scheme, months[-1:], code) == [WHOLE[code]]
    assert what_nothing_more_means(told.year.scheme, months[5:], code) == [waiting, WHOLE[code]]


@pytest.mark.parametrize("code", CODES)
def test_a_month_before_the_amendment_is_judged(code: Code, amended: Amended) -> None:
    """June's pages say nothing of it, July's of the running period of production alone."""
    june, july = (amended(until, code) for until in ("2025-06", "2025-07"))
    for told in (june, july):
        assert MONTH[code] not in page_of_region(told).lead + page_of_country(told).lead
        assert MONTH[code] not in table(page_of_country(told), "regioner").notes
        assert MONTH[code] not in table(page_of_region(told), "matt").notes
    says = [WHOLE[code] in table(page_of_region(told), "nivaer").notes for told in (june, july)]
    assert says == [False, True]
