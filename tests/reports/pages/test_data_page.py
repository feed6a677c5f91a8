"""What changed after a decision: what is open, and what was settled of it."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from reports.pages.data_page import data_page
from schemas.decisions import Differences
from tests.reports.pages.conftest import Tell
from tests.reports.pages.test_region_page import section, table


@pytest.mark.parametrize(
    ("recomputed", "settled", "is_shown"),
    [(1_000, 0, False), (1_200, 0, True), (1_200, 50, True), (1_200, 200, True)],
)
def test_what_was_settled_whole_is_not_forgotten(
    recomputed: int, settled: int, *, is_shown: bool, tell: Tell
) -> None:
    """Made up: 1 000 kr were decided for Sörmland; nothing is left open of the last, and it was changed all the same."""
    line = {
        "scheme": ["bup-2025"],
        "month": [date(2025, 8, 1)],
        "region_code": ["04"],
        "component": ["waiting_time"],
        "decided_sek": [1_000],
        "recomputed_sek": [recomputed],
        "settled_sek": [settled],
        "difference_sek": [recomputed - 1_000 - settled],
    }
    told = tell()
    tables = {**told.year.tables, Differences: Differences.conform(pl.DataFrame(line))}
    page = data_page([replace(told, year=replace(told.year, tables=tables))])
    if is_shown:
        [row] = table(page, "andrat").rows
        assert row[4:] == [1_000, recomputed, settled, recomputed - 1_000 - settled]
    else:
        assert "har ändrat något belopp" in str(section(page, "andrat").paragraphs)
