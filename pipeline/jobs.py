"""Jobs: what people, schedules and sensors start. An asset job takes assets of the same months."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from assets.due import REPORTED_IN_TIME, measured_datasets
from assets.groups import Group
from assets.keys import OVERVIEW, PUBLISHED, observed_key, step_key
from pipeline.tags import DELIVERIES_TAGS, PART, group_tags
from schemas.deliveries import DATASETS

DELIVERIES = "deliveries"
DUE = "due"
PUBLICATION = "publication"

WORDS = {
    "reserves": "what each region can earn",
    "months": "the months measured, from deliveries to kronor earned",
    "payouts": "the payouts, from kronor earned to what each region is paid",
}
"""What a part of a scheme computes."""


def on_the_day() -> dg.AssetSelection:
    """Checks that hang on the day and not on a month: no run of a month evaluates them."""
    keys = map(observed_key, measured_datasets())
    return dg.AssetSelection.checks(*(dg.AssetCheckKey(key, REPORTED_IN_TIME) for key in keys))


def group_job(group: Group) -> UnresolvedAssetJobDefinition:
    """A part of a scheme, for a month or a range of its months."""
    return dg.define_asset_job(
        group.name,
        selection=dg.AssetSelection.assets(*map(step_key, group.steps)),
        description=f"{group.scheme.identity.title}: {WORDS[group.part]}. Run for a range of months, "
        "it is one step.",
        tags=group_tags(group),
    )


def deliveries_job() -> UnresolvedAssetJobDefinition:
    """Whatever was delivered for a month or a range of months, read, recorded and published."""
    return dg.define_asset_job(
        DELIVERIES,
        selection=dg.AssetSelection.assets(*map(observed_key, DATASETS)) - on_the_day(),
        description="Read the latest delivery of each dataset for a month, or a range of months.",
        tags=DELIVERIES_TAGS,
    )


def publication_job() -> UnresolvedAssetJobDefinition:
    """The published warehouse, made anew from what is recorded."""
    return dg.define_asset_job(
        PUBLICATION,
        selection=dg.AssetSelection.assets(PUBLISHED),
        description="Publish what is recorded, without computing anything.",
        tags={PART: PUBLICATION},
    )


def due_job() -> UnresolvedAssetJobDefinition:
    """What is due today: the overview, and the checks of who has reported in time."""
    return dg.define_asset_job(
        DUE,
        selection=dg.AssetSelection.assets(OVERVIEW) | on_the_day(),
        description="What is due today: which month is in, late, or has regions missing, and which "
        "payout waits for what.",
    )
