"""What Dagster loads: every asset, jobs, schedules and sensors, and how steps are executed."""

import dagster as dg

from assets.groups import all_groups
from assets.reports import report_assets
from pipeline.computing import recorded_assets
from pipeline.execution import chosen_executor
from pipeline.jobs import deliveries_job, due_job, group_job, publication_job
from pipeline.schedules import deliveries_schedule, due_schedule, monthly_schedule, ticks
from pipeline.sensors import delivery_sensor, payout_sensor, reports_sensor
from rules.loading import load_schemes

LOADED = load_schemes()
SCHEMES = list(LOADED.values())
GROUPS = all_groups(SCHEMES)
JOBS = {group.name: group_job(group) for group in GROUPS}
DELIVERIES, DUE = deliveries_job(), due_job()


@dg.configured(
    dg.colored_console_logger,
    config_schema={"log_level": dg.Field(str, is_required=False, default_value="INFO")},
)
def console(config: dict[str, str]) -> dict[str, str]:
    """The terminal's log: at DEBUG, two thirds of its lines would help Dagster's developers alone."""
    return config


definitions = dg.Definitions(
    assets=[*recorded_assets(SCHEMES, LOADED.refused), *report_assets(SCHEMES)],
    jobs=[DELIVERIES, *JOBS.values(), publication_job(), DUE],
    schedules=[
        deliveries_schedule(DELIVERIES),
        *(monthly_schedule(group, JOBS[group.name]) for group in GROUPS if ticks(group)),
        due_schedule(DUE),
    ],
    sensors=[
        delivery_sensor(SCHEMES, [DELIVERIES, *JOBS.values(), DUE]),
        payout_sensor(SCHEMES, list(JOBS.values())),
        reports_sensor(),
    ],
    executor=chosen_executor(),
    loggers={"console": console},
)
