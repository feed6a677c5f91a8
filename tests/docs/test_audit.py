"""The auditor's page: every command is typed in its order, and prints what the page says."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from schemas.places import CHECKOUT, VARIABLE
from tests.docs.documents import blocks
from tests.docs.transcripts import Typed, agrees, typed
from tests.pipeline.runs import Runs

PAGE = CHECKOUT / "docs" / "audit.md"
TRANSCRIPT = [each for block in blocks(PAGE, "console") for each in typed(block)]


def test_what_agrees() -> None:
    """A line is itself, … is anything, and nothing else passes."""
    printed = "one\ntwo\nthree 3\n"
    for expected in (("one", "two", "three 3"), ("…", "three …"), ("one", "…"), ("…",)):
        assert agrees(expected, printed), expected
    for expected in (("one",), ("two", "…"), ("one", "three …"), ("…", "three"), ()):
        assert not agrees(expected, printed), expected
    assert agrees((), "")


def test_the_page_leads_through_all_that_it_promises() -> None:
    """Verifying, deciding, explaining, redelivering, settling, looking back and finding a tampered row."""
    words = " ".join(each.command for each in TRANSCRIPT)
    for command in [
        "run",
        "check",
        "verify",
        "decide",
        "explain",
        "differences",
        "settle",
        "revoke",
        "audit",
        "receipts",
        "readings",
    ]:
        assert f"bonuspott {command}" in words
    assert "--as-of" in words
    assert "UPDATE payouts.decided" in words
    assert "tests.ledger.audit.rewriting" in words


@pytest.mark.slow
def test_every_command_prints_what_the_page_says(runs: Runs, tmp_path: Path) -> None:
    """On a copy of the sample deliveries, one command after the other, as an outsider types them."""
    root = runs.of("access-2024").copied(tmp_path)
    for each in TRANSCRIPT:
        printed = _printed(each, root.path)
        assert agrees(each.expected, printed), f"$ {each.command}\n{printed}"


def _printed(each: Typed, data: Path) -> str:
    """What the command prints, errors and results together."""
    programs = Path(sys.executable).parent
    environment = os.environ | {
        VARIABLE: str(data),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    environment.pop("DAGSTER_HOME", None)
    done = subprocess.run(
        ["bash", "-c", each.command],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=environment,
        cwd=CHECKOUT,
    )
    return done.stdout
