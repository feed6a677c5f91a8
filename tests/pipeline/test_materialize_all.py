"""The graph materialised over a span of months, on a ledger that holds nothing: by clicks, and with a refused month."""

from pathlib import Path

import polars as pl
import pytest
from selenium.webdriver import Chrome
from selenium.webdriver.common.by import By
from selenium.webdriver.support.expected_conditions import element_to_be_clickable
from selenium.webdriver.support.ui import WebDriverWait

from schemas.months import month_key
from schemas.places import DataRoot
from tests.pipeline.pages import SECONDS, see
from tests.pipeline.runs import Runs, published
from tests.pipeline.served import Served, serving, until

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.waits]

BUTTON = "//button[contains(., '{}')]"
MONTHS = "//input[starts-with(@placeholder, 'ex: ')]"
OF_ACCESS = (
    ("observed", "waiting_times"),
    ("access-2024", "performance", "waiting_times"),
    ("access-2024", "performance", "next_levels"),
)
BACKFILLS = "query { partitionBackfillsOrError { ... on PartitionBackfills { results { id } } } }"


def test_it_ends_green_and_complete(
    runs: Runs, data_root: DataRoot, browser: Chrome, tmp_path: Path
) -> None:
    """Every run succeeds, and payouts of which only some months were chosen are whole.

    Dagster takes along whatever is downstream of the months: those of which nothing is delivered wait,
    and the rest is read and computed, also what was not among the months chosen.
    """
    with serving(data_root, tmp_path / "ui.log") as served:
        see(browser, f"{served.address}/asset-groups", "Materialize all")

        def clickable(path: str) -> None:
            wait = WebDriverWait(browser, SECONDS)
            wait.until(element_to_be_clickable((By.XPATH, path))).click()

        clickable(BUTTON.format("Materialize all"))
        # It is there once the partitions of the graph's roots are known to be months.
        clickable(MONTHS)
        browser.find_element(By.XPATH, MONTHS).send_keys("[2025-02...2025-04]\t")
        clickable(BUTTON.format("Launch backfill"))
        [launched] = until(
            lambda: served.ask(BACKFILLS)["partitionBackfillsOrError"]["results"] or None
        )
        browser.get("about:blank")  # the graph's page asks for its state all the while
        numbers = served.runs_of_backfill(launched["id"])
        assert set(served.finished(numbers).values()) == {"SUCCESS"}
        made, whole = published(data_root), published(runs.all().root)
        for name in ("payouts.payout_lines", "payouts.payouts", "performance.waiting_times"):
            ours = pl.col("scheme") == "bup-2025"
            assert made[name].filter(ours).equals(whole[name].filter(ours)), name
        # The pages were made last, and not with the first of the runs that publish.
        assert (data_root.reports / "pages" / "bup-2025" / "utbetalning-2025-12.html").exists()
        assert_a_refused_month_stops_no_sound_one(served)


def assert_a_refused_month_stops_no_sound_one(served: Served) -> None:
    """Those before it and after it are computed; the backfill ends as failed, and it alone is not there."""
    again = served.root.raw / "waiting_times" / "2024-05" / "2025-12-30.csv"
    again.write_text("not a delivery\n", encoding="utf-8")
    months = [f"2024-0{month}" for month in range(3, 7)]
    status, _ = served.ended(served.backfill(months, assets=OF_ACCESS))
    assert status == "COMPLETED_FAILED"
    made = published(served.root)
    for name in ("performance.waiting_times", "performance.next_levels"):
        ours = made[name].filter(scheme="access-2024")
        assert sorted(map(month_key, ours["month"].unique())) == ["2024-03", "2024-04", "2024-06"]
