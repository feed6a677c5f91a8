"""What the wheel holds, by pyproject.toml: rooms, and files beside them; what the repository holds."""

import subprocess
import tomllib
from pathlib import Path

from schemas.places import CHECKOUT

PROJECT = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
WHEEL = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]
ROOMS = tuple(WHEEL["packages"])
BESIDE = tuple(WHEEL["force-include"])


def tracked() -> list[Path]:
    """The files that git keeps, or would keep, by their path in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        check=True,
        capture_output=True,
        text=True,
    )
    names = [Path(name) for name in listed.stdout.split("\0") if name]
    return [name for name in names if (CHECKOUT / name).is_file()]
