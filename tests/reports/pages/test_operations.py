"""The pages of a scheme of operations: against the mean of three years, up to the cap."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from reports.pages.country_page import country_page
from reports.pages.data_page import data_page
from reports.pages.index_page import index_page
from reports.pages.region_page import region_page
from reports.pages.telling import Telling
from schemas.decisions import Decided
from schemas.observed import Surgeries
from schemas.payouts import PayoutLines
from schemas.reporting import ReportingStatus
from schemas.surgery import SurgeryCaps
from tests.reports.pages.conftest import (
    NOTHING_ASSUMED,
    OPERATIONS,
    Tell,
    decided_of,
    published,
    year_of,
)
from tests.reports.pages.test_region_page import SORMLAND, plain, section, table

JONKOPING = "06"


def test_the_sentence(tell: Tell) -> None:
    """Earned so far, of which cap, and what is left to it."""
    page = region_page(tell("2025-08", name=OPERATIONS), SORMLAND, NOTHING_ASSUMED)
    assert plain(page.lead) == (
        "Sörmland har till och med augusti 2025 tjänat in 7 268 000 kr av högst 15 317 617 kr för "
        "operationer (47,4 procent); upp till taket återstår 8 049 617 kr."
    )


def test_a_row_a_procedure(tell: Tell) -> None:
    """This year, last year, the mean and the change from it, by place, what was missing, and earned."""
    page = region_page(tell(name=OPERATIONS), JONKOPING, NOTHING_ASSUMED)
    rows = table(page, "operationer").rows
    assert [row[0] for row in rows] == ["Höftledsprotes", "Framfall", "Grå starr"]
    for _, operations, _, mean, change, *places, missing, price, earned in rows:
        assert sum(places) == operations
        assert abs(operations - mean - change) <= Decimal("0.1")
        assert (missing > 0) == (change <= 0) == (earned == 0)
        assert missing == 0 or mean - operations < missing <= mean - operations + 1
        assert abs(earned - max(change, 0) * price) < price
    assert table(page, "operationer").totals[-1] == sum(row[-1] for row in rows)


def test_the_regions_add_up(tell: Tell) -> None:
    """The country's kronor and caps are the regions', which are those published; so is each month."""
    told = tell("2025-09", name=OPERATIONS)
    caps = published(OPERATIONS)[SurgeryCaps]
    regions = table(country_page(told), "regioner")
    of_month = caps.filter(month=told.year.until)
    assert regions.totals[-3:-1] == [of_month["earned_sek"].sum(), of_month["cap_sek"].sum()]
    grid = table(country_page(told), "manader").rows
    assert all(row[-1] is None and row[-2] is not None for row in grid)
    months = table(index_page([told]), "manader-1").rows
    assert [row[1] for row in months] == caps.filter(pl.col("month") <= told.year.until).group_by(
        "month"
    ).agg(pl.col("earned_sek").sum()).sort("month", descending=True)["earned_sek"].to_list()


def test_a_decided_round_is_told_as_decided(tell: Tell) -> None:
    """Made up: 1 000 kr more were decided for Sörmland than later data give; sentences and tiles are of the decision."""
    told = tell("2025-10", name=OPERATIONS)
    lines = published(OPERATIONS)[PayoutLines]
    more = (
        pl.when(region_code=pl.lit(SORMLAND), component=pl.lit("surgery")).then(1_000).otherwise(0)
    )
    lines = lines.with_columns(pl.col("amount_sek") + more)
    tables = {**told.year.tables, PayoutLines: lines, Decided: decided_of(lines)}
    decided = replace(told, year=replace(told.year, tables=tables))
    earned = {
        code: int(money.earned)
        for (code, month), money in told.year.capped.items()
        if month == told.year.until
    }
    country = country_page(decided)
    assert amount(sum(earned.values()) + 1_000) in plain(country.lead)
    left = 507_500_000 - sum(earned.values()) - 1_000
    assert plain(dict(country.facts)["Kvar upp till taken"]) == amount(left)
    region = region_page(decided, SORMLAND, NOTHING_ASSUMED)
    assert f"tjänat in {amount(earned[SORMLAND] + 1_000)} av högst" in plain(region.lead)
    # A month in which the round is not over is of what was earned so far.
    before = replace(decided, year=decided.year.at(date(2025, 9, 1)))
    assert country_page(before).lead == country_page(tell("2025-09", name=OPERATIONS)).lead


def amount(kronor: int) -> str:
    """Kronor as a sentence has them, with plain spaces."""
    return f"{kronor:,} kr".replace(",", " ")


def test_the_country_s_change_is_of_exact_means(tell: Tell) -> None:
    """Summed as thirds and rounded once, as the year's account has it: each region's is rounded by itself."""
    regions = table(country_page(tell(name=OPERATIONS)), "regioner")
    # 8 981 hip replacements against a third of 24 328, 3 322 operations of prolapse against one of 9 198.
    assert regions.totals[2:7:2] == [Decimal("871.7"), Decimal("256.0"), Decimal("5368.3")]
    assert sum(row[2] for row in regions.rows if isinstance(row[2], Decimal)) == Decimal("871.6")


@pytest.mark.parametrize("month", ["2025-06", "2025-10"])
def test_for_the_public_there_is_no_number_of_operations(month: str, tell: Tell) -> None:
    """Nor the mean, the change or the places, on any page; the money is the same."""
    told = tell(month, audience="public", name=OPERATIONS)
    page, internal = (
        region_page(each, SORMLAND, NOTHING_ASSUMED)
        for each in (told, tell(month, name=OPERATIONS))
    )
    found = table(page, "operationer")
    assert found.headings == ["Åtgärd", "Kr per operation", "Intjänat (kr)"]
    assert [row[-1] for row in found.rows] == [
        row[-1] for row in table(internal, "operationer").rows
    ]
    assert table(country_page(told), "regioner").headings == [
        "Region",
        "Intjänat (kr)",
        "Tak (kr)",
        "Av taket (%)",
    ]
    assert "visas inte i den offentliga versionen" in section(page, "operationer").table.notes[-1]


def test_a_month_without_a_procedure_is_not_said_to_be_in() -> None:
    """The data's page names the month and the procedure, and says which deliveries are in."""
    year = year_of("2025-10", name=OPERATIONS)
    rows = published(OPERATIONS)[Surgeries]
    of_august = (pl.col("month") == date(2025, 8, 1)) & (pl.col("procedure") == "prolapse")
    came = rows.select("month", "delivery_id", dataset=pl.lit("surgeries")).unique()
    status = came.with_columns(
        region_code=pl.lit(SORMLAND), is_late=False, days_late=0, is_withdrawn=False
    )
    whole = replace(year, tables={**year.tables, ReportingStatus: status})
    partly = replace(whole, tables={**whole.tables, Surgeries: rows.filter(~of_august)})
    said = {}
    for each in (whole, partly):
        page = data_page([Telling(each, "sv")])
        missing = {row[0]: row[6] for row in table(page, "inlamnat-1").rows}
        said[each is partly] = section(page, "nasta").paragraphs, missing["augusti 2025"]
    all_in = "Uppgifter för alla månader som hör till de beräknade statsbidragen har inkommit"
    assert said == {
        False: ([f"{all_in}."], ""),
        True: ([f"{all_in}, men inte alla är fullständiga: augusti 2025."], "alla (Framfall)"),
    }
