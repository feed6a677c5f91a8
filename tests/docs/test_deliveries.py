"""What `docs/deliveries.md` shows is what happens: every example is read, the refusal comes out."""

import re
from itertools import pairwise
from pathlib import Path

import pytest

from deliveries import guards
from deliveries.cells import NOT_AVAILABLE
from deliveries.delivered import LARGEST_FILE
from deliveries.faults import ALIKE, SHOWN
from deliveries.formats import parquet_tables, sheet_cells, spreadsheets, text_files
from deliveries.layouts import tidy, vantetider_table
from deliveries.patients.rules import procedures
from deliveries.plausibility import limits
from deliveries.reading import Observed
from schemas.labels import codes_of
from schemas.places import CHECKOUT, DataRoot
from tests.deliveries.delivering import accepted, deliver
from tests.deliveries.layouts.page_tables import MEASURES
from tests.docs.documents import blocks, table_headed, text_of
from tests.pipeline.runs import command

DELIVERIES = CHECKOUT / "docs" / "deliveries.md"
EXAMPLE = re.compile(
    r"^File `raw/(?P<name>\S+)`[^\n]*:\n\n```csv\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL
)
LAYOUTS = {"tidy": "The tidy layout", "vantetider.se": "vantetider.se", "record": "record layout"}
VISITS = "first_visit"


def section(words: str) -> str:
    """The section whose heading holds the words."""
    starts = [match.start() for match in re.finditer(r"^## ", text_of(DELIVERIES), re.MULTILINE)]
    sections = [text_of(DELIVERIES)[start:end] for start, end in pairwise([*starts, None])]
    (found,) = [each for each in sections if words in each.partition("\n")[0]]
    return found


def examples(layout: str) -> list[tuple[str, str]]:
    """The layout's examples: where each file goes, and what is in it."""
    return [(each["name"], each["body"]) for each in EXAMPLE.finditer(section(LAYOUTS[layout]))]


def loaded(root: DataRoot, *files: tuple[str, str]) -> Observed:
    """The delivery that the files are, found right."""
    for name, body in files:
        deliver(root, name, body)
    return accepted(root, files[0][0])


def counts(observed: Observed, *names: str) -> list[tuple[object, ...]]:
    """The columns' values, in order of key."""
    return observed.rows.select(names).rows()


def test_every_example_says_where_it_goes() -> None:
    """So none is left out of the tests below."""
    found = [body for layout in LAYOUTS for _, body in examples(layout)]
    assert found == blocks(DELIVERIES, "csv")
    assert [len(examples(layout)) for layout in LAYOUTS] == [3, 2, 2]


def test_the_tidy_examples(tmp_path: Path) -> None:
    """With the counts that stand there."""
    waits, operations, inhabitants = (
        loaded(DataRoot(tmp_path / str(number)), example)
        for number, example in enumerate(examples("tidy"))
    )
    assert {each.layout for each in (waits, operations, inhabitants)} == {"tidy"}
    assert counts(waits, "region_code", "completed", "completed_patient_chosen") == [
        ("01", 1417, 15),
        ("09", 0, 0),
        ("12", 1205, None),
        ("18", None, None),
    ]
    assert sorted(operations.rows["operations"]) == [25, 41, 310]
    assert sorted(inhabitants.rows["population"]) == [541000, 2455000]


def test_the_example_of_vantetider(tmp_path: Path) -> None:
    """The four tables that look the same are made of the two shown."""
    files = [
        (name.replace(VISITS, measure), body + number * "\n")  # alike, and not the same bytes
        for name, body in examples("vantetider.se")
        for number, measure in enumerate(MEASURES)
    ]
    observed = loaded(DataRoot(tmp_path), *files)
    assert observed.layout == "vantetider.se"
    columns = ("region_code", "measure", "completed", "completed_within_30", "waiting")
    assert counts(observed, *columns) == [
        (code, measure, *rest)
        for code, *rest in (("01", 1417, 1162, 688), ("09", 0, 0, 3), ("18", None, None, None))
        for measure in sorted(MEASURES)
    ]


def test_the_record_examples(tmp_path: Path) -> None:
    """Counted by hand; zero for what a region with records has none of."""
    waits, operations = (
        loaded(DataRoot(tmp_path / str(number)), example)
        for number, example in enumerate(examples("record"))
    )
    assert {waits.layout, operations.layout} == {"record"}
    columns = ("completed", "completed_within_30", "completed_patient_chosen")
    found = {
        (code, measure): tuple(rest)
        for code, measure, *rest in counts(
            waits, "region_code", "measure", *columns, "waiting", "waiting_within_30"
        )
    }
    nothing = (0, 0, 0, 0, 0)
    assert found == {
        **{(code, measure): nothing for code in ("01", "12") for measure in MEASURES},
        ("01", VISITS): (2, 1, 1, 1, 1),
        ("12", "treatment"): (0, 0, 0, 1, 0),
    }
    done = counts(operations, "home_region_code", "procedure", "operations")
    assert {row for row in done if row[2]} == {("01", "cataract", 1), ("03", "hip_replacement", 1)}


def test_the_refusal_shown(empty_root: DataRoot) -> None:
    """`bonuspott inspect` says it just so."""
    bad, shown = blocks(DELIVERIES, "text")
    path = deliver(empty_root, examples("tidy")[0][0], bad)
    told = command(empty_root, "inspect", str(path))
    assert told.status == 1
    assert [line.rstrip() for line in told.err.splitlines()] == shown.splitlines()


def test_limits() -> None:
    """The table's numbers are the program's."""
    written = [int(number.replace(" ", "")) for _, number in table_headed(DELIVERIES, "Limit")]
    assert written == [
        LARGEST_FILE,
        text_files.WIDEST,
        text_files.MOST_CELLS,
        spreadsheets.MOST_CELLS,
        guards.MOST_PARTS,
        guards.LARGEST_UNPACKED,
        guards.HIGHEST_RATIO,
        guards.MOST_TAGS,
        parquet_tables.MOST_CELLS,
        parquet_tables.LARGEST_UNPACKED,
        sheet_cells.LONGEST_FORMAT,
        vantetider_table.MOST_ROWS,
        tidy.MOST_ROWS,
        ALIKE,
        SHOWN,
    ]


def test_limits_of_soft_checks() -> None:
    """The table's are those of the data."""
    data = limits()
    written = [row[-1] for row in table_headed(DELIVERIES, "Looked at")]
    assert written[1:5] == [
        f"{data.median_at_least} to {data.median_at_most}",
        str(data.median_months_needed),
        str(data.median_smallest),
        str(data.changed_pct),
    ]


@pytest.mark.parametrize("sign", sorted(NOT_AVAILABLE - {""}))
def test_signs_for_missing_values(sign: str) -> None:
    """Each is named."""
    (words,) = (row[1] for row in table_headed(DELIVERIES, "Value") if row[0] == "Not available")
    assert f"`{sign}`" in words


def test_codes_of_operations() -> None:
    """Each prefix and its procedure are named; and the tidy layout has the procedure's word too."""
    words = section("record layout")
    assert {*procedures().values()} <= {*codes_of("procedure")}
    for prefix, procedure in procedures().items():
        assert prefix in words
        assert f"`{procedure}`" in words
