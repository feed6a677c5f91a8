"""A run's tags say whose it is, what it does, and for which months."""

from datetime import date

import dagster as dg
import pytest

from pipeline.tags import MONTHS, SCHEME, WHAT, run_tags

CASES = [
    ("", ["observed/waiting_times", "warehouse/published"], "deliveries"),
    ("bup-2025", ["bup-2025/payouts/reserves", "bup-2025/performance/waiting_times"], "months"),
    ("bup-2025", ["bup-2025/payouts/payout_lines", "warehouse/published"], "payouts"),
    ("bup-2025", ["bup-2025/payouts/reserves", "bup-2025/payouts/payouts"], "months, payouts"),
    ("bup-2025", ["warehouse/published"], "publication"),
]


@pytest.mark.parametrize(("scheme", "assets", "what"), CASES)
def test_what_it_does(scheme: str, assets: list[str], what: str) -> None:
    """By what it materialises."""
    keys = [dg.AssetKey(asset.split("/")) for asset in assets]
    tags = run_tags(scheme, keys, date(2025, 3, 1), date(2025, 6, 1))
    assert tags[WHAT] == what
    assert tags[MONTHS] == "2025-03 to 2025-06"
    assert tags.get(SCHEME, "") == scheme
