"""What every test has: warnings that are expected, and a data root of its own where it asks for one."""

import gc
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from benchmarks.paired import AS_INSTALLED
from deploy.loopback.servers import Postgres, ServerMissingError, postgres
from pipeline.warnings_expected import EXPECTED
from schemas.places import CHECKOUT, VARIABLE, DataRoot

SAMPLE = CHECKOUT / "data" / "raw"

# A run commits a thousand times, and waits for the disk each time: tests work in memory where there is room for
# all they write. What a kill leaves is the same there: what a process has written is written.
MEMORY, ROOM = Path("/dev/shm"), 8_000_000_000  # noqa: S108 - pytest makes folders of its own in it
if "TMPDIR" not in os.environ and MEMORY.is_dir() and shutil.disk_usage(MEMORY).free > ROOM:
    os.environ["TMPDIR"] = tempfile.tempdir = str(MEMORY)


# Pandera imports Hypothesis where it is installed: without the plugins of other packages, which it would load first.
os.environ["HYPOTHESIS_NO_PLUGINS"] = "1"


def pytest_configure(config: pytest.Config) -> None:
    """Ignore the warnings of the one list; pyproject.toml makes all others errors.

    What a test starts is started as users have it; pytest's own workers need Hypothesis themselves.
    """
    for category, message in EXPECTED:
        name = f"{category.__module__}.{category.__qualname__}"
        config.addinivalue_line("filterwarnings", f"ignore:{message}:{name}")
    if hasattr(config, "workerinput"):
        os.environ["PYTHONPATH"] = AS_INSTALLED


@cache
def text_of(module: Path) -> str:
    """The module's text."""
    return module.read_text(encoding="utf-8")


def says_slow(module: Path) -> bool:
    """Whether the word stands in the module, as it must where a test in it is slow."""
    return "slow" in text_of(module)


def is_slow_throughout(module: Path) -> bool:
    """Whether the module says so of all its tests, on a line."""
    return bool(re.search(r"^pytestmark = .*\bpytest\.mark\.slow\b", text_of(module), re.MULTILINE))


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A module of which no test is asked for, as it is without slow ones or slow throughout, is not read: each worker reads all."""
    if not (collection_path.name.startswith("test_") and collection_path.suffix == ".py"):
        return None
    asked = config.option.markexpr
    is_without = (asked == "slow" and not says_slow(collection_path)) or (
        asked == "not slow" and is_slow_throughout(collection_path)
    )
    return is_without or None


def pytest_itemcollected(item: pytest.Item) -> None:
    """A slow test in a module without the word would be run by nobody.

    Raises:
        pytest.UsageError: naming it.
    """
    if item.get_closest_marker("slow") and not says_slow(item.path):
        raise pytest.UsageError(f"{item.nodeid} is slow: say so in a word in its module")


@pytest.hookimpl(trylast=True)  # when those that are not asked for are left out
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Half of the workers begin with the tests that wait for minutes: the rest use the time, and none is left for the end.

    The quick tests that look at a run come before the other quick ones: the worker that makes it goes on to look at it,
    and no other waits for it, least of all at the end.

    xdist deals the items in blocks, in their order, one block to a worker.
    """
    workers = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
    half = (workers + 1) // 2
    waiting = [item for item in items if item.get_closest_marker("waits")]
    dealt = [item for item in items if item not in waiting]
    dealt.sort(key=lambda item: not looks_quickly_at_a_run(item))
    for number, item in enumerate(waiting):
        dealt.insert(number % half * len(items) // workers, item)
    items[:] = dealt


def looks_quickly_at_a_run(item: pytest.Item) -> bool:
    """Whether the test is a quick one that has the fixture `runs`, by whatever other; some have a number of that name."""
    if item.get_closest_marker("slow") or not isinstance(item, pytest.Function):
        return False
    numbers = item.callspec.params if hasattr(item, "callspec") else {}
    return "runs" in item.fixturenames and "runs" not in numbers


def pytest_collection_finish() -> None:
    """What is collected stays to the end: the collector need not walk it in each of its rounds."""
    gc.freeze()


@pytest.fixture
def empty_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> DataRoot:
    """A data root without any delivery, which BONUSPOTT_DATA names."""
    root = DataRoot(tmp_path / "data")
    root.raw.mkdir(parents=True)
    monkeypatch.setenv(VARIABLE, str(root.path))
    monkeypatch.delenv("DAGSTER_HOME", raising=False)
    return root


@pytest.fixture
def data_root(empty_root: DataRoot) -> DataRoot:
    """A data root with a copy of the sample deliveries, which BONUSPOTT_DATA names."""
    shutil.copytree(SAMPLE, empty_root.raw, dirs_exist_ok=True)
    return empty_root


@pytest.fixture(scope="session")
def postgres_cluster() -> Iterator[Postgres]:
    """A Postgres of the tests' own; without its programs the test is skipped, or fails in CI."""
    try:
        with postgres() as cluster:
            yield cluster
    except ServerMissingError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"not tested here: {missing}")
