"""`bonuspott run --as-of`: what a day's deliveries say, apart from what is recorded."""

from collections.abc import Sequence

import duckdb
import polars as pl
import pytest

from ledger.warehouse import read_published
from rules.loading import load_schemes
from schemas.payouts import Payouts
from schemas.places import DataRoot
from tests.pipeline.runs import Runs, command

pytestmark = pytest.mark.slow

SCHEME = load_schemes()["surgery-2025"]
ALL_IN, SOME_IN, NONE_IN = "2025-11-30", "2025-09-25", "2025-01-01"


def of_day(root: DataRoot, day: str) -> DataRoot:
    """The warehouse that a look back at the day has left."""
    return DataRoot(root.warehouse / "scratch" / f"{SCHEME.name}_as_of_{day}")


def test_all_deliveries_had_come(data_root: DataRoot, runs: Runs) -> None:
    """The payouts are those of a run through Dagster; no ledger and no instance are made."""
    told = command(data_root, "run", SCHEME.name, "--as-of", "2025-12-31")
    assert told.status == 0
    kept = of_day(data_root, "2025-12-31")
    ran = read_published(runs.all().root, Payouts)
    assert read_published(kept, Payouts).equals(ran.filter(pl.col("scheme") == SCHEME.name))
    assert str(kept.published) in told.err.replace("\n", "")
    with duckdb.connect(kept.published, read_only=True) as scratch:
        columns = "SELECT payout_month, scheme, region_code, amount_sek FROM"
        again = f"{columns} second_opinion.payouts WHERE scheme = '{SCHEME.name}'"
        assert len(scratch.sql(again).fetchall()) == 21
        assert scratch.sql(f"{again} EXCEPT {columns} payouts.payouts").fetchall() == []
        for table, rows in (("audit.deliveries", 20), ("observed.status", 420)):
            assert len(scratch.sql(f"FROM {table}").fetchall()) == rows
    assert {path.name for path in data_root.warehouse.iterdir()} == {"deliveries", "scratch"}
    assert list(data_root.accepted.iterdir()) == []


def test_what_had_not_come_is_missing(data_root: DataRoot) -> None:
    """A day within the year: the months that had come are computed, and what is missing is listed."""
    told = command(data_root, "run", SCHEME.name, "--as-of", SOME_IN)
    assert told.status == 1
    assert "lacks:" in told.err
    assert "December 2025: the month has not begun" in told.err
    with duckdb.connect(of_day(data_root, SOME_IN).published, read_only=True) as warehouse:
        months = warehouse.sql(
            "SELECT DISTINCT strftime(month, '%Y-%m') FROM observed.surgeries "
            "WHERE year(month) = 2025 ORDER BY 1"
        ).fetchall()
    assert [month for (month,) in months] == ["2025-06", "2025-07", "2025-08"]


def test_a_later_delivery_changes_nothing(data_root: DataRoot) -> None:
    """What an earlier day says stays the same, whatever comes after it."""
    assert command(data_root, "run", SCHEME.name, "--as-of", ALL_IN).status == 1
    before = read_published(of_day(data_root, ALL_IN), Payouts)
    [delivered] = (data_root.raw / "surgeries" / "2025-07").iterdir()
    lines = delivered.read_text("utf-8").splitlines()
    assert lines[1].startswith("01;cataract;")
    changed = ";".join([*lines[1].split(";")[:-1], "1"])
    later = delivered.with_name("2025-12-01.csv")
    later.write_text("\n".join([lines[0], changed, *lines[2:]]), encoding="utf-8")
    assert command(data_root, "run", SCHEME.name, "--as-of", ALL_IN).status == 1
    assert read_published(of_day(data_root, ALL_IN), Payouts).equals(before)


def test_what_was_corrected_by_the_day(data_root: DataRoot) -> None:
    """It is in the table of corrections, as where it was recorded day by day; what nobody could read is not."""
    [first] = (data_root.raw / "surgeries" / "2025-07").iterdir()
    header, cataract, *rest = first.read_text("utf-8").splitlines()
    for day, number in (("2025-09-01", "nine"), ("2025-09-02", "9"), ("2025-09-30", "10")):
        changed = ";".join([*cataract.split(";")[:-1], number])
        first.with_name(f"{day}.csv").write_text("\n".join([header, changed, *rest]), "utf-8")
    command(data_root, "run", SCHEME.name, "--as-of", "2025-09-15")
    with duckdb.connect(of_day(data_root, "2025-09-15").published, read_only=True) as scratch:
        corrected = (
            "SELECT DISTINCT corrected_number, corrected_on::VARCHAR FROM observed.corrections"
        )
        assert scratch.sql(corrected).fetchall() == [(9, "2025-09-02")]
        days = "SELECT DISTINCT delivered_on::VARCHAR FROM audit.deliveries WHERE file_name LIKE '%/2025-07/%'"
        assert sorted(scratch.sql(days).fetchall()) == [(first.stem,), ("2025-09-02",)]


@pytest.mark.parametrize(
    "asked",
    [("payouts", SCHEME.name), ("explain", SCHEME.name, "2025-12", "Gotland")],
    ids=lambda asked: asked[0],
)
def test_payouts_of_a_day_on_which_nothing_was_recorded(runs: Runs, asked: Sequence[str]) -> None:
    """The command that computes them from what had been delivered by then is named."""
    told = command(runs.of(SCHEME.name).root, *asked, "--as-of", ALL_IN)
    assert told.status == 1
    assert f"`bonuspott run {SCHEME.name} --as-of {ALL_IN}` computes it" in told.err


def test_nothing_had_come(data_root: DataRoot) -> None:
    """Without any delivery there is nothing to compute; it says so, and the exit status is 1."""
    told = command(data_root, "run", SCHEME.name, "--as-of", NONE_IN)
    assert told.status == 1
    assert "the month has not begun" in told.err


def test_a_refused_delivery_is_told_and_passed_over(data_root: DataRoot) -> None:
    """Its faults are printed as a run prints them; the other months are computed, and no earlier one counts instead."""
    [first] = (data_root.raw / "surgeries" / "2025-07").iterdir()
    delivered = first.with_name("2025-09-01.csv")
    faulty = first.read_text("utf-8").replace(";private;555", ";private;17*", 1)
    delivered.write_text(faulty, encoding="utf-8")
    told = command(data_root, "run", SCHEME.name, "--as-of", SOME_IN)
    assert told.status == 1
    assert "17*" in told.err
    assert delivered.name in told.err
    with duckdb.connect(of_day(data_root, SOME_IN).published, read_only=True) as scratch:
        months = "SELECT DISTINCT month::VARCHAR FROM observed.surgeries WHERE year(month) = 2025"
        assert sorted(scratch.sql(months).fetchall()) == [("2025-06-01",), ("2025-08-01",)]


@pytest.mark.parametrize("days", [("2025-11-30", "2025-11-30"), ("2025-09-25", "2025-11-30")])
def test_a_day_of_its_own(data_root: DataRoot, days: tuple[str, str]) -> None:
    """Each day has a folder of its own; a second look at the same day takes the first one's place."""
    for day in days:
        command(data_root, "run", SCHEME.name, "--as-of", day)
    found = {path.name for path in (data_root.warehouse / "scratch").iterdir()}
    assert found == {f"{SCHEME.name}_as_of_{day}" for day in days}
