"""What a run leaves in Dagster: an event for each partition, with versions and verdicts of its own."""

import asyncio
from collections import Counter

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus as Status,
)
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionResolvedStatus as Shown,
)

from schemas.months import month_key
from storage.ledger import Ledger
from storage.version import code_version
from tests.pipeline.expected import CHECKED, PARTITIONS
from tests.pipeline.records import (
    code_version_of,
    data_version,
    materialisations,
    shown_status,
    verdicts,
)
from tests.pipeline.runs import Runs, opened

SCHEMES = tuple(PARTITIONS)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_partition_once_and_no_other(scheme: str, runs: Runs) -> None:
    """Every expected partition has one event, and no other partition has any."""
    with opened(runs.of(scheme).root) as instance:
        recorded = Counter(place for place, _ in materialisations(instance))
    expected = {
        (asset, month) for asset, months in PARTITIONS[scheme].items() for month in months
    }
    assert recorded == dict.fromkeys(expected, 1)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_partition_has_its_own_version(scheme: str, runs: Runs) -> None:
    """An event's data version is the fingerprint of that month's rows in the ledger."""
    root = runs.of(scheme).root
    fingerprints = {
        ("/".join([*filter(None, [name]), *table.split(".")]), month_key(month)): fingerprint
        for name, table, month, fingerprint in Ledger(root.ledger)
        .current()
        .select("scheme", "table_name", "month", "fingerprint")
        .iter_rows()
    }
    with opened(root) as instance:
        events = dict(materialisations(instance))
    stands_for_others = {"warehouse/published", "observed/waiting_times_last_year"}
    versions = {
        place: data_version(event)
        for place, event in events.items()
        if place[0] not in stands_for_others
    }
    assert versions == fingerprints
    for (asset, month), event in events.items():
        if asset == "observed/waiting_times_last_year":
            year, number = month.split("-")
            base = ("observed/waiting_times", f"{int(year) - 1}-{number}")
            assert data_version(event) == fingerprints[base]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_partition_says_what_it_rests_on(scheme: str, runs: Runs) -> None:
    """An event has the code version, and metadata: rows, ledger record, deliveries, what is made up."""
    with opened(runs.of(scheme).root) as instance:
        events = dict(materialisations(instance))
    for (asset, _), event in events.items():
        if asset == "warehouse/published":
            continue
        assert code_version_of(event) == code_version()
        assert {"dagster/partition_row_count", "fingerprint"} <= event.metadata.keys(), asset
        if "reserves" not in asset and "population" not in asset:
            assert "deliveries" in event.metadata, asset
            assert "made-up" in str(event.metadata["made_up"].value), asset


def test_figures_to_follow_over_time(runs: Runs) -> None:
    """Performance carries kronor earned, rows at 100 % and uppfyllnadsgrad; pots their pot."""
    with opened(runs.of("bup-2025").root) as instance:
        events = dict(materialisations(instance))
    april = events["bup-2025/performance/waiting_times", "2025-04"].metadata
    assert {"earned_sek_total", "rows_at_100_pct", "uppfyllnadsgrad_pct"} <= april.keys()
    pots = events["bup-2025/payouts/bonus_pots", "2025-12"].metadata
    assert {"pot_sek_total", "paid_sek_total"} <= pots.keys()
    table = str(events["bup-2025/payouts/payouts", "2025-08"].metadata["table"].value)
    assert "| 01 Stockholm |" in table
    assert "**Summa**" in table


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_partition_is_checked(scheme: str, runs: Runs) -> None:
    """Each check has one verdict for each partition it is on, and they all hold."""
    with opened(runs.of(scheme).root) as instance:
        for check, by_asset in CHECKED[scheme].items():
            for asset, months in by_asset.items():
                if not months:
                    continue
                records = list(verdicts(instance, dg.AssetKey(asset.split("/")), check))
                found = Counter(each.partition for each in records if each.evaluation)
                assert found == dict.fromkeys(months, 1), (asset, check)
                succeeded = [each for each in records if each.status == Status.SUCCEEDED]
                assert len(succeeded) == len(months), (asset, check)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_no_check_waits_or_fails(scheme: str, runs: Runs) -> None:
    """No check of a materialised partition shows as running or not executed.

    A check that has nothing to say of a month, such as one that publishes no figure, shows as
    skipped there.
    """
    with opened(runs.of(scheme).root) as instance:
        checks = [
            (key.asset_key, key.name)
            for key in instance.event_log_storage.get_asset_check_summary_records([])
        ] or [
            (dg.AssetKey(asset.split("/")), check)
            for check, by_asset in CHECKED[scheme].items()
            for asset in by_asset
        ]
        shown = Counter(
            asyncio.run(shown_status(instance, record))
            for asset, check in checks
            for record in verdicts(instance, asset, check)
        )
    assert set(shown) <= {Shown.SUCCEEDED, Shown.SKIPPED}
