"""Grants that are data alone: every published amount follows from population, twice computed."""

from collections import Counter
from fractions import Fraction
from pathlib import Path

import polars as pl
import pytest

from rules.calculation import calculate
from rules.exact import half_up
from rules.loading import load_scheme
from rules.reconciliation import reconcile
from rules.requirements.grant import Grant
from rules.scheme import Scheme
from schemas.observed import Population
from schemas.payouts import Payouts
from schemas.regions import region_codes
from schemas.table import Table
from tests.rules.made_up_schemes import parameter, payout, written
from tests.rules.observations import population, real_population
from tests.rules.scheme_data import of_regions, restated, scheme_named, with_requirement
from tests.second_opinion.opinions import by_sql, folder_rows

AMOUNTS = {
    "access-capacity-2025": 21,
    "cancer-2023": 21,
    "cancer-2025": 18,
    "womens-health-2023": 21,
    "womens-health-2024": 21,
}
OUTSIDE = {"13": "Halland", "21": "Gävleborg", "24": "Västerbotten"}


def computed(
    scheme: Scheme, people: pl.DataFrame, regions: list[str]
) -> dict[type[Table], pl.DataFrame]:
    """Every table of the scheme, each of which the second opinion gives as well."""
    observed = {Population: people}
    tables = calculate(of_regions(scheme, regions), observed)
    second = by_sql(folder_rows(scheme.folder), regions, observed, tables)
    for table, rows in tables.items():
        assert second[table].equals(rows.select(second[table].columns)), table
    return tables


def paid(tables: dict[type[Table], pl.DataFrame]) -> dict[str, int]:
    """What each region is paid."""
    return dict(tables[Payouts].select("region_code", "amount_sek").iter_rows())


def test_together_they_are_102_amounts() -> None:
    """Three regions have none in one of them."""
    figures = [scheme_named(name).published.figures[0] for name in AMOUNTS]
    assert [len(each.values) for each in figures] == list(AMOUNTS.values())
    assert sum(AMOUNTS.values()) == 102


@pytest.mark.parametrize("name", AMOUNTS)
def test_every_published_amount_comes_out(name: str) -> None:
    """To the krona, with the column's sum and the total."""
    scheme, people = scheme_named(name), real_population()
    tables = computed(scheme, people, region_codes())
    outcomes = reconcile(scheme, {**tables, Population: people}, made_up=False)
    assert Counter(each.verdict for each in outcomes) == {"agrees": AMOUNTS[name] + 2}


def test_the_share_of_regions_outside_goes_to_the_others() -> None:
    """Unlike that of a region that is not qualified, which stays with the state."""
    scheme = scheme_named("cancer-2025")
    amounts = paid(computed(scheme, real_population(), region_codes()))
    assert {code for code, sek in amounts.items() if sek == 0} == set(OUTSIDE)
    assert sum(amounts.values()) == 182_500_000


def test_half_up_misses_stockholm_by_a_krona() -> None:
    """So cancer-2025 is evidence for the largest remainder."""
    scheme = scheme_named("cancer-2025")
    people = dict(
        real_population()
        .filter(
            (pl.col("month").dt.strftime("%Y-%m") == "2025-09") & (pl.col("age_group") == "all")
        )
        .select("region_code", "population")
        .iter_rows()
    )
    everybody = sum(people.values())
    rounded = {code: half_up(Fraction(182_500_000 * n, everybody)) for code, n in people.items()}
    published = scheme.published.figures[0].values
    missed = {
        code: published[code] - sek for code, sek in rounded.items() if published[code] != sek
    }
    assert missed == {"01": 1}


FIXED = parameter("fixed_each", "7")
PEOPLE = parameter("population", '{ age_group = "all", reference_month = "2030-11" }')
ELIGIBLE = parameter("eligible", '["01", "04"]')
BY_REMAINDER = parameter("apportionment", '"largest_remainder"')
ON_LARGEST = parameter("apportionment", '"half_up_residual_on_largest"')


@pytest.mark.parametrize(
    ("grant", "expected"),
    [
        # 100 by 1, 2 and 3: 16.67, 33.33, 50
        (PEOPLE + BY_REMAINDER, {"01": 17, "03": 33, "04": 50}),
        # 100 in three: the krona left over goes to the lowest code, or to the largest, the same
        (BY_REMAINDER, {"01": 34, "03": 33, "04": 33}),
        (ON_LARGEST, {"01": 34, "03": 33, "04": 33}),
        # 100 by 1 and 3, and in two: region 03 has left the key
        (PEOPLE + BY_REMAINDER + ELIGIBLE, {"01": 25, "03": 0, "04": 75}),
        (BY_REMAINDER + ELIGIBLE, {"01": 50, "03": 0, "04": 50}),
        # 7 to each of the two, and 86 by 1 and 3: 21.5, 64.5; half-up one krona too many
        (PEOPLE + BY_REMAINDER + ELIGIBLE + FIXED, {"01": 29, "03": 0, "04": 71}),
        (PEOPLE + ON_LARGEST + ELIGIBLE + FIXED, {"01": 29, "03": 0, "04": 71}),
    ],
)
def test_who_shares_a_hundred_kronor(grant: str, expected: dict[str, int], tmp_path: Path) -> None:
    """By population or equally, between all or the eligible, after an equal amount or none."""
    folder = written(
        tmp_path / "gift-2031",
        {
            "scheme.toml": "\n".join(
                f'{key} = "made up"'
                for key in (
                    *("title", "title_sv", "agreement", "payer", "assessor", "appropriation"),
                    *("appropriation_sv", "data_source", "data_source_sv"),
                )
            )
            + '\nname = "gift-2031"\n'
            + payout("2031-03", ["equal_grant"]),
            "equal_grant.toml": parameter("fund", "100") + grant,
        },
    )
    people = population(
        load_scheme(folder).payouts[0].month.replace(year=2030, month=11),
        "all",
        {"01": 1, "03": 2, "04": 3},
    )
    assert paid(computed(load_scheme(folder), people, ["01", "03", "04"])) == expected


def test_a_fund_that_is_not_known_yet_is_said() -> None:
    """Rather than taken for nothing: it is named, and nothing is reserved or paid."""
    scheme = scheme_named("womens-health-2024")
    grant = scheme.all_of(Grant)["womens_health_grant"]
    fund = restated(grant.fund, value=None, not_known_yet="the budget of 2031")
    waiting = with_requirement(scheme, "womens_health_grant", fund=fund)
    assert any("the budget of 2031" in each for each in waiting.not_known_yet)
    tables = calculate(waiting, {Population: real_population()})
    assert all(rows.is_empty() for rows in tables.values())
