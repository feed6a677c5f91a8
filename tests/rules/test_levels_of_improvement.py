"""Alternative 1: every edge of the bands, under the three readings of the gaps (I-1)."""

from decimal import Decimal

import pytest

from tests.rules.assessed import RESERVED, waiting_time_row
from tests.rules.case_files import Case, cases


@pytest.mark.parametrize("case", cases("improvement.csv"))
@pytest.mark.parametrize("reading", ["rounded", "exact", "shares_rounded"])
def test_level(case: Case, reading: str) -> None:
    """The level, the improvement shown, and the kronor earned."""
    row = waiting_time_row(case, band_gaps=reading)
    level = int(case[f"level_{reading}"])
    shown = case["shares_rounded_pp" if reading == "shares_rounded" else "improvement_pp"]
    assert row["level_pct"] == level
    assert row["improvement_pp"] == Decimal(shown)
    assert row["alternative"] == ("improvement" if level else "none")
    assert row["earned_sek"] == Decimal(level * RESERVED) / 100
    assert row["status"] == "ok"
