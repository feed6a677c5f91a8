"""`bonuspott outlook` on the sample's deliveries: assumed months are marked, the error stands beside."""

import json
from datetime import date

import polars as pl
import pytest

from ledger.warehouse import read_published
from pipeline.commands.outlook import incomplete
from rules.loading import load_schemes
from schemas.observed import WaitingTimes
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

SCHEME = "surgery-2025"


@pytest.fixture
def root(runs: Runs) -> DataRoot:
    """What a run of one scheme has left; only to be looked at."""
    return runs.all().root


def test_a_day_within_the_year(root: DataRoot) -> None:
    """By the deliveries that had come: three scenarios, each row with the months that it assumes."""
    told = command(root, "outlook", SCHEME, "--as-of", "2025-10-20", "--format", "json")
    assert told.status == 0
    rows = json.loads(told.out)
    assert len(rows) == 3 * 21
    assert {row["scenario"] for row in rows} == {"as_last_year", "as_latest", "nothing_more"}
    assert {row["assumed_months"] for row in rows} == {"2025-10"}
    assert {row["payout_month"] for row in rows} == {"2025-12"}
    nothing = [row for row in rows if row["scenario"] == "nothing_more"]
    assert {row["outlook_sek"] for row in nothing} == {0}  # I-13: a month is missing
    assert {row["off_by_pct"] for row in nothing} == {"100.0"}


def test_for_people(root: DataRoot) -> None:
    """The title says what is assumed, and that it is no payout; below stands how far off such were."""
    told = command(root, "outlook", SCHEME, "--as-of", "2025-10-20", "--language", "sv")
    words = " ".join(told.out.split())
    assert (
        "surgery-2025, prognos som senaste månaden, belopp för året (kr), beräknat. Antagna månader: oktober 2025. "
        "Ingen utbetalning" in words
    )
    assert (
        "Antagna månader: 1. Sådana prognoser för Statsbidrag för ökad operationsproduktion 2025 avvek med "
        "100,0 procent" in words
    )
    assert "0 kr är alltså inte vad som är intjänat hittills" in words
    assert "│ 09 Gotland" in told.out
    assert (
        "surgery-2025: prognosens avvikelse från det beräknade utfallet, efter varje månad" in words
    )


def test_a_year_that_is_over(root: DataRoot) -> None:
    """Nothing is assumed: the outcome alone, and the back-test."""
    told = command(root, "outlook", SCHEME)
    assert (told.status, told.err) == (0, "")
    assert "kronor of the year, computed: no month is assumed ┏" in " ".join(told.out.split())
    assert told.out.count("│ 09 Gotland ") >= 1
    assert "as the latest month" in told.out
    rows = json.loads(command(root, "outlook", SCHEME, "--format", "json").out)
    paid = json.loads(command(root, "payouts", SCHEME, "--format", "json").out)
    assert [row["outlook_sek"] for row in rows] == [row["amount_sek"] for row in paid]
    assert {(row["scenario"], row["assumed_months"]) for row in rows} == {("outcome", "")}


def test_where_nothing_is_there_to_compute_from(root: DataRoot, empty_root: DataRoot) -> None:
    """Nothing published, no delivery by the day, no population yet: said in words."""
    told = command(empty_root, "outlook", SCHEME)
    assert (told.status, told.out) == (1, "")
    assert "run a scheme first" in told.err
    told = command(empty_root, "outlook", SCHEME, "--as-of", "2020-01-01")
    assert (told.status, told.out) == (1, "")
    assert "surgery-2025 rests on surgeries, and none was recorded by 2020-01-01" in told.err
    told = command(root, "outlook", "bup-2026")
    assert told.status == 1
    assert "Traceback" not in told.err


def test_whose_data_are_missing_of_a_year_that_is_over(root: DataRoot) -> None:
    """A region's month, and a part of another's: with no month to assume it is not all known."""
    scheme = load_schemes()["bup-2025"]
    observed = {table: read_published(root, table) for table in scheme.counted}
    assert incomplete(scheme, observed, "sv") == ""
    october, code = pl.col("month") == date(2025, 10, 1), pl.col("region_code")
    in_part = october & (code == "09") & (pl.col("measure") == "first_visit")
    waiting = pl.when(~in_part).then("waiting").alias("waiting")
    rows = observed[WaitingTimes].filter(~(october & (code == "18"))).with_columns(waiting)
    assert (
        incomplete(scheme, {WaitingTimes: rows}, "sv") == "oktober 2025 (Örebro, Gotland (delvis))"
    )
