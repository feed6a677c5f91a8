"""Faulty deliveries changed at random, a few and, slowly, many: a fault hides no other, and each is told once; records too."""

import io
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings

from deliveries.delivered import Delivery
from deliveries.faults import Fault
from deliveries.reading import read_deliveries
from schemas.months import add_months
from tests.deliveries.delivering import APRIL, file_at
from tests.deliveries.layouts.page_tables import SAMPLE, Key, as_csv, as_xlsx
from tests.deliveries.test_fuzzed_deliveries import (
    AT_ONCE,
    CALM,
    PERSON,
    VALID,
    WRITERS,
    Grid,
    batch_of,
    both_happened,
    changed,
    changed_page,
    code_in,
    damaged,
    grid_in,
    many,
    page_file,
    plain,
)
from tests.deliveries.test_records import Record, as_parquet, case
from tests.deliveries.test_records import as_csv as records_as_csv
from tests.deliveries.test_records_generated import plainly_counted

DAY = date(2025, 5, 20)
FEW, MANY = 40, 200
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


def faults_of(folder: Path, several: Sequence[Mapping[str, bytes]]) -> list[list[Fault]]:
    """The faults of each of several deliveries, all refused; each has a month of its own."""
    deliveries = [
        delivered(folder / str(number), files, add_months(APRIL, number))
        for number, files in enumerate(several)
    ]
    observed, refused = read_deliveries(deliveries)
    assert observed == []
    return [each.faults for each in sorted(refused, key=lambda each: each.month)]


def delivered(folder: Path, files: Mapping[str, bytes], month: date = APRIL) -> Delivery:
    """The files, and no others, as one delivery."""
    folder.mkdir(exist_ok=True, parents=True)
    for path in folder.iterdir():
        path.unlink()
    for name, content in files.items():
        (folder / name).write_bytes(content)
    return Delivery("waiting_times", month, DAY, tuple(map(file_at, sorted(folder.iterdir()))))


def check_faults(found: list[Fault], seen: Counter[str]) -> None:
    """The rule that is surely broken is told, unless no row was read; nothing twice, and no person."""
    assert PERSON not in str(found)
    whole = any(
        fault.row is None or fault.row == 1 or fault.expected.startswith("cells below the header")
        for fault in found
    )
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

    known = dict(zip(VALID[0], BROKEN, strict=True))

    @settings(CALM, max_examples=runs // AT_ONCE)
    @given(batch_of(changed(VALID)))
    def check(grids: list[Grid]) -> None:
        rows = [[known.get(each.strip(), "") for each in grid[0]] for grid in grids]
        contents = [WRITERS[ending]([*grid, row]) for grid, row in zip(grids, rows, strict=True)]
        files = [{f"2025-05-20.{ending}": content} for content in contents]
        for found in faults_of(tmp_path / "raw", files):
            check_faults(found, seen)

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
    files = {page_file(key, ending): write(key[1], rows) for key, rows in tables.items()}

    def beside(key: Key, rows: Grid) -> Mapping[str, bytes]:
        others = {name: each for name, each in files.items() if name != page_file(key, ending)}
        return {**others, page_file(key): as_csv(key[1], rows)}

    @settings(CALM, max_examples=runs // AT_ONCE)
    @given(batch_of(changed_page(SAMPLE.keys() - {PAGE})))
    def check(cases: list[tuple[Key, Grid]]) -> None:
        deliveries = [beside(key, rows) for key, (_, *rows) in cases]
        for found in faults_of(tmp_path / "raw", deliveries):
            check_faults(found, seen)

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
            if isinstance(text, int):  # a day whose kind the damaged footer no longer says
                text = date(1970, 1, 1) + timedelta(days=text)
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


@many(20, MANY)
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
        observed, refused = read_deliveries([delivered(tmp_path / "raw", files)])
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
