"""`bonuspott readings` on what runs have recorded: tables for people, rows for programs."""

import csv
import io
import json
import re

import pytest

from ledger.warehouse import read_published
from schemas.payouts import Payouts
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command

SCHEME = "access-2024"
PER_MONTH = "rounding_of_earned: per_month_and_measure"


@pytest.fixture
def root(runs: Runs) -> DataRoot:
    """What a run of one scheme has left; only to be looked at."""
    return runs.of(SCHEME).root


@pytest.mark.slow
def test_rows_for_programs(root: DataRoot) -> None:
    """A row a reading, payout month and region; the own amounts are those published."""
    as_csv, as_json = (
        command(root, "readings", SCHEME, "--format", name) for name in ("csv", "json")
    )
    assert (as_csv.status, as_csv.err, as_json.status) == (0, "", 0)
    rows = json.loads(as_json.out)
    assert list(csv.DictReader(io.StringIO(as_csv.out))) == [
        {name: str(value) for name, value in row.items()} for row in rows
    ]
    assert len(rows) == 8 * 2 * 21
    published = {
        (f"{month:%Y-%m}", code): amount
        for month, code, amount in read_published(root, Payouts)
        .select("month", "region_code", "amount_sek")
        .iter_rows()
    }
    for row in rows:
        assert row["own_sek"] == published[row["payout_month"], row["region_code"]]
        assert row["difference_sek"] == row["other_sek"] - row["own_sek"]
    assert {row["reading"] for row in rows if row["difference_sek"]} == {
        PER_MONTH,
        "all together, band_gaps: exact",
        "all together, band_gaps: shares_rounded",
    }


def test_tables_for_people(root: DataRoot) -> None:
    """Question and reading in words, sums, and the regions of the readings that move something."""
    told = command(root, "readings", SCHEME)
    assert (told.status, told.err) == (0, "")
    assert "When are earned amounts rounded to whole kronor? Per month and measure." in told.out
    [summary] = re.findall(r"^│ I-12 +│ When.*$", told.out, re.MULTILINE)
    assert [cell.strip() for cell in summary.split("│")][3:9] == [
        *("9", "9", "52", "52", "0", "█" * 24),
    ]
    [skane] = re.findall(r"^│ 12 Skåne .*$", told.out, re.MULTILINE)
    assert skane.split("│")[2].strip() == "\u221218"
    assert "Nothing is moved by I-1 a; I-1 b; I-2;" in told.out


@pytest.mark.slow
def test_one_payout_month(root: DataRoot) -> None:
    """The sums are that month's alone."""
    told = command(root, "readings", SCHEME, "--month", "2024-12", "--format", "json")
    rows = json.loads(told.out)
    assert {row["payout_month"] for row in rows} == {"2024-12"}
    assert sum(row["difference_sek"] for row in rows if row["reading"] == PER_MONTH) == -23
    told = command(root, "readings", SCHEME, "--month", "2024-09")
    assert told.status == 2
    assert "access-2024 pays nothing out in 2024-09, but in 2024-08, 2024-12" in told.err


@pytest.mark.slow
def test_as_of_a_day(root: DataRoot) -> None:
    """From the ledger, as it was known by then: nothing before the run, the same after it."""
    told = command(root, "readings", SCHEME, "--as-of", "2025-01-01")
    assert told.status == 1
    assert "none was recorded by 2025-01-01" in told.err
    today, later = (
        command(root, "readings", SCHEME, "--format", "csv", *option)
        for option in ([], ["--as-of", "2999-01-01"])
    )
    assert later.status == 0
    assert later.out == today.out


def test_where_nothing_is_there_to_compute_from(root: DataRoot, empty_root: DataRoot) -> None:
    """Nothing published, a dataset never recorded: said in words, with what to do."""
    told = command(empty_root, "readings", SCHEME)
    assert (told.status, told.out) == (1, "")
    assert "run a scheme first" in told.err
    told = command(root, "readings", "surgery-2025")
    assert (told.status, told.out) == (1, "")
    assert "surgery-2025 rests on surgeries, and none was recorded; `bonuspott run" in told.err
    told = command(root, "readings", "bup-2026")
    assert told.status == 1
    assert "Traceback" not in told.err


def test_a_scheme_that_leaves_nothing_open(root: DataRoot) -> None:
    """A table without a row, and that no other reading moves a krona."""
    told = command(root, "readings", "surgery-2025-february")
    assert (told.status, told.err) == (0, "")
    assert told.out.endswith("No other reading moves a krona.\n")
