"""The record layout: what is refused, where it stands, and that no fault says who it is about."""

import re
from datetime import date
from typing import Any

import polars as pl
import pytest

from storage.deliveries import DeliveredFile
from storage.faults import SHOWN, DeliveryRefusedError, Fault
from storage.root import DataRoot
from tests.storage.test_records import (
    CASE,
    OPERATION,
    Record,
    as_csv,
    as_parquet,
    case,
    counted,
    operation,
    parquet,
)

GOOD = case("2025-04-01", "2025-04-20", "1")


def faults(root: DataRoot, *files: bytes, dataset: str = "waiting_times") -> list[Fault]:
    """The faults of files that are refused."""
    with pytest.raises(DeliveryRefusedError) as refused:
        counted(root, *files, dataset=dataset)
    return refused.value.faults


@pytest.mark.parametrize(
    ("record", "column", "value", "expected"),
    [
        (case("2025-04-02", "2025-04-01"), "started_on", "", "a start on or after its listing"),
        (case("2025-05-02", "2025-05-01"), "started_on", "", "a start on or after its listing"),
        (case("", "2025-04-01"), "listed_on", "", "YYYY-MM-DD"),
        (case("2025-4-1"), "listed_on", "", "YYYY-MM-DD"),
        (case("2025/04/01"), "listed_on", "", "YYYY-MM-DD"),
        (case("01-04-2025"), "listed_on", "", "YYYY-MM-DD"),
        (case("2025-02-29"), "listed_on", "", "YYYY-MM-DD"),
        (case("2025-04-01 "), "listed_on", "", "YYYY-MM-DD"),
        (case("2025-04-01T00:00"), "listed_on", "", "YYYY-MM-DD"),
        (case("198001011234"), "listed_on", "", "YYYY-MM-DD"),
        (case("2025-04-01", "20250402"), "started_on", "", "YYYY-MM-DD"),
        (case("2025-04-01", "-"), "started_on", "", "YYYY-MM-DD"),
        (case("2025-04-01", "2025-04-02", ""), "patient_chosen", "", "1 or 0"),
        (case("2025-04-01", "2025-04-02", "maybe"), "patient_chosen", "maybe", "ja, nej"),
        (case("2025-04-01", "", "2"), "patient_chosen", "2", "ja, nej"),
        (case("2025-04-01", region="1"), "region", "1", "county code"),
        (case("2025-04-01", region="Norge"), "region", "Norge", "county code"),
        (case("2025-04-01", region=""), "region", "", "county code"),
        (case("2025-04-01", region=".."), "region", "..", "county code"),
        (case("2025-04-01", measure="surgery"), "measure", "surgery", "first_visit"),
        (case("2025-04-01", measure="Treatment"), "measure", "Treatment", "first_visit"),
    ],
)
def test_a_case_is_refused(
    root: DataRoot, record: Record, column: str, value: str, expected: str
) -> None:
    """By its line and column; a date is not shown."""
    [fault] = faults(root, as_csv([GOOD, record, GOOD]))
    assert (fault.row, fault.column, fault.value) == (3, column, value)
    assert expected in fault.expected
    assert fault.advice
    assert fault.file.endswith("2030-01-15__000.csv")


@pytest.mark.parametrize(
    ("record", "column", "value"),
    [
        (operation("2025-03-31"), "operation_date", ""),
        (operation("2025-05-01"), "operation_date", ""),
        (operation(""), "operation_date", ""),
        (operation("2025-04-31"), "operation_date", ""),
        (operation("2025-04-01", "nfb49"), "kva_code", ""),
        (operation("2025-04-01", ""), "kva_code", ""),
        (operation("2025-04-01", " NFB49"), "kva_code", ""),
        (operation("2025-04-01", "Öga"), "kva_code", ""),
        (operation("2025-04-01", home="99"), "home_region", "99"),
        (operation("2025-04-01", performing="Oslo"), "performing_region", "Oslo"),
        (operation("2025-04-01", provider="offentlig"), "provider_type", "offentlig"),
        (operation("2025-04-01", provider=""), "provider_type", ""),
    ],
)
def test_an_operation_is_refused(root: DataRoot, record: Record, column: str, value: str) -> None:
    """A code in small letters is not taken for another operation and skipped."""
    good = operation("2025-04-01")
    [fault] = faults(root, as_csv([good, record], OPERATION), dataset="surgeries")
    assert (fault.row, fault.column, fault.value) == (3, column, value)


def test_the_same_records_in_parquet_are_refused_alike(root: DataRoot) -> None:
    """Rows are numbered as in CSV."""
    wrong = [
        GOOD,
        case("2025-04-02", "2025-04-01"),
        case("2025-04-01", region="Norge"),
        case("2025-04-01", "2025-04-02", ""),
        case("", "2025-04-02"),
    ]
    found = [faults(root, content) for content in (as_csv(wrong), as_parquet(wrong))]
    told = [[(each.row, each.column, each.value, each.expected) for each in one] for one in found]
    # The second file is delivered beside the first, and sorts after it.
    assert told[1][: len(told[0])] == told[0]
    assert [row for row, *_ in told[0]] == [3, 4, 5, 6]


def test_one_record_may_have_several_faults(root: DataRoot) -> None:
    """Each is named."""
    found = faults(root, as_csv([case("x", region="Norge", measure="y", chosen="z")]))
    assert [each.column for each in found] == ["listed_on", "measure", "patient_chosen", "region"]


def test_the_first_hundred_are_shown_and_all_are_counted(root: DataRoot) -> None:
    """By file and rule."""
    wrong = case("2025-04-02", "2025-04-01")
    found = faults(
        root,
        as_csv([GOOD, *[wrong] * 70, *[case("", region="Norge")] * 3]),
        as_parquet([GOOD, *[wrong] * 500]),
    )
    by_line = [fault for fault in found if fault.row]
    assert len(by_line) == SHOWN
    totals = [(each.file[-5:], each.column, each.value) for each in found if not each.row]
    # All of the first file's faults are shown, so only the second's are summed up.
    assert totals == [("rquet", "started_on", "500 records")]


def test_nothing_in_a_fault_says_who_it_is_about(root: DataRoot) -> None:
    """No date of a record, and no cell with a personal number in it."""
    wrong = [
        case("2025-04-17", "2025-04-13"),
        case("1999-12-24-"),
        case("2025-04-17", "", "19800101-1234"),
        case("2025-04-17", region="198001011234"),
        case("2025-04-17", region="Anna " * 20),
    ]
    found = faults(root, as_csv(wrong))
    assert len(found) == len(wrong)
    told = " ".join(str(each) for each in found)
    for secret in ("2025-04-17", "2025-04-13", "1999", "1980", "Anna"):
        assert secret not in re.sub(r"waiting_times/\S+", "", told)


def test_faults_of_lines_that_cannot_be_read_say_nothing_either(root: DataRoot) -> None:
    """What the reader says of them would quote them."""
    broken = as_csv([GOOD]) + b'01;treatment;2025-04-17;"2025-04-18;1\n01;treatment;secret\n'
    told = " ".join(str(each) for each in faults(root, broken))
    assert "secret" not in told
    assert "2025-04-17" not in told


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (CASE[:-1], {"patient_chosen": "Add"}),
        ([*CASE, "personal_number"], {"personal_number": "Leave the column out"}),
        (["Region", *CASE[1:]], {"region": "Add", "Region": "Leave the column out"}),
        ([*CASE, "region"], {"region": "Remove one"}),
    ],
)
def test_columns_are_the_layouts_and_no_others(
    root: DataRoot, header: list[str], told: dict[str, str]
) -> None:
    """What nobody asked for about a patient is not taken in."""
    content = (";".join(header) + "\n" + ";".join("x" for _ in header) + "\n").encode()
    found = faults(root, content)
    assert {each.column: each.advice for each in found}.keys() == told.keys()
    assert all(each.advice.startswith(told[each.column]) and each.row == 1 for each in found)


def test_unknown_columns_in_parquet_are_refused(root: DataRoot) -> None:
    """And lacking ones, all at once."""
    frame = pl.DataFrame({"name": ["Anna"], "region": ["01"]})
    found = faults(root, parquet(frame))
    assert [each.column for each in found] == [
        "listed_on",
        "measure",
        "name",
        "patient_chosen",
        "started_on",
    ]


@pytest.mark.parametrize(
    ("column", "series", "expected"),
    [
        ("region", pl.Series([1]), "01 has become 1"),
        ("region", pl.Series([b"01"]), "01 has become 1"),
        ("listed_on", pl.Series([20250401]), "dates"),
        ("listed_on", pl.Series([date(2025, 4, 1)]).cast(pl.Datetime("us", "UTC")), "time zone"),
        ("patient_chosen", pl.Series([1.0]), "booleans"),
        ("measure", pl.Series([1]), "text"),
        ("started_on", pl.Series([[1]]), "dates"),
    ],
)
def test_types_that_lose_something_are_refused(
    root: DataRoot, column: str, series: pl.Series, expected: str
) -> None:
    """Before anything is counted."""
    frame = pl.read_parquet(as_parquet([GOOD])).with_columns(series.alias(column))
    [fault] = faults(root, parquet(frame))
    assert (fault.row, fault.column) == (1, column)
    assert expected in fault.expected


@pytest.mark.parametrize(
    ("lines", "rows"),
    [
        (b"01;treatment;2025-04-01;2025-04-02;1;extra\n", [2]),
        (b"01;treatment;2025-04-01\n", [2]),
        (b"01;treatment;2025-04-01;;0\n01;treatment;2025-04-01;\n", [3]),
        (b"01;treatment;2025-04-01;;0\n\n01;treatment;2025-04-01", [4]),
        (b"01,treatment,2025-04-01,,0\n", [2]),
        (b"free text\n", [2]),
    ],
)
def test_rows_of_another_width_are_refused(root: DataRoot, lines: bytes, rows: list[int]) -> None:
    """Also a file cut off in its last line, which would else read as a case still waiting."""
    found = faults(root, ";".join(CASE).encode() + b"\n" + lines)
    assert [each.row for each in found] == rows
    assert all("5 cells" in each.expected for each in found)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (as_csv([GOOD] * 500) + b"\x00", "CSV text"),
        (as_csv([GOOD]) + b"\x81\n", "UTF-8 or Windows-1252"),
        (as_csv([GOOD]).decode().encode("utf-16"), "a table as CSV"),
        (as_csv([GOOD]).replace(b"\n", b"\r"), "line feed"),
        (b"", "a header"),
        (b"\n;;;;\n", "a header"),
        (as_parquet([GOOD])[:-20], "whole Parquet file"),
        (as_parquet([GOOD])[:4], "whole Parquet file"),
        (b"PAR1" + b"x" * 500 + b"PAR1", "whole Parquet file"),
    ],
)
def test_files_that_are_no_tables_are_refused(root: DataRoot, content: bytes, told: str) -> None:
    """With a message, and nothing else."""
    [fault] = faults(root, content)
    assert told in fault.expected


@pytest.mark.parametrize("place", range(4, 700, 29))
def test_a_damaged_parquet_file_is_refused_or_read(root: DataRoot, place: int) -> None:
    """Whatever byte is wrong, nothing but a refusal comes out of it."""
    content = bytearray(as_parquet([GOOD, case("2025-04-01", region="Skåne")] * 50))
    content[min(place, len(content) - 9)] ^= 0xFF
    try:
        counted(root, bytes(content))
    except DeliveryRefusedError as error:
        assert error.faults


def test_an_unclosed_quotation_mark_is_refused(root: DataRoot) -> None:
    """It would else swallow the lines after it."""
    content = as_csv([GOOD, GOOD]) + b'"01;treatment;2025-04-01;;0\n' + as_csv([GOOD] * 50)
    assert faults(root, content)


def test_a_file_with_something_else_in_a_key_column_is_refused_early(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting by what differs in every record would not fit in memory."""
    monkeypatch.setattr("storage.record_tallies.LARGE", 0)
    records = [case("2025-04-01", region=f"x{number}") for number in range(2000)]
    for content in (as_csv(records), as_parquet(records)):
        [fault] = faults(DataRoot(root.path / content[:4].hex()), content)
        assert "few spellings in the column 'region'" in fault.expected


def test_a_file_that_changes_meanwhile_is_refused(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was counted would not be what the hash says."""

    def changed(_: Any) -> bool:  # noqa: ANN401 - stands in for a method
        return True

    monkeypatch.setattr(DeliveredFile, "changed", changed)
    [fault] = faults(root, as_csv([GOOD]))
    assert "stays as it is" in fault.expected


def test_a_file_that_vanishes_is_refused(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between being hashed and being read."""
    for content in (as_csv([GOOD]), as_parquet([GOOD])):
        own = DataRoot(root.path / content[:4].hex())

        def hashed(file: DeliveredFile) -> str:
            file.path.unlink()
            return "0" * 64

        with monkeypatch.context() as patch:
            patch.setattr(DeliveredFile, "sha256", property(hashed))
            assert faults(own, content)


def test_the_month_is_the_deliverys(root: DataRoot) -> None:
    """April's operations are refused in May."""
    content = as_csv([operation("2025-04-30")], OPERATION)
    with pytest.raises(DeliveryRefusedError):
        counted(root, content, dataset="surgeries", month=date(2025, 5, 1))
