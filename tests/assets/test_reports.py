"""Pages follow every publication, documents the payouts and decisions that they are made of."""

import dagster as dg
import pytest

from assets.keys import PAGES, PUBLISHED, asset_key, documents_key
from pipeline.definitions import definitions
from schemas.decisions import Decided
from schemas.payouts import Payouts

SCHEME = "access-2024"


def requested(
    updates: list[tuple[dg.AssetKey, str | None]],
    before: list[tuple[dg.AssetKey, str | None]],
) -> set[tuple[str, str | None]]:
    """What is asked for after the updates, of the access agreement's reports, all else having been seen."""
    with dg.DagsterInstance.ephemeral() as instance:
        for key, partition in before:
            instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=partition))
        selection = dg.AssetSelection.assets(PAGES, documents_key(SCHEME))
        cursor = dg.evaluate_automation_conditions(
            definitions, instance=instance, asset_selection=selection
        ).cursor
        for key, partition in updates:
            instance.report_runless_asset_event(dg.AssetMaterialization(key, partition=partition))
        result = dg.evaluate_automation_conditions(
            definitions, instance=instance, asset_selection=selection, cursor=cursor
        )
        return {
            (key.to_user_string(), partition)
            for key in (PAGES, documents_key(SCHEME))
            for partition in (
                result.get_requested_partitions(key) if result.get_num_requested(key) else ()
            )
        }


@pytest.mark.parametrize(
    ("updates", "asked"),
    [
        ([(PUBLISHED, None)], {("reports/pages", None)}),
        (
            [(asset_key(Payouts, SCHEME), "2024-08")],
            {("reports/access-2024/documents", "2024-08")},
        ),
        (
            [(asset_key(Decided, SCHEME), "2024-12")],
            {("reports/access-2024/documents", "2024-12")},
        ),
        ([], set()),
    ],
)
def test_what_is_made_after_what(
    updates: list[tuple[dg.AssetKey, str | None]], asked: set[tuple[str, str | None]]
) -> None:
    """An older payout as well as the latest; a publication asks for no documents."""
    before = [
        (PUBLISHED, None),
        *((asset_key(Payouts, SCHEME), each) for each in ("2024-08", "2024-12")),
    ]
    assert requested(updates, before) == asked
