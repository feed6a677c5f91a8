"""What people see of tables in Dagster: names, grouped thousands, sums, faults."""

from datetime import date
from decimal import Decimal

import polars as pl
import pytest

from assets.presentation import (
    bars_markdown,
    column_schema,
    fault_table,
    figures,
    nearest_markdown,
    payout_markdown,
)
from deliveries.faults import SHOWN, Fault
from schemas.amounts import NO_BREAK_SPACE
from schemas.table import Table
from schemas.tables import TABLES

LINES = pl.DataFrame(
    {
        "month": [date(2025, 8, 1)] * 4,
        "region_code": ["25", "01", "25", "01"],
        "component": ["waiting_time", "waiting_time", "surgery", "surgery"],
        "amount_sek": [1_234_567, 0, 5, 7],
    }
)


def test_the_nearest_next_levels() -> None:
    """Those missed by fewest patients, the dearest first among equals; and no full levels counted."""
    rows = pl.DataFrame(
        {
            "region_code": ["01", "12", "04"],
            "measure": ["treatment", "treatment", "assessment"],
            "alternative": ["attainment", "improvement", "improvement"],
            "level_pct": [50, 0, 75],
            "to_level_pct": [100, 50, 100],
            "patients": [4, 1, 1],
            "gain_sek": [Decimal("10.50"), Decimal(1), Decimal(2000)],
        }
    )
    assert nearest_markdown(rows).replace(NO_BREAK_SPACE, " ").splitlines()[2:] == [
        "| 04 Sörmland | assessment | improvement | 75 | 100 | 1 | 2 000 |",
        "| 12 Skåne | treatment | improvement | 0 | 50 | 1 | 1 |",
        "| 01 Stockholm | treatment | attainment | 50 | 100 | 4 | 10.50 |",
    ]
    assert "rows_at_100_pct" not in figures(rows)


def test_payout_table() -> None:
    """A row a region by name, in order of code; a column a component; sums last."""
    assert payout_markdown(LINES).replace(NO_BREAK_SPACE, " ").splitlines() == [
        "| Region | Väntetider | Operationer |",
        "|---|---:|---:|",
        "| 01 Stockholm | 0 | 7 |",
        "| 25 Norrbotten | 1 234 567 | 5 |",
        "| **Summa** | **1 234 567** | **12** |",
    ]


def test_payout_table_without_components() -> None:
    """Payouts have one amount a region."""
    rows = LINES.filter(pl.col("component") == "surgery").drop("component")
    assert "| **Summa** | **12** |" in payout_markdown(rows)
    assert payout_markdown(rows.clear()) == ""


def test_bars() -> None:
    """A block for each five per cent, the country by name."""
    shown = bars_markdown({"00": Decimal("40.05"), "01": Decimal(100), "03": Decimal(0)})
    assert "| 00 Riket | 40.0 | ████████ |" in shown
    assert f"| 01 Stockholm | 100.0 | {'█' * 20} |" in shown
    assert "| 03 Uppsala | 0.0 |  |" in shown


def test_figures_leave_the_country_out() -> None:
    """Sums are of regions: the country's row is their sum already."""
    rows = pl.DataFrame(
        {
            "region_code": ["00", "01", "03"],
            "amount_sek": [3, 1, 2],
            "level_pct": [0, 100, 50],
            "status": ["ok", "ok", "no_base"],
        }
    )
    assert figures(rows) == {
        "dagster/partition_row_count": 3,
        "amount_sek_total": 3,
        "rows_at_100_pct": 1,
        "rows_not_fully_assessed": 1,
    }


def test_figures_of_what_was_earned() -> None:
    """Earned kronor, and uppfyllnadsgrad: earned in per cent of reserved; none without reserve."""
    rows = pl.DataFrame(
        {
            "region_code": ["01", "03"],
            "reserved_sek": [100, 300],
            "earned_sek": [Decimal("75.00"), Decimal("25.25")],
        }
    )
    found = figures(rows)
    assert found["earned_sek_total"] == pytest.approx(100.25)
    assert found["uppfyllnadsgrad_pct"] == pytest.approx(25.06)
    assert "uppfyllnadsgrad_pct" not in figures(rows.with_columns(reserved_sek=pl.lit(0)))


@pytest.mark.parametrize("table", TABLES.values(), ids=lambda table: table.qualified_name())
def test_columns_are_described(table: type[Table]) -> None:
    """Every column has a type, and a description with unit and source."""
    shown = column_schema(table).columns
    assert [column.name for column in shown] == list(table.polars_schema())
    for column in shown:
        assert column.type
        assert "Unit: " in str(column.description)
        assert "Source: " in str(column.description)


def test_faults() -> None:
    """The first hundred faults are shown; a last row counts the others."""
    faults = [Fault("f.csv", row, "region", "99", "a region", "Mend it.") for row in range(150)]
    records = fault_table(faults).records
    assert len(records) == SHOWN + 1
    assert records[1].data["row"] == 1
    assert records[-1].data["expected"] == "50 more faults are not shown"
    assert len(fault_table(faults[:3]).records) == 3
