"""Dagster's instance: where its records lie, and its settings put there."""

import shutil
from pathlib import Path

import dagster as dg
from filelock import FileLock

from storage.root import CHECKOUT, VARIABLE, DataRoot

SETTINGS = CHECKOUT / "dagster.yaml"


def prepare_home(root: DataRoot) -> Path:
    """The instance's folder, made if need be, with this project's settings unless it is one's own.

    Only a folder below the data root is ours; one that DAGSTER_HOME names keeps its settings.
    """
    home = root.dagster_home
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    is_ours = home == root.path / "dagster"
    if not settings.exists() or (is_ours and settings.read_bytes() != SETTINGS.read_bytes()):
        shutil.copyfile(SETTINGS, settings)
    return home


def open_instance(root: DataRoot) -> dg.DagsterInstance:
    """The instance of the data root.

    A brand-new one is first opened by one process alone: two at once can spoil it for good.
    """
    home = prepare_home(root)
    with FileLock(home / "opening.lock"):
        instance = dg.DagsterInstance.from_config(str(home))
        instance.get_runs(limit=1)
    return instance


def explain_home(root: DataRoot) -> str:
    """Where the data and the instance lie, in a line."""
    return f"data root {root.path} ({VARIABLE}), Dagster's instance {root.dagster_home}"
