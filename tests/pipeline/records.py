"""What a Dagster instance holds: materialisations and verdicts, by partition."""

from collections.abc import Iterator

import dagster as dg
from dagster._core.definitions.data_version import CODE_VERSION_TAG, DATA_VERSION_TAG
from dagster._core.loader import LoadingContextForTest
from dagster._core.storage.asset_check_execution_record import (
    AssetCheckExecutionRecord,
    AssetCheckExecutionResolvedStatus,
)

Place = tuple[str, str]
"""An asset's key, and a partition of it."""

MANY = 10_000


def materialisations(instance: dg.DagsterInstance) -> list[tuple[Place, dg.AssetMaterialization]]:
    """Every materialisation recorded, in no certain order."""
    return [
        ((key.to_user_string(), str(record.partition_key)), record.asset_materialization)
        for key in instance.all_asset_keys()
        for record in instance.fetch_materializations(key, limit=MANY).records
        if record.asset_materialization
    ]


def data_version(event: dg.AssetMaterialization) -> str:
    """The data version that the event carries."""
    return (event.tags or {})[DATA_VERSION_TAG]


def code_version_of(event: dg.AssetMaterialization) -> str:
    """The code version that the event carries."""
    return (event.tags or {})[CODE_VERSION_TAG]


def verdicts(
    instance: dg.DagsterInstance, asset: dg.AssetKey, check: str
) -> Iterator[AssetCheckExecutionRecord]:
    """Every record of a check, the newest first."""
    yield from instance.event_log_storage.get_asset_check_execution_history(
        dg.AssetCheckKey(asset, check), limit=MANY
    )


async def shown_status(
    instance: dg.DagsterInstance, record: AssetCheckExecutionRecord
) -> AssetCheckExecutionResolvedStatus:
    """The status that the UI shows of the record."""
    return await record.resolve_status(LoadingContextForTest(instance))
