"""Jobs: what people, schedules and sensors start."""

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from assets.last_year import LAST_YEAR
from assets.lateness import CHECK, DATASETS_DUE, OVERVIEW
from assets.observed import SOURCES
from assets.publication import PUBLISHED
from assets.stage import asset_key, group_name
from rules.scheme import Scheme
from schemas.observed import Population, Surgeries, WaitingTimes

DELIVERIES = "deliveries"
DUE = "due"

REPORTED_IN_TIME = dg.AssetSelection.checks(
    *(dg.AssetCheckKey(asset_key(table), CHECK) for table in DATASETS_DUE.values())
)
"""Checks that hang on the day and not on a month: no run of a month evaluates them."""


def scheme_job(scheme: Scheme) -> UnresolvedAssetJobDefinition:
    """All of a scheme for a month or a range of months, from delivery to published payout."""
    whole = dg.AssetSelection.groups(group_name(scheme.name)) | dg.AssetSelection.assets(
        *observed_keys(scheme), PUBLISHED
    )
    return dg.define_asset_job(
        group_name(scheme.name),
        selection=whole - REPORTED_IN_TIME,
        description=f"{scheme.identity.title}: a month, or a range of months, from delivery to "
        "payout. Run for a range, it is one step an asset.",
    )


def deliveries_job() -> UnresolvedAssetJobDefinition:
    """Whatever was delivered for a month or a range of months, read and published."""
    return dg.define_asset_job(
        DELIVERIES,
        selection=dg.AssetSelection.assets(
            *(asset_key(source.table) for source in SOURCES), PUBLISHED
        )
        - REPORTED_IN_TIME,
        description="Read the latest delivery of each dataset for a month, or a range of months.",
    )


def due_job() -> UnresolvedAssetJobDefinition:
    """What is due today: the overview, and the checks of who has reported in time."""
    return dg.define_asset_job(
        DUE,
        selection=dg.AssetSelection.assets(OVERVIEW) | REPORTED_IN_TIME,
        description="What is due today: which month is in, late, or lacks regions, and which payout "
        "waits for what.",
    )


def observed_keys(scheme: Scheme) -> list[dg.AssetKey]:
    """What was observed, as far as the scheme rests on it."""
    keys = [asset_key(Population)]
    if scheme.waiting_time or scheme.first_visit_production:
        keys += [asset_key(WaitingTimes), LAST_YEAR]
    if scheme.surgery:
        keys.append(asset_key(Surgeries))
    return keys
