"""Celery's application: `celery --app pipeline.workers worker` executes steps that runs hand out.

A worker says that it is done with a step only after it did it. So a step whose worker was killed is
given to another: at once if a child process died, else when the broker has waited for as long as a
step may take.
"""

import os

from dagster_celery.make_app import make_app
from dagster_celery.tasks import create_task

from pipeline.execution import BROKER

STEP_SECONDS = "BONUSPOTT_STEP_SECONDS"
LONGEST_STEP = 1800
"""A step that takes longer is given to a second worker while the first still works at it."""

app = make_app(
    {
        "broker": os.environ.get(BROKER),
        "backend": os.environ.get(BROKER),
        "config_source": {
            "broker_connection_retry_on_startup": True,
            "broker_transport_options": {
                "visibility_timeout": int(os.environ.get(STEP_SECONDS) or LONGEST_STEP)
            },
            "result_expires": 24 * 3600,
            "task_default_queue": "dagster",
            "task_send_sent_event": True,
            "task_track_started": True,
            "worker_cancel_long_running_tasks_on_connection_loss": False,
            "worker_prefetch_multiplier": 1,
        },
    }
)

execute_plan = create_task(app, acks_late=True, reject_on_worker_lost=True)
