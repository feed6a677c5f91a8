"""The record layout: counts equal to those of a plain count in Python, whatever the files look like."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from deliveries.faults import DeliveryRefusedError
from deliveries.layouts.cells import Cells
from deliveries.patients.records import count_records
from schemas.months import month_key
from schemas.places import DataRoot
from tests.deliveries.delivering import copy_of, deliver

CASE = ["region", "measure", "listed_on", "started_on", "patient_chosen"]
OPERATION = ["operation_date", "kva_code", "home_region", "performing_region", "provider_type"]
APRIL = date(2025, 4, 1)

Record = dict[str, Any]


def case(
    listed: str,
    started: str = "",
    chosen: str = "0",
    region: str = "01",
    measure: str = "treatment",
) -> Record:
    """A waiting case, with dates as ISO writes them."""
    return dict(zip(CASE, (region, measure, listed, started, chosen), strict=True))


def operation(
    day: str,
    code: str = "NFB49",
    home: str = "01",
    performing: str = "01",
    provider: str = "public",
) -> Record:
    """An operation."""
    return dict(zip(OPERATION, (day, code, home, performing, provider), strict=True))


def as_csv(records: Iterable[Record], header: Sequence[str] = CASE, **style: Any) -> bytes:  # noqa: ANN401 - the csv module's own
    """The records as a CSV file in UTF-8, with `;` if no style says otherwise."""
    text = io.StringIO(newline="")
    style = {"delimiter": ";", "lineterminator": "\n"} | style
    writer = csv.DictWriter(text, header, **style)
    writer.writeheader()
    writer.writerows(records)
    return text.getvalue().encode()


def as_parquet(records: Sequence[Record], header: Sequence[str] = CASE) -> bytes:
    """The records as Parquet, with dates as dates and choice as a boolean."""
    dates = {"listed_on", "started_on", "operation_date"}
    columns: dict[str, pl.Series] = {}
    for name in header:
        cells = [record[name] or None for record in records]
        text = pl.Series(name, cells, dtype=pl.String)
        if name in dates:
            columns[name] = text.str.to_date("%Y-%m-%d")
        elif name == "patient_chosen":
            columns[name] = pl.Series(name, [cell and cell == "1" for cell in cells], pl.Boolean)
        else:
            columns[name] = text
    return parquet(pl.DataFrame(columns))


def parquet(frame: pl.DataFrame) -> bytes:
    """The frame as a Parquet file."""
    content = io.BytesIO()
    frame.write_parquet(content)
    return content.getvalue()


def counted(
    root: DataRoot, *files: bytes, dataset: str = "waiting_times", month: date = APRIL
) -> Cells:
    """The counts of files delivered on one day."""
    folder = f"{dataset}/{month_key(month)}"
    for number, content in enumerate(files):
        ending = "parquet" if content.startswith(b"PAR1") else "csv"
        deliver(root, f"{folder}/2030-01-15__{number:03}.{ending}", content)
    return count_records(copy_of(root, folder))


def counts(root: DataRoot, *records: Record, month: date = APRIL) -> tuple[int, ...]:
    """The five counts of the only region and measure that has records, told by CSV and Parquet."""
    told = []
    # Beside them one of another measure that started: a month has cases that did.
    records = (*records, case(month.isoformat(), month.isoformat(), measure="assessment"))
    for number, content in enumerate((as_csv(records), as_parquet(records))):
        rows = counted(DataRoot(root.path / str(number)), content, month=month).rows
        told.append(rows.filter(measure="treatment").select(pl.exclude("measure")).row(0)[1:])
    assert told[0] == told[1]
    return told[0]


@pytest.mark.parametrize(
    ("listed", "started", "chosen", "expected"),
    [
        # completed, within 30, chosen, waiting, waiting within 30
        ("2025-03-02", "2025-04-01", "0", (1, 1, 0, 0, 0)),  # the first day, 30 days
        ("2025-03-01", "2025-04-01", "0", (1, 0, 0, 0, 0)),  # 31 days
        ("2025-03-01", "2025-04-01", "1", (1, 0, 1, 0, 0)),  # 31 days, at the patient's choice
        ("2025-03-02", "2025-04-01", "1", (1, 1, 0, 0, 0)),  # 30 days: the choice does not matter
        ("2025-04-30", "2025-04-30", "1", (1, 1, 0, 0, 0)),  # the last day, no wait
        ("2025-03-31", "2025-05-01", "0", (0, 0, 0, 1, 1)),  # starts the day after: waiting, 30
        ("2025-03-30", "2025-05-01", "1", (0, 0, 0, 1, 0)),  # waiting, 31
        ("2025-03-31", "", "", (0, 0, 0, 1, 1)),
        ("2025-03-30", "", "1", (0, 0, 0, 1, 0)),
        ("2025-04-30", "", "0", (0, 0, 0, 1, 1)),  # listed on the last day
        ("2025-05-01", "", "0", (0, 0, 0, 0, 0)),  # listed after the month
        ("2025-05-01", "2025-05-02", "0", (0, 0, 0, 0, 0)),
        ("2025-01-01", "2025-03-31", "", (0, 0, 0, 0, 0)),  # started before the month
        ("2007-05-01", "2025-04-15", "0", (1, 0, 0, 0, 0)),
        ("1999-01-01", "2001-04-15", "0", (0, 0, 0, 0, 0)),
        ("2025-04-01", "2031-01-01", "0", (0, 0, 0, 1, 1)),
        ("2025-04-01", "9999-12-31", "0", (0, 0, 0, 1, 1)),
    ],
)
def test_a_case_in_april(
    root: DataRoot, listed: str, started: str, chosen: str, expected: tuple[int, ...]
) -> None:
    """On the edges of the month and of 30 days."""
    assert counts(root, case(listed, started, chosen)) == expected


@pytest.mark.parametrize(
    ("month", "listed", "started", "expected"),
    [
        (date(2024, 2, 1), "2024-01-30", "2024-02-29", (1, 1, 0, 0, 0)),  # a leap year's last day
        (date(2024, 2, 1), "2024-01-30", "2024-03-01", (0, 0, 0, 1, 1)),
        (date(2024, 2, 1), "2024-01-29", "", (0, 0, 0, 1, 0)),  # 31 days to 29 February
        (date(2025, 2, 1), "2025-01-29", "", (0, 0, 0, 1, 1)),  # 30 days to 28 February
        (date(2024, 3, 1), "2024-02-01", "2024-03-02", (1, 1, 0, 0, 0)),  # over 29 February
        (date(2025, 3, 1), "2025-02-01", "2025-03-04", (1, 0, 0, 0, 0)),
        (date(2025, 1, 1), "2024-12-02", "2025-01-01", (1, 1, 0, 0, 0)),  # over the new year
        (date(2024, 12, 1), "2024-12-01", "2025-01-01", (0, 0, 0, 1, 1)),
        (date(2025, 1, 1), "2024-12-01", "2024-12-31", (0, 0, 0, 0, 0)),
    ],
)
def test_a_case_in_other_months(
    root: DataRoot, month: date, listed: str, started: str, expected: tuple[int, ...]
) -> None:
    """Leap years and the turn of the year."""
    assert counts(root, case(listed, started), month=month) == expected


@pytest.mark.parametrize(
    "records",
    [
        [case("2025-01-01", "2025-03-31")],
        [case("2025-05-01"), case("2025-05-02", "2025-05-03")],
        [case("2025-01-01", "2025-03-31"), case("2025-05-01", region="03")] * 50,
    ],
)
def test_records_of_another_month_are_refused(root: DataRoot, records: list[Record]) -> None:
    """Of which none concerns the month: their regions have not reported zero."""
    for number, content in enumerate((as_csv(records), as_parquet(records))):
        with pytest.raises(DeliveryRefusedError) as refused:
            counted(DataRoot(root.path / str(number)), content)
        [fault] = refused.value.faults
        assert fault.expected == "a record that concerns 2025-04"


@pytest.mark.parametrize("month", ["2025-03", "2025-05", "2024-04"])
@pytest.mark.parametrize("own", [0, 1])
def test_records_of_another_month_of_whom_some_wait(root: DataRoot, month: str, own: int) -> None:
    """They wait in April too, but the month's own cases started in it."""
    listed = f"{month}-01"
    records = [case("2024-03-01"), case(listed, "9999-12-31")]
    records += [case(listed, f"{month}-{day:02}") for day in range(1, 22 if own else 6)]
    records += [case("2025-01-01", "2025-02-03"), *[case("2025-04-01", "2025-04-07")] * own]
    for number, content in enumerate((as_csv(records), as_parquet(records))):
        with pytest.raises(DeliveryRefusedError) as refused:
            counted(DataRoot(root.path / str(number)), content)
        [fault] = refused.value.faults
        told = f"cases that started in 2025-04: {own} did, the others in {month}"
        assert fault.expected == told


def test_all_cases_of_a_year_hold_those_of_the_month(root: DataRoot) -> None:
    """Each month with its own starts, and those who wait alone: nothing tells against the month."""
    year = [case(f"2025-{month:02}-01", f"2025-{month:02}-20") for month in range(1, 13)] * 30
    result = counted(root, as_csv(year))
    assert result.rows["completed"].sum() == 30
    alone = DataRoot(root.path / "alone")
    assert counted(alone, as_csv([case("2025-03-01")] * 30)).rows["waiting"].sum() == 30


def test_a_region_with_any_record_reports_zero_for_the_rest(root: DataRoot) -> None:
    """Even if its records are all passed over; a region without any did not report."""
    other = case("2025-01-01", "2025-02-01")
    own = case("2025-04-01", "2025-04-02", region="03")
    result = counted(root, as_csv([other, case("2025-06-01"), own]))
    assert result.rows.filter(region_code="03")["completed"].sum() == 1
    result = replace(result, rows=result.rows.filter(region_code="01"))
    assert result.rows.select("region_code", "measure").rows() == [
        ("01", "assessment"),
        ("01", "first_visit"),
        ("01", "treatment"),
    ]
    assert result.rows.select(pl.exclude("region_code", "measure")).sum().row(0) == (0,) * 5
    assert result.notes == {
        "files": 1,
        "records": 3,
        "records ignored, started before the month": 1,
        "records ignored, listed after the month": 1,
    }


def test_the_columns_are_those_of_the_table(root: DataRoot) -> None:
    """With their types; the month and the delivery are for the reader to add."""
    rows = counted(root, as_csv([case("2025-04-01")])).rows
    counts = ("completed", "completed_within_30", "completed_patient_chosen", "waiting")
    assert rows.schema == {
        "region_code": pl.String,
        "measure": pl.String,
        **dict.fromkeys((*counts, "waiting_within_30"), pl.Int64),
    }


@pytest.mark.parametrize(
    ("listed", "started", "chosen", "expected"),
    [
        ("2025-03-10 00:00:00", "2025-04-02T00:00", "FALSKT", (1, 1, 0, 0, 0)),
        ("2025-03-01 00:00:00.000", "2025-04-01", "SANT", (1, 0, 1, 0, 0)),
        ("2025-03-01", "2025-04-01", "sant", (1, 0, 1, 0, 0)),
    ],
)
def test_what_databases_and_spreadsheets_write(
    root: DataRoot, listed: str, started: str, chosen: str, expected: tuple[int, ...]
) -> None:
    """Midnight behind a date, and Swedish words for a flag."""
    rows = counted(root, as_csv([case(listed, started, chosen)])).rows
    assert rows.filter(measure="treatment").select(pl.exclude("measure")).row(0)[1:] == expected


@pytest.mark.parametrize("line", ["01;treatment;2025-03-01;2025-04-01;1;", ";;;;;"])
def test_a_column_without_name_and_content(root: DataRoot, line: str) -> None:
    """A separator at the end of every line makes no column."""
    header = ";".join([*CASE, ""])
    good = "01;treatment;2025-03-01;2025-04-01;1;"
    rows = counted(root, f"{header}\n{good}\n{line}\n".encode()).rows
    assert rows.filter(measure="treatment")["completed"].item() == 1 + line.startswith("01")


def test_empty_text_in_parquet(root: DataRoot) -> None:
    """It is as empty as in CSV: the patient waits."""
    record = {
        "region": "01",
        "measure": "treatment",
        "listed_on": "2025-04-11",
        "started_on": "",
        "patient_chosen": "",
    }
    rows = counted(root, parquet(pl.DataFrame([record]))).rows
    assert rows.filter(measure="treatment").select("completed", "waiting").row(0) == (0, 1)


def test_each_file_is_of_one_numbering(root: DataRoot) -> None:
    """A code that is in both means what the other codes of its own file say: 12 is Uppsala beside 41."""
    files = [
        as_csv([case("2025-04-11", region=code) for code in codes])
        for codes in (("12", "41"), ("12", "01"), ("10", "Region Halland", "14"), ("65",))
    ]
    result = counted(root, *files)
    waiting = result.rows.filter(measure="treatment").select("region_code", "waiting").rows()
    expected = {"01": 1, "03": 1, "10": 1, "12": 2, "13": 1, "14": 1, "25": 1}
    assert dict(waiting) == expected


@pytest.mark.parametrize("written", ["12 ", " 12", "12\u00a0", "Region 12", "region  12"])
def test_a_code_of_the_database_however_written(root: DataRoot, written: str) -> None:
    """It is Uppsala's too, where the same code stands alone beside."""
    rows = [case("2025-04-11", region=code) for code in ("41", "12", written)]
    waiting = counted(root, as_csv(rows)).rows.filter(measure="treatment")
    assert dict(waiting.select("region_code", "waiting").rows()) == {"12": 1, "03": 2}


@pytest.mark.parametrize("beside", [["01"], ["25", "10"]])
def test_codes_of_both_numberings_are_the_counties(root: DataRoot, beside: list[str]) -> None:
    """12 is Skåne where a file beside has a code that is no other numbering's."""
    files = [[case("2025-04-11", region=code)] for code in (*beside, "12")]
    rows = counted(root, *map(as_csv, files)).rows.filter(measure="treatment")
    assert set(rows["region_code"]) == {*beside, "12"}


@pytest.mark.parametrize("beside", [["01", "26"], ["26"], ["10"], []])
def test_a_file_whose_codes_are_in_both_numberings(root: DataRoot, beside: list[str]) -> None:
    """Alone, or beside one of the database's, nobody can say whether 12 is Skåne or Uppsala."""
    files = [as_csv([case("2025-04-11", region=code)]) for code in beside]
    doubtful = [case("2025-04-11", region=code) for code in ("12", "Region 24", "Region Gotland")]
    with pytest.raises(DeliveryRefusedError) as caught:
        counted(root, *files, as_csv(doubtful))
    expected = "12, 24 mean other regions in another numbering"
    assert expected in caught.value.faults[-1].expected


RESAVED = [
    lambda content: content.replace(b"\n", b"\r\n"),
    lambda content: content + b"\n\n",
    lambda content: b"\xef\xbb\xbf" + content,
    lambda content: content.replace(b";", b","),
    lambda content: b"\n".join([content.splitlines()[0], *reversed(content.splitlines()[1:])]),
    lambda content: parquet(pl.read_csv(content, separator=";", infer_schema=False)),
    lambda content: parquet(
        pl.read_csv(content, separator=";", schema_overrides={"region": pl.String})
    ),
    lambda content: parquet(
        pl.read_csv(
            content, separator=";", schema_overrides={"region": pl.String}, try_parse_dates=True
        ).with_columns(pl.col("patient_chosen").cast(pl.Boolean))
    ),
    lambda content: content.replace(b";0\n", b";Nej\n"),
    lambda content: content.replace(b";0\n", b";false\n"),
    lambda content: content.replace(b"20;0\n", b"20 00:00:00;0\n"),
    lambda content: content.replace(b";;0\n", b";9999-12-31;0\n"),
    lambda content: content.replace(b"\n01;", b"\nRegion Stockholm;"),
    lambda content: content.replace(b"\n01;", b"\n01 ;").replace(b";2025", b"; 2025"),
    lambda content: content.replace(b"\n01;", b'\n"01";'),
]


@pytest.mark.parametrize("resave", RESAVED)
def test_records_saved_anew_beside_themselves(
    root: DataRoot, resave: Callable[[bytes], bytes]
) -> None:
    """They would count twice, whatever the bytes are; other records that count alike are others."""
    days = [f"2025-04-{day:02}" for day in range(1, 8)]
    waiting = case("2025-04-08")
    content = as_csv([*(case(day, "2025-04-20") for day in days), waiting])
    others = as_csv([*(case(day, "2025-04-21") for day in days), waiting])
    assert counted(root, content, others).notes["records"] == 2 * (len(days) + 1)
    deliver(root, "waiting_times/2025-04/2030-01-16__a.csv", content)
    again = resave(content)
    ending = "parquet" if again.startswith(b"PAR1") else "csv"
    deliver(root, f"waiting_times/2025-04/2030-01-16__b.{ending}", again)
    with pytest.raises(DeliveryRefusedError) as caught:
        count_records(copy_of(root, "waiting_times/2025-04"))
    [fault] = caught.value.faults
    assert "other records than those of" in fault.expected


def test_operations_are_counted_by_their_codes_beginning(root: DataRoot) -> None:
    """Other codes are skipped and counted; what a home region lacks is zero, and of a procedure without codes is no row."""
    records = [
        operation("2025-04-01", "CJE20"),
        operation("2025-04-30", "CJD10"),
        operation("2025-04-30", "CJC10", performing="12", provider="private"),
        operation("2025-04-15", "NFB49", home="Region Skåne", performing="Skåne län"),
        operation("2025-04-15", "NFA00", home="03"),
        operation("2025-04-15", "DF009", home="03"),
        operation("2025-04-15", " NFA00 ", home="03"),
        operation("2025-04-15", "CJE20", home="99"),
    ]
    for number, content in enumerate((as_csv(records, OPERATION), as_parquet(records, OPERATION))):
        own = DataRoot(root.path / str(number))
        result = counted(own, content, dataset="surgeries")
        assert result.rows.filter(pl.col("operations") > 0).rows() == [
            ("01", "cataract", "01", "public", 2),
            ("01", "cataract", "12", "private", 1),
            ("12", "hip_replacement", "12", "public", 1),
        ]
        zeros = result.rows.filter(operations=0).select("home_region_code", "procedure").rows()
        assert zeros == [
            ("01", "hip_replacement"),
            ("01", "prolapse"),
            ("03", "cataract"),
            ("03", "hip_replacement"),
            ("03", "prolapse"),
            ("12", "cataract"),
            ("12", "prolapse"),
        ]
        assert result.notes["operations skipped, of other KVÅ codes"] == 3
        assert result.notes["other KVÅ codes"] == "NFA00 2, DF009 1"
        abroad = "operations skipped, of patients without a home region (99)"
        assert result.notes[abroad] == 1
        assert result.rows.schema["operations"] == pl.Int64


def test_a_folder_of_parts_is_one_delivery(root: DataRoot) -> None:
    """As Spark and DuckDB write them, one of them empty."""
    folder = "waiting_times/2025-04/2030-01-15"
    for number, records in enumerate(([case("2025-04-01")], [], [case("2025-04-02")] * 3)):
        deliver(root, f"{folder}/part-{number}.parquet", as_parquet(records))
    result = count_records(copy_of(root, "waiting_times/2025-04"))
    assert result.rows["waiting"].sum() == 4
    assert result.notes == {"files": 3, "records": 4}


def test_a_file_is_taken_by_its_name_as_it_stands(root: DataRoot) -> None:
    """Brackets and stars in a name are no pattern, and folders are no columns."""
    name = "waiting_times/2025-04/2030-01-15/measure=treatment/[ab]*.parquet"
    path: Path = deliver(root, name, as_parquet([case("2025-04-01")]))
    assert path.is_file()
    assert count_records(copy_of(root, name)).rows["waiting"].sum() == 1


def test_a_procedure_that_nobody_in_the_country_has_a_record_of(root: DataRoot) -> None:
    """It is zero, as of a region without a record of it, and is remarked on: an extract by code may have left it out."""
    operations = [operation("2025-04-02"), operation("2025-04-03", "CJC10", "03", "03")]
    found = counted(root, as_csv(operations, OPERATION), dataset="surgeries")
    assert found.rows.filter(procedure="prolapse")["operations"].to_list() == [0, 0]
    assert [(each.what, each.of) for each in found.remarks] == [
        ("zero in the country, for no record is of it", "prolapse")
    ]
