"""Layouts are told apart by their headers; what has none, or two, is refused."""

import os

import polars as pl
import pytest

from deliveries.layouts.recognition import recognise
from deliveries.reading import read_deliveries
from schemas.places import DataRoot
from tests.deliveries.delivering import FILE, HEADER, copy_of, deliver, lines, refusal
from tests.deliveries.layouts.page_tables import FOLDER, SAMPLE, as_csv, deliver_tables, name_of

TIDY = lines("03;first_visit;3;1;1;1")


def layout_of(root: DataRoot) -> str:
    """The layout of the month's latest delivery."""
    layout, faults = recognise(copy_of(root, FOLDER))
    assert faults == []
    return layout.name


def test_tidy_by_its_header(root: DataRoot) -> None:
    """Also in another order, and in Parquet."""
    deliver(root, FILE, lines(header=";".join(reversed(HEADER.split(";")))))
    assert layout_of(root) == "tidy"
    later = root.raw / FOLDER / "2025-06-20.parquet"
    pl.DataFrame(schema=dict.fromkeys(HEADER.split(";"), pl.String)).write_parquet(later)
    assert layout_of(root) == "tidy"


@pytest.mark.parametrize("side", ["completed", "waiting"])
def test_the_page_by_its_header(root: DataRoot, side: str) -> None:
    """Whatever the file is called, and with commas for separators."""
    deliver(root, FILE, as_csv(side, []).replace(b";", b","))
    assert layout_of(root) == "vantetider.se"


def test_a_header_that_is_nearly_right(root: DataRoot) -> None:
    """It is taken for the layout it shares most with, whose reader then says what is wrong."""
    deliver(root, FILE, TIDY.replace("completed_within_30", "done_within_30"))
    assert layout_of(root) == "tidy"
    assert [fault.column for fault in refusal(root, FILE).faults] == [
        "completed_within_30",
        "done_within_30",
    ]


def test_capitals_in_a_header(root: DataRoot) -> None:
    """The tidy layout's headers are exact: recognised, but refused with one line that says so."""
    deliver(root, FILE, TIDY.replace(HEADER, HEADER.upper()))
    assert layout_of(root) == "tidy"
    [fault] = refusal(root, FILE).faults
    assert (fault.row, fault.value) == (1, HEADER.upper())
    assert "small letters" in fault.advice


def test_a_title_above_a_table(root: DataRoot) -> None:
    """It may name another month than the folder: nobody would know, were it read over."""
    deliver(root, FILE, f"Väntetider BUP mars 2024\n\n{TIDY}")
    [fault] = refusal(root, FILE).faults
    assert (fault.row, fault.value) == (1, "")
    assert "without a title above" in fault.expected
    deliver_tables(root, SAMPLE)
    page = name_of(("first_visit", "completed"))
    deliver(root, page, "Väntetider BUP mars 2024\n\n".encode() + (root.raw / page).read_bytes())
    (root.raw / FILE).unlink()
    faults = refusal(root, FOLDER).faults
    assert [each.file for each in faults if "without a title" in each.expected] == [page]


def test_mixed_layouts_of_a_day(root: DataRoot) -> None:
    """Every file is named with the layout it has; those of one layout together."""
    deliver_tables(root, SAMPLE)
    deliver(root, FILE, TIDY)
    refused = refusal(root, FOLDER)
    first, *others = sorted(name_of(key) for key in SAMPLE)
    found = {fault.file: (fault.value, fault.expected) for fault in refused.faults}
    so_in = "; so in " + ", ".join(name.rpartition("/")[2] for name in others)
    assert found == {
        FILE: ("tidy layout", "one layout a day"),
        first: ("vantetider.se layout", "one layout a day" + so_in),
    }


def test_layouts_may_differ_from_day_to_day(root: DataRoot) -> None:
    """A correction in another layout replaces the earlier delivery whole."""
    deliver_tables(root, SAMPLE)
    deliver(root, f"{FOLDER}/2025-06-20.csv", TIDY)
    assert layout_of(root) == "tidy"


def test_two_tidy_files_of_a_day(root: DataRoot) -> None:
    """Both are named."""
    deliver(root, FILE, TIDY)
    deliver(root, f"{FOLDER}/2025-05-20_again.csv", TIDY.replace("03;", "01;"))
    [fault] = refusal(root, FOLDER).faults
    assert fault.value == f"{FILE}, {FOLDER}/2025-05-20_again.csv"
    assert fault.expected == "one file a day in the tidy layout"


def test_an_unknown_header(root: DataRoot) -> None:
    """The layouts' headers are named, and not what stands there: it may be a person's row."""
    deliver(root, FILE, "county;clinic\n03;x\n")
    [fault] = refusal(root, FOLDER).faults
    assert (fault.file, fault.row, fault.value) == (FILE, 1, "2 columns")
    for word in (*HEADER.split(";"), "landsting / region", "svarsfrekvens"):
        assert word in fault.expected


def test_another_datasets_header(root: DataRoot) -> None:
    """Operations have no layout of vantetider.se's."""
    name = "surgeries/2025-06/2025-09-20.csv"
    deliver(root, name, as_csv("completed", []))
    [fault] = refusal(root, name).faults
    assert "home_region" in fault.expected
    assert "landsting" not in fault.expected


def test_every_unreadable_file_is_named(root: DataRoot) -> None:
    """Not only the first; a good one beside them is not blamed."""
    deliver_tables(root, SAMPLE)
    bad = [name_of(key) for key in list(SAMPLE)[:2]]
    deliver(root, bad[0], b"PK\x03\x04 not CSV")
    deliver(root, bad[1], "county\n")
    assert [fault.file for fault in refusal(root, FOLDER).faults] == sorted(bad)


def test_nothing_but_an_empty_folder(root: DataRoot) -> None:
    """A folder named by the day, without files, is no delivery."""
    (root.raw / FOLDER / "2025-05-20").mkdir(parents=True)
    observed, [refused] = read_deliveries([copy_of(root, FOLDER)])
    assert observed == []
    assert refused.faults[0].expected == "a file with counts or records"


@pytest.mark.parametrize("ending", ["csv", "xlsx", "parquet"])
def test_an_empty_file(root: DataRoot, ending: str) -> None:
    """Said so, whatever it is called."""
    deliver(root, f"{FOLDER}/2025-05-20.{ending}", b"")
    [fault] = refusal(root, FOLDER).faults
    assert (fault.expected, fault.row) == ("a header and rows", None)


def test_a_pipe(root: DataRoot) -> None:
    """Refused without waiting for somebody to write into it."""
    path = deliver(root, FILE, TIDY)
    path.unlink()
    os.mkfifo(path)
    [fault] = refusal(root, FOLDER).faults
    assert fault.expected == "a regular file"
