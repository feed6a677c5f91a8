"""`bonuspott` as processes of its own, on a data root, and how they are ended."""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

from schemas.places import CHECKOUT, VARIABLE, DataRoot

BONUSPOTT = str(Path(sys.executable).with_name("bonuspott"))


def begun(root: DataRoot, *command: str) -> subprocess.Popen[str]:
    """The command begun on the data root, in a session of its own; what it says is kept."""
    environment = {**os.environ, VARIABLE: str(root.path)}
    environment.pop("DAGSTER_HOME", None)
    return subprocess.Popen(
        command,
        cwd=CHECKOUT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def killed(process: subprocess.Popen[str]) -> bool:
    """End the process with kill -9, and all it has begun; whether it was still at work."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait(timeout=60) == -signal.SIGKILL
