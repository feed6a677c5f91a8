"""Operations against earlier years, what is missing of them, and what the public sees."""

from dataclasses import replace

import polars as pl
import pytest

from reports.account.document import sections
from reports.account.operations import operations
from reports.year import read_year
from rules.loading import load_schemes
from schemas.places import DataRoot
from schemas.surgery import SurgeryFollowup
from tests.reports.account.conftest import tables_of, year_of

pytestmark = pytest.mark.slow


def test_operations_stand_beside_earlier_years(root: DataRoot) -> None:
    """By procedure, region and place; the places are all operations, the country all regions."""
    for each in tables_of(year_of(root, "surgery-2025"))[1:]:
        for _, done, last_year, _, _, *places in [*each.rows, each.totals]:
            assert (sum(places[::2]), sum(places[1::2])) == (done, last_year)
        for column in (1, 2, *range(5, 11)):
            assert sum(row[column] for row in each.rows) == each.totals[column]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (1, "Det är 1,0 fler än genomsnittet för basåren, 10,0."),
        (0, "Det är lika många som genomsnittet för basåren, 10,0."),
        (-1, "Det är 1,0 färre än genomsnittet för basåren, 10,0."),
    ],
)
def test_more_or_fewer_than_the_mean(root: DataRoot, more: int, said: str) -> None:
    """Of the country, all done in one place: no sign stands for the word."""
    year = year_of(root, "surgery-2025")
    here = (pl.col("region_code") == "00") & (pl.col("place") == "home")
    in_all = pl.col("region_code") == "00"
    followed = year.tables[SurgeryFollowup].with_columns(
        operations_to_date=pl.when(here)
        .then(10 + more)
        .when(in_all)
        .then(0)
        .otherwise("operations_to_date"),
        baseline_sum_to_date=pl.when(here)
        .then(30)
        .when(in_all)
        .then(0)
        .otherwise("baseline_sum_to_date"),
    )
    told = sections(replace(year, tables={**year.tables, SurgeryFollowup: followed}))[-1]
    assert said in told.paragraphs[0]


def test_what_a_count_is_missing_of_is_left_empty(root: DataRoot) -> None:
    """One region's June not reported: its row is empty, and the country's number is said to be unknown."""
    year = year_of(root, "surgery-2025")
    gap = pl.col("region_code").is_in(["00", "09"]) & (pl.col("procedure") == "cataract")
    followed = year.tables[SurgeryFollowup].with_columns(
        pl.when(~gap).then("operations_to_date").alias("operations_to_date")
    )
    missing = replace(year, tables={**year.tables, SurgeryFollowup: followed})
    section = sections(missing)[-1]
    [gotland] = [row for row in section.tables[0].rows if row[0] == "Gotland"]
    assert (gotland[1], gotland[4], gotland[5]) == (None, None, None)
    assert gotland[2] is not None
    assert "uppgifter saknas" in section.paragraphs[0]


def test_the_public_sees_no_number(root: DataRoot) -> None:
    """Neither regions' nor the country's: beside kronor, and another year's account, sums tell low ones."""
    scheme = load_schemes()["surgery-2025"]
    year = read_year(root, scheme, is_made_up=True, audience="public", code="sv")
    [section] = operations(year)
    assert section.tables == []
    assert not any(sign.isdigit() for sign in f"{section.heading} {section.paragraphs}")
