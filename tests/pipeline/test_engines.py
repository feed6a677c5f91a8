"""Dagster's engines for its SQLite files, and its scripts of migrations: made once, however often they are used."""

import dagster as dg
import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, event

from pipeline.instance import open_instance
from schemas.places import DataRoot


def test_a_file_has_one_engine(empty_root: DataRoot) -> None:
    """Each of a run's events opens its file; the statements were compiled at the first."""
    opened: list[Engine] = []

    def connected(connection: Connection) -> None:
        opened.append(connection.engine)

    @dg.op
    def says_much(context: dg.OpExecutionContext) -> None:
        for number in range(20):
            context.log_event(dg.AssetObservation(f"made_up_{number}"))

    @dg.job
    def job() -> None:
        says_much()

    with open_instance(empty_root) as instance:
        event.listen(Engine, "engine_connect", connected)
        try:
            assert job.execute_in_process(instance=instance).success
        finally:
            event.remove(Engine, "engine_connect", connected)
    files = {each.url.database for each in opened}
    assert len(opened) > 10 * len(files)
    assert len({id(each) for each in opened}) == len(files)


def test_scripts_are_read_once(empty_root: DataRoot, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run's file is new, and marked with the last of the scripts."""
    read: list[str] = []
    load = ScriptDirectory._load_revisions  # noqa: SLF001 - there is no other way to see it

    def loaded(scripts: ScriptDirectory) -> object:
        read.append(scripts.dir)
        return load(scripts)

    monkeypatch.setattr(ScriptDirectory, "_load_revisions", loaded)

    @dg.job
    def job() -> None:
        pass

    with open_instance(empty_root) as instance:
        for _ in range(3):
            assert job.execute_in_process(instance=instance).success
    assert len(read) == len(set(read))
