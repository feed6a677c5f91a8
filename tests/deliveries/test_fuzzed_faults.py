"""Faulty deliveries changed at random: a fault hides no other, and each is told once; records too."""

import io
import random
from collections import Counter
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliveries.delivered import Delivery
from deliveries.faults import Fault
from deliveries.reading import read_deliveries
from tests.deliveries.delivering import APRIL, VOCABULARY, file_at
from tests.deliveries.layouts.page_tables import HEADERS, SAMPLE, Key, as_csv, as_xlsx
from tests.deliveries.test_fuzzed_deliveries import (
    CALM,
    VALID,
    WRITERS,
    Grid,
    both_happened,
    changed,
    code_in,
    damaged,
    grid_in,
    many,
    plain,
)
from tests.deliveries.test_records import Record, as_parquet, case
from tests.deliveries.test_records import as_csv as records_as_csv
from tests.deliveries.test_records_generated import plainly_counted

DAY = date(2025, 5, 20)
FEW, MANY = 20, 100
BROKEN = ["20", "assessment", "5", "7", "0", "0", ".."]
PAGE_BROKEN = ["Dalarna", "50 %", "5 st", "5 st", "7 st", "0 st", "100 %"]
PAGE: Key = ("assessment", "completed")
RULES = {
    "completed_within_30 is at most completed",
    "'Genomförda väntetid 30 dagar eller kortare' is at most 'Antal genomförda totalt'",
}
RECORDS = [
    case("2025-03-10", "2025-04-02", "0", "01", "first_visit"),
    case("2025-01-15", "2025-04-24", "1", "03", "treatment"),
    case("2025-04-11", "", "0", "12", "assessment"),
    case("2024-04-11", "2025-06-01", "1", "12", "assessment"),
] * 20


def faults_of(folder: Path, files: dict[str, bytes]) -> list[Fault]:
    """The faults of the files as one delivery, which is refused."""
    _, refused = read_deliveries([delivered(folder, files)], VOCABULARY)
    return refused[0].faults


def delivered(folder: Path, files: dict[str, bytes]) -> Delivery:
    """The files, and no others, as one delivery."""
    folder.mkdir(exist_ok=True)
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return Delivery("waiting_times", APRIL, DAY, tuple(map(file_at, sorted(folder.iterdir()))))


def check_faults(found: list[Fault], seen: Counter[str]) -> None:
    """The rule that is surely broken is told, unless no row could be read; and nothing twice."""
    whole = any(fault.row is None or fault.row == 1 for fault in found)
    told = [fault for fault in found if fault.expected in RULES]
    seen["beside others" if len(found) > 1 else "alone"] += 1
    assert told or whole, found
    cells = [(fault.file, fault.row, fault.column) for fault in found if fault.column]
    assert len(cells) == len(set(cells)), found


@many(FEW, MANY)
@pytest.mark.parametrize("ending", WRITERS)
def test_no_fault_hides_another_in_a_tidy_table(tmp_path: Path, ending: str, runs: int) -> None:
    """The last row breaks a rule, whatever happens to the rows before."""
    seen: Counter[str] = Counter()

    @settings(CALM, max_examples=runs)
    @given(changed(VALID))
    def check(grid: Grid) -> None:
        columns = [str(each).strip() for each in grid[0]]
        known = dict(zip(VALID[0], BROKEN, strict=True))
        row = [known.get(name, "") for name in columns]
        content = WRITERS[ending]([*grid, row])
        check_faults(faults_of(tmp_path / "raw", {f"2025-05-20.{ending}": content}), seen)

    check()
    print(dict(seen))  # noqa: T201 - shown with -s: how many ran
    assert seen.total() >= runs
    assert seen["beside others"] > runs / 10


@many(FEW, MANY)
@pytest.mark.parametrize("ending", ["csv", "xlsx"])
def test_no_fault_hides_another_on_the_page(tmp_path: Path, ending: str, runs: int) -> None:
    """One table of six has a row that breaks a rule, another one is changed."""
    seen: Counter[str] = Counter()
    write = {"csv": as_csv, "xlsx": as_xlsx}[ending]
    tables = {**SAMPLE, PAGE: [*SAMPLE[PAGE], PAGE_BROKEN]}
    files = {
        f"2025-05-20__{measure}__{side}.{ending}": write(side, rows)
        for (measure, side), rows in tables.items()
    }

    @settings(CALM, max_examples=runs)
    @given(
        st.sampled_from(sorted(set(SAMPLE) - {PAGE})).flatmap(
            lambda key: st.tuples(st.just(key), changed([HEADERS[key[1]].split("|"), *SAMPLE[key]]))
        )
    )
    def check(drawn: tuple[Key, Grid]) -> None:
        (measure, side), (_, *rows) = drawn
        name = f"2025-05-20__{measure}__{side}.csv"
        others = {key: each for key, each in files.items() if not key.startswith(name[:-4])}
        check_faults(faults_of(tmp_path / "raw", {**others, name: as_csv(side, rows)}), seen)

    check()
    print(dict(seen))  # noqa: T201 - as above
    assert seen.total() >= runs / 2
    assert seen["beside others"] > runs / 20


def records_in(content: bytes) -> list[Record] | None:
    """The records of a Parquet file, read by another reader; none if it cannot read them."""
    try:
        table = pq.read_table(io.BytesIO(content), page_checksum_verification=True)
        table.validate(full=True)
        rows = table.to_pylist()
    except (pa.ArrowException, OSError, ValueError, OverflowError):
        return None
    for row in rows:
        for name, value in row.items():
            text = {True: "1", False: "0", None: ""}.get(value, value)
            row[name] = text.isoformat() if isinstance(text, date) else text
    return rows


def records_written(content: bytes) -> list[Record]:
    """The records of a CSV file that was accepted, read by the csv module."""
    header, *rows = grid_in(content)
    records = []
    for row in rows:
        record = dict(zip([name.strip() for name in header], row, strict=True))
        chosen = plain(record["patient_chosen"]).lower() in {"1", "true", "ja"}
        words = {"region": code_in(record["region"]), "measure": plain(record["measure"])}
        days = {name: plain(record[name]) for name in ("listed_on", "started_on")}
        records.append({**record, **words, **days, "patient_chosen": "1" if chosen else "0"})
    return records


@many(FEW, 2 * MANY)
@pytest.mark.parametrize("ending", ["parquet", "csv"])
def test_bytes_of_a_part_of_records(
    tmp_path: Path, ending: str, runs: int, capfd: pytest.CaptureFixture[str]
) -> None:
    """Two parts, one of them damaged: counted as another reader has them, or refused in words.

    Nothing is written to standard error on the way, also where the engine panics.
    """
    dice, seen = random.Random(runs), Counter[str]()  # noqa: S311
    written = as_parquet if ending == "parquet" else records_as_csv
    # One record less: what a change left as it was is no file twice.
    whole, beside = written(RECORDS), written(RECORDS[1:])
    for _ in range(runs):
        bad = damaged(whole, dice)
        files = {f"2025-05-20_a.{ending}": beside, f"2025-05-20_b.{ending}": bad}
        observed, refused = read_deliveries([delivered(tmp_path / "raw", files)], VOCABULARY)
        if refused:
            seen["refused"] += 1
            assert all(fault.expected and fault.advice for fault in refused[0].faults)
            files_named = {Path(fault.file).name for fault in refused[0].faults}
            assert f"2025-05-20_b.{ending}" in files_named
            continue
        seen["loaded"] += 1
        others = records_in(bad) if ending == "parquet" else records_written(bad)
        if others is not None:
            # Where a damaged footer misleads the other reader, the records are as they were written.
            expected = [plainly_counted(RECORDS[1:] + each, APRIL) for each in (others, RECORDS)]
            rows = observed[0].rows.drop("month", "delivery_id").rows()
            assert {(code, of): counts for code, of, *counts in rows} in expected
    assert capfd.readouterr().err == ""
    both_happened(seen, runs)
