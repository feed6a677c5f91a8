"""The process that drills are forked from: it has loaded the commands, and begun no work."""

import re
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

LOADED = """
from importlib import import_module
from pathlib import Path
from pipeline.command_line import COMMANDS

for each in COMMANDS.values():
    import_module(each)
print(*{path.read_text().strip() for path in Path("/proc/self/task").glob("*/comm")}, sep=chr(10))
"""


def test_loading_the_commands_begins_no_work_of_polars() -> None:
    """A fork has none of its threads, and waits for them for ever; and who asks for help waits for their start."""
    told = subprocess.run(
        [sys.executable, "-c", LOADED], check=True, capture_output=True, text=True
    ).stdout.splitlines()
    assert told
    assert not [name for name in told if re.fullmatch(r"polars-\d+", name)]
