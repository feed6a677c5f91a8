"""Two versions of a table's rows: every cell that differs is named, and nothing else."""

from datetime import date

import polars as pl

from ledger.comparison import ABSENT, CELLS, differing_cells
from schemas.payouts import Payouts

AUGUST = date(2025, 8, 1)


def payouts(**amounts: int) -> pl.DataFrame:
    """A payout's rows: a region and its kronor each."""
    regions = [name.removeprefix("region_") for name in amounts]
    rows = pl.DataFrame({"region_code": regions, "amount_sek": list(amounts.values())})
    return Payouts.conform(rows.with_columns(month=pl.lit(AUGUST), scheme=pl.lit("bup-2025")))


def test_the_same_rows() -> None:
    """Nothing differs, also where the rows stand in another order."""
    rows = payouts(region_01=1, region_09=2)
    found = differing_cells(Payouts, rows, rows.reverse())
    assert found.is_empty()
    assert dict(found.schema) == CELLS


def test_a_changed_cell() -> None:
    """Its row by key, its column, and both values."""
    found = differing_cells(
        Payouts, payouts(region_01=1, region_09=2), payouts(region_01=1, region_09=3)
    )
    [cell] = found.to_dicts()
    assert cell["row"].split() == ["2025-08-01", "bup-2025", "09"]
    assert (cell["column"], cell["recorded"], cell["again"]) == ("amount_sek", "2", "3")


def test_a_row_that_only_one_has() -> None:
    """It is told on whichever side it lacks."""
    one, both = payouts(region_01=1), payouts(region_01=1, region_09=2)
    [added] = differing_cells(Payouts, one, both).to_dicts()
    [lost] = differing_cells(Payouts, both, one).to_dicts()
    assert (added["recorded"], added["again"]) == (ABSENT, "2")
    assert (lost["recorded"], lost["again"]) == ("2", ABSENT)
