"""The contract's tables: names, keys, columns and types that others rely on."""

import csv
from collections.abc import Mapping
from pathlib import Path

import polars as pl
import pytest

from ledger.warehouse import BESIDE as BESIDE_TABLES
from schemas.components import REGISTER
from schemas.fields import STATUSES
from schemas.keys import OfRegion
from schemas.published import all_published
from schemas.table import Table
from schemas.tables import TABLES

BESIDE = {table.qualified_name(): table for table in BESIDE_TABLES}

with Path(__file__).with_name("contract.csv").open(encoding="utf-8", newline="") as lines:
    CONTRACT = [pytest.param(row, id=row["table"]) for row in csv.DictReader(lines)]


@pytest.mark.parametrize("row", CONTRACT)
def test_table(row: Mapping[str, str]) -> None:
    """The key is the contract's, and the columns that must exist are there."""
    table = all_published().get(row["table"]) or BESIDE[row["table"]]
    assert set(table.key()) == set(row["key"].split())
    assert set(row["columns"].split()) <= {each.name for each in table.columns()}


def test_no_name_hides_what_a_sum_over_it_means() -> None:
    """`month` is never the month paid; what is earned so far says so; the country stands apart."""
    for name, table in all_published().items():
        columns = {each.name for each in table.columns()}
        assert ("month" in columns) != ("payout_month" in columns), name
        assert "is_final" not in columns or "earned_sek" not in columns, name
        is_by_region = issubclass(table.table, OfRegion)
        assert ("region_code" in columns) == (is_by_region and not name.endswith("_country")), name


def test_whether_it_is_decided_is_said_of_every_payout() -> None:
    """By `status` where the amount is what is paid or was decided, else by words that name where it stands."""
    entered = {"payouts.decided", "payouts.settlements", "payouts.revocations"}
    for name, table in all_published().items():
        columns = {each.name for each in table.columns()}
        if "payout_month" not in columns or name in {*entered, "payouts.differences"}:
            continue
        where = "(`status`), stands in payouts.payout_lines, for the same payout month"
        is_told = where in table.describe()
        assert ("status" in columns) != is_told, name


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
