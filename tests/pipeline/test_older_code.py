"""Results of older code: the record names the commit, and with that commit they verify."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.ledger import Ledger
from schemas.places import CHECKOUT, VARIABLE, DataRoot
from tests.conftest import SAMPLE

ROOMS = (
    "assets",
    "deliveries",
    "explanation",
    "ledger",
    "pipeline",
    "reports",
    "rules",
    "schemas",
    "second_opinion",
)
PRICE = Path("rules") / "schemes" / "surgery-2025" / "surgery.toml"


def git(folder: Path, *arguments: str) -> str:
    """What git says in the folder."""
    names = [word for key in ("name", "email") for word in ("-c", f"user.{key}=made.up")]
    done = subprocess.run(
        ["git", "-C", folder, *names, *arguments], check=True, capture_output=True, text=True
    )
    return done.stdout.strip()


def bonuspott(code: Path, root: DataRoot, *arguments: str) -> subprocess.CompletedProcess[str]:
    """The command, run from a checkout of the code."""
    environment = os.environ | {VARIABLE: str(root.path), "PYTHONPATH": str(code)}
    environment.pop("DAGSTER_HOME", None)
    command = [sys.executable, "-P", "-c", "from pipeline.command_line import main; main()"]
    return subprocess.run(
        [*command, *arguments],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        cwd="/",
    )


@pytest.fixture
def then_and_now(tmp_path: Path) -> tuple[Path, str]:
    """A history of this code in which an operation was first paid a krona more; the folder, and then."""
    code = tmp_path / "code"
    code.mkdir()
    for room in ROOMS:
        shutil.copytree(
            CHECKOUT / room,
            code / room,
            ignore=shutil.ignore_patterns("__pycache__", "documentation"),
        )
    for name in ("pyproject.toml", "requirements.lock", "dagster.yaml"):
        shutil.copy(CHECKOUT / name, code)
    parameters = code / PRICE
    now = parameters.read_text(encoding="utf-8")
    assert "19_000" in now
    (code / ".gitignore").write_text("__pycache__\n", encoding="utf-8")
    parameters.write_text(now.replace("19_000", "19_001"), encoding="utf-8")
    rule = code / "rules" / "surgery.py"
    rule_now = rule.read_text(encoding="utf-8")
    rule.write_text(f"{rule_now}# as it was then\n", encoding="utf-8")
    git(code, "init", "--quiet")
    git(code, "add", ".")
    git(code, "commit", "--quiet", "-m", "Then")
    then = git(code, "rev-parse", "HEAD")
    parameters.write_text(now, encoding="utf-8")
    rule.write_text(rule_now, encoding="utf-8")
    git(code, "commit", "--quiet", "-a", "-m", "Now")
    git(code, "worktree", "add", "--quiet", str(tmp_path / "then"), then)
    return code, then


@pytest.mark.slow
def test_what_older_code_recorded_verifies_with_it(
    then_and_now: tuple[Path, str], tmp_path: Path
) -> None:
    """Today's code shows what differs and names the commit; a worktree of that commit says identical."""
    now, commit = then_and_now
    then = tmp_path / "then"
    root = DataRoot(tmp_path / "data")
    shutil.copytree(SAMPLE, root.raw)
    made = bonuspott(then, root, "run", "surgery-2025")
    assert made.returncode == 0, made.stderr
    current = Ledger(root.ledger).current()
    assert set(current["code_commit"]) == {commit}

    differs = bonuspott(now, root, "verify", "2025-12")
    assert differs.returncode == 1, differs.stdout + differs.stderr
    assert "payouts.payouts surgery-2025 2025-12" in differs.stdout
    assert f"commit {commit}" in differs.stderr
    assert "by the code" in differs.stderr
    assert "with other data of surgery-2025" in differs.stderr

    identical = bonuspott(then, root, "verify", "2025-12")
    assert identical.returncode == 0, identical.stdout + identical.stderr
    assert "identical: " in identical.stdout
