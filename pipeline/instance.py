"""Dagster's instance: where its records lie, and its settings put there."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import dagster as dg
from filelock import FileLock

from ledger.failures import GUIDE, StorageFailureError
from pipeline.engines import keep_engines
from schemas.places import CHECKOUT, VARIABLE, DataRoot

SETTINGS = CHECKOUT / "dagster.yaml"


class InstanceFailureError(StorageFailureError):
    """Dagster's own records cannot be read or written."""


@contextmanager
def instance_failures(root: DataRoot) -> Iterator[None]:
    """Say of an error of the instance's databases that it is theirs, and what still holds.

    Raises:
        InstanceFailureError: in place of what Dagster lets through of SQLite's errors.
    """
    try:
        yield
    except Exception as error:
        if not isinstance(error.__cause__, sqlite3.Error):
            raise
        raise InstanceFailureError(
            f"Dagster's instance in {root.dagster_home} cannot be read or written "
            f"({error.__cause__}). What was committed to the ledger stands, and the next run "
            f"tells Dagster of it. Mend it, such as by making room, and run again; if it is "
            f"damaged, {GUIDE}, says how to begin a new one."
        ) from error


def prepare_home(root: DataRoot) -> Path:
    """The instance's folder, made if need be, with this project's settings unless it is one's own.

    Only a folder below the data root is ours; one that DAGSTER_HOME names keeps its settings.
    """
    home, ours = root.dagster_home, SETTINGS.read_text(encoding="utf-8")
    home.mkdir(parents=True, exist_ok=True)
    settings = home / "dagster.yaml"
    is_ours = home == root.path / "dagster"
    if not settings.exists() or (is_ours and settings.read_text(encoding="utf-8") != ours):
        # In one step: another process may be reading it.
        written = home / f"dagster.{os.getpid()}.new"
        written.write_text(ours, encoding="utf-8")
        written.replace(settings)
    return home


def open_instance(root: DataRoot) -> dg.DagsterInstance:
    """The instance of the data root.

    A brand-new one is first opened by one process alone: two at once can spoil it for good.
    """
    home = prepare_home(root)
    keep_engines()
    with FileLock(home / "opening.lock"):
        instance = dg.DagsterInstance.from_config(str(home))
        instance.get_runs(limit=1)
    return instance


def explain_home(root: DataRoot) -> str:
    """Where the data and the instance lie, in a line."""
    return f"data root {root.path} ({VARIABLE}), Dagster's instance {root.dagster_home}"
