"""Parameters that no agreement has: other decimals, bands and periods, values that change in a year."""

import re
from datetime import date
from pathlib import Path
from random import Random

import polars as pl
import pytest

from rules.calculation import calculate
from rules.loading import load_scheme
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.performance import NextLevels
from schemas.surgery import SurgeryPerformance
from tests.rules.made_up_schemes import operations_folder, waiting_time_folder
from tests.rules.observations import any_within_30, population, surgeries, waiting_times
from tests.rules.operations import row
from tests.rules.scheme_data import of_regions
from tests.second_opinion.opinions import by_sql, folder_rows

REGIONS = ["01", "03"]
PEOPLE = population(date(2030, 11, 1), "all", {"01": 1000, "03": 2000})
MEASURES = ("first_visit", "assessment")
FROM_JUNE = {
    "value = 6_000": "value = 9_001",
    "value = 12_003": "value = 7_000",
    "value = 600": "value = 701",
    "value = 1_000": "value = 2_000",
    "value = 100": "value = 50",
    'value = ["03"]': 'value = ["01", "03"]',
    "to = 7.49, level_pct = 40": "to = 7.49, level_pct = 55",
    "completed_share_pct = 92.5": "completed_share_pct = 80.25",
    "minimum_pct = 80": "minimum_pct = 99.5",
    "to = 119, level_pct = 25": "to = 119, level_pct = 30",
}
"""Of the made-up scheme: what stands in its files, and what it is changed to from June on."""


def visits(random: Random) -> pl.DataFrame:
    """Counts of two years with gaps and zeros."""
    rows = []
    for year in (2030, 2031):
        for month in range(3, 9):
            for region in REGIONS:
                for measure in MEASURES:
                    completed = random.choice((0, 1, 7, 1000, random.randint(1, 5000)))
                    waiting = random.choice((0, 3, random.randint(0, 5000)))
                    day, counts = date(year, month, 1), {"completed": completed, "waiting": waiting}
                    rows.append(any_within_30(random, day, region, measure, **counts))
    return waiting_times(each for each in rows if random.random() > 0.05)


def in_two_versions(folder: Path) -> Path:
    """The folder with every parameter in two versions, until May and from June on."""
    changed = set()
    for file in folder.glob("*.toml"):
        first, *parts = re.split(r"\n(?=\[)", file.read_text(encoding="utf-8"))
        doubled = [first]
        for part in parts:
            if "unit = " not in part:
                doubled.append(part)
                continue
            once = re.sub(r"^\[(.+)\]$", r"[[\1]]", part, count=1, flags=re.MULTILINE)
            later = once.replace("]]\n", ']]\nfrom = "2031-06"\n', 1)
            for old, new in FROM_JUNE.items():
                if old in later:
                    later = later.replace(old, new)
                    changed.add(old)
            doubled += [once, later]
        file.write_text("\n".join(doubled), encoding="utf-8")
    assert changed == set(FROM_JUNE)
    return folder


@pytest.mark.slow
@pytest.mark.parametrize("versions", ["one", "two"])
@pytest.mark.parametrize("reading", ["rounded", "exact", "shares_rounded"])
def test_other_bands_periods_and_rounds(reading: str, versions: str, tmp_path: Path) -> None:
    """Two decimals, levels of 10 to 90 per cent, three rounds, a grant with a condition."""
    folder = waiting_time_folder(tmp_path)
    if versions == "two":
        in_two_versions(folder)
    scheme = of_regions(load_scheme(folder), REGIONS).read_as(band_gaps=reading)
    for seed in range(4):
        observed = {
            Population: PEOPLE,
            WaitingTimes: visits(Random(seed)),  # noqa: S311 - made up, not secret
        }
        expected = calculate(scheme, observed)
        found = by_sql(folder_rows(folder, band_gaps=reading), REGIONS, observed)
        del expected[NextLevels]  # by which nothing is paid
        for name, rows in expected.items():
            assert found[name].equals(rows.select(found[name].columns)), name


def test_other_procedures(tmp_path: Path) -> None:
    """Six procedures, baseline years that are not in a row, caps in a CSV."""
    folder = operations_folder(tmp_path)
    random = Random(1)  # noqa: S311 - made up, not secret
    rows = [
        row(date(year, month, 1), region, procedure, random.randint(0, 40))
        for year in (2026, 2028, 2029, 2030, 2031)
        for month in (2, 3)
        for region in REGIONS
        for procedure in ("knee_replacement", "inguinal_hernia", "prolapse", "tonsillectomy")
        if random.random() > 0.1
    ]
    observed = {Population: PEOPLE, Surgeries: surgeries(rows)}
    expected = calculate(of_regions(load_scheme(folder), REGIONS), observed)
    found = by_sql(folder_rows(folder), REGIONS, observed)
    assert expected[SurgeryPerformance]["earned_thirds_sek"].sum() > 0
    for name, table in expected.items():
        assert found[name].equals(table.select(found[name].columns)), name
