"""What a run leaves in Dagster: an event for each partition, with versions and verdicts of its own."""

import asyncio
from collections import Counter

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecordStatus as Recorded,
)
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionResolvedStatus as Shown,
)

from assets.keys import PUBLISHED
from ledger.ledger import Ledger
from ledger.version import code_version
from pipeline.definitions import definitions
from schemas.months import month_key
from tests.pipeline.expected import CHECKED, PARTITIONS, SCHEMES
from tests.pipeline.records import (
    Place,
    code_version_of,
    data_version,
    materialisations,
    shown_status,
    verdicts,
)
from tests.pipeline.runs import Runs, opened

pytestmark = pytest.mark.slow

MADE_UP = {
    "observed/waiting_times",
    "observed/surgeries",
    "access-2024/payouts/payouts",
    "bup-2025/performance/waiting_times",
    "surgery-2025/payouts/payouts",
}
"""Assets that rest on made-up deliveries in every month; others partly or not at all."""


@pytest.fixture
def events(runs: Runs) -> dict[Place, dg.AssetMaterialization]:
    """The event of every partition, after all schemes were run."""
    with opened(runs.all().root) as instance:
        return {
            place: event
            for place, event in materialisations(instance)
            if place[0] != PUBLISHED.to_user_string()
        }


def test_each_partition_once_and_no_other(runs: Runs) -> None:
    """Every expected partition has one event, and no other partition has any; each run publishes."""
    with opened(runs.all().root) as instance:
        recorded = Counter(place for place, _ in materialisations(instance))
    expected = {
        (asset, month)
        for scheme in SCHEMES
        for asset, months in PARTITIONS[scheme].items()
        for month in months
    }
    published = (PUBLISHED.to_user_string(), "None")
    assert recorded == {**dict.fromkeys(expected, 1), published: len(SCHEMES)}


def test_each_partition_has_its_own_version(
    events: dict[Place, dg.AssetMaterialization], runs: Runs
) -> None:
    """An event's data version is the fingerprint of that month's rows in the ledger."""
    fingerprints = {
        ("/".join([*filter(None, [each.scheme]), *each.table.split(".")]), month_key(each.month)): (
            each.fingerprint
        )
        for each in Ledger(runs.all().root.ledger).current()
    }
    assert {place: data_version(event) for place, event in events.items()} == fingerprints


def test_each_partition_says_what_it_rests_on(
    events: dict[Place, dg.AssetMaterialization],
) -> None:
    """An event has the code version, and metadata: rows, ledger record, deliveries, what is made up."""
    for (asset, _), event in events.items():
        assert code_version_of(event) == code_version()
        assert {"dagster/partition_row_count", "fingerprint"} <= event.metadata.keys(), asset
        deliveries = event.metadata["deliveries"].value if "deliveries" in event.metadata else ""
        rests_on_made_up = any(word in str(deliveries) for word in ("waiting_times/", "surgeries/"))
        assert ("made_up" in event.metadata) == rests_on_made_up, asset
        if asset in MADE_UP:
            assert rests_on_made_up
            assert "made-up" in str(event.metadata["made_up"].value)


def test_figures_to_follow_over_time(events: dict[Place, dg.AssetMaterialization]) -> None:
    """Performance carries kronor earned, rows at 100 % and uppfyllnadsgrad; pots their pot."""
    april = events["bup-2025/performance/waiting_times", "2025-04"].metadata
    assert {"earned_sek_total", "rows_at_100_pct", "uppfyllnadsgrad_pct"} <= april.keys()
    pots = events["bup-2025/payouts/bonus_pots", "2025-12"].metadata
    assert {"pot_sek_total", "paid_sek_total"} <= pots.keys()
    table = str(events["bup-2025/payouts/payouts", "2025-08"].metadata["table"].value)
    assert "| 01 Stockholm |" in table
    assert "**Summa**" in table


def test_each_partition_is_checked(runs: Runs) -> None:
    """Each check has found something of each partition it is on, once."""
    expected: dict[tuple[str, str], set[str]] = {}
    for scheme in SCHEMES:
        for check, by_asset in CHECKED[scheme].items():
            for asset, months in by_asset.items():
                expected.setdefault((asset, check), set()).update(months)
    with opened(runs.all().root) as instance:
        for (asset, check), of_both in expected.items():
            found = Counter(
                record.partition
                for record in verdicts(instance, dg.AssetKey(asset.split("/")), check)
                if record.status != Recorded.PLANNED
            )
            assert found == dict.fromkeys(of_both, 1), (asset, check)


def test_every_check_holds(runs: Runs) -> None:
    """No check of any partition fails, or shows as running: one with nothing to look at is skipped.

    Whether counts are plausible is a warning: made-up ones may well look odd.
    """
    graph = definitions.resolve_asset_graph()
    with opened(runs.all().root) as instance:
        shown = {
            (check.to_user_string(), asyncio.run(shown_status(instance, record)))
            for check in graph.asset_check_keys
            if check.name != "plausible"
            for record in verdicts(instance, check.asset_key, check.name)
        }
    assert {each for each in shown if each[1] not in {Shown.SUCCEEDED, Shown.SKIPPED}} == set()
    assert Shown.SUCCEEDED in {status for _, status in shown}
