"""Other processes: Python programs of a test's own, started in the checkout."""

import subprocess
import sys

from schemas.places import CHECKOUT


def started(*arguments: str) -> subprocess.Popen[str]:
    """A Python process that is spoken with line by line; as a context it is waited for."""
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=CHECKOUT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def line_of(process: subprocess.Popen[str]) -> str:
    """The next line that the process says."""
    assert process.stdout is not None
    return process.stdout.readline().rstrip("\n")
