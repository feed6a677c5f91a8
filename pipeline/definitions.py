"""What Dagster loads: every asset, jobs, schedules and sensors, and how steps are executed."""

import dagster as dg

from assets.graph import all_assets
from assets.lateness import lateness
from assets.other_runs import PROCESS, this_process
from assets.store import Store
from pipeline.execution import chosen_executor
from pipeline.jobs import deliveries_job, due_job, scheme_job
from pipeline.schedules import due_schedule, monthly_schedule
from pipeline.sensors import delivery_sensor, payout_sensor
from pipeline.warnings_expected import expect_warnings
from rules.loading import load_schemes
from schemas.regions import region_codes

expect_warnings()

SCHEMES = load_schemes()
JOBS = {name: scheme_job(scheme) for name, scheme in SCHEMES.items()}
DELIVERIES = deliveries_job()
DUE = due_job()


@dg.resource(description="What assets reach storage through: the data root and its ledger.")
def signed_store(context: dg.InitResourceContext) -> Store:
    """The store; the run is signed with the process that executes it."""
    if context.run and context.instance and PROCESS not in context.run.tags:
        context.instance.add_run_tags(context.run.run_id, {PROCESS: this_process()})
    return Store()


definitions = dg.Definitions(
    assets=[
        *all_assets(list(SCHEMES.values()), region_codes()),
        *lateness(list(SCHEMES.values()), region_codes()),
    ],
    jobs=[*JOBS.values(), DELIVERIES, DUE],
    schedules=[
        *(
            monthly_schedule(scheme, region_codes(), JOBS[name])
            for name, scheme in SCHEMES.items()
            if scheme.measured_months
        ),
        due_schedule(DUE),
    ],
    sensors=[
        delivery_sensor(SCHEMES.values(), region_codes(), [DELIVERIES, *JOBS.values(), DUE]),
        payout_sensor(SCHEMES.values(), region_codes(), list(JOBS.values())),
    ],
    resources={"store": signed_store},
    executor=chosen_executor(),
)
