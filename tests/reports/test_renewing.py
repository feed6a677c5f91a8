"""A folder renewed whole: whoever is killed at any moment leaves the set before or the set after."""

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from reports.renewing import NotASetError, keep, renewed

KILLED = """
import os, signal, sys
from pathlib import Path
from reports.renewing import renewed

folder, moment = Path(sys.argv[1]), int(sys.argv[2])
rename, renamed = Path.rename, []

def counted(path, target):
    if len(renamed) == moment - 1:
        os.kill(os.getpid(), signal.SIGKILL)
    renamed.append(target)
    return rename(path, target)

Path.rename = counted
with renewed(folder, "old.html") as (fresh, _):
    (fresh / "new.html").write_text("new")
    if moment == 0:
        os.kill(os.getpid(), signal.SIGKILL)
"""
"""Renews a folder, and is killed while filling it (0), or before its first or its second rename."""


@pytest.mark.parametrize("moment", [0, 1, 2])
def test_killed(tmp_path: Path, moment: int) -> None:
    """What stood there stands there, or is put back by the next who renews; nothing is left beside it."""
    folder = tmp_path / "pages"
    with renewed(folder, "old.html") as (fresh, _):
        (fresh / "old.html").write_text("old")
    ended = subprocess.run([sys.executable, "-c", KILLED, folder, str(moment)], check=False)
    assert ended.returncode == -signal.SIGKILL
    assert folder.exists() == (moment < 2)
    with renewed(folder, "old.html") as (fresh, stood):
        assert stood == {"old.html"}
        assert [path.name for path in folder.iterdir()] == ["old.html"]
        assert list(fresh.iterdir()) == []
    assert list(tmp_path.iterdir()) == [folder]


def test_what_stays_is_the_same_file(tmp_path: Path) -> None:
    """And what is not kept goes."""
    folder = tmp_path / "pages"
    with renewed(folder, "goes.html") as (fresh, _):
        (fresh / "a").mkdir()
        (fresh / "a" / "stays.html").write_text("stays")
        (fresh / "goes.html").write_text("goes")
    number = (folder / "a" / "stays.html").stat().st_ino
    with renewed(folder, "goes.html") as (fresh, _):
        keep(["a/stays.html"], folder, fresh)
    assert [path.name for path in folder.rglob("*.html")] == ["stays.html"]
    assert (folder / "a" / "stays.html").stat().st_ino == number


def test_the_folder_that_the_shell_stands_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Is refused, and any above it: what is done next in that shell would be done in no folder."""
    monkeypatch.chdir(tmp_path)
    for folder in (Path(), tmp_path.parent):
        refused = pytest.raises(NotASetError, match="the folder that you stand in")
        with refused, renewed(folder, "manifest.json"):
            raise AssertionError("it was filled")
    assert list(tmp_path.iterdir()) == []
