"""A frame whose prices are not known yet: followed up all the same, and nothing is paid."""

from datetime import date
from pathlib import Path
from random import Random

import pytest

from rules.calculation import calculate
from rules.drafting import draft
from rules.loading import load_scheme
from rules.parameters import NotKnownYetError
from rules.readings import amounts_under
from rules.reconciliation import reconcile
from rules.requirements.surgery import Surgery
from schemas.observed import Population, Surgeries
from schemas.payouts import Payouts, Reserves
from schemas.regions import COUNTRY_CODE, region_codes
from schemas.surgery import SurgeryFollowup
from tests.rules.observations import population, surgeries
from tests.rules.operations import row
from tests.rules.scheme_data import copied, scheme_named
from tests.second_opinion.opinions import by_sql, folder_rows

SCHEME = scheme_named("surgery-2026")


def test_it_says_what_is_missing() -> None:
    """The period, six prices and the baseline, each by its file and key, in both languages."""
    procedures = ("hip_replacement", "knee_replacement", "cataract", "prolapse")
    expected = [
        ["scheme.toml", "measured"],
        *(
            ["surgery.toml", f"price.{procedure}"]
            for procedure in (*procedures, "inguinal_hernia", "colonoscopy")
        ),
        ["surgery.toml", "baseline_years"],
    ]
    for code in ("en", "sv"):
        assert [each.split(": ")[:2] for each in SCHEME.not_known_in(code)] == expected


def test_the_follow_up_needs_no_price() -> None:
    """Counts to date of all six procedures, this year and before, twice computed."""
    procedures = SCHEME.require(Surgery).procedures()
    random = Random(1)  # noqa: S311 - made up, not secret
    observed = {
        Surgeries: surgeries(
            row(date(year, month, 1), region, procedure, random.randint(0, 40))
            for year in (2023, 2024, 2025, 2026)
            for month in (1, 2, 3)
            for region in region_codes()
            for procedure in procedures
        )
    }
    tables = calculate(
        SCHEME,
        {**observed, Population: Population.without_rows()},
    )
    assert set(tables) == {Reserves, SurgeryFollowup}
    assert tables[Reserves]["reserved_sek"].sum() == 750_000_000
    second = by_sql(folder_rows(SCHEME.folder), region_codes(), observed)
    for table, rows in tables.items():
        assert second[table].equals(rows.select(second[table].columns)), table
    assert second[Payouts].is_empty()
    followed = tables[SurgeryFollowup]
    country = followed.filter(region_code=COUNTRY_CODE, month=date(2026, 3, 1))
    counted = observed[Surgeries]
    of_2026 = counted.filter(counted["month"].dt.year() == 2026)
    assert country["operations_to_date"].sum() == of_2026["operations"].sum()
    assert set(country["procedure"]) == set(procedures)
    later = followed.filter(followed["month"] > date(2026, 3, 1))
    assert later["operations_to_date"].count() == 0, "no figure of a month not delivered"


def test_what_is_published_of_what_is_known_is_compared() -> None:
    """The caps are known though no price is: their sum is the published one. Without the caps it is not known yet."""
    caps = calculate(SCHEME, {})[Reserves]
    [agreeing] = reconcile(SCHEME, {Reserves: caps}, made_up=True)
    assert (agreeing.verdict, agreeing.computed) == ("agrees", 750_000_000)
    [unknown] = reconcile(SCHEME, {Reserves: Reserves.without_rows()}, made_up=True)
    assert (unknown.verdict, unknown.computed) == ("not_known_yet", None)


def test_nothing_is_reserved_before_it_is_known_who_shares_it(tmp_path: Path) -> None:
    """Of a grant's new year, whose conditions are not assessed: neither way of computing shares it out."""
    copied("cancer-2025", tmp_path)
    folder = draft(tmp_path, "cancer-2026", "cancer-2025")
    people = population(date(2026, 9, 1), "all", dict.fromkeys(region_codes(), 1000))
    observed = {Population: people}
    assert calculate(load_scheme(folder), observed) == {}
    assert by_sql(folder_rows(folder), region_codes(), observed)[Reserves].is_empty()


def test_no_reading_of_it_pays_anything() -> None:
    """Asked for amounts, it says what is missing."""
    with pytest.raises(NotKnownYetError, match=r"price\.colonoscopy: the price"):
        amounts_under(SCHEME, {})
