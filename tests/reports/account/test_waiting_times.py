"""In which months and periods requirements were met, and which were not judged."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from reports.account.document import sections
from reports.year import read_year
from rules.exact import half_up
from rules.loading import load_scheme, load_schemes
from schemas.performance import WaitingTimePerformance
from schemas.places import DataRoot
from tests.reports.account.conftest import tables_of, year_of
from tests.rules.scheme_data import copied, restated, with_requirement
from tests.rules.test_amendment import amend

pytestmark = pytest.mark.slow


def test_the_countrys_production_is_the_regions_sum(root: DataRoot) -> None:
    """And its quotient that of the sums; a level is a region's."""
    [table] = [each for each in tables_of(year_of(root, "bup-2025")) if "nytill" in each.title]
    for first in (1, 5):
        completed, added = (sum(row[first + part] for row in table.rows) for part in range(2))
        ratio = Decimal(half_up(Fraction(1000 * completed, added))) / 10
        assert table.totals[first : first + 4] == [completed, added, ratio, None]


def test_what_an_amendment_pays_by_population_is_no_requirement_met(
    root: DataRoot, tmp_path: Path
) -> None:
    """From September on, as in the made-up amendment: six months are judged, and the text says so."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "waiting_time.toml")
    year, scheme = year_of(root, "bup-2025"), load_scheme(folder)
    before = sections(year)[2]
    paid = pl.col("month") >= date(2025, 9, 1)
    performance = year.tables[WaitingTimePerformance].with_columns(
        pl.when(paid).then(pl.lit("population")).otherwise("alternative").alias("alternative"),
        pl.when(paid).then(pl.lit(100)).otherwise("level_pct").alias("level_pct"),
    )
    amended = replace(
        year,
        payouts=[replace(each, scheme=scheme) for each in year.payouts],
        tables={**year.tables, WaitingTimePerformance: performance},
    )
    rounds, months = sections(amended)[1:3]
    assert "189 fall" in " ".join(before.paragraphs)
    assert "Antal månader av 6" in months.tables[0].title
    met = performance.filter(~paid, pl.col("level_pct") > 0).height
    assert met == sum(cell for row in months.tables[0].rows for cell in row[1::2])
    assert all("av 126 fall" in each for each in months.paragraphs[2:])
    for section in (rounds, months):
        assert any(
            each.startswith("Från och med september 2025 betalas väntetidernas månadspott efter")
            for each in section.paragraphs
        )


def test_what_nothing_is_set_aside_for_is_no_requirement_met(root: DataRoot) -> None:
    """A measure and new-visit production with a fund of 0, as of those that are no longer paid for."""
    year = year_of(root, "bup-2025")
    scheme = year.scheme
    for component in ("waiting_time", "first_visit_production"):
        fund = scheme.requirements[component].fund  # type: ignore[attr-defined]
        none = (
            {**fund, "treatment": restated(fund["treatment"], value=0)}
            if component == "waiting_time"
            else restated(fund, value=0)
        )
        scheme = with_requirement(scheme, component, fund=none)
    found = replace(year, payouts=[replace(each, scheme=scheme) for each in year.payouts])
    by_heading = {each.heading: each for each in sections(found)}
    months, production = by_heading["Månader med uppfyllt krav"], by_heading["Nybesöksproduktion"]
    nothing = "Påbörjad behandling: inget belopp är avsatt, och inget krav prövas."
    assert [each for each in months.paragraphs if "behandling" in each] == [nothing]
    assert set(months.tables[0].groups) == {"", "Första besök", "Påbörjad utredning"}
    assert all(each.endswith("och ingen region bedöms.") for each in production.paragraphs)
    assert {row[4] for row in production.tables[0].rows} == {"inte bedömd"}


def test_a_period_that_an_amendment_pays_by_population_is_not_judged(
    root: DataRoot, tmp_path: Path
) -> None:
    """New-visit production from July on: the first period's result stands, of the second it is said that it is not judged."""
    folder = copied("bup-2025", tmp_path)
    amend(folder / "first_visit_production.toml", "2025-07")
    year, scheme = year_of(root, "bup-2025"), load_scheme(folder)
    amended = replace(year, payouts=[replace(each, scheme=scheme) for each in year.payouts])
    before, after = (
        next(each for each in sections(of) if each.heading == "Nybesöksproduktion")
        for of in (year, amended)
    )
    said, first, second = after.paragraphs
    assert said.startswith("Från och med juli 2025 betalas nybesöksproduktionens periodpott efter")
    assert first == before.paragraphs[0]
    assert second.endswith("Perioden betalas efter befolkning, och ingen region bedöms.")
    assert {row[8] for row in after.tables[0].rows} == {"inte bedömd"}
    assert [row[:8] for row in after.tables[0].rows] == [row[:8] for row in before.tables[0].rows]


def test_the_public_sees_no_production_that_its_pages_withhold(root: DataRoot) -> None:
    """Gotland's waiting are public month by month: the sum of those added less them is a count below 5."""
    scheme = load_schemes()["bup-2025"]
    of_public = read_year(root, scheme, is_made_up=True, audience="public", code="sv")
    internal, public = (
        next(part for part in sections(each) if part.heading == "Nybesöksproduktion")
        for each in (year_of(root, "bup-2025"), of_public)
    )
    for row, full in zip(public.tables[0].all_rows(), internal.tables[0].all_rows(), strict=True):
        # What a single region withholds is what the country would have too much.
        hidden = [row[0] in {"Gotland", "Riket"}] * 3 + [False]
        assert [cell == "visas inte" for cell in row[1:]] == hidden * 2
        assert [cell for cell in row if cell != "visas inte"] == [
            cell for cell, own in zip(full, row, strict=True) if own != "visas inte"
        ]
    for sentence, row in zip(public.paragraphs, internal.paragraphs, strict=True):
        assert "tillkom" in row
        assert "tillkom" not in sentence
        assert sentence.endswith(row.split(". ")[1])
