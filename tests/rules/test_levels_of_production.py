"""New-visit production: every edge of the bands, under the readings of the gaps (I-1, I-7)."""

from decimal import Decimal

import pytest

from tests.rules.assessed import RESERVED, production_row
from tests.rules.case_files import Case, cases, decimal


@pytest.mark.parametrize("case", cases("production.csv"))
@pytest.mark.parametrize("reading", ["rounded", "exact", "shares_rounded"])
def test_level(case: Case, reading: str) -> None:
    """The level, the ratio shown, the kronor and the status; no share is rounded here."""
    row = production_row(int(case["completed"]), int(case["added"]), band_gaps=reading)
    level = int(case["level_exact" if reading == "exact" else "level_rounded"])
    assert row["level_pct"] == level
    assert row["ratio_pct"] == decimal(case["ratio_pct"])
    assert row["earned_sek"] == Decimal(level * RESERVED) / 100
    assert row["status"] == case["status"]
