"""Who executes a run's steps: this process, or Celery's workers. One setting says which."""

import os

import dagster as dg

SETTING = "BONUSPOTT_EXECUTOR"
BROKER = "BONUSPOTT_CELERY_BROKER"
"""The variable that holds the address of Redis: where steps wait, and where their results are left."""


class ExecutorSettingError(ValueError):
    """The setting that names the executor cannot be followed."""


def chosen_executor() -> dg.ExecutorDefinition:
    """The executor that BONUSPOTT_EXECUTOR names: `in_process`, the default, or `celery`.

    `bonuspott run` computes in its own process whatever the setting.

    Raises:
        ExecutorSettingError: if it names no executor, or one that is not installed.
    """
    named = os.environ.get(SETTING) or "in_process"
    if named == "in_process":
        # In process, on purpose: a step takes less time than starting a process for it (0.9 s
        # each), and steps hand each other nothing but what is in the ledger.
        return dg.in_process_executor
    if named != "celery":
        raise ExecutorSettingError(f"{SETTING} is '{named}'; it can be in_process or celery")
    try:
        # What Celery needs is installed on demand only.
        from dagster_celery import celery_executor  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise ExecutorSettingError(
            f"{SETTING} is celery, which needs the packages of the group `distributed`: "
            f"{error.name} is not installed"
        ) from error
    # The address is named and not copied, for Dagster shows an executor's settings.
    executor: dg.ExecutorDefinition = celery_executor.configured(
        {"broker": {"env": BROKER}, "backend": {"env": BROKER}}
    )
    return executor
