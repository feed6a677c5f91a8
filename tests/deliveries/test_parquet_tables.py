"""Small Parquet files: the same table as CSV would have it, and nothing guessed."""

import io
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries.faults import DeliveryRefusedError, Fault
from deliveries.formats.parquet_tables import MOST_CELLS, read_parquet_table
from deliveries.formats.text_files import WIDEST, TextTable, read_csv
from tests.deliveries.delivering import file_of


def table(content: pa.Table | pl.DataFrame) -> TextTable:
    """The content as a table, by way of a file."""
    stream = io.BytesIO()
    if isinstance(content, pl.DataFrame):
        content.write_parquet(stream)
    else:
        pq.write_table(content, stream)
    name = "2025-05-20.parquet"
    return read_parquet_table(file_of(name, stream.getvalue()))


def column(values: object, kind: pa.DataType | None = None) -> list[str]:
    """What is read of a column."""
    found = table(pa.table({"n": pa.array(values, kind), "end": ["x"] * len(values)}))  # type: ignore[arg-type]
    return [cells[0] for _, cells in found.rows]


def faults(content: pa.Table | pl.DataFrame) -> list[Fault]:
    """The faults of content that is no table, or of its cells."""
    try:
        return table(content).faults
    except DeliveryRefusedError as error:
        return error.faults


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        (["01", None, " a "], pa.string(), ["01", "", " a "]),
        (["01", None], pa.large_string(), ["01", ""]),
        (["01", None], pa.string_view(), ["01", ""]),
        ([5, None, -3], pa.int8(), ["5", "", "-3"]),
        ([2**64 - 1], pa.uint64(), ["18446744073709551615"]),
        ([75.0, None, float("nan"), -0.0], pa.float64(), ["75", "", "", "0"]),
        ([2.0**53], pa.float64(), ["9007199254740992"]),
        ([75.0], pa.float32(), ["75"]),
        ([Decimal("75.00")], pa.decimal128(9, 2), ["75"]),
        ([True, False, None], pa.bool_(), ["true", "false", ""]),
        ([date(2025, 5, 20), None], pa.date32(), ["2025-05-20", ""]),
        ([1_747_699_200_000_000_000], pa.timestamp("ns"), ["2025-05-20"]),
        ([1_747_699_200_000_000_001], pa.timestamp("ns"), ["2025-05-20"]),
        ([1_747_747_800], pa.timestamp("s"), ["2025-05-20 13:30:00"]),
        ([None, None], pa.null(), ["", ""]),
    ],
    ids=str,
)
def test_values_as_csv_would_have_them(
    values: list[object], kind: pa.DataType, expected: list[str]
) -> None:
    """Whole floats are whole numbers; what lacks is empty."""
    assert column(values, kind) == expected


def test_dictionaries() -> None:
    """Categories are stored as numbers, and read as what they stand for."""
    found = table(
        pl.DataFrame({"region": pl.Series(["Skåne", None, "Skåne"], dtype=pl.Categorical)})
    )
    assert found.rows == [(2, ["Skåne"]), (4, ["Skåne"])]
    numbers = pa.DictionaryArray.from_arrays([0, 1], [5, 6])
    assert table(pa.table({"n": numbers})).rows == [(2, ["5"]), (3, ["6"])]


def test_rows_are_numbered_as_in_csv() -> None:
    """Rows with nothing in them are none, and many rows come in many batches."""
    found = table(pa.table({" region ": ["01", " ", "03", *["x"] * 9000]}))
    assert found.header == ["region"]
    assert found.rows[:2] == [(2, ["01"]), (4, ["03"])]
    assert found.rows[-1] == (9004, ["x"])


def test_a_header_alone() -> None:
    """A table without rows, as in CSV."""
    assert table(pl.DataFrame(schema={"region": pl.String})).rows == []


@pytest.mark.parametrize("name", ["region", "home_region", "Landsting / region"])
def test_regions_as_numbers_are_refused(name: str) -> None:
    """The leading zero is gone, and 1 may have been anything."""
    [fault] = faults(pa.table({name: [1, 3], "completed": [5, 7]}))
    assert (fault.row, fault.column, fault.value) == (1, name, "int64")
    assert "01 has become 1" in fault.expected


def test_numbers_that_are_not_whole_are_named() -> None:
    """Each by its row; so are floats too large to be exact."""
    found = faults(pa.table({"a": [1.0, 0.5, None], "b": [2.0**54, 1.0, float("inf")]}))
    assert sorted((fault.row, fault.column) for fault in found) == [(2, "b"), (3, "a"), (4, "b")]
    assert len(faults(pa.table({"a": [0.5] * 20_000}))) == 20_000


def test_cells_beside_one_that_cannot_be_read() -> None:
    """They are read: a fault takes nothing but its own cell, or its own column."""
    found = table(pa.table({"a": [1.0, 0.5], "b": ["x", "y"]}))
    assert found.rows == [(2, ["1", "x"]), (3, [None, "y"])]
    found = table(pa.table({"region": [1, 3, None], "b": ["x", "y", None]}))
    assert found.rows == [(2, [None, "x"]), (3, [None, "y"])]
    assert len(found.faults) == 1


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([[1]], pa.list_(pa.int64())),
        ([{"a": 1}], pa.struct([("a", pa.int64())])),
        ([b"x"], pa.binary()),
        ([timedelta(1)], pa.duration("s")),
        ([datetime(2025, 5, 20, tzinfo=UTC)], pa.timestamp("us", "UTC")),
    ],
    ids=str,
)
def test_other_types_are_refused(values: list[object], kind: pa.DataType) -> None:
    """By the column and its type."""
    [fault] = faults(pa.table({"n": pa.array(values, kind), "region": ["01"]}))
    assert (fault.row, fault.column) == (1, "n")


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (pa.table({}), "a header and rows"),
        (pa.table({f"c{n}": [1] for n in range(WIDEST + 1)}), f"at most {WIDEST} columns"),
        (pa.table({"n": pa.nulls(MOST_CELLS + 1)}), f"at most {MOST_CELLS} cells"),
        (pa.table({"n": ["x" * 9000] * 9000}), "letters"),
    ],
    ids=["no columns", "too wide", "too long", "one long text in every row"],
)
def test_sizes_out_of_bounds(content: pa.Table, expected: str) -> None:
    """Refused by what the file says of itself, or when the text grows too much."""
    [fault] = faults(content)
    assert expected in fault.expected


TEXT = st.text(st.characters(exclude_categories=("C", "Zl", "Zp")), max_size=12)


@given(
    st.lists(
        st.tuples(
            TEXT, st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.integers(0, 2**53)
        ),
        max_size=8,
    )
)
def test_the_same_table_as_in_csv(rows: list[tuple[str, int | None, int | None]]) -> None:
    """Texts, whole numbers and counts stored as floats come out as they do of the CSV."""
    lines = ['"t";"n";"f"']
    lines += [
        ";".join('"' + ("" if cell is None else str(cell)).replace('"', '""') + '"' for cell in row)
        for row in rows
    ]
    name = "2025-05-20.parquet"
    csv = read_csv(file_of(name, "\n".join(lines).encode()))
    texts, numbers, floats = zip(*rows, strict=True) if rows else ((), (), ())
    found = table(
        pa.table(
            {
                "t": pa.array(texts, pa.string()),
                "n": pa.array(numbers, pa.int64()),
                "f": pa.array(floats, pa.float64()),
            }
        )
    )
    assert found == csv
