"""Nothing secret is kept: not in the settings, not in logs, not in Dagster's records."""

import re
import subprocess
from pathlib import Path

import pytest

from schemas.places import CHECKOUT, DataRoot
from tests.pipeline.runs import command

CANARY = "kanariefagel-4711"
SETTING = re.compile(
    r"(?i)\b(password|passwd|secret|token|api_?key|access_?key|private_?key)\b\s*[:=]\s*(?P<value>\S.*)"
)
REFERENCE = re.compile(r"^[\"']?(\$|env\b|\{\{|<|\{\s*env|valueFrom|secretKeyRef|\"\$)")
"""A value that names where the secret is, and is none itself."""

SUFFIXES = {".yaml", ".yml", ".toml", ".conf", ".ini", ".env", ".json"}


def settings() -> list[Path]:
    """Every file of settings that is kept in the repository."""
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, check=True)
    paths = [CHECKOUT / name for name in listed.stdout.decode().splitlines()]
    return [path for path in paths if path.suffix in SUFFIXES and path.is_file()]


def test_settings_name_secrets_and_hold_none() -> None:
    """A password in the settings is the name of a variable."""
    found = settings()
    assert CHECKOUT / "dagster.yaml" in found
    for path in found:
        for line in path.read_text(encoding="utf-8").splitlines():
            match = SETTING.search(line)
            assert match is None or REFERENCE.match(match["value"]), f"{path}: {line}"


@pytest.mark.slow
def test_what_the_environment_holds_is_not_written_down(
    empty_root: DataRoot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run with a password in its environment leaves it nowhere, nor prints it."""
    monkeypatch.setenv("BONUSPOTT_PASSWORD", CANARY)
    monkeypatch.setenv("PGPASSWORD", CANARY)
    told = command(empty_root, "run", "surgery-2025", "--to", "2025-06")
    assert told.status == 1  # nothing was delivered
    assert CANARY not in told.out + told.err
    written = [path for path in empty_root.path.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in written)
    for path in written:
        assert CANARY.encode() not in path.read_bytes(), path


def test_what_a_person_is_known_by_stays_in_the_file(
    empty_root: DataRoot,
) -> None:
    """A faulty record is told by its position: no value of it is in logs, records or messages."""
    folder = empty_root.raw / "surgeries" / "2025-06"
    folder.mkdir(parents=True)
    header = "operation_date;kva_code;home_region;performing_region;provider_type\n"
    (folder / "2025-07-20.csv").write_text(f"{header}{CANARY};CJE20;01;01;public\n", "utf-8")
    told = command(empty_root, "run", "surgery-2025", "--to", "2025-06")
    assert told.status == 1
    assert "operation_date" in told.err
    assert CANARY not in told.out + told.err
    for path in empty_root.path.rglob("*"):
        if path.is_file() and empty_root.raw not in path.parents:
            assert CANARY.encode() not in path.read_bytes(), path
