"""Fingerprints: the same rows give the same hash, in any order, and other rows another."""

import hashlib
from datetime import date
from decimal import Decimal
from typing import Annotated

import polars as pl
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ledger.fingerprint import fingerprint
from schemas.performance import WaitingTimePerformance
from schemas.table import Table, column
from schemas.tables import TABLES
from tests.schemas.models import good_rows


class Sample(Table, name="sample", key=["number"]):
    """A table with a column of every kind, which may be missing."""

    number: pl.Int64 = column("A number.", unit="count", source="none")
    text: pl.String = column("A text.", unit="text", source="none", nullable=True)
    amount: Annotated[pl.Decimal, 18, 2] = column(
        "An amount.", unit="kronor", source="none", nullable=True
    )
    month: pl.Date = column("A month.", unit="month", source="none", nullable=True)
    is_final: pl.Boolean = column("A flag.", unit="none", source="none", nullable=True)


Row = tuple[int, str | None, Decimal | None, date | None, bool | None]

ROWS = st.lists(
    st.tuples(
        st.integers(-(2**63), 2**63 - 1),
        st.none() | st.text(),
        st.none() | st.decimals(-(10**16) + 1, 10**16 - 1, places=2),
        st.none() | st.dates(),
        st.none() | st.booleans(),
    ),
    max_size=6,
    unique_by=lambda row: row[0],
)


def frame(rows: list[Row]) -> pl.DataFrame:
    """The rows as the sample's frame."""
    return pl.DataFrame(rows, schema=Sample.polars_schema(), orient="row")


def of(*rows: Row) -> str:
    """The fingerprint of the rows."""
    return fingerprint(Sample, frame(list(rows)))


def test_a_known_table() -> None:
    """Written out, so that it cannot change unseen: records of years rest on it."""
    text = (
        '"number","text","amount","month","is_final"\n'
        '1,"",0.10,"2025-04-01","true"\n'
        '2,"NULL",NULL,NULL,"false"\n'
        "3,NULL,-12.00,NULL,NULL\n"
    )
    rows: list[Row] = [
        (3, None, Decimal(-12), None, None),
        (2, "NULL", None, None, False),
        (1, "", Decimal("0.1"), date(2025, 4, 1), True),
    ]
    assert of(*rows) == hashlib.sha256(text.encode()).hexdigest()


@settings(max_examples=40)
@given(st.data())
def test_the_order_of_rows_and_columns_is_free(data: st.DataObject) -> None:
    """Permuting either changes nothing."""
    rows = data.draw(ROWS)
    shuffled = frame(data.draw(st.permutations(rows)))
    columns = data.draw(st.permutations(shuffled.columns))
    assert fingerprint(Sample, shuffled.select(columns)) == of(*rows)


@settings(max_examples=40)
@given(ROWS, ROWS)
def test_other_rows_give_another_fingerprint(one: list[Row], other: list[Row]) -> None:
    """Whatever they hold."""
    assume(set(one) != set(other))
    assert of(*one) != of(*other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (None, ""),
        (None, "NULL"),
        ("", " "),
        ('"', '""'),
        ("a\n2", "a"),
        ("å", "a\u030a"),
        ("1", "01"),
    ],
)
def test_texts_are_told_apart(one: str | None, other: str | None) -> None:
    """A missing text from an empty one, and texts that look alike."""
    assert of((1, one, None, None, None)) != of((1, other, None, None, None))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("0.00", "0.01"),
        ("9999999999999999.98", "9999999999999999.99"),
        ("0.10", "0.01"),
        ("-0.01", "0.01"),
    ],
)
def test_decimals_keep_all_their_digits(one: str, other: str) -> None:
    """Beyond what a float could tell apart."""
    assert of((1, None, Decimal(one), None, None)) != of((1, None, Decimal(other), None, None))


def test_a_missing_amount_is_not_zero() -> None:
    """Nor is a missing flag false."""
    prints = {
        of((1, None, None, None, None)),
        of((1, None, Decimal(0), None, None)),
        of((1, None, None, None, False)),
    }
    assert len(prints) == 3


def test_no_rows_and_one_row() -> None:
    """A table without rows has a fingerprint of its own."""
    assert of() != of((1, None, None, None, None))
    assert of() == of()


@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES)
def test_every_table_has_one(model: type[Table]) -> None:
    """64 digits, the same from a copy of the rows."""
    rows = good_rows(model)
    assert fingerprint(model, rows) == fingerprint(model, rows.clone())
    assert len(fingerprint(model, rows)) == 64


def test_rows_that_lack_a_column_are_refused() -> None:
    """Else two different tables could pass for the same."""
    with pytest.raises(pl.exceptions.ColumnNotFoundError):
        fingerprint(WaitingTimePerformance, good_rows(WaitingTimePerformance).drop("status"))
