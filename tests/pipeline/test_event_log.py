"""The event log whose engines are kept: its files are Dagster's own, and nothing stays open."""

from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log.sqlite.sqlite_event_log import SqliteEventLogStorage

from pipeline.event_log import MOST_RUNS, EventLogStorage
from pipeline.instance import open_instance, prepare_home
from schemas.places import DataRoot

KEY = dg.AssetKey("made_up")


@dg.asset(check_specs=[dg.AssetCheckSpec("passes", asset=KEY)])
def made_up() -> dg.MaterializeResult:  # type: ignore[type-arg]  # Dagster reads it at run time
    """A materialisation and a check, which go to the run's file and to the index."""
    return dg.MaterializeResult(check_results=[dg.AssetCheckResult(passed=True)])


@pytest.fixture
def instance(empty_root: DataRoot) -> Iterator[dg.DagsterInstance]:
    """The instance that this project's settings make."""
    with open_instance(empty_root) as made:
        assert isinstance(made.event_log_storage, EventLogStorage)
        yield made


def run(instance: dg.DagsterInstance) -> str:
    """Materialise the asset; the run."""
    result = dg.materialize([made_up], instance=instance)
    assert result.success
    return result.run_id


def told(storage: SqliteEventLogStorage, run_id: str) -> list[str]:
    """The types of the run's events, in order."""
    return [str(entry.dagster_event_type) for entry in storage.get_logs_for_run(run_id)]


def test_dagsters_own_class_reads_it_and_writes_on(
    instance: dg.DagsterInstance, empty_root: DataRoot
) -> None:
    """Both see the same events, and the materialisation, whoever wrote them."""
    run_id = run(instance)
    folder = str(empty_root.dagster_home / "history" / "runs")
    theirs, ours = SqliteEventLogStorage(folder), EventLogStorage(folder)
    assert told(theirs, run_id) == told(ours, run_id) != []
    assert theirs.fetch_materializations(KEY, limit=5).records
    for storage in (theirs, ours):
        for entry in storage.get_logs_for_run(run_id):
            if entry.dagster_event_type == dg.DagsterEventType.ASSET_MATERIALIZATION:
                storage.store_event(entry)
    assert told(theirs, run_id) == told(ours, run_id)
    assert len(theirs.fetch_materializations(KEY, limit=9).records) == 4
    ours.dispose()


def test_a_wiped_instance_begins_anew(instance: dg.DagsterInstance) -> None:
    """Files that are gone are made again, as if for the first time."""
    run(instance)
    instance.event_log_storage.wipe()
    assert told(instance.event_log_storage, run(instance))  # type: ignore[arg-type]


def test_more_runs_than_engines_are_kept_for(instance: dg.DagsterInstance) -> None:
    """The oldest are put away, and come back when they are asked for."""
    runs = [run(instance) for _ in range(MOST_RUNS + 2)]
    storage = EventLogStorage.from_config_value(
        None, {"base_dir": str(Path(instance.root_directory) / "history" / "runs")}
    )
    for run_id in (*runs, runs[0]):
        assert told(storage, run_id)
    assert len(storage._engines) <= MOST_RUNS  # noqa: SLF001 - that it does not grow is the point
    storage.dispose()


def test_nothing_stays_open(empty_root: DataRoot) -> None:
    """When the instance is closed, the index is one file again: what was beside it was taken in."""
    with open_instance(empty_root) as instance:
        run(instance)
    left = {path.name for path in (empty_root.dagster_home / "history" / "runs").iterdir()}
    assert "index.db" in left
    assert not [name for name in left if not name.endswith(".db")]


@pytest.mark.parametrize("name", ["a b", "år", 'quo"te', "back\\slash", "with: colon # and hash"])
def test_wherever_the_data_lie(tmp_path: Path, name: str) -> None:
    """The settings name the instance's folder, whatever it is called, and follow it."""
    root = DataRoot(tmp_path / name)
    with open_instance(root) as instance:
        run(instance)
    assert (root.dagster_home / "history" / "runs" / "index.db").exists()
    moved = DataRoot(root.path.rename(tmp_path / "moved"))
    settings = prepare_home(moved) / "dagster.yaml"
    assert str(moved.path) in settings.read_text(encoding="utf-8")
    with open_instance(moved) as instance:
        assert instance.fetch_materializations(KEY, limit=1).records


def test_a_folder_that_is_not_named_whole() -> None:
    """It would be another one in each working directory, so it is refused, and nothing is made."""
    with pytest.raises(ValueError, match="name the whole path"):
        EventLogStorage("$instance/history/runs")
    assert not Path("$instance").exists()
