"""What a run leaves in Dagster: an event for each partition, with versions and verdicts of its own."""

import asyncio
from collections import Counter

import dagster as dg
import pytest
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionResolvedStatus as Shown,
)

from ledger.ledger import Ledger
from ledger.version import code_version
from pipeline.definitions import definitions
from schemas.months import month_key
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
MADE_UP = {
    "observed/waiting_times",
    "observed/waiting_times_last_year",
    "observed/surgeries",
    "access-2024/payouts/payouts",
    "bup-2025/performance/waiting_times",
    "surgery-2025/payouts/payouts",
}
"""Assets that rest on made-up deliveries in every month; others partly or not at all."""


NOTHING_TO_CHECK = {
    "nothing to check in this month",
    "there is no delivery of this month to check",
}
"""What a check says of a month that it is planned for, and has nothing to look at."""


@pytest.mark.parametrize("scheme", SCHEMES)
def test_each_partition_once_and_no_other(scheme: str, runs: Runs) -> None:
    """Every expected partition has one event, and no other partition has any."""
    with opened(runs.of(scheme).root) as instance:
        recorded = Counter(place for place, _ in materialisations(instance))
    expected = {(asset, month) for asset, months in PARTITIONS[scheme].items() for month in months}
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
        deliveries = event.metadata["deliveries"].value if "deliveries" in event.metadata else ""
        rests_on_made_up = any(word in str(deliveries) for word in ("waiting_times/", "surgeries/"))
        assert ("made_up" in event.metadata) == rests_on_made_up, asset
        if asset in MADE_UP:
            assert rests_on_made_up
            assert "made-up" in str(event.metadata["made_up"].value)


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
    """Each check has found something of each partition it is on, once."""
    with opened(runs.of(scheme).root) as instance:
        for check, by_asset in CHECKED[scheme].items():
            for asset, months in by_asset.items():
                key = dg.AssetKey(asset.split("/"))
                found = Counter(
                    record.partition
                    for record in verdicts(instance, key, check)
                    if record.evaluation and record.evaluation.description not in NOTHING_TO_CHECK
                )
                assert found == dict.fromkeys(months, 1), (asset, check)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_check_holds(scheme: str, runs: Runs) -> None:
    """No check of any partition fails, or shows as running, skipped or not executed.

    Whether counts are plausible is a warning: made-up ones may well look odd.
    """
    graph = definitions.resolve_asset_graph()
    with opened(runs.of(scheme).root) as instance:
        shown = {
            (check.to_user_string(), asyncio.run(shown_status(instance, record)))
            for check in graph.asset_check_keys
            if check.name != "plausible"
            for record in verdicts(instance, check.asset_key, check.name)
        }
    assert {each for each in shown if each[1] != Shown.SUCCEEDED} == set()
