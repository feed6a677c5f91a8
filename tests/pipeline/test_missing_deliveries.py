"""What lacks is named with the file to supply, the rest is computed, and the exit status is 1."""

import shutil
from datetime import UTC, date, datetime

import polars as pl
import pytest
from dagster._core.test_utils import freeze_time

from schemas.places import DataRoot
from schemas.regions import region_codes
from tests.oracle.calculation import calculate
from tests.oracle.model import Inputs
from tests.oracle.parameters import BUP_2026
from tests.pipeline.runs import Runs, command, published

PERFORMANCE = "performance.waiting_times"
AFTERWARDS = datetime(2027, 1, 15, 12, tzinfo=UTC)
IN_MAY = datetime(2026, 5, 10, 12, tzinfo=UTC)


def of(tables: dict[str, pl.DataFrame], month: date, region: str = "") -> pl.DataFrame:
    """The month's performance, of one region if one is named."""
    rows = tables[PERFORMANCE].filter(pl.col("month") == month)
    return rows.filter(pl.col("region_code") == region) if region else rows


@pytest.mark.slow
def test_missing_months(runs: Runs, data_root: DataRoot) -> None:
    """A month and a base that nobody delivered are named; the months beside them are computed.

    A region that is in no row did not report; the other regions are as they were.
    """
    file = next((data_root.raw / "waiting_times" / "2024-01").iterdir())
    lines = file.read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith("14;")]
    file.write_text("\n".join(kept), encoding="utf-8")
    for month in ("2024-02", "2023-03"):
        shutil.rmtree(data_root.raw / "waiting_times" / month)
    told = command(data_root, "run", "access-2024", "--from", "2024-01", "--to", "2024-03")
    assert told.status == 1
    assert "access-2024 lacks:" in told.err
    for month, written in (("2024-02", "February 2024"), ("2023-03", "March 2023")):
        words = (
            f"waiting times of {written}: supply raw/waiting_times/{month}/<day of delivery>.csv"
        )
        assert words in told.err
    whole, found = published(runs.of("access-2024").root), published(data_root)
    january, others = date(2024, 1, 1), pl.col("region_code") != "14"
    assert set(of(found, january, "14")["status"]) == {"not_reported"}
    assert of(found, january).filter(others).equals(of(whole, january).filter(others))
    assert set(of(found, date(2024, 2, 1))["status"]) == {"not_reported"}
    march = of(found, date(2024, 3, 1))
    assert march.height == 63
    assert set(march["status"]) == {"no_base"}
    assert set(march["alternative"]) <= {"attainment", "none"}


@pytest.mark.slow
def test_a_missing_population_is_named(data_root: DataRoot) -> None:
    """Without its population a scheme's run says so, names the file, and computes nothing of it."""
    told = command(data_root, "run", "bup-2026")
    assert told.status == 1
    assert (
        "population aged 0\N{EN DASH}18 of 1 November 2025: supply raw/population/2025-11/<day"
        in told.err
    )
    assert "waiting times of January 2026: supply raw/waiting_times/2026-01/<day" in told.err
    assert "Traceback" not in told.err
    assert "Utbetalning" not in told.out
    tables = published(data_root)
    assert all(
        rows.filter(pl.col("scheme") == "bup-2026").is_empty()
        for rows in tables.values()
        if "scheme" in rows.columns
    )
    bases = set(tables["observed.waiting_times"]["month"])
    assert bases == {date(2025, number, 1) for number in range(1, 12)}


@pytest.mark.slow
def test_a_population_supplied(data_root: DataRoot) -> None:
    """With a population the grant of March and all reserves are computed; what lacks still is said."""
    supplied = {code: 1_000 * number + 7 for number, code in enumerate(region_codes(), start=9)}
    folder = data_root.raw / "population" / "2025-11"
    folder.mkdir()
    rows = [f"{code};0-18;{number}" for code, number in supplied.items()]
    text = "\n".join(["region;age_group;population", *rows])
    (folder / "2026-02-20.csv").write_text(text, encoding="utf-8")
    with freeze_time(AFTERWARDS):
        told = command(data_root, "run", "bup-2026")
    assert told.status == 1
    assert "population" not in told.err.partition("bup-2026 lacks:")[2]
    assert "waiting times of November 2026:" in told.err
    lines = published(data_root)["payouts.payout_lines"]
    expected = calculate(BUP_2026, Inputs(regions=region_codes(), population=supplied))
    assert sorted(lines["amount_sek"]) == sorted(line.amount_sek for line in expected.payout_lines)
    march = lines.filter(pl.col("month") == date(2026, 3, 1))
    by_region = dict(march.select("region_code", "amount_sek").iter_rows())
    assert by_region == {
        line.region_code: line.amount_sek
        for line in expected.payout_lines
        if line.component == "development_grant"
    }
    assert sum(by_region.values()) == 150_000_000
    assert "Payout of March 2026" in told.out
    of_december = told.out.partition("Payout of December 2026")[2]
    assert "Data are missing for July\N{EN DASH}November 2026. " in of_december
    assert "Data are missing" not in told.out.partition("Payout of August 2026")[0]


def test_months_still_to_come(data_root: DataRoot) -> None:
    """A month that has not begun cannot be run, and is said to be so."""
    with freeze_time(IN_MAY):
        told = command(data_root, "schemes")
    of_2026 = told.out.partition("bup-2026:")[2]
    assert "June 2026: the month has not begun" in of_2026
    assert "2026-05: the month" not in of_2026


@pytest.mark.slow
def test_a_procedure_that_a_delivery_has_no_row_of(data_root: DataRoot) -> None:
    """It is missing of every region, not 0: worth nothing, and named with its month wherever one is that lacks."""
    for month in ("2022-06", "2025-10"):
        file = next((data_root.raw / "surgeries" / month).iterdir())
        lines = file.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if "prolapse" not in line]
        file.write_text("\n".join(kept), encoding="utf-8")
    run = command(data_root, "run", "surgery-2025")
    assert run.status == 1
    listed = command(data_root, "schemes").out.partition("surgery-2025:")[2]
    looked_back = command(data_root, "run", "surgery-2025", "--as-of", "2026-06-01")
    for month, written in (("2022-06", "June 2022"), ("2025-10", "October 2025")):
        words = f"operations of {written} without a row of prolapse: supply it whole, raw/surgeries/{month}/<day"
        assert words in run.err
        assert words in listed.partition("surgery-2026:")[0]
        assert words in looked_back.err
    due = command(data_root, "due", "--on", "2026-01-01").out
    assert "Prolapse (all 21)" in next(line for line in due.splitlines() if "October 2025 " in line)
    tables = published(data_root)
    of_prolapse = tables["performance.surgeries"].filter(procedure="prolapse")
    assert set(of_prolapse.select("status", "earned_thirds_sek").rows()) == {("incomplete", 0)}
    others = tables["performance.surgeries"].filter(pl.col("procedure") != "prolapse")
    assert set(others["status"]) == {"ok"}
    told = command(data_root, "explain", "surgery-2025", "2025-12", "Gotland").out
    assert told.count("The delivery has no row of the procedure, of any region") == 2
    assert command(data_root, "verify", "surgery-2025").status == 0
    priced = command(data_root, "readings", "surgery-2025").err
    assert "surgeries of 2022-06 has no row of prolapse, which counts as not reported" in priced
