"""Schedules: a measured month is computed on the morning after the day it was to be reported by."""

from collections.abc import Mapping
from datetime import date, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from assets.graph import scheme_stages
from assets.grid import GRID
from assets.payouts import payout_stages
from assets.publication import PUBLISHED
from assets.stage import group_name
from pipeline.jobs import observed_keys
from pipeline.tags import MONTHS, SCHEME, WHAT
from rules.scheme import Scheme
from schemas.months import month_key

TIME_ZONE = str(GRID.timezone)
HOUR = 6
"""Whole hours from 4 on exist once on every day of the year, also when clocks are put on or back."""


def monthly_schedule(
    scheme: Scheme, regions: list[str], job: UnresolvedAssetJobDefinition
) -> dg.ScheduleDefinition:
    """The schedule of a scheme: the months measured, each on the day after it was due."""
    selection = _measured(scheme, regions)

    @dg.schedule(
        name=f"{group_name(scheme.name)}_monthly",
        job=job,
        cron_schedule=cron(scheme),
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description=f"{scheme.identity.title}: computes each month measured on the morning after the "
        f"day it is to be reported by (the first by {scheme.due(scheme.measured_months[0])}, the "
        f"last by {scheme.due(scheme.measured_months[-1])}). What was not delivered by then "
        "counts as not reported, until it arrives.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = context.scheduled_execution_time.astimezone(ZoneInfo(TIME_ZONE)).date()
        month = ticks(scheme).get(today)
        if month is None:
            first, last = scheme.measured_months[0], scheme.measured_months[-1]
            return dg.SkipReason(
                f"{scheme.name} measures {month_key(first)} to {month_key(last)}; no month of it is "
                f"computed on {today}"
            )
        key = month_key(month)
        return dg.RunRequest(
            run_key=f"{scheme.name} {key}",
            partition_key=key,
            asset_selection=selection,
            tags={SCHEME: scheme.name, MONTHS: key, WHAT: "deliveries, months"},
        )

    return schedule


def due_schedule(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The schedule of the overview: each morning, for what is late hangs on the day."""
    return dg.ScheduleDefinition(
        name="due_daily",
        job=job,
        cron_schedule=f"30 {HOUR} * * *",
        execution_timezone=TIME_ZONE,
        default_status=dg.DefaultScheduleStatus.STOPPED,
        description="Looks each morning at what is due: months that are late, regions that lack, "
        "payouts that wait.",
    )


def ticks(scheme: Scheme) -> Mapping[date, date]:
    """The days on which the scheme's measured months are computed, each with its month."""
    return {scheme.due(month) + timedelta(days=1): month for month in scheme.measured_months}


def cron(scheme: Scheme) -> list[str]:
    """When the schedule ticks, as cron has it: a line for each day of the month."""
    days: dict[int, set[int]] = {}
    for tick in ticks(scheme):
        days.setdefault(tick.day, set()).add(tick.month)
    return [
        f"0 {HOUR} {day} {','.join(map(str, sorted(months)))} *"
        for day, months in sorted(days.items())
    ]


def _measured(scheme: Scheme, regions: list[str]) -> list[dg.AssetKey]:
    """What a measured month consists of: all but its payouts, which wait for their rounds."""
    paying = {stage.key for stage in payout_stages(scheme, regions)}
    computed = {stage.key for stage in scheme_stages(scheme, regions)} - paying
    return sorted({*observed_keys(scheme), *computed, PUBLISHED})
