"""The image holds what the program needs: it is made here as the Containerfile makes it, and started."""

import os
import re
import shlex
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from pathspec import PathSpec

from ledger.version import code_version, lock_sha256
from schemas.places import CHECKOUT, VARIABLE
from tests.packaging import BESIDE, ROOMS, tracked

CONTAINERFILE = (CHECKOUT / "deploy" / "Containerfile").read_text(encoding="utf-8")
INSTALLED = re.compile(
    r"^RUN \S+/python (-m pip install .+ --target) /opt/bonuspott \.$", re.MULTILINE
)


def sent() -> list[Path]:
    """The files that a build sees: those that git keeps and .dockerignore does not keep out."""
    lines = (CHECKOUT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    # Unlike git, Docker takes a pattern from the root.
    ignored = PathSpec.from_lines("gitignore", [f"/{line}" for line in lines if line[:1] != "#"])
    return [name for name in tracked() if not ignored.match_file(name)]


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder `/opt/bonuspott` of the image, by the Containerfile's own command."""
    context = tmp_path_factory.mktemp("context")
    for name in sent():
        (context / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(CHECKOUT / name, context / name)
    [command] = INSTALLED.findall(CONTAINERFILE)
    folder = tmp_path_factory.mktemp("image") / "bonuspott"
    made = subprocess.run(
        [sys.executable, *shlex.split(command), folder, "."],
        cwd=context,
        check=False,
        capture_output=True,
        text=True,
        env=os.environ | {"PIP_DISABLE_PIP_VERSION_CHECK": "1"},
    )
    assert made.returncode == 0, made.stderr
    return folder


def started(image: Path, data: Path, *arguments: str | Path) -> str:
    """What Python says with the image's folder and the dependencies, and without this checkout.

    Without `site` (-S) the editable installation of the checkout is not on the path.
    """
    dependencies = sysconfig.get_path("purelib")
    done = subprocess.run(
        [sys.executable, "-S", "-P", *arguments],
        cwd="/",
        check=False,
        capture_output=True,
        text=True,
        env={"PYTHONPATH": f"{image}{os.pathsep}{dependencies}", VARIABLE: str(data), "HOME": "/"},
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_it_holds_the_wheel_and_nothing_else(image: Path) -> None:
    """The rooms, what is read beside them, the command; no tests, no data, no history."""
    held = {path.name for path in image.iterdir() if path.suffix != ".dist-info"}
    assert held == {*ROOMS, *BESIDE, "bin"}


def test_it_holds_every_file_of_its_rooms(image: Path) -> None:
    """Data and queries as well as code."""
    missing = [name for name in sent() if name.parts[0] in ROOMS and not (image / name).is_file()]
    assert missing == []


def test_its_definitions_load(image: Path, tmp_path: Path) -> None:
    """The code server finds the assets, all of them from the image."""
    program = (
        "import sys, pipeline.definitions as code\n"
        "print(len(list(code.definitions.get_repository_def().asset_graph.get_all_asset_keys())))\n"
        f"rooms = [sys.modules[name].__file__ for name in {ROOMS!r} if name in sys.modules]\n"
        "print(*rooms, sep='\\n')"
    )
    assets, *rooms = started(image, tmp_path, "-c", program).splitlines()
    assert int(assets) > 0
    assert rooms
    assert all(Path(room).is_relative_to(image) for room in rooms)


def test_its_command_starts(image: Path, tmp_path: Path) -> None:
    """`bonuspott explain --help`, which loads every room but the assets."""
    said = started(image, tmp_path, image / "bin" / "bonuspott", "explain", "--help")
    assert said.startswith("Usage: bonuspott explain")


def test_it_is_the_same_code(image: Path, tmp_path: Path) -> None:
    """What it records names the version and the lock that this checkout records."""
    program = "from ledger.version import *; print(code_version(), lock_sha256(), code_commit())"
    said = started(image, tmp_path, "-c", program)
    assert said.split() == [code_version(), lock_sha256()]


def test_its_dependencies_are_locked() -> None:
    """By hash, and nothing beside them is installed."""
    commands = re.findall(r"pip install (.+)$", CONTAINERFILE, re.MULTILINE)
    assert len(commands) == 2
    assert all("--no-deps" in command for command in commands)
    assert commands[0].endswith("--require-hashes -r requirements-distributed.lock")
