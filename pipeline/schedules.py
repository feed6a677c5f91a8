"""Schedules: each morning what arrived is read, and a measured month is computed after its day."""

from collections.abc import Mapping
from datetime import date, timedelta

import dagster as dg
from dagster._core.definitions.unresolved_asset_job_definition import (
    UnresolvedAssetJobDefinition,
)

from assets.groups import Group
from assets.partitions import FIRST, TIME_ZONE, running_month
from pipeline.arrivals import look
from pipeline.requests import readings
from pipeline.tags import MONTHS
from schemas.days import day_of
from schemas.months import month_key
from schemas.places import DataRoot

HOUR = 6
"""Whole hours from 4 on exist once on every day of the year, also when clocks are put on or back."""


def deliveries_schedule(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The schedule that reads what arrived, an hour before anything is computed from it."""

    @dg.schedule(
        name="deliveries_daily",
        job=job,
        cron_schedule=f"0 {HOUR - 1} * * *",
        execution_timezone=TIME_ZONE,
        description="Reads each morning what is new under raw/, an hour before months are computed. "
        "The sensor new_deliveries does the same at once; one of the two is enough.",
    )
    def schedule() -> list[dg.RunRequest] | dg.SkipReason:
        seen = look(DataRoot.from_environment(), FIRST, running_month())
        requests = [each.request() for each in readings(seen.arrivals, seen.delivered)]
        return requests or dg.SkipReason("; ".join(seen.remarks) or "nothing has arrived")

    return schedule


def monthly_schedule(group: Group, job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The schedule of what a scheme reserves and measures: each month on the day after it was due.

    What is reserved comes half an hour earlier, where it is not of the same group.
    """
    scheme = group.scheme

    @dg.schedule(
        name=f"{group.name}_monthly",
        job=job,
        cron_schedule=cron(group),
        execution_timezone=TIME_ZONE,
        description=f"{scheme.identity.title}: computes each month measured on the morning after the "
        f"day it is to be reported by (the first by {scheme.due(scheme.measured_months[0])}, the "
        f"last by {scheme.due(scheme.measured_months[-1])}). What was not delivered by then "
        "counts as not reported, until it arrives.",
    )
    def schedule(context: dg.ScheduleEvaluationContext) -> dg.RunRequest | dg.SkipReason:
        today = day_of(context.scheduled_execution_time)
        month = ticks(group).get(today)
        if month is None:
            first, last = scheme.measured_months[0], scheme.measured_months[-1]
            return dg.SkipReason(
                f"{scheme.name} measures {month_key(first)} to {month_key(last)}; no month of it is "
                f"computed on {today}"
            )
        key = month_key(month)
        return dg.RunRequest(run_key=f"{scheme.name} {key}", partition_key=key, tags={MONTHS: key})

    return schedule


def due_schedule(job: UnresolvedAssetJobDefinition) -> dg.ScheduleDefinition:
    """The schedule of the overview: each morning, for what is late hangs on the day."""
    return dg.ScheduleDefinition(
        name="due_daily",
        job=job,
        cron_schedule=f"30 {HOUR} * * *",
        execution_timezone=TIME_ZONE,
        description="Looks each morning at what is due: months that are late, regions that are "
        "missing, payouts that wait.",
    )


def ticks(group: Group) -> Mapping[date, date]:
    """The days on which the group's measured months are computed, each with its month.

    What is paid has none, although it may be paid in a month that is measured.
    """
    measured = [] if group.part == "payouts" else group.scheme.measured_months
    return {
        group.scheme.due(month) + timedelta(days=1): month
        for month in measured
        if month in group.months
    }


def cron(group: Group) -> list[str]:
    """When the schedule ticks, as cron has it: a line for each day of the month."""
    days: dict[int, set[int]] = {}
    time = f"0 {HOUR}" if group.part == "months" else f"30 {HOUR - 1}"
    for tick in ticks(group):
        days.setdefault(tick.day, set()).add(tick.month)
    return [
        f"{time} {day} {','.join(map(str, sorted(months)))} *"
        for day, months in sorted(days.items())
    ]
