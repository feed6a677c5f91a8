"""`make ui`: Dagster's UI and daemon on this machine alone, with nothing else to set."""

import os
import sys
from pathlib import Path

from pipeline.instance import explain_home, open_instance
from storage.root import CHECKOUT, DataRoot

DAGSTER = Path(sys.executable).with_name("dagster")
ADDRESS = "127.0.0.1"
"""Dagster has no login of its own, so nobody else's machine may reach it."""


def main() -> None:
    """Become `dagster dev` on the project's workspace; further arguments go to it as they are."""
    root = DataRoot.from_environment()
    open_instance(root).dispose()
    sys.stderr.write(f"{explain_home(root)}\n")
    os.environ["DAGSTER_HOME"] = str(root.dagster_home)
    os.environ["BONUSPOTT_DATA"] = str(root.path)
    workspace = str(CHECKOUT / "workspace.yaml")
    command = [str(DAGSTER), "dev", "--workspace", workspace, "--host", ADDRESS, *sys.argv[1:]]
    # Dagster warns of a dagster.yaml in the working directory that is not its home's.
    os.chdir(root.dagster_home)
    os.execv(DAGSTER, command)  # noqa: S606 - our own command, no shell


if __name__ == "__main__":
    main()
