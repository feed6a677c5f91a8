"""`make ui`: Dagster's UI and daemon on this machine alone, with nothing else to set."""

import os
import sys

import dagster as dg

from ledger.failures import StorageFailureError
from pipeline.instance import explain_home, instance_failures, open_instance
from pipeline.recovery import recover
from schemas.places import CHECKOUT, DataRoot

SUPERSEDED = "ignore:Function `dev_command` is superseded"
"""Dagster's own word for `dg dev`, which only developers have: it would be the first line that a user reads."""

ADDRESS = "127.0.0.1"
"""Dagster has no login of its own, so nobody else's machine may reach it."""


def main() -> None:
    """Become `dagster dev` on the project's workspace; further arguments go to it as they are."""
    root = DataRoot.from_environment()
    sys.stderr.write(f"{explain_home(root)}\n")
    try:
        with instance_failures(root), open_instance(root) as instance:
            for words in _recovered(instance):
                sys.stderr.write(f"{words}\n")
    except (StorageFailureError, OSError) as error:
        sys.exit(f"Error: {error}")
    os.environ["DAGSTER_HOME"] = str(root.dagster_home)
    os.environ["BONUSPOTT_DATA"] = str(root.path)
    # On a busy machine a run's process may take longer to begin than Dagster waits by itself, 60 s: it then
    # fails the run, which begins all the same and finds itself failed.
    os.environ.setdefault("DAGSTER_GRPC_TIMEOUT_SECONDS", "600")
    workspace = str(CHECKOUT / "workspace.yaml")
    command = [sys.executable, "-W", SUPERSEDED, "-m", "dagster", "dev"]
    command += ["--workspace", workspace, "--host", ADDRESS, *sys.argv[1:]]
    # Dagster warns of a dagster.yaml in the working directory that is not its home's.
    os.chdir(root.dagster_home)
    os.execv(sys.executable, command)  # noqa: S606 - our own command, no shell


def _recovered(instance: dg.DagsterInstance) -> list[str]:
    """What was recovered; a ledger that cannot be read is told, and keeps nobody from the UI."""
    try:
        return recover(instance, DataRoot.from_environment())
    except (StorageFailureError, OSError) as error:
        return [f"Error: {error}"]


if __name__ == "__main__":
    main()
