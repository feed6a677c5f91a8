"""Dagster's ways to its SQLite files, and the scripts that migrate them, each kept for the next time.

Dagster asks SQLAlchemy for a new engine at every event, and a new engine compiles every statement anew: a quarter of a run's
processor time. Here it gets the one that it had for the file. An engine's pool keeps no connection, so files are opened and
locked as before; the sessions that Dagster opens to Postgres are not concerned.

And it reads all scripts of migrations anew for each run's file, to ask which is the last: a tenth of that time.
"""

from collections.abc import Callable, Hashable, Mapping
from functools import cache, lru_cache
from types import SimpleNamespace

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from dagster._core.storage import sql
from dagster._core.storage.event_log.sqlite import sqlite_event_log
from dagster._core.storage.runs.sqlite import sqlite_run_storage

MOST_KEPT = 8
"""Engines: the file of all runs, that of all events, and those of the runs at hand."""


@cache
def keep_engines() -> None:
    """Have this process's storages of Dagster keep their engines, and the scripts of their migrations."""
    for storage in (sqlite_event_log, sqlite_run_storage):
        names = vars(storage)
        names["create_engine"] = _kept(names["create_engine"])
    once = SimpleNamespace(from_config=_read_once(ScriptDirectory.from_config))
    for user in (sql, command):
        vars(user)["ScriptDirectory"] = once


def _kept(make: Callable[..., object]) -> Callable[..., object]:
    @lru_cache(maxsize=MOST_KEPT)
    def made(address: str, pool: Hashable, settings: tuple[tuple[str, object], ...]) -> object:
        return make(address, poolclass=pool, connect_args=dict(settings))

    def engine(
        address: str, *, poolclass: Hashable, connect_args: Mapping[str, object] | None = None
    ) -> object:
        return made(address, poolclass, tuple((connect_args or {}).items()))

    return engine


def _read_once(read: Callable[[Config], object]) -> Callable[[Config], object]:
    """The scripts of the folder that settings name: installed with Dagster, they stay while the process lives."""
    kept: dict[str | None, object] = {}

    def scripts(settings: Config) -> object:
        folder = settings.get_main_option("script_location")
        if folder not in kept:
            kept[folder] = read(settings)
        return kept[folder]

    return scripts
