"""A redelivered month makes stale what rests on it, and nothing else."""

import shutil
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from pipeline.definitions import definitions
from schemas.months import parse_month
from schemas.places import DataRoot
from tests.pipeline.dagster_runs import execute
from tests.pipeline.expected import PARTITIONS
from tests.pipeline.runs import Runs, opened

OBSERVED = dg.AssetKey(["observed", "waiting_times"])
LAST_YEAR = dg.AssetKey(["observed", "waiting_times_last_year"])
SCHEMES = ("access-2024", "bup-2025", "surgery-2025")


def stale(instance: dg.DagsterInstance) -> set[tuple[str, str]]:
    """The materialised partitions that Dagster shows as stale, for whatever cause."""
    resolver = CachingStaleStatusResolver(
        instance, definitions.resolve_asset_graph(), LoadingContextForTest(instance)
    )
    return {
        (asset, month)
        for scheme in SCHEMES
        for asset, made in PARTITIONS[scheme].items()
        if asset != "warehouse/published"
        for month in made
        if resolver.get_status(dg.AssetKey(asset.split("/")), month) != StaleStatus.FRESH
    }


def redeliver(root: DataRoot, month: str) -> None:
    """Deliver the month again under a later day, with one count changed."""
    folder = root.raw / "waiting_times" / month
    text = next(folder.iterdir()).read_text(encoding="utf-8")
    header, first, *rest = text.splitlines()
    region, measure, completed, *others = first.split(";")
    changed = ";".join([region, measure, str(int(completed) + 1), *others])
    text = "\n".join([header, changed, *rest])
    (folder / f"{parse_month(month).year + 1}-12-31.csv").write_text(text, encoding="utf-8")


def test_nothing_is_stale_after_a_run(runs: Runs) -> None:
    """When all schemes have been run, every partition is fresh."""
    with opened(runs.of(*SCHEMES).root) as instance:
        assert stale(instance) == set()


def test_a_redelivered_month(runs: Runs, tmp_path: Path) -> None:
    """March 2024 anew: what reads it is stale, step by step: 2024's March, and 2025's; no other."""
    root = runs.of(*SCHEMES).copied(tmp_path)
    redeliver(root, "2024-03")
    of_2024 = ("access-2024/performance/waiting_times", "2024-03")
    of_2025 = ("bup-2025/performance/waiting_times", "2025-03")
    with opened(root) as instance:
        assert execute(instance, "access_2024", "2024-03", [OBSERVED]).success
        assert stale(instance) == {of_2024, ("observed/waiting_times_last_year", "2025-03")}
        assert execute(instance, "bup_2025", "2025-03", [LAST_YEAR]).success
        assert stale(instance) == {of_2024, of_2025}
        performance = dg.AssetKey(of_2024[0].split("/"))
        assert execute(instance, "access_2024", "2024-03", [performance]).success
        assert stale(instance) == {of_2025, ("access-2024/payouts/round_payments", "2024-08")}


@pytest.mark.slow
def test_the_same_delivery_again(runs: Runs, tmp_path: Path) -> None:
    """A month read again without any change makes nothing stale."""
    root = runs.of(*SCHEMES).copied(tmp_path)
    folder = root.raw / "waiting_times" / "2024-03"
    delivered = next(folder.iterdir())
    with opened(root) as instance:
        assert execute(instance, "access_2024", "2024-03", [OBSERVED]).success
        assert stale(instance) == set()
    shutil.copy(delivered, folder / "2025-12-31.csv")
    with opened(root) as instance:
        assert execute(instance, "access_2024", "2024-03", [OBSERVED]).success
        assert ("access-2024/performance/waiting_times", "2024-03") in stale(instance)
