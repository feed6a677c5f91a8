"""Deliveries changed at random: each loads as an independent reading has it, or is refused in words."""

import csv
import io
import os
import random
import re
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TypeVar

import polars as pl
import pyarrow.parquet as pq
import pytest
import xlsxwriter
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliveries.delivered import Delivery
from deliveries.layouts.recognition import LAYOUTS
from deliveries.numbering import county_codes
from deliveries.reading import Observed, read_deliveries
from schemas.months import add_months
from schemas.regions import REGISTER_FILE
from tests.deliveries.delivering import APRIL, file_at
from tests.deliveries.layouts.page_tables import HEADERS, SAMPLE, Key, Rows, as_csv, as_xlsx

Counts = dict[tuple[str, str], tuple[int | None, ...]]
"""The counts by region and measure."""

Grid = list[list[str]]
"""A table's rows of cells, the header first."""

Drawn = TypeVar("Drawn")
DAY = date(2025, 5, 20)
COLUMNS = ("completed", "completed_within_30", "waiting", "waiting_within_30")
CHOSEN = "completed_patient_chosen"
PAGE_COLUMNS = 7
VALID: Grid = [
    ["region", "measure", *COLUMNS, CHOSEN],
    ["01", "first_visit", "1 417", "1 162", "688", "544", "15"],
    ["Skåne", "first_visit", "1205", "1003", "402", "310", ".."],
    ["Region Västra Götaland", "assessment", "2\u00a0001", "1\u00a0544", "905", "700", ""],
    ["Jämtland Härjedalen", "treatment", "..", "..", "75 st", "0 st", "X"],
    ["09", "treatment", "0", "0", "3", "3", "0"],
]
PERSON = "Anna 19121212-1212"
"""Who does not exist."""

GAP = "[ \u00a0\u2007\u202f]"
SHARE = re.compile(rf"^[\d.,]+{GAP}*%{GAP}+(?=\d)")
TRICKY = [
    *["", " ", "..", "--", "-", ".", "X", "x", "0", "00", "-0", "-1", "+1", "1.5", "1,5", "1e3"],
    *["1 000", "1\u00a0000", "1\u202f000", "544 99 160", "1 0000", "75 st", "st", "9" * 18],
    *["9" * 25, "²", "١٢", "0x10", "nan", "None", "TRUE", "=1+1", "\x00", "\t", "\n", "\r", '"'],
    *["'", ";", ",", "\ufeff", "\u0301", "\u200b12", "1", "27", "042", "99", "Region X", "Riket"],
    *["Halland", " HALLAND ", "region  halland", "Hallands län", "first_visit", "treatment", "0 %"],
    *[
        "completed",
        "region",
        "namn",
        "listed_on",
        PERSON,
        "[/red]",
        "../../etc",
        "4 % 4 st",
        "100 %",
        "99,5 %",
        "\ud7ff",
    ],
]
TRICKY += [
    text.format(sign) for text in ("1{}417", "5 %{}417") for sign in "\n\t\v\u2009\u2028\u3000"
]
HARMLESS = ["", "..", "0", "0 st", "1", "300", "1 200", "1\u00a0500 st", "9", "Gotland", "Riket"]
CELLS = st.one_of(
    st.sampled_from(HARMLESS),
    st.sampled_from(HARMLESS),
    st.sampled_from(TRICKY),
    st.integers(-5, 3000).map(str),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=8),
)
CALM = settings(
    derandomize="MUTATIONS" not in os.environ,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)
"""The same mutations each time; others each time where somebody asks for a number of them."""

FEW, MANY = 80, 200
FEW_BYTES, MANY_BYTES = 40, 200
AT_ONCE = 20
"""Mutations read at once: what a check costs is the asking, not the rows."""


# The independent reading: the contract once more, with the csv module and plain dictionaries.


def codes() -> Mapping[str, str]:
    """County codes by what a cell may say."""
    with REGISTER_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    found = {}
    for row in rows:
        code = row["region_code"]
        for name in [code, row["region_name"], *row["name_variants"].split("|")]:
            found[name.lower()] = found[f"region {name.lower()}"] = code
    return found


CODES = codes()


def plain(cell: str) -> str:
    """The cell with single spaces."""
    return " ".join(cell.split())


def code_in(cell: str) -> str | None:
    """The region that the cell names."""
    return CODES.get(plain(cell).lower())


def count_in(cell: str) -> int | None:
    """The count that the cell holds; the test fails where it holds none, for it was accepted."""
    text = cell.strip()
    if text in {"", "..", "--", "-", ".", "X"}:
        return None
    if text.endswith("st"):
        text = text[:-2].strip()
    whole, *groups = re.split(GAP, text)
    assert all(len(group) == 3 for group in groups), cell
    assert not groups or len(whole) <= 3, cell
    digits = whole + "".join(groups)
    assert set(digits) <= set("0123456789"), cell
    return int(digits)


def grid_in(content: bytes) -> Grid:
    """A CSV file's cells."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252")
    separator = ";" if ";" in text.strip().split("\n")[0] else ","
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
    return [row for row in rows if "".join(row).strip()]


def parquet_grid(content: bytes) -> Grid:
    """A Parquet file's cells, all of them text, or missing."""
    table = pq.read_table(io.BytesIO(content))
    rows = [[cell or "" for cell in row.values()] for row in table.to_pylist()]
    return [table.column_names, *rows]


def tidy_counts(grid: Grid) -> Counts:
    """What a tidy table says."""
    header, *rows = ([cell.strip() for cell in row] for row in grid)
    found: Counts = {}
    for row in rows:
        cells = dict(zip(header, row, strict=True))
        key = (code_in(cells["region"]) or "", plain(cells["measure"]))
        assert key not in found
        found[key] = tuple(count_in(cells.get(name, "")) for name in (*COLUMNS, CHOSEN))
    return found


def is_note(row: list[str]) -> bool:
    """Whether the row is a sentence alone, in which no region is named."""
    words = plain(" ".join(row)).lower()
    return len(row) == 1 and not any(name in words for name in CODES)


def without_empty_columns(header: list[str], rows: Grid) -> Grid:
    """The rows without columns that have neither a name nor a cell; the regions' column has no name."""
    if all(len(row) == PAGE_COLUMNS for row in rows):
        return rows
    named = [0, *(place for place, name in enumerate(header) if place and name.strip())]
    filled = {place for row in rows for place, cell in enumerate(row) if cell.strip()}
    kept = sorted(filled.union(named))
    return [[row[place] for place in kept if place < len(row)] for row in rows]


def page_counts(tables: Mapping[Key, Grid]) -> Counts:
    """What vantetider.se's tables say."""
    parts: dict[tuple[str, str], dict[str, tuple[int | None, ...]]] = {}
    for (measure, side), (header, *rows) in tables.items():
        regions = without_empty_columns(header, [row for row in rows if not is_note(row)])
        # One byte can make the only code of a table one of the other numbering.
        others = county_codes("", (name for name, *_ in regions))
        for name, _, total, _, within, chosen, rate in regions:
            code = others.get(name) or code_in(name)
            if code is None:
                continue
            assert side not in parts.setdefault((code, measure), {})
            reported = bool(re.search("[1-9]", rate))
            cells = [SHARE.sub("", cell.strip()) for cell in (total, within, chosen)]
            parts[code, measure][side] = tuple(count_in(c) if reported else None for c in cells)
    nothing = (None, None, None)
    found = {}
    for key, sides in parts.items():
        completed, waiting = sides.get("completed", nothing), sides.get("waiting", nothing)
        found[key] = (*completed[:2], *waiting[:2], completed[2])
    return found


# What the product makes of the same files.


def read(folder: Path, several: Sequence[Mapping[str, bytes]]) -> list[Counts | None]:
    """The counts of several deliveries, or none of one that is refused with words for each fault.

    Each has a month of its own, and all are checked in one pass, as a run over many months does.
    """
    shutil.rmtree(folder, ignore_errors=True)
    deliveries = []
    for number, files in enumerate(several):
        below = folder / str(number)
        below.mkdir(parents=True)
        for name, content in files.items():
            (below / name).write_bytes(content)
        paths = sorted(below.iterdir())
        month = add_months(APRIL, number)
        deliveries.append(Delivery("waiting_times", month, DAY, tuple(map(file_at, paths))))
    observed, refused = read_deliveries(deliveries)
    assert all(each.faults for each in refused)
    assert all(fault.expected and fault.advice for each in refused for fault in each.faults)
    counts = {each.delivery.month: counts_of(each) for each in observed}
    names = {each.month: None for each in refused}
    assert {**counts, **names}.keys() == {each.month for each in deliveries}
    assert not counts.keys() & names.keys()
    return [counts.get(each.month) for each in deliveries]


def in_batches(runs: int) -> Iterator[int]:
    """How many mutations are read at once, until as many as asked for were."""
    for start in range(0, runs, AT_ONCE):
        yield min(AT_ONCE, runs - start)


def counts_of(observed: Observed) -> Counts:
    """The counts that were read."""
    rows = observed.rows.select("region_code", "measure", *COLUMNS, CHOSEN).rows()
    return {(code, measure): tuple(rest) for code, measure, *rest in rows}


def csv_of(grid: Grid) -> bytes:
    """The cells as CSV."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=";").writerows(grid)
    return stream.getvalue().encode()


def xlsx_of(grid: Grid) -> bytes:
    """The cells as texts of a sheet."""
    stream = io.BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as workbook:
        sheet = workbook.add_worksheet()
        for row, cells in enumerate(grid):
            for column, cell in enumerate(cells):
                sheet.write_string(row, column, cell)
    return stream.getvalue()


def parquet_of(grid: Grid) -> bytes:
    """The cells as columns of text; those of one name get another, which Parquet asks for."""
    stream = io.BytesIO()
    header, *rows = grid
    names = [f"{name}{'*' * header[:place].count(name)}" for place, name in enumerate(header)]
    frame = pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")
    pq.write_table(frame.to_arrow(), stream)
    return stream.getvalue()


WRITERS: Mapping[str, Callable[[Grid], bytes]] = {
    "csv": csv_of,
    "xlsx": xlsx_of,
    "parquet": parquet_of,
}


@st.composite
def changed(draw: st.DrawFn, grid: Grid) -> Grid:
    """The table with some cells written anew, and perhaps rows or columns moved, lost or doubled."""
    found = [list(row) for row in grid]
    for _ in range(draw(st.sampled_from([1, 1, 2, 3]))):
        row = draw(st.integers(0 if draw(st.integers(0, 9)) == 0 else 1, len(found) - 1))
        found[row][draw(st.integers(0, len(found[row]) - 1))] = draw(CELLS)
    action = draw(st.sampled_from(["", "", "", "lose", "double", "move", "columns"]))
    row = draw(st.integers(1, len(found) - 1))
    if action == "lose":
        del found[row]
    elif action == "double":
        found.append(list(found[row]))
    elif action == "move":
        found.insert(1, found.pop(row))
    elif action == "columns":
        order = draw(st.permutations(range(len(found[0]))))
        found = [[cells[place] for place in order] for cells in found]
    return found


def check_tidy(folder: Path, grids: Sequence[Grid], ending: str, seen: Counter[str]) -> None:
    """Read the tables in the format, and once more independently."""
    files = [{f"2025-05-20.{ending}": WRITERS[ending](grid)} for grid in grids]
    for grid, counts in zip(grids, read(folder, files), strict=True):
        seen["refused" if counts is None else "loaded"] += 1
        if counts is not None:
            assert counts == tidy_counts([row for row in grid if "".join(row).strip()])


def check_page(folder: Path, cases: Sequence[tuple[Key, Rows]], seen: Counter[str]) -> None:
    """Read the six tables with one of them changed, and once more independently."""
    deliveries = [{**SAMPLE, key: rows} for key, rows in cases]
    files = [
        {page_file(key): as_csv(key[1], cells) for key, cells in tables.items()}
        for tables in deliveries
    ]
    for tables, counts in zip(deliveries, read(folder, files), strict=True):
        seen["refused" if counts is None else "loaded"] += 1
        if counts is not None:
            assert counts == page_counts({key: [[], *cells] for key, cells in tables.items()})


def page_file(key: Key, ending: str = "csv") -> str:
    """What the file of one of the six tables is called."""
    return f"2025-05-20__{key[0]}__{key[1]}.{ending}"


def changed_page(keys: Collection[Key]) -> st.SearchStrategy[tuple[Key, Grid]]:
    """One of the page's tables, changed, its header first."""
    return st.sampled_from(sorted(keys)).flatmap(
        lambda key: st.tuples(st.just(key), changed([HEADERS[key[1]].split("|"), *SAMPLE[key]]))
    )


def batch_of(strategy: st.SearchStrategy[Drawn]) -> st.SearchStrategy[list[Drawn]]:
    """As many mutations as are read at once."""
    return st.lists(strategy, min_size=AT_ONCE, max_size=AT_ONCE)


def both_happened(seen: Counter[str], runs: int) -> None:
    """Whether enough mutations loaded, and enough were refused, for the test to mean something."""
    print(dict(seen))  # noqa: T201 - shown with -s: how many ran
    assert seen["loaded"] + seen["refused"] >= runs
    assert min(seen["loaded"], seen["refused"]) >= runs / 20


def many(few: int, more: int) -> pytest.MarkDecorator:
    """Some in every run of the tests, more in the slow ones, and as many as `MUTATIONS` asks for."""
    asked = [int(os.environ["MUTATIONS"])] if "MUTATIONS" in os.environ else []
    return pytest.mark.parametrize(
        "runs", asked or [few, pytest.param(more, marks=pytest.mark.slow)]
    )


@many(FEW, MANY)
@pytest.mark.parametrize("ending", WRITERS)
def test_cells_of_a_tidy_table(tmp_path: Path, ending: str, runs: int) -> None:
    """In every format."""
    seen: Counter[str] = Counter()

    @settings(CALM, max_examples=runs // AT_ONCE)
    @given(batch_of(changed(VALID)))
    def check(grids: list[Grid]) -> None:
        check_tidy(tmp_path / "raw", grids, ending, seen)

    check()
    both_happened(seen, runs)


@many(FEW, MANY)
def test_cells_of_the_page(tmp_path: Path, runs: int) -> None:
    """In one of the six tables; the others are as they were."""
    seen: Counter[str] = Counter()

    @settings(CALM, max_examples=runs // AT_ONCE)
    @given(batch_of(changed_page(SAMPLE)))
    def check(cases: list[tuple[Key, Grid]]) -> None:
        check_page(tmp_path / "raw", [(key, rows) for key, (_, *rows) in cases if rows], seen)

    check()
    both_happened(seen, runs // 2)


def damaged(content: bytes, dice: random.Random) -> bytes:
    """The bytes with a few of them changed, lost, doubled, or the end cut off."""
    found = bytearray(content)
    for _ in range(dice.choice([1, 1, 1, 2, 5])):
        start = dice.randrange(len(found) + 1)
        end = min(len(found), start + dice.choice([1, 1, 1, 2, 8, 64]))
        match dice.randrange(6):
            case 0 if start < len(found):
                found[start] ^= 1 << dice.randrange(8)
            case 1:
                found[start:end] = dice.randbytes(end - start)
            case 2:
                del found[start:end]
            case 3:
                found[start:start] = found[start:end]
            case 4:
                found[start:start] = dice.choice([b"0", b"9", b";", b'"', b"\n", b"\xa0", b"\x00"])
            case _ if dice.randrange(4) == 0:
                del found[start:]
    return bytes(found)


@many(FEW_BYTES, MANY_BYTES)
def test_bytes_of_a_csv_file(tmp_path: Path, runs: int) -> None:
    """What loads has the counts that now stand in the file."""
    dice, seen = random.Random(runs), Counter[str]()  # noqa: S311
    for number in in_batches(runs):
        contents = [damaged(csv_of(VALID), dice) for _ in range(number)]
        found = read(tmp_path / "raw", [{"2025-05-20.csv": each} for each in contents])
        for content, counts in zip(contents, found, strict=True):
            seen["refused" if counts is None else "loaded"] += 1
            if counts is not None:
                assert counts == tidy_counts(grid_in(content)), content
    both_happened(seen, runs)


@many(FEW_BYTES, MANY_BYTES)
def test_bytes_of_the_page(tmp_path: Path, runs: int) -> None:
    """The same for vantetider.se, one of the six files changed."""
    dice, seen = random.Random(runs), Counter[str]()  # noqa: S311
    whole = {key: as_csv(key[1], rows) for key, rows in SAMPLE.items()}
    for number in in_batches(runs):
        keys = dice.choices(sorted(whole), k=number)
        deliveries = [{**whole, key: damaged(whole[key], dice)} for key in keys]
        files = [
            {page_file(key): content for key, content in tables.items()} for tables in deliveries
        ]
        for key, tables, counts in zip(
            keys, deliveries, read(tmp_path / "raw", files), strict=True
        ):
            seen["refused" if counts is None else "loaded"] += 1
            if counts is not None:
                grids = {each: grid_in(content) for each, content in tables.items()}
                assert counts == page_counts(grids), tables[key]
    both_happened(seen, runs)


def binary_files() -> Mapping[str, tuple[str, bytes, Mapping[str, bytes]]]:
    """Files that are not text: the name, the content, and the files that belong with it."""
    key: Key = ("first_visit", "completed")
    beside = {page_file(each): as_csv(each[1], SAMPLE[each]) for each in SAMPLE if each != key}
    return {
        "xlsx": ("2025-05-20.xlsx", xlsx_of(VALID), {}),
        "page": (page_file(key, "xlsx"), as_xlsx(key[1], SAMPLE[key]), beside),
        "parquet": ("2025-05-20.parquet", parquet_of(VALID), {}),
    }


@many(FEW_BYTES, MANY_BYTES)
@pytest.mark.parametrize("kind", ["xlsx", "page", "parquet"])
def test_bytes_of_a_binary_file(tmp_path: Path, kind: str, runs: int) -> None:
    """Refused, or loaded: a workbook as if unchanged, by its checksums; Parquet as another reader has it."""
    name, content, beside = binary_files()[kind]
    dice, seen = random.Random(runs), Counter[str]()  # noqa: S311
    [whole] = read(tmp_path / "raw", [{name: content, **beside}])
    assert whole is not None
    for number in in_batches(runs):
        several = [damaged(content, dice) for _ in range(number)]
        found = read(tmp_path / "raw", [{name: bad, **beside} for bad in several])
        for bad, counts in zip(several, found, strict=True):
            seen["refused" if counts is None else "loaded"] += 1
            if counts is not None:
                assert counts == (tidy_counts(parquet_grid(bad)) if kind == "parquet" else whole)
    print(dict(seen))  # noqa: T201 - as above
    assert seen["refused"] >= runs / 20


def test_the_independent_reading_agrees_on_what_is_valid(tmp_path: Path) -> None:
    """Both readings of the unchanged deliveries are the same."""
    assert {layout.name for layout in LAYOUTS} >= {"tidy", "vantetider.se"}
    for ending in WRITERS:
        check_tidy(tmp_path / ending, [VALID], ending, seen := Counter[str]())
        assert seen["loaded"] == 1
    key = min(SAMPLE)
    check_page(tmp_path / "page", [(key, SAMPLE[key])], seen)
    assert seen["loaded"] == 2
