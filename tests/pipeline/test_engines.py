"""Dagster's engines for its SQLite files: one a file, however often it is opened."""

import dagster as dg
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
