"""The tidy layout: cells and headers that are refused, each with its place and what to do."""

import pytest

from schemas.places import DataRoot
from tests.deliveries.case_files import Case, cases
from tests.deliveries.delivering import FILE, HEADER, accepted, deliver, faults_in, lines

GOOD = "03;first_visit;3;1;1;1"


@pytest.mark.parametrize("case", cases("cell_faults.csv"))
def test_a_cell_is_refused(root: DataRoot, case: Case) -> None:
    """With file, line, column, value, what was expected and what to do."""
    [fault] = faults_in(root, lines(GOOD, case["row"]))
    assert (fault.file, fault.row) == (FILE, 3)
    assert (fault.column, fault.value) == (case["column"], case["value"])
    assert case["expected"] in fault.expected
    assert case["advice"] in fault.advice


@pytest.mark.parametrize("case", cases("header_faults.csv"))
def test_a_header_is_refused(root: DataRoot, case: Case) -> None:
    """It stands on line 1; no cell is read under a header that is not understood."""
    good = dict(zip(HEADER.split(";"), GOOD.split(";"), strict=True))
    names = case["header"].split(";")
    cells = ";".join(good.get(name, "?") if name != case["column"] else "?" for name in names)
    [fault] = faults_in(root, lines(cells, header=case["header"]))
    assert (fault.file, fault.row) == (FILE, 1)
    assert (fault.column, fault.value) == (case["column"], case["value"])
    assert case["expected"] in fault.expected
    assert case["advice"] in fault.advice


def test_all_header_faults_are_named_at_once(root: DataRoot) -> None:
    """Lacking, unknown and double ones."""
    header = "region;measure;measure;comment;waiting;waiting_within_30"
    found = faults_in(root, lines(GOOD, header=header))
    assert [fault.column for fault in found] == [
        "comment",
        "completed",
        "completed_within_30",
        "measure",
    ]


@pytest.mark.parametrize(
    ("line", "what"),
    [
        (HEADER, "the header once more"),
        ("Summa;;12;9;5;4", "the country's or a total"),
        ("00;first_visit;12;9;5;4", "the country's or a total"),
        (" Hela  riket;first_visit;x;9;5;4", "the country's or a total"),
        ("Totalt;12", "the country's or a total"),
        ("Källa: SKR;;;;;", "a note"),
        ("Uppgifterna är preliminära", "a note"),
    ],
)
def test_a_line_that_is_no_regions(root: DataRoot, line: str, what: str) -> None:
    """It is one fault, not one a column, and what to do is to remove it."""
    [fault] = faults_in(root, lines(GOOD, line, "04;first_visit;1;1;1;1"))
    assert (fault.row, fault.column) == (3, "")
    assert fault.value == (" ".join(line.partition(";")[0].split()) if "total" in what else "")
    assert fault.expected == f"a region's row, not {what}"
    assert fault.advice == "Remove the line."


def test_a_performing_region_is_none_of_all(root: DataRoot) -> None:
    """A row for the country, wherever it stands in place of a region, sums others."""
    name = "surgeries/2025-06/2025-07-20.csv"
    header = "home_region;procedure;performing_region;provider_type;operations"
    [fault] = faults_in(root, lines("01;cataract;Riket;public;3", header=header), name)
    assert fault.expected == "a region's row, not the country's or a total"


def test_all_cell_faults_are_named_at_once(root: DataRoot) -> None:
    """In order of line and column."""
    found = faults_in(
        root,
        lines(
            "Norge;surgery;a;b;c;d",
            GOOD,
            "04;first_visit;1;1;1;x",
            "05;first_visit;1;1;1;-7",
        ),
    )
    assert [(fault.row, fault.column) for fault in found] == [
        *((2, column) for column in sorted(HEADER.split(";"))),
        (4, "waiting_within_30"),
        (5, "waiting_within_30"),
    ]


def test_lines_are_counted_as_an_editor_does(root: DataRoot) -> None:
    """A mark at the start and empty lines do not shift them."""
    content = f"\ufeff{HEADER}\r\n\r\n{GOOD}\r\n;;;;;\r\n04;first_visit;x;1;1;1\r\n"
    assert [fault.row for fault in faults_in(root, content)] == [5]


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("before", ["", "\ufeff", "\n", " \r\n;;;\n"])
def test_the_header_is_the_first_line_that_holds_anything(
    root: DataRoot, before: str, line_end: str
) -> None:
    """With the line ends of any system."""
    deliver(root, FILE, before + lines(GOOD).replace("\n", line_end))
    assert accepted(root, FILE).rows["completed"].to_list() == [3]


def test_the_order_of_columns_is_free(root: DataRoot) -> None:
    """Each cell belongs to its header."""
    deliver(
        root, FILE, lines("5;6;7;8;assessment;01", header=";".join(reversed(HEADER.split(";"))))
    )
    [row] = accepted(root, FILE).rows.to_dicts()
    assert (row["region_code"], row["measure"]) == ("01", "assessment")
    assert (row["completed"], row["completed_within_30"]) == (8, 7)
    assert (row["waiting"], row["waiting_within_30"]) == (6, 5)


def test_the_optional_column_may_be_absent(root: DataRoot) -> None:
    """Then its counts are not available; never zero."""
    deliver(root, FILE, lines(GOOD))
    assert accepted(root, FILE).rows["completed_patient_chosen"].to_list() == [None]


def test_counts_are_not_codes_of_regions(root: DataRoot) -> None:
    """In a file of the national numbering, 12 is Uppsala in the column of regions alone."""
    deliver(root, FILE, lines("12;first_visit;12;10;13;12", "41;first_visit;26;21;41;10"))
    table = accepted(root, FILE).rows.select(
        "region_code", "completed", "completed_within_30", "waiting", "waiting_within_30"
    )
    assert sorted(table.rows()) == [("03", 12, 10, 13, 12), ("12", 26, 21, 41, 10)]


def test_the_optional_column_is_read_where_it_is(root: DataRoot) -> None:
    """Wherever it stands."""
    header = f"completed_patient_chosen;{HEADER}"
    deliver(root, FILE, lines(f"2;{GOOD}", f"..;{GOOD.replace('03', '04')}", header=header))
    assert accepted(root, FILE).rows["completed_patient_chosen"].to_list() == [2, None]


def test_a_header_alone_is_refused(root: DataRoot) -> None:
    """A file cut off after its header must not pass for a month in which nobody reported."""
    [fault] = faults_in(root, lines())
    assert fault.expected == "at least one region's row"


def test_an_unknown_procedure_is_refused(root: DataRoot) -> None:
    """`schemas/labels.csv` has words for those that there are."""
    name = "surgeries/2025-06/2025-07-20.csv"
    header = "home_region;procedure;performing_region;provider_type;operations"
    [fault] = faults_in(root, lines("01;appendix;01;public;3", header=header), name)
    assert (fault.file, fault.row, fault.column, fault.value) == (name, 2, "procedure", "appendix")
    assert fault.expected == (
        "one of cataract, colonoscopy, hip_replacement, inguinal_hernia, knee_replacement, prolapse"
    )


def test_a_table_with_more_rows_than_there_are_keys(root: DataRoot) -> None:
    """It is no month of counts: its size is told, and none of its cells is read."""
    [fault] = faults_in(root, lines(*["Norge;surgery;a;b;c;d"] * 10_001))
    assert (fault.row, fault.expected) == (None, "a row for each key, at most 10000, not 10001")


def test_two_files_of_a_day_are_refused(root: DataRoot) -> None:
    """Both are named, for either could be the one that was meant."""
    second = "waiting_times/2025-04/2025-05-20_again.csv"
    deliver(root, second, lines(GOOD, ""))
    [fault] = faults_in(root, lines(GOOD))
    assert FILE in fault.value
    assert second in fault.value
    assert fault.expected == "one file a day in the tidy layout"
    assert "a later day" in fault.advice


def test_a_file_that_is_no_table_is_refused(root: DataRoot) -> None:
    """With the name of the file."""
    [fault] = faults_in(root, b"PK\x03\x04\x00")
    assert (fault.file, fault.row, fault.expected) == (
        FILE,
        None,
        "csv, as the ending says",
    )
