"""End to end through the real thing: launched as the UI launches, read back as the UI reads."""

from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome

from ledger.ledger import Ledger
from schemas.months import parse_month
from schemas.payouts import Payouts
from tests.pipeline.pages import see
from tests.pipeline.served import Served

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCHEME, JOB, MONTH = "bup-2025", "bup_2025_payouts", "2025-12"
KEY = [SCHEME, "payouts", "payouts"]
ASSET = """
query Asset($key: AssetKeyInput!, $partition: String!) {
  assetNodeOrError(assetKey: $key) {
    ... on AssetNode {
      groupName
      partitionKeys
      latestMaterializationByPartition(partitions: [$partition]) {
        runId partition
        metadataEntries {
          label
          ... on IntMetadataEntry { intValue }
          ... on TextMetadataEntry { text }
          ... on MarkdownMetadataEntry { mdStr }
        }
      }
    }
  }
}"""
CHECKS = """
query Checks($key: AssetKeyInput!, $name: String!) {
  assetCheckExecutions(assetKey: $key, checkName: $name, limit: 20) {
    status runId
    evaluation { success description partition }
  }
}"""


@pytest.fixture(scope="module")
def run(served: Served) -> str:
    """A run of one month, launched and followed to success."""
    launched = served.launch(JOB, partition=MONTH)
    served.succeed([launched])
    return launched


def metadata_of(served: Served, partition: str) -> tuple[str, dict[str, Any]]:
    """The run that made the asset's partition last, and what it shows of it by label."""
    found = served.ask(ASSET, key={"path": KEY}, partition=partition)["assetNodeOrError"]
    [latest] = found["latestMaterializationByPartition"]
    assert latest["partition"] == partition
    shown = {
        entry.pop("label"): next(iter(entry.values()), None) for entry in latest["metadataEntries"]
    }
    return latest["runId"], shown


def test_a_month_launched_as_the_ui_does(
    served: Served, run: str, browser: Chrome, tmp_path: Path
) -> None:
    """Its assets, checks and metadata are read back; the pages show them without an error."""
    tags = {tag["key"]: tag["value"] for tag in served.run(run)["tags"]}
    assert tags["dagster/partition"] == MONTH
    assert (tags["bonuspott/scheme"], tags["bonuspott/part"]) == (SCHEME, "payouts")

    made_by, shown = metadata_of(served, MONTH)
    rows = Ledger(served.root.ledger).read(Payouts, SCHEME, [parse_month(MONTH)])
    record = rows.records[parse_month(MONTH)]
    assert made_by == run
    assert shown["materialisation_id"] == str(record.number)
    assert shown["fingerprint"] == record.fingerprint
    assert shown["dagster/partition_row_count"] == 21
    assert shown["amount_sek_total"] == rows.rows["amount_sek"].sum()
    assert "01 Stockholm" in shown["table"]

    executions = served.ask(CHECKS, key={"path": KEY}, name="every_region_once")
    of_run = [each for each in executions["assetCheckExecutions"] if each["runId"] == run]
    assert [each["status"] for each in of_run] == ["SUCCEEDED"]
    [evaluation] = [each["evaluation"] for each in of_run]
    assert evaluation == {
        "success": True,
        "description": "all 21 regions once",
        "partition": MONTH,
    }

    job = f"{served.address}/locations/bonuspott/jobs/{JOB}"
    asset = f"{served.address}/assets/{'/'.join(KEY)}"
    pages = {
        "graph": (
            f"{served.address}/locations/bonuspott/asset-groups/bup_2025/lineage",
            "payout_lines",
        ),
        "partitions": (f"{asset}?view=partitions", MONTH, "2025-08"),
        "checks": (f"{asset}?view=checks", "every_region_once"),
        "run": (f"{served.address}/runs/{run}", run[:8], "Success"),
        "launchpad": (f"{job}/launchpad", "Materialize"),
        "matrix": (f"{job}/partitions", "Total partitions"),
        "asset": (
            f"{asset}?view=partitions&partition={MONTH}",
            *(
                "01 Stockholm",
                "25 Norrbotten",
                "Summa",
                "rests on made-up deliveries: waiting_times",
            ),
        ),
        "check": (f"{asset}?view=checks&checkDetail=every_region_once", "all 21 regions once"),
        "daemons": (f"{served.address}/health", "Running"),
    }
    for name, (url, *words) in pages.items():
        try:
            see(browser, url, *words)
        finally:
            browser.save_screenshot(str(tmp_path / f"{name}.png"))
