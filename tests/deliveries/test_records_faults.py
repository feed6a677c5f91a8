"""The record layout: what is refused, where it stands, and that no fault says who it is about."""

import re

import pytest

from deliveries.faults import DeliveryRefusedError, Fault
from schemas.places import DataRoot
from tests.deliveries.test_records import (
    OPERATION,
    Record,
    as_csv,
    as_parquet,
    case,
    counted,
    operation,
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
        (case("1899-12-31"), "listed_on", "", "YYYY-MM-DD"),
        (case("2025-04-01", "2100-01-01"), "started_on", "", "a date of 1900 to 2099"),
        (case("2025-04-01", "2199-12-31"), "started_on", "", "a date of 1900 to 2099"),
        (case("2025-04-01T14:30"), "listed_on", "", "YYYY-MM-DD"),
        (case("9999-12-31"), "listed_on", "", "YYYY-MM-DD"),
        (case("1900-01-01"), "listed_on", "", "a childhood"),
        (case("1900-01-01", "1900-01-02"), "listed_on", "", "a childhood"),
        (case("1999-04-01"), "listed_on", "", "a childhood"),
        (case("1999-04-01", "2025-04-02"), "listed_on", "", "a childhood"),
        (case("198001011234"), "listed_on", "", "YYYY-MM-DD"),
        (case("2025-04-01", "20250402"), "started_on", "", "YYYY-MM-DD"),
        (case("2025-04-01", "-"), "started_on", "", "YYYY-MM-DD"),
        (case("2025-04-01", "2025-04-02", ""), "patient_chosen", "", "1 or 0"),
        (case("2025-04-01", "2025-04-02", "maybe"), "patient_chosen", "", "ja, nej"),
        (case("2025-04-01", "", "2"), "patient_chosen", "", "ja, nej"),
        (case("2025-04-01", region="1"), "region", "", "county code"),
        (case("2025-04-01", region="Norge"), "region", "", "county code"),
        (case("2025-04-01", region="99"), "region", "", "in home_region alone"),
        (case("2025-04-01", region=""), "region", "", "county code"),
        (case("2025-04-01", region=".."), "region", "", "county code"),
        (case("2025-04-01", measure="surgery"), "measure", "", "first_visit"),
        (case("2025-04-01", measure="Treatment"), "measure", "", "first_visit"),
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
        (operation("2025-04-01", "NFB"), "kva_code", ""),
        (operation("2025-04-01", "NFB 49"), "kva_code", ""),
        (operation("2025-04-01", "ZXA00 CJE20"), "kva_code", ""),
        (operation("2025-04-01", "ZXA00,CJE20"), "kva_code", ""),
        (operation("2025-04-01", "Öga"), "kva_code", ""),
        (operation("2025-04-01", performing="99"), "performing_region", ""),
        (operation("2025-04-01", performing="Oslo"), "performing_region", ""),
        (operation("2025-04-01", provider="offentlig"), "provider_type", ""),
        (operation("2025-04-01", provider=""), "provider_type", ""),
    ],
)
def test_an_operation_is_refused(root: DataRoot, record: Record, column: str, value: str) -> None:
    """A code in small letters is not taken for another operation and skipped."""
    good = operation("2025-04-01")
    [fault] = faults(root, as_csv([good, record], OPERATION), dataset="surgeries")
    assert (fault.row, fault.column, fault.value) == (3, column, value)


@pytest.mark.parametrize("home", ["", "00", "98", "Utlandet"])
def test_the_way_of_a_patient_without_a_home_region_is_named(root: DataRoot, home: str) -> None:
    """Whoever writes otherwise that there is none is not led to write some county's code."""
    records = as_csv([operation("2025-04-01", home=home)], OPERATION)
    [fault] = faults(root, records, dataset="surgeries")
    assert fault.column == "home_region"
    assert "or 99 for a patient from abroad or without a home region" in fault.expected


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


def test_regions_are_wrong_for_several_reasons(root: DataRoot) -> None:
    """Each says what to do, once however many codes it is of."""
    odd = ["99", "26", "27", "26", *["42"] * 9, "Norge"]
    content = as_csv([case("2025-04-01", region=region) for region in ("01", *odd)])
    told = [(each.row, each.expected, each.advice) for each in faults(root, content)]
    assert [(row, advice[:21]) for row, _, advice in told] == [
        (3, "Write the county code"),
        (4, "Write the county code"),
        (16, "Write the county code"),
    ]
    assert told[0][2].endswith("leave the row out if it concerns no region.")
    assert told[1][1].endswith("the same code can mean different regions; so in 12 records")


def test_one_slip_in_many_records_is_told_once(root: DataRoot) -> None:
    """By file and rule, where the first stands and how many there are; a few each by their line."""
    wrong = case("2025-04-02", "2025-04-01")
    found = faults(
        root,
        as_csv([GOOD, *[wrong] * 70, *[case("", region="Norge")] * 3]),
        as_parquet([GOOD, *[wrong] * 500, case("2025-04-02", measure="x")]),
    )
    told = [(each.file[-5:], each.row, each.column, each.expected) for each in found]
    assert [(file, row, column) for file, row, column, _ in told] == [
        ("0.csv", 3, "started_on"),
        *(("0.csv", row, column) for row in (73, 74, 75) for column in ("listed_on", "region")),
        ("rquet", 3, "started_on"),
        ("rquet", 503, "measure"),
    ]
    many = [expected.partition("; so ")[2] for *_, expected in told]
    assert sorted(filter(None, many)) == ["in 500 records", "in 70 records"]


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
