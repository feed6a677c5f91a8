"""One run with one key does a month, from delivery to payout, through Dagster's own interface."""

import dagster as dg
import polars as pl
import pytest

from schemas.places import DataRoot
from tests.pipeline.dagster_runs import execute, failures, materialised
from tests.pipeline.runs import Runs, opened, published

JOB = "bup_2025"
BEFORE = ("2024-11", "2024-03")
"""Months that March 2025 rests on: the population's, and its base."""


def test_a_month_from_delivery_to_payout(runs: Runs, data_root: DataRoot) -> None:
    """March 2025, which measures and pays, in one run with one key, once what it rests on is there."""
    with opened(data_root) as instance:
        for month in BEFORE:
            assert execute(instance, JOB, month).success
        result = execute(instance, JOB, "2025-03")
    assert result.success, failures(result)
    made = materialised(result)
    assert {month for _, month in made} == {"2025-03"}
    assert len(made) == len(set(made))
    assert {"observed/waiting_times", "bup-2025/payouts/payouts", "warehouse/published"} <= {
        asset for asset, _ in made
    }
    march = pl.col("month") == pl.date(2025, 3, 1)
    whole, alone = published(runs.of("bup-2025").root), published(data_root)
    for name, rows in alone.items():
        if rows.height and "scheme" in rows.columns:
            assert rows.equals(whole[name].filter(march)), name


def test_a_month_needs_its_base_to_be_read(data_root: DataRoot) -> None:
    """A base that was delivered and never read stops the month: it must not pass for none."""
    with opened(data_root) as instance:
        assert execute(instance, JOB, "2024-11").success
        result = execute(instance, JOB, "2025-03")
    assert not result.success
    told = [words for words in failures(result) if "2024-03" in words]
    assert len(told) == 1
    assert told[0].startswith("observed.waiting_times of 2024-03 is needed and was never")
    assert "Materialise observed.waiting_times for those months first" in told[0]
    made = {asset for asset, _ in materialised(result)}
    assert "bup-2025/performance/waiting_times" not in made
    assert "bup-2025/payouts/payouts" not in made


def test_a_month_needs_its_delivery_to_be_read(data_root: DataRoot) -> None:
    """The same where a month's own delivery was never read."""
    reserves = dg.AssetKey(["bup-2025", "payouts", "reserves"])
    production = dg.AssetKey(["bup-2025", "performance", "first_visit_production"])
    population = dg.AssetKey(["observed", "population"])
    with opened(data_root) as instance:
        assert execute(instance, JOB, "2024-11", [population]).success
        assert execute(instance, JOB, "2025-03", [reserves]).success
        result = execute(instance, JOB, "2025-03", [production])
    assert not result.success
    assert "observed.waiting_times of 2025-03 is needed" in failures(result)[0]


@pytest.mark.slow
def test_a_month_without_delivery_computes(data_root: DataRoot) -> None:
    """A month that nobody delivered is not reported: it computes, and earns nothing."""
    for path in (data_root.raw / "waiting_times" / "2025-03").iterdir():
        path.unlink()
    with opened(data_root) as instance:
        for month in BEFORE:
            assert execute(instance, JOB, month).success
        assert execute(instance, JOB, "2025-03").success
    performance = published(data_root)["performance.waiting_times"]
    assert set(performance["status"]) == {"not_reported"}
    assert int(performance["earned_sek"].sum()) == 0
