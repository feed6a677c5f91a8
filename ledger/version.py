"""The version of the code, by content: what ran, whether or not it was ever committed."""

import hashlib
import subprocess
import tomllib
from functools import cache

from schemas.places import CHECKOUT

DECIDE_NOTHING = {"explanation", "pipeline", "reports"}
"""The rooms that decide neither what a table holds nor whether: how it is run, why it was so, and
what people take away."""

LEFT_OUT = {("rules", "schemes"), ("rules", "scenarios")}
"""Data that decide nothing by themselves: schemes have a fingerprint of their own in the record."""


@cache
def code_version() -> str:
    """The project's version and the first 12 digits of the SHA-256 over its sources."""
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    rooms = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    digest = hashlib.sha256()
    for room in sorted(set(rooms) - DECIDE_NOTHING):
        for path in sorted((CHECKOUT / room).rglob("*")):
            relative = path.relative_to(CHECKOUT)
            if (
                path.suffix in {".py", ".sql", ".toml", ".csv"}
                and relative.parts[:2] not in LEFT_OUT
            ):
                content = hashlib.sha256(path.read_bytes()).hexdigest()
                digest.update(f"{content}  {relative.as_posix()}\n".encode())
    return f"{project['project']['version']}+{digest.hexdigest()[:12]}"


@cache
def code_commit() -> str:
    """The commit that is checked out, with `+changes` if files differ from it; empty if unknown.

    The code's version says what ran; the commit says where its history is found.
    """
    try:
        found = subprocess.run(  # noqa: S603 - our own words
            [  # noqa: S607 - whichever git is on the path
                "git",
                f"--git-dir={CHECKOUT / '.git'}",
                f"--work-tree={CHECKOUT}",
                "describe",
                "--always",
                "--abbrev=40",
                "--match=",
                "--dirty=+changes",
            ],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.CalledProcessError):
        return ""
    return found.stdout.strip()


@cache
def lock_sha256() -> str:
    """The SHA-256 of the locked dependencies."""
    return hashlib.sha256((CHECKOUT / "requirements.lock").read_bytes()).hexdigest()
