"""Reading deliveries: every row checked by its table's model, each delivery whole or not at all."""

from datetime import date
from itertools import chain

import polars as pl
import pytest
import xlsxwriter

from deliveries.faults import fault_table
from deliveries.reading import read_deliveries
from schemas.months import add_months, month_key
from schemas.places import DataRoot
from schemas.regions import region_codes
from tests.deliveries.case_files import Case, cases
from tests.deliveries.delivering import (
    APRIL,
    FILE,
    accepted,
    copy_of,
    deliver,
    faults_in,
    lines,
    refusal,
    taken_or_refused,
)

HEADERS = {
    "waiting_times": "region;measure;completed;completed_within_30;waiting;waiting_within_30;"
    "completed_patient_chosen",
    "population": "region;age_group;population",
    "surgeries": "home_region;procedure;performing_region;provider_type;operations",
}
GOOD = {
    "waiting_times": "03;first_visit;3;1;1;1;1",
    "population": "03;0-18;1000",
    "surgeries": "03;cataract;03;public;5",
}


def file_of(dataset: str, month: date = APRIL) -> str:
    """The name of a dataset's file."""
    return f"{dataset}/{month_key(month)}/2025-05-20.csv"


def content(dataset: str, *rows: str) -> str:
    """A file of the dataset."""
    return lines(*rows, header=HEADERS[dataset])


@pytest.mark.parametrize("case", cases("row_faults.csv"))
def test_a_row_is_refused(root: DataRoot, case: Case) -> None:
    """With file, line, column, value, what was expected and what to do."""
    name = file_of(case["dataset"])
    [fault] = faults_in(root, content(case["dataset"], GOOD[case["dataset"]], case["row"]), name)
    assert (fault.file, fault.row, fault.column) == (name, 3, case["column"])
    assert case["value"] in fault.value
    assert case["expected"] in fault.expected
    assert case["advice"] in fault.advice


@pytest.mark.parametrize("case", cases("accepted_rows.csv"))
def test_a_row_is_accepted(root: DataRoot, case: Case) -> None:
    """With its counts; those not available are missing."""
    name = file_of(case["dataset"])
    deliver(root, name, content(case["dataset"], case["row"]))
    [row] = accepted(root, name).rows.to_dicts()
    counts = HEADERS[case["dataset"]].split(";")[-len(case["counts"].split()) :]
    assert [row[column] for column in counts] == [
        None if count == ".." else int(count) for count in case["counts"].split()
    ]


def test_rows_are_those_of_the_table(root: DataRoot) -> None:
    """With month and delivery, in order of key, in the model's columns and types."""
    deliver(root, FILE, content("waiting_times", GOOD["waiting_times"], "01;treatment;9;8;7;6;1"))
    observed = accepted(root, FILE)
    assert observed.rows.schema == observed.table.polars_schema()
    assert observed.rows["region_code"].to_list() == ["01", "03"]
    assert observed.rows["month"].unique().to_list() == [APRIL]
    assert observed.rows["delivery_id"].unique().to_list() == [str(observed.delivery.delivery_id)]
    assert observed.layout == "tidy"


@pytest.mark.parametrize(
    ("dataset", "other_spelling"),
    [
        ("waiting_times", "Region Uppsala;first_visit;4;1;1;1;.."),
        ("population", "UPPSALA;0-18;999"),
        ("surgeries", "Uppsala län;cataract;Uppsala;public;6"),
    ],
)
def test_duplicate_rows_are_refused(root: DataRoot, dataset: str, other_spelling: str) -> None:
    """Both lines are named, however the region is spelled."""
    found = faults_in(root, content(dataset, GOOD[dataset], other_spelling), file_of(dataset))
    assert [fault.row for fault in found] == [2, 3]
    assert all(fault.expected.startswith("one row for each ") for fault in found)
    assert all("03" in fault.value for fault in found)


def test_the_same_row_twice_is_refused(root: DataRoot) -> None:
    """Even with the same counts: nobody knows whether another region was meant."""
    found = faults_in(
        root, content("population", "03;all;5", "04;all;5", "03;all;5"), file_of("population")
    )
    assert [fault.row for fault in found] == [2, 4]


def test_all_row_faults_are_named_at_once(root: DataRoot) -> None:
    """Several in a row, and every row."""
    found = faults_in(
        root,
        content(
            "waiting_times",
            "01;first_visit;1;2;3;4;..",
            GOOD["waiting_times"],
            "03;first_visit;5;1;1;1;5",
        ),
    )
    assert [(fault.row, fault.expected.split(" ")[0]) for fault in found] == [
        (2, "completed_within_30"),
        (2, "waiting_within_30"),
        (3, "one"),
        (4, "completed_patient_chosen"),
        (4, "one"),
    ]


def test_rules_and_cells_are_told_together(root: DataRoot) -> None:
    """What cannot be read hides no rule that a readable cell breaks, in its own row or in others."""
    found = faults_in(
        root,
        content(
            "waiting_times",
            "01;first_visit;x;1;3;4;..",
            "Norge;first_visit;1;2;1;1;..",
            "03;visit;1;1;1;1;5",
            "04;treatment;1",
            "05;treatment;1;2;1;1;..",
            "Södermanland;treatment;1;1;1;1;..",
            "04;treatment;1;1;1;1;..",
        ),
    )
    assert [(fault.row, fault.column, fault.expected.split(" ")[0]) for fault in found] == [
        (2, "", "waiting_within_30"),
        (2, "completed", "a"),
        (3, "", "completed_within_30"),
        (3, "region", "a"),
        (4, "", "completed_patient_chosen"),
        (4, "measure", "one"),
        (5, "", "7"),
        (6, "", "completed_within_30"),
        (7, "", "one"),
        (8, "", "one"),
    ]


def test_no_cell_is_read_under_another_header(root: DataRoot) -> None:
    """Whoever's the rows are: what stands in them is not shown."""
    text = content("waiting_times", "01;first_visit;1;1;3;4;..", "03;visit;1;1;1;1;..")
    found = faults_in(root, text.replace("completed_within_30", "done"))
    assert [(fault.row, fault.column) for fault in found] == [
        (1, "completed_within_30"),
        (1, "done"),
    ]


@pytest.mark.parametrize(
    "row", ["01;first_visit;9000000000000;1;1;1;..", "01;first_visit;1;-1;1;1;.."]
)
def test_a_cell_has_one_fault(root: DataRoot, row: str) -> None:
    """A count beyond any figure is not also said to be smaller than its part, nor larger."""
    assert len(faults_in(root, content("waiting_times", row))) == 1
    within = content("waiting_times", "01;first_visit;1;9000000000000;1;1;..")
    assert [fault.column for fault in faults_in(root, within)] == ["completed_within_30"]


def test_a_missing_value_has_one_fault(root: DataRoot) -> None:
    """Where a region cannot be read, it is not also said to be missing, nor to stand there twice."""
    found = faults_in(
        root,
        content("population", "Norge;all;5", "Norge;all;5", "x;young;.."),
        file_of("population"),
    )
    assert [(fault.row, fault.column) for fault in found] == [
        (2, "region"),
        (3, "region"),
        (4, "age_group"),
        (4, "population"),
        (4, "region"),
    ]


@pytest.mark.parametrize(("children", "fewer"), [(999, True), (1000, False), (1001, False)])
def test_children_are_fewer_than_all(root: DataRoot, children: int, *, fewer: bool) -> None:
    """The region and both counts are told; of a column copied over another, one line for all regions."""
    rows = [f"{code};0-18;{children}" for code in region_codes()]
    rows += [f"{code};all;1000" for code in region_codes()]
    deliver(root, file_of("population"), content("population", *rows))
    observed, refused = taken_or_refused(root, file_of("population"))
    assert bool(observed) is fewer
    for fault in chain.from_iterable(each.faults for each in refused):
        assert fault.row == 2
        assert fault.value == f"region 01, age_group 0-18, population {children}, all 1000"
        assert fault.expected == (
            "population of age_group 0-18 is less than that of all of the same 'region'; "
            "so in 21 cells, to row 22"
        )


@pytest.mark.parametrize("ending", ["xlsx", "parquet"])
def test_faults_of_a_cell_and_of_the_rules_in_every_format(root: DataRoot, ending: str) -> None:
    """A formula, or half a person, hides nothing."""
    header = HEADERS["waiting_times"].split(";")
    rows = [
        ["01", "first_visit", "1", "2", "1", "1", ".."],
        ["03", "visit", "0", "1", "1", "1", ""],
    ]
    if ending == "xlsx":
        with xlsxwriter.Workbook(deliver(root, FILE.replace("csv", ending), b"")) as workbook:
            sheet = workbook.add_worksheet()
            for number, row in enumerate([header, *rows]):
                sheet.write_row(number, 0, row)
            sheet.write_formula(2, 4, "=1+1")
    else:
        frame = pl.DataFrame(rows, schema=header, orient="row")
        path = deliver(root, FILE.replace("csv", ending), b"")
        frame.with_columns(waiting=pl.Series([1.0, 0.5])).write_parquet(path)
    found = refusal(root, FILE).faults
    assert [fault.row for fault in found] == [2, 3, 3, 3]
    assert sum(fault.expected.startswith("completed_within_30") for fault in found) == 2


def test_lines_are_those_of_the_file(root: DataRoot) -> None:
    """Empty lines count."""
    rows = ["", "01;all;5", ";;", "03;all;0"]
    [fault] = faults_in(root, content("population", *rows), file_of("population"))
    assert fault.row == 5


def test_one_bad_delivery_of_several(root: DataRoot) -> None:
    """Only it is refused; the others are read, each with its own rows."""
    months = [add_months(APRIL, number) for number in range(5)]
    texts = {
        months[0]: content("waiting_times", "01;first_visit;1;1;1;1;.."),
        months[1]: content("waiting_times", "01;first_visit;1;2;1;1;.."),
        months[2]: content("waiting_times", "01;first_visit;three;1;1;1;.."),
        months[3]: content("waiting_times", "01;first_visit;4;1;1;1;..", "03;treatment;4;;;;"),
        months[4]: content("waiting_times", "01;first_visit;5;1;1;1;..", "01;first_visit;6;;;;"),
    }
    for month, text in texts.items():
        deliver(root, file_of("waiting_times", month), text)
    deliveries = [copy_of(root, file_of("waiting_times", month)) for month in months]
    observed, refused = read_deliveries(deliveries)
    assert [each.delivery.month for each in observed] == [months[0], months[3]]
    assert [each.rows["completed"].to_list() for each in observed] == [[1], [4, 4]]
    assert sorted(refusal.delivery for refusal in refused) == [
        "waiting_times/2025-05/2025-05-20",
        "waiting_times/2025-06/2025-05-20",
        "waiting_times/2025-08/2025-05-20",
    ]
    for each in refused:
        assert {fault.file for fault in each.faults} == {f"{each.delivery}.csv"}


def test_the_same_key_in_two_months_is_no_duplicate(root: DataRoot) -> None:
    """Each delivery stands for its month."""
    months = [APRIL, add_months(APRIL, 1)]
    for month in months:
        deliver(root, file_of("population", month), content("population", "01;all;5"))
    deliveries = [copy_of(root, file_of("population", month)) for month in months]
    observed, refused = read_deliveries(deliveries)
    assert (len(observed), refused) == (2, [])


def test_nothing_delivered() -> None:
    """Nothing is read, and nothing refused."""
    assert read_deliveries([]) == ([], [])


def test_faults_as_a_table(root: DataRoot) -> None:
    """A row a fault, a column for each thing that a fault says."""
    deliver(root, file_of("population"), content("population", "01;all;0", "03;young;5"))
    refused = refusal(root, file_of("population"))
    shown = fault_table(refused.faults)
    assert shown.columns == ["file", "row", "column", "value", "expected", "advice"]
    assert shown["row"].to_list() == [2, 3]
    assert shown["column"].to_list() == ["population", "age_group"]
    assert str(refused) == "population/2025-04/2025-05-20 is refused: 2 fault(s)"
    assert fault_table([]).columns == shown.columns


def test_a_table_under_two_measures_is_refused(root: DataRoot) -> None:
    """Also where the bytes differ: in five regions and more, counts are never alike by chance."""
    regions = ["01", "03", "04", "05", "06"]
    rows = [
        f"{region};{measure};{number + 7};1;{number};0;.."
        for number, region in enumerate(regions, start=1)
        for measure in ("first_visit", "treatment")
    ]
    deliver(root, file_of("waiting_times"), content("waiting_times", *rows))
    [fault] = refusal(root, file_of("waiting_times")).faults
    assert (fault.column, fault.row) == ("completed", None)
    assert fault.expected == "the counts of treatment, not those of first_visit once more"
    deliver(root, file_of("waiting_times"), content("waiting_times", *rows[2:]))
    assert accepted(root, file_of("waiting_times")).rows.height == len(rows) - 2


@pytest.mark.parametrize("names", [("a.csv", "b.csv"), (".csv", " (1).csv")])
def test_equal_bytes_in_a_delivery_are_refused(root: DataRoot, names: tuple[str, str]) -> None:
    """The rows would count twice; both files are named."""
    files = {FILE.replace(".csv", f"{'-' if name[0].isalpha() else ''}{name}") for name in names}
    for name in files:
        deliver(root, name, lines("01;first_visit;1;1;1;1"))
    [fault] = refusal(root, FILE).faults
    assert all(name in fault.file for name in files)
