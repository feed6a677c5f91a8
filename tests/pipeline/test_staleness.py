"""A redelivered month makes stale what rests on it, and nothing else."""

import shutil
from collections.abc import Iterable
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.definitions.data_version import CachingStaleStatusResolver, StaleStatus
from dagster._core.loader import LoadingContextForTest

from pipeline.definitions import definitions
from schemas.months import parse_month
from schemas.places import DataRoot
from tests.pipeline.dagster_runs import execute
from tests.pipeline.expected import PARTITIONS, SCHEMES
from tests.pipeline.runs import Runs, opened

OBSERVED = dg.AssetKey(["observed", "waiting_times"])


MADE = [
    (asset, month)
    for scheme in SCHEMES
    for asset, made in PARTITIONS[scheme].items()
    for month in made
]


def stale(
    instance: dg.DagsterInstance, among: Iterable[tuple[str, str]] = MADE
) -> set[tuple[str, str]]:
    """Those of the materialised partitions that Dagster shows as stale, for whatever cause."""
    resolver = CachingStaleStatusResolver(
        instance, definitions.resolve_asset_graph(), LoadingContextForTest(instance)
    )
    return {
        (asset, month)
        for asset, month in among
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


@pytest.mark.slow
def test_what_a_month_makes_stale(runs: Runs, tmp_path: Path) -> None:
    """March 2024 read again: nothing. Delivered anew: what looks at it, until it is computed; then what rests on that.

    March 2025, which looks back at it, Dagster does not know of (assets/partitions.py says why): which
    are outdated too the planner says (tests/rules/test_planning.py), and a payout has them made first.
    """
    root = runs.all().copied(tmp_path)
    of_2024 = ("access-2024/performance/waiting_times", "2024-03")
    with opened(root) as instance:
        assert execute(instance, "deliveries", "2024-03", [OBSERVED]).success
        assert stale(instance) == set()
        folder = root.raw / "waiting_times" / "2024-03"
        shutil.copy(next(folder.iterdir()), folder / "2025-12-30.csv")
        assert execute(instance, "deliveries", "2024-03", [OBSERVED]).success
        assert stale(instance, [of_2024]) == {of_2024}
        redeliver(root, "2024-03")
        assert execute(instance, "deliveries", "2024-03", [OBSERVED]).success
        assert stale(instance) == {of_2024}
        performance = dg.AssetKey(of_2024[0].split("/"))
        assert execute(instance, "access_2024_months", "2024-03", [performance]).success
        assert stale(instance) == {
            ("access-2024/performance/next_levels", "2024-03"),
            *(("access-2024/payouts/round_payments", month) for month in ("2024-08", "2024-12")),
        }
