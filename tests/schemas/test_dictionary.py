"""The data dictionary: every column explains itself, and is named by the grammar."""

import re

import polars as pl
import pytest

from ledger.warehouse import BESIDE
from schemas.fields import NAME_PATTERN
from schemas.published import all_published
from schemas.table import Column, Table
from schemas.tables import TABLES
from tests.schemas.models import all_models

MODELS = all_models()
WITH_COLUMNS = [
    pytest.param(table.columns(), id=f"{kind}-{table.qualified_name()}")
    for kind, tables in (("recorded", MODELS), ("published", all_published()))
    for table in tables.values()
]

GRAMMAR = {
    # the end of a name: the types that the column may have, and its units
    r"_sek$": ((pl.Int64, pl.Decimal), {"kronor", "kronor, of either sign", "thirds of a krona"}),
    r"_pct$": ((pl.Int64, pl.Decimal), {"per cent"}),
    r"_pp$": ((pl.Decimal,), {"percentage points"}),
    r"(^|_)region_code$": ((pl.String,), {"code"}),
    r"_id$": ((pl.String, pl.Int64), {"identifier", "ordinal"}),
    r"^(payout_)?month(_to|_paid)?$": ((pl.Date,), {"month"}),
    r"_on$": ((pl.Date,), {"day"}),
    r"_at$": ((pl.Datetime,), {"time in UTC"}),
    r"_to_date$": ((pl.Int64,), {"patients", "operations"}),
    r"_last_year$": ((pl.Int64,), {"patients"}),
    r"_within_30$": ((pl.Int64,), {"patients"}),
    r"_count$": ((pl.Int64,), {"rows"}),
    r"_bytes$": ((pl.Int64,), {"bytes"}),
    r"sha256$": ((pl.String,), {"SHA-256"}),
    r"_hash$": ((pl.String,), {"SHA-256"}),
    r"^is_": ((pl.Boolean,), {"true or false"}),
}

ENDS_OF_UNITS = {
    # and the other way: a column in this unit has a name of this form
    "kronor": r"_sek$",
    "kronor, of either sign": r"_sek$",
    "thirds of a krona": r"_thirds(_to_date)?_sek$",
    "per cent": r"_pct$",
    "percentage points": r"_pp$",
    "code": r"_code$",
    "month": r"^(payout_)?month(_to|_paid)?$",
    "true or false": r"^is_",
    "time in UTC": r"_at$",
    "day": r"_on$",
    "bytes": r"_bytes$",
}


@pytest.mark.parametrize("columns", WITH_COLUMNS)
def test_names_follow_the_grammar(columns: list[Column]) -> None:
    """An ending promises a type and a unit, and a unit promises an ending."""
    for column in columns:
        assert re.search(NAME_PATTERN, column.name), column.name
        for ending, (types, units) in GRAMMAR.items():
            if re.search(ending, column.name):
                assert isinstance(column.data_type, types), column.name
                assert column.unit in units, column.name
        if column.unit in ENDS_OF_UNITS:
            assert re.search(ENDS_OF_UNITS[column.unit], column.name), column.name


@pytest.mark.parametrize("columns", WITH_COLUMNS)
def test_columns_have_description_unit_and_source(columns: list[Column]) -> None:
    """A description is a sentence; unit and source are said."""
    for column in columns:
        assert re.search(r"^[A-Z`].*\.$", column.description), column.name
        assert column.unit.strip(), column.name
        assert column.source.strip(), column.name


@pytest.mark.parametrize("columns", WITH_COLUMNS)
def test_the_key_is_never_missing(columns: list[Column]) -> None:
    """What tells rows apart is always there."""
    assert not [column.name for column in columns if column.is_key and column.nullable]


@pytest.mark.parametrize("columns", WITH_COLUMNS)
def test_no_column_is_a_float(columns: list[Column]) -> None:
    """Money and shares are integers and decimals."""
    assert not [column.name for column in columns if column.data_type.is_float()]


@pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)
def test_the_table_describes_itself(model: type[Table]) -> None:
    """A table has its own description, a name with its schema, and a key of its own columns."""
    assert re.search(
        r"^(observed|performance|payouts|audit|main)\.[a-z_]+$", model.qualified_name()
    )
    assert "__doc__" in vars(model)
    assert re.search(r"^[A-Z].*\.$", model.describe())
    assert model.key()
    assert set(model.key()) <= {column.name for column in model.columns()}


def test_the_same_name_means_the_same_type_everywhere() -> None:
    """Only `earned_sek` differs: whole kronor once the cap is applied, exact before rounding."""
    kinds: dict[str, set[str]] = {}
    for model in MODELS.values():
        for column in model.columns():
            kinds.setdefault(column.name, set()).add(str(column.data_type))
    assert {name: kind for name, kind in kinds.items() if len(kind) > 1} == {
        "earned_sek": {"Int64", "Decimal(precision=18, scale=2)"}
    }


def test_every_table_of_the_warehouse_is_listed_once() -> None:
    """`TABLES` holds every model but the record's, and those made when the warehouse is published."""
    beside = {table.qualified_name() for table in BESIDE}
    warehouse = {
        name: model
        for name, model in MODELS.items()
        if not name.startswith("audit.") and name not in beside
    }
    listed = {name: model for name, model in TABLES.items() if not name.startswith("audit.")}
    assert listed == warehouse
