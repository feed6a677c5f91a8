"""Which process executes a run of the command line, and whether it is still there.

Dagster watches over the runs that its daemon launched; those of a command are ours to close.
"""

import os
import socket

import dagster as dg

PROCESS = "bonuspott/process"
"""The tag of a command's run that says which process executes it: host and process number."""


def this_process() -> str:
    """This process, as the tag says it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_dead(run: dg.DagsterRun) -> bool:
    """Whether the process of a command's run is gone; only known of this host's."""
    host, _, process = run.tags.get(PROCESS, "").rpartition(":")
    if run.is_finished or host != socket.gethostname():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it is somebody else's
        return False
    return False
