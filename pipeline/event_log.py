"""Dagster's event log in SQLite files, as Dagster keeps it, with less work for each event.

Dagster makes a new engine for every event and each of its two or three writes: the statement is
compiled anew, and the connection to the index opened and closed. That is a third of a cold year's
run. Here an engine is kept for each file. The files, and all that is in them, are Dagster's own:
an instance may go from one class to the other at any time.

Nor is the disk waited for at each event. What a loss of power can take are the last events, never the
file's order; the ledger does wait, and the next start announces what Dagster does not know of.
"""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dagster._core.storage.event_log.sqlite.sqlite_event_log import (
    INDEX_SHARD_NAME,
    SqliteEventLogStorage,
)
from dagster._core.storage.sql import create_engine
from dagster._core.storage.sqlite import SQLITE_BUSY_TIMEOUT_SECONDS
from dagster._serdes import ConfigurableClassData
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.event import listen
from sqlalchemy.pool import NullPool, Pool, QueuePool

MOST_RUNS = 8
"""Runs whose engines are kept: who looks at old runs in the UI would else gather one for each."""


class EventLogStorage(SqliteEventLogStorage):
    """SQLite-backed event log whose engines are kept; `dagster.yaml` names it.

    The index's connection stays open. A run's own file is closed after each event, as Dagster does: only
    then is it written to, and the UI's live view of a run waits for that.
    """

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        """Keep the files below the folder, which is made if need be.

        Raises:
            ValueError: if the folder is not named whole: each working directory would have its own.
        """
        if not Path(base_dir).is_absolute():
            raise ValueError(
                f"dagster.yaml has base_dir: {base_dir}; name the whole path of the instance's folder, "
                "or let bonuspott or make ui put the file there"
            )
        self._engines: dict[str, Engine] = {}
        super().__init__(base_dir, inst_data)

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Mapping[str, Any]
    ) -> "EventLogStorage":
        """The storage as the instance's settings describe it."""
        return cls(inst_data=inst_data, **config_value)

    def dispose(self) -> None:
        """Close what is open."""
        super().dispose()
        with self._db_lock:
            for engine in self._engines.values():
                engine.dispose()
            self._engines.clear()

    @contextmanager
    def _connect(self, shard: str) -> Iterator[Connection]:
        with self._db_lock, self._engine(shard).connect() as connection, connection.begin():
            yield connection

    def _engine(self, shard: str) -> Engine:
        engine = self._engines.pop(shard, None) or self._begun(shard)
        # Put back as the latest used.
        self._engines[shard] = engine
        while len(self._engines) > MOST_RUNS:
            self._engines.pop(next(iter(self._engines))).dispose()
        return engine

    def _begun(self, shard: str) -> Engine:
        pool: type[Pool] = QueuePool if shard == INDEX_SHARD_NAME else NullPool
        engine = create_engine(
            self.conn_string_for_shard(shard),
            poolclass=pool,
            connect_args={"timeout": SQLITE_BUSY_TIMEOUT_SECONDS},
        )
        listen(engine, "connect", _sync_at_checkpoints)
        if shard not in self._initialized_dbs:
            self._initdb(engine)
            self._initialized_dbs.add(shard)
        return engine


def _sync_at_checkpoints(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA synchronous=NORMAL")
