"""The auditor's page: every command is typed in its order, and prints what the page says."""

import io
import os
import shlex
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from string import Template

import pytest

from pipeline.command_line import main
from schemas.places import CHECKOUT, VARIABLE, DataRoot
from tests.docs.documents import blocks
from tests.docs.transcripts import Typed, agrees, typed
from tests.pipeline.runs import Runs, environment

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
    for name in [
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
        assert f"bonuspott {name}" in words
    assert "--as-of" in words
    assert "UPDATE payouts.decided" in words
    assert "tests.ledger.audit.rewriting" in words


@pytest.mark.slow
@pytest.mark.waits
def test_every_command_prints_what_the_page_says(runs: Runs, tmp_path: Path) -> None:
    """On a copy of the sample deliveries, one command after the other, as an outsider types them."""
    root = runs.of("access-2024").copied(tmp_path)
    for each in TRANSCRIPT:
        printed = _printed(each, root)
        assert agrees(each.expected, printed), f"$ {each.command}\n{printed}"


def _printed(each: Typed, root: DataRoot) -> str:
    """What the command prints, messages and results together: ours in this process, others in a shell."""
    if each.command.startswith("bonuspott "):
        words = shlex.split(Template(each.command).safe_substitute({VARIABLE: root.path}))
        both = io.StringIO()
        with environment(root) as patch, redirect_stdout(both), redirect_stderr(both):
            patch.setattr(sys, "argv", words)
            with pytest.raises(SystemExit):
                main()
        return both.getvalue()
    programs = Path(sys.executable).parent
    variables = os.environ | {
        VARIABLE: str(root.path),
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
    }
    done = subprocess.run(
        ["bash", "-c", each.command],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env=variables,
        cwd=CHECKOUT,
    )
    return done.stdout
