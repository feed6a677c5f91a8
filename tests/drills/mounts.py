"""Small and read-only file systems, mounted for a test; that needs root, which CI is."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(folder: Path, size: str) -> Iterator[None]:
    """A file system of that size, such as `2m`, mounted on the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    mount(folder, "-t", "tmpfs", "-o", f"size={size}", "tmpfs")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


@contextmanager
def read_only(folder: Path) -> Iterator[None]:
    """The folder, which nobody can write to, root neither."""
    mount(folder, "--bind", str(folder))
    try:
        mount(folder, "-o", "remount,bind,ro")
        yield
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def grow(folder: Path) -> None:
    """Make room on the small disk."""
    mount(folder, "-o", "remount,size=200m")


def mount(folder: Path, *options: str) -> None:
    """Mount; where that is not permitted the test is skipped, but not on CI."""
    done = subprocess.run(
        ["mount", *options, str(folder)], check=False, capture_output=True, text=True
    )
    if done.returncode:
        reason = f"nothing can be mounted, so the drill was NOT held: {done.stderr.strip()}"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
