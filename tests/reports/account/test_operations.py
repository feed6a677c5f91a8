"""Operations against earlier years, what is missing of them, and what the public sees."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from reports.account.document import sections
from reports.account.operations import operations
from reports.account.section import Section
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


OF_GOTLAND = (pl.col("region_code") == "09") & (pl.col("procedure") == "cataract")
IN_AUGUST = pl.col("month") == date(2025, 8, 1)
OF_THE_COUNTRY = (pl.col("region_code") == "00") & (pl.col("procedure") == "cataract")
OF_ALL_BUT_TWO = (pl.col("procedure") == "cataract") & ~pl.col("region_code").is_in(["01", "14"])


@pytest.mark.parametrize(
    "few",
    [
        {"operations_to_date": 1},
        {"last_year_to_date": 0},
        {"last_year_to_date": 7, "baseline_sum_to_date": 8},
        {"last_year_to_date": 0, "baseline_sum_to_date": 1},
    ],
)
@pytest.mark.parametrize("whose", [OF_GOTLAND, OF_ALL_BUT_TWO], ids=["one", "all but two"])
def test_the_public_sees_the_country_alone(
    root: DataRoot, whose: pl.Expr, few: dict[str, int]
) -> None:
    """And that only if three regions have enough in every month, this year, last year, and in the mean's other years."""
    is_told = whose is OF_GOTLAND
    for section in public_sections(root, whose & IN_AUGUST, few):
        assert section.tables == []
        assert section.paragraphs[0].startswith(section.heading.removeprefix("Operationer: "))
        said = "för få regioner" not in section.paragraphs[0]
        assert said == (is_told or "Grå starr" not in section.heading)
        assert ("bara för hela riket" in section.paragraphs[-1]) == said


@pytest.mark.parametrize("few", [1, 0])
def test_the_public_is_told_no_place_where_the_country_has_few(root: DataRoot, few: int) -> None:
    """As many done by private providers, and none of the places is named."""
    private = OF_THE_COUNTRY & (pl.col("place") == "private")
    for section in public_sections(root, private, {"last_year_to_date": few}):
        is_told = few * 5 >= 5 or "Grå starr" not in section.heading
        assert ("I hemregionen gjordes" in section.paragraphs[0]) == is_told


@pytest.mark.parametrize("others", [0, 2])
def test_that_three_have_many_tells_no_number(root: DataRoot, others: int) -> None:
    """Six a month in each of three are told with those of others alone: the sum would say that these have none."""
    of_others = ~pl.col("region_code").is_in(["01", "12", "14"])
    numbers = {"operations_to_date": 1, "last_year_to_date": 1, "baseline_sum_to_date": 3}
    few = {name: others * number for name, number in numbers.items()}
    many = {name: 2 * number for name, number in numbers.items()}
    for section in public_sections(root, of_others, few, many):
        assert ("för få regioner" in section.paragraphs[0]) == (others == 0)


MANY = {"operations_to_date": 100, "last_year_to_date": 100, "baseline_sum_to_date": 300}


def public_sections(
    root: DataRoot, whose: pl.Expr, few: Mapping[str, int], many: Mapping[str, int] = MANY
) -> list[Section]:
    """What the public is told of operations: many a month everywhere, but in some cells."""
    scheme = load_schemes()["surgery-2025"]
    year = read_year(root, scheme, is_made_up=True, audience="public", code="sv")
    followed = year.tables[SurgeryFollowup].sort("month")
    key = ("region_code", "procedure", "place")
    monthly = followed.with_columns(
        pl.when(whose).then(few.get(name, number)).otherwise(number).alias(name)
        for name, number in many.items()
    )
    to_date = monthly.with_columns(pl.col(name).cum_sum().over(key) for name in many)
    return list(operations(replace(year, tables={**year.tables, SurgeryFollowup: to_date})))
