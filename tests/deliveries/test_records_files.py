"""The record layout: files that are refused whole, for their columns, their types or their bytes."""

import io
from datetime import date

import polars as pl
import pyarrow.parquet as pq
import pytest

from deliveries.faults import DeliveryRefusedError
from schemas.places import DataRoot
from tests.deliveries.test_records import (
    CASE,
    OPERATION,
    as_csv,
    as_parquet,
    case,
    counted,
    operation,
    parquet,
)
from tests.deliveries.test_records_faults import GOOD, faults


@pytest.mark.parametrize(
    ("header", "told"),
    [
        (CASE[:-1], {"patient_chosen": "Add"}),
        ([*CASE, "personal_number"], {"column 6": "Leave the column out"}),
        (["Region", *CASE[1:]], {"": "Write the headers in small letters"}),
        ([name.upper() for name in CASE], {"": "Write the headers in small letters"}),
        ([*map(str.title, CASE[1:]), "Anna"], {"": "Write", "region": "Add", "column 5": "Leave"}),
        ([*CASE, "region"], {"region": "Remove one"}),
    ],
)
def test_columns_are_the_layouts_and_no_others(
    root: DataRoot, header: list[str], told: dict[str, str]
) -> None:
    """What nobody asked for about a patient is not taken in."""
    content = (";".join(header) + "\n" + ";".join("x" for _ in header) + "\n").encode()
    found = faults(root, content)
    assert sorted(each.column for each in found) == sorted(told)
    assert all("Anna" not in str(each) for each in found)
    assert all(each.advice.startswith(told[each.column]) and each.row == 1 for each in found)


def test_unknown_columns_in_parquet_are_refused(root: DataRoot) -> None:
    """And lacking ones, all at once."""
    frame = pl.DataFrame({"name": ["Anna"], "region": ["01"]})
    found = faults(root, parquet(frame))
    assert [each.column for each in found] == [
        "column 1",
        "listed_on",
        "measure",
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
def test_a_damaged_parquet_file_is_refused_or_counted_right(root: DataRoot, place: int) -> None:
    """Whichever byte is wrong: a refusal, or the counts of the whole file."""
    whole = as_parquet([GOOD, case("2025-04-01", region="Skåne")] * 50)
    content = bytearray(whole)
    content[min(place, len(content) - 9)] ^= 0xFF
    try:
        found = counted(DataRoot(root.path / "damaged"), bytes(content))
    except DeliveryRefusedError:
        return
    assert found.rows.equals(counted(DataRoot(root.path / "whole"), whole).rows)


@pytest.mark.parametrize("records", [1, 5000])
def test_a_parquet_file_that_is_not_what_its_checksums_say(root: DataRoot, records: int) -> None:
    """One region's code in place of another's reads as well as the right one."""
    content = io.BytesIO()
    table = pq.read_table(io.BytesIO(as_parquet([GOOD] * records)))
    pq.write_table(table, content, write_page_checksum=True, compression="none")
    assert counted(root, content.getvalue()).rows["completed"].sum() == records
    assert content.getvalue().count(b"\x02\x00\x00\x0001") == 1
    damaged = content.getvalue().replace(b"\x02\x00\x00\x0001", b"\x02\x00\x00\x0003")
    [fault] = faults(DataRoot(root.path / "damaged"), damaged)
    assert "whole Parquet file" in fault.expected


def test_an_unclosed_quotation_mark_is_refused(root: DataRoot) -> None:
    """It would else swallow the lines after it."""
    content = as_csv([GOOD, GOOD]) + b'"01;treatment;2025-04-01;;0\n' + as_csv([GOOD] * 50)
    assert faults(root, content)


def test_a_file_with_something_else_in_a_key_column_is_refused_early(
    root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counting by what differs in every record would not fit in memory."""
    monkeypatch.setattr("deliveries.patients.tallies.LARGE", 0)
    records = [case("2025-04-01", region=f"x{number}") for number in range(2000)]
    for content in (as_csv(records), as_parquet(records)):
        [fault] = faults(DataRoot(root.path / content[:4].hex()), content)
        assert "few spellings in the column 'region'" in fault.expected


def test_text_of_two_encodings_is_refused(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """As two files pasted together would be, however far apart."""
    monkeypatch.setattr("deliveries.patients.text.PIECE", 100)
    text = as_csv([case("2025-04-01", region="Region Skåne")] * 20).decode()
    content = text.encode() + text.partition("\n")[2].encode("cp1252")
    [fault] = faults(root, content)
    assert "not in both" in fault.expected


def test_the_month_is_the_deliverys(root: DataRoot) -> None:
    """April's operations are refused in May."""
    content = as_csv([operation("2025-04-30")], OPERATION)
    with pytest.raises(DeliveryRefusedError):
        counted(root, content, dataset="surgeries", month=date(2025, 5, 1))
