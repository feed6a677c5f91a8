"""What Dagster loads: every asset, jobs, schedules and sensors, and how steps are executed."""

import dagster as dg

from assets.coat import group_assets
from assets.decisions import entered_assets
from assets.due import due_assets
from assets.groups import all_groups
from assets.observed import observed_assets, raw_assets
from assets.publication import published_asset
from assets.reports import report_assets
from pipeline.engines import keep_engines
from pipeline.execution import chosen_executor
from pipeline.jobs import deliveries_job, due_job, group_job, publication_job
from pipeline.schedules import deliveries_schedule, due_schedule, monthly_schedule, ticks
from pipeline.sensors import delivery_sensor, payout_sensor, reports_sensor
from pipeline.warnings_expected import expect_warnings
from rules.loading import load_schemes

expect_warnings()
keep_engines()

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
    assets=[
        *raw_assets(),
        observed_assets(),
        *(group_assets(group) for group in GROUPS),
        *(
            spec
            for scheme in SCHEMES
            if not scheme.not_known_yet
            for spec in entered_assets(scheme)
        ),
        published_asset(SCHEMES, LOADED.refused),
        *due_assets(SCHEMES),
        *report_assets(SCHEMES),
    ],
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
