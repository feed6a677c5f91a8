"""`docs/new_agreement.md`: what it types is taken, and leads where it says."""

import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest

from pipeline.command_line import bonuspott
from rules.loading import SCHEMES
from schemas.places import CHECKOUT, VARIABLE
from tests.docs.documents import blocks
from tests.docs.transcripts import agrees, typed
from tests.pipeline.runs import Runs

GUIDE = CHECKOUT / "docs" / "new_agreement.md"
TYPED = [each for block in blocks(GUIDE, "text") for each in typed(block)]
AS_INSTALLED = f'bonuspott() {{ "{sys.executable}" -c "from pipeline.command_line import main; main()" "$@"; }}'
SENT = "data/raw/waiting_times/2025-04/2025-05-20.csv"
NOT_FOR_A_COPY = shutil.ignore_patterns(".*", "data", "tests", "build", "*.egg-info", "__pycache__")


@pytest.mark.parametrize("line", [each.command for each in TYPED])
def test_each_command_is_taken(line: str) -> None:
    """Its arguments and options are of a kind it takes, but for the scheme that the guide makes."""
    line = line.replace("bup-2027 2027", "bup-2025 2025")
    name, *arguments = shlex.split(line.partition(" >")[0])[1:]
    command = bonuspott.get_command(click.Context(bonuspott), name)
    assert command is not None
    if "bup-2027" not in arguments:
        command.make_context(name, arguments, parent=click.Context(bonuspott))


@pytest.mark.slow
def test_the_walk(runs: Runs, tmp_path: Path) -> None:
    """From no folder to the check, in a copy of the project: what is typed prints what stands there."""
    root = runs.of("bup-2025").copied(tmp_path).path
    tree = shutil.copytree(CHECKOUT, tmp_path / "project", ignore=NOT_FOR_A_COPY)
    desk = tmp_path / "desk"
    desk.mkdir()
    (desk / SENT).parent.mkdir(parents=True)
    shutil.copy(CHECKOUT / SENT, desk / SENT)
    environment = os.environ | {VARIABLE: str(root), "PYTHONPATH": str(tree), "COLUMNS": "220"}
    environment.pop("DAGSTER_HOME", None)
    for each in TYPED:
        told = subprocess.run(
            ["bash", "-c", f"{AS_INSTALLED}\n{each.command}"],
            cwd=desk,
            env=environment,
            check=False,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            encoding="utf-8",
        )
        printed = "\n".join(line.rstrip() for line in told.stdout.splitlines())
        is_lacking = each.command == "bonuspott run bup-2027"
        assert told.returncode == int(is_lacking), printed
        assert not each.expected or agrees(each.expected, printed), printed
    assert (desk / "threshold.xlsx").stat().st_size
    assert not (SCHEMES / "bup-2027").exists()
