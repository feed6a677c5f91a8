"""The contract's tables: names, keys, columns and types that others rely on."""

import csv
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from schemas.components import REGISTER
from schemas.fields import STATUSES
from schemas.table import Table
from schemas.tables import TABLES

with Path(__file__).with_name("contract.csv").open(encoding="utf-8", newline="") as lines:
    CONTRACT = [pytest.param(row, id=row["table"]) for row in csv.DictReader(lines)]


@pytest.mark.parametrize("row", CONTRACT)
def test_table(row: Mapping[str, str]) -> None:
    """The key is the contract's, and the columns that must exist are there."""
    model = TABLES[row["table"]]
    assert set(model.key()) == set(row["key"].split())
    assert set(row["columns"].split()) <= set(model.polars_schema())


@pytest.mark.parametrize("model", TABLES.values(), ids=TABLES)
def test_types_of_money_and_shares(model: type[Table]) -> None:
    """Whole kronor are integers, exact earnings have two decimals, shares four."""
    for name, kind in model.polars_schema().items():
        exact = name in {"earned_sek", "gain_sek"}
        if exact and model.qualified_name() != "performance.surgery_caps":
            assert kind == pl.Decimal(18, 2)
        elif name.endswith("_sek"):
            assert kind == pl.Int64()
        elif name.endswith("share_pct") or name == "share_last_year_pct":
            assert kind == pl.Decimal(7, 4)


def test_words() -> None:
    """The contract's components, and statuses in the order in which they apply."""
    assert set(REGISTER) >= {
        "waiting_time",
        "first_visit_production",
        "bonus_waiting_time",
        "bonus_first_visit_production",
        "development_grant",
        "population_grant",
        "general_grant",
        "surgery",
    }
    assert [
        *("not_reported", "no_completed", "no_base", "no_waiting"),
        *("incomplete", "no_activity", "ok"),
    ] == STATUSES
