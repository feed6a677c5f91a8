"""Dagster's UI as `make ui` opens it, looked at in headless Chromium."""

from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.pipeline.conftest import SERVED_SCHEME as SCHEME
from tests.pipeline.pages import see
from tests.pipeline.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAYOUTS = f"assets/{SCHEME}/payouts/payouts"


def test_the_user_interface(browser: Chrome, served: Served, tmp_path: Path) -> None:
    """The graph, a payout's partitions, its checks and its metadata show, without an error."""
    address = served.address
    pages = {
        "graph": (f"{address}/locations/bonuspott/asset-groups/bup_2025/lineage", "payout_lines"),
        "partitions": (f"{address}/{PAYOUTS}?view=partitions", "2025-12", "2025-08"),
        "metadata": (
            f"{address}/{PAYOUTS}?view=partitions&partition=2025-12",
            "01 Stockholm",
            "25 Norrbotten",
            "Summa",
            "rests on made-up deliveries: waiting_times",
        ),
        "checks": (f"{address}/{PAYOUTS}?view=checks", "every_region_once"),
    }
    for name, (url, *words) in pages.items():
        try:
            see(browser, url, *words)
        finally:
            browser.save_screenshot(str(tmp_path / f"{name}.png"))
