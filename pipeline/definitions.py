"""What Dagster loads: every asset, jobs, schedules and sensors, and how steps are executed."""

import dagster as dg

from assets.graph import all_assets
from assets.store import Store
from pipeline.jobs import deliveries_job, scheme_job
from pipeline.schedules import monthly_schedule
from pipeline.sensors import delivery_sensor, payout_sensor
from pipeline.warnings_expected import expect_warnings
from rules.loading import load_schemes
from schemas.regions import region_codes

expect_warnings()

SCHEMES = load_schemes()
JOBS = {name: scheme_job(scheme) for name, scheme in SCHEMES.items()}
DELIVERIES = deliveries_job()

definitions = dg.Definitions(
    assets=all_assets(list(SCHEMES.values()), region_codes()),
    jobs=[*JOBS.values(), DELIVERIES],
    schedules=[
        monthly_schedule(scheme, region_codes(), JOBS[name]) for name, scheme in SCHEMES.items()
    ],
    sensors=[
        delivery_sensor(SCHEMES.values(), region_codes(), [DELIVERIES, *JOBS.values()]),
        payout_sensor(SCHEMES.values(), region_codes(), list(JOBS.values())),
    ],
    resources={"store": Store()},
    # In process, on purpose: a step takes less time than starting a process for it (0.9 s each),
    # and steps hand each other nothing but what is in the ledger.
    executor=dg.in_process_executor,
)
