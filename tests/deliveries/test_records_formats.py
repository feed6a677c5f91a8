"""The record layout: the ways in which programs write the same records."""

import subprocess
import sys
import textwrap
from datetime import date, datetime
from pathlib import Path

import duckdb
import polars as pl
import pytest

from schemas.places import CHECKOUT, DataRoot
from tests.deliveries.test_records import CASE, as_csv, as_parquet, case, counted, parquet
from tests.deliveries.test_records_faults import faults

RECORDS = [
    case("2025-02-01", "2025-04-01", "1", "Västra Götalandsregionen", "first_visit"),
    case("2025-02-01", "2025-04-01", "0", "14", "first_visit"),
    case("2025-04-01", "", "", "Region Skåne"),
    case("2025-04-01", "", "0", "skåne"),
]
EXPECTED = [("14", "first_visit", 2, 0, 1, 0, 0), ("12", "treatment", 0, 0, 0, 2, 2)]


def told(root: DataRoot, *files: bytes) -> list[tuple[object, ...]]:
    """The rows that are not all zero."""
    rows = counted(root, *files).rows.rows()
    return sorted((row for row in rows if any(row[2:])), key=str, reverse=True)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
@pytest.mark.parametrize("separator", [";", ","])
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("quoting", [0, 1], ids=["plain", "quoted"])
def test_csv_however_it_is_written(
    root: DataRoot, encoding: str, separator: str, line_end: str, quoting: int
) -> None:
    """Encodings, separators, line ends, quotes."""
    text = as_csv(RECORDS, delimiter=separator, lineterminator=line_end, quoting=quoting).decode()
    assert told(root, text.encode(encoding)) == EXPECTED


def test_empty_lines_are_passed_over(root: DataRoot) -> None:
    """Before the header, between records, and as rows of separators; lines keep their numbers."""
    first, *rest = as_csv(RECORDS).split(b"\n")
    content = b"\n\n" + first + b"\n\n" + b"\n;;;;\n".join(rest) + b"\n\n"
    assert told(root, content) == EXPECTED
    assert counted(root, content).notes["records"] == len(RECORDS)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_lines_are_numbered_as_an_editor_does(root: DataRoot, encoding: str) -> None:
    """Empty ones before the header and between the records too."""
    text = "\n" + as_csv(RECORDS).decode() + "\n\nNorge;treatment;2025-04-01;;0"
    assert [fault.row for fault in faults(root, text.encode(encoding))] == [9]


def test_a_file_of_several_pieces(root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is not in UTF-8 is decoded a piece at a time, cut between lines."""
    monkeypatch.setattr("deliveries.patients.text.PIECE", 100)
    text = as_csv(RECORDS * 20).decode()
    assert [row[2:] for row in told(root, text.encode("cp1252"))] == [
        (40, 0, 20, 0, 0),
        (0, 0, 0, 40, 40),
    ]
    wrong = text + "Skåne;treatment;2025-04-01;2025-03-01;0\nSkåne;treatment;2025-04-01"
    assert [fault.row for fault in faults(root, wrong.encode("cp1252"))] == [83]
    monkeypatch.setattr("deliveries.patients.text.LONGEST_LINE", 200)
    [fault] = faults(root, text.encode("cp1252") + b"x" * 1000)
    assert "lines of less than 200 bytes" in fault.expected


@pytest.mark.parametrize("columns", [CASE[::-1], [*CASE[3:], *CASE[:3]]])
def test_columns_may_stand_in_any_order(root: DataRoot, columns: list[str]) -> None:
    """Whichever comes last."""
    assert told(root, as_csv(RECORDS, columns)) == EXPECTED


def test_files_may_be_mixed(root: DataRoot) -> None:
    """CSV beside Parquet, each with an order and an encoding of its own."""
    files = [as_csv(RECORDS[:1]).decode().encode("cp1252"), as_parquet(RECORDS[1:3])]
    assert told(root, *files, as_csv(RECORDS[3:], CASE[::-1])) == EXPECTED


@pytest.mark.parametrize(
    ("word", "chosen"),
    [
        *((word, 1) for word in ("1", "true", "TRUE", "Ja", "jA", " ja ")),
        *((word, 0) for word in ("0", "false", "False", "nej", "NEJ")),
    ],
)
def test_booleans(root: DataRoot, word: str, chosen: int) -> None:
    """In any case."""
    [row] = told(root, as_csv([case("2025-02-01", "2025-04-01", word)]))
    assert row[2:5] == (1, 0, chosen)


@pytest.mark.parametrize("space", [" ", "  ", "\t", "\N{NO-BREAK SPACE}"])
def test_spaces_around_a_date(root: DataRoot, space: str) -> None:
    """Do not matter, in CSV and where Parquet holds text."""
    spaced = case(f"{space}2025-02-01", f"2025-04-01{space}", "1")
    texts = pl.DataFrame([spaced], schema=dict.fromkeys(CASE, pl.String))
    for content in (as_csv([spaced]), parquet(texts)):
        [row] = told(DataRoot(root.path / content[:4].hex()), content)
        assert row[2:5] == (1, 0, 1)


@pytest.mark.parametrize(
    "kinds",
    [
        {"listed_on": pl.Datetime("us"), "started_on": pl.Datetime("ns")},
        {"listed_on": pl.Datetime("ms"), "started_on": pl.String},
        {"listed_on": pl.String, "patient_chosen": pl.Int64},
        {"patient_chosen": pl.String},
        {"listed_on": pl.Categorical, "started_on": pl.Categorical},
        {"patient_chosen": pl.UInt8, "region": pl.Categorical, "measure": pl.Categorical},
        {"region": pl.Enum(["Västra Götalandsregionen", "14", "Region Skåne", "skåne"])},
    ],
)
def test_parquet_types(root: DataRoot, kinds: dict[str, pl.DataType]) -> None:
    """As pandas, R, DuckDB and Polars store the same."""
    frame = pl.read_parquet(as_parquet(RECORDS))
    frame = frame.with_columns(
        pl.col(name).cast(pl.String).cast(kind)
        if kind == pl.Categorical
        else pl.col(name).cast(kind)
        for name, kind in kinds.items()
    )
    assert told(root, parquet(frame)) == EXPECTED


def test_a_column_without_any_value(root: DataRoot) -> None:
    """Has no type in Parquet: nobody had started."""
    frame = pl.read_parquet(as_parquet(RECORDS[2:])).with_columns(started_on=None)
    assert told(root, parquet(frame)) == EXPECTED[1:]


def test_a_timestamp_with_a_time_is_no_date(root: DataRoot) -> None:
    """Which day it means is the sender's to say."""
    moment = pl.lit(datetime(2025, 4, 1, 22))  # noqa: DTZ001 - without a time zone on purpose
    frame = pl.read_parquet(as_parquet(RECORDS)).with_columns(listed_on=moment)
    assert {fault.column for fault in faults(root, parquet(frame))} == {"listed_on"}


def test_dates_of_duckdb(root: DataRoot) -> None:
    """A second writer of Parquet, with pages and row groups of its own."""
    path = root.path / "written.parquet"
    path.parent.mkdir(parents=True, exist_ok=True)
    frame = pl.read_parquet(as_parquet(RECORDS * 500))
    with duckdb.connect() as connection:
        connection.register("frame", frame.to_arrow())
        connection.sql(f"COPY frame TO '{path}' (FORMAT parquet, ROW_GROUP_SIZE 2048)")
    assert [row[2:] for row in told(root, path.read_bytes())] == [
        (1000, 0, 500, 0, 0),
        (0, 0, 0, 1000, 1000),
    ]


COUNT = """
    import sys
    from datetime import date, datetime
    from pathlib import Path
    from deliveries.delivered import DeliveredFile, Delivery
    from deliveries.patients.records import count_records
    raw = Path(sys.argv[1])
    words = {"measure": ["first_visit", "assessment", "treatment"]}
    [path] = (raw / "waiting_times" / "2025-04").iterdir()
    file = DeliveredFile(path, path.name, "", path.stat().st_size)
    delivery = Delivery("waiting_times", date(2025, 4, 1), date(2025, 5, 20), (file,))
    print(count_records(delivery).notes["records"])
    # Linux's own account: that of getrusage begins with what the parent held when it forked.
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) // 1024)
"""


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["parquet", "csv", "cp1252"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, kind: str) -> None:
    """Three million records take less than a gigabyte, and little more than a tenth of them."""
    peaks = []
    for records in (300_000, 3_000_000):
        raw = tmp_path / str(records)
        folder = raw / "waiting_times" / "2025-04"
        folder.mkdir(parents=True)
        number = pl.col("number")
        listed = pl.lit(date(2025, 4, 30)) - pl.duration(days=number % 400)
        region = "Region Skåne" if kind == "cp1252" else "14"
        frame = pl.LazyFrame({"number": pl.int_range(records, eager=True)}).select(
            region=pl.lit(region),
            measure=pl.lit("treatment"),
            listed_on=listed,
            started_on=pl.when(number % 3 == 0).then(listed + pl.duration(days=number % 60)),
            patient_chosen=(number % 2).cast(pl.Boolean if kind == "parquet" else pl.Int64),
        )
        if kind == "parquet":
            frame.sink_parquet(folder / "2025-05-20.parquet")
        else:
            path = folder / "2025-05-20.csv"
            frame.sink_csv(path, separator=";")
            if kind == "cp1252":
                path.write_bytes(path.read_bytes().decode().encode("cp1252"))
        done = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(COUNT), str(raw)],
            check=True,
            capture_output=True,
            text=True,
            cwd=CHECKOUT,
        )
        counted_records, peak = map(int, done.stdout.split())
        assert counted_records == records
        peaks.append(peak)
    assert peaks[1] < 1000
    assert peaks[1] < peaks[0] + 450
