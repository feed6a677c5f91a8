"""Running the queries on tables that are given, in a database of its own, in memory."""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

import duckdb
import polars as pl

from ledger.dialect import IN_MEMORY, connected, create_table, query
from schemas.decisions import Decided, Settlements
from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.published import PublishedTable, published_tables, recorded_rows
from schemas.table import Table
from second_opinion.parameters import OutOfScopeError, Rows, insertions
from second_opinion.queries import ROOM, foundation, queries, recomputed_tables

GIVEN: Sequence[type[Table]] = (Population, WaitingTimes, Surgeries, Decided, Settlements)
"""What the queries read and none of them makes."""

Frames = Mapping[str, pl.DataFrame]
"""Tables by their names in the warehouse."""


class Opinion:
    """The queries over one scheme's parameters, or several schemes'.

    The database is made once; what is given for an answer is gone after it.
    """

    def __init__(self, parameters: Rows, regions: Sequence[str]) -> None:
        """Make the database of the schemes' rows, from `scheme_rows`, and the register's codes of regions.

        Raises:
            OutOfScopeError: if a parameter does not fit the tables of parameters.
        """
        components = {str(name) for _, name in parameters.get("unknown_components", [])}
        pots = {str(pot) for _, pot, name in parameters.get("pots", []) if name in components}
        self.unknown = {
            "component": sorted({*components, *(f"bonus_{pot}" for pot in pots)}),
            "pot": sorted(pots),
        }
        """Components, and pots that hold them, of kinds that the queries do not know."""
        self._lock = threading.Lock()
        self._open = ExitStack()
        self._connection = self._open.enter_context(connected(IN_MEMORY))
        given = "\n".join(create_table(PublishedTable(table)) for table in GIVEN)
        self._connection.execute(f"{foundation()}\n{given}")
        rows: Rows = {"regions": [(code,) for code in regions], **parameters}
        try:
            self._connection.execute("\n".join(insertions(rows)))
        except duckdb.ConstraintException as error:
            raise OutOfScopeError(
                f"the second opinion does not know a parameter: {error}"
            ) from error

    def close(self) -> None:
        """Let go of the database."""
        self._open.close()

    def of(self, table: type[Table], given: Frames) -> pl.DataFrame:
        """The table as its query computes it from the tables given, in order of key; one that is not given has no rows."""
        made = published_tables(table)
        with self.answering(made[0], given) as connection:
            for each in made:
                connection.execute(f"CREATE VIEW {ROOM}.{_name(each)} AS {_query(each)}")
            return query(
                connection,
                f"FROM ({recorded_rows(table, ROOM)}) ORDER BY {', '.join(table.key())}",
            )

    def opined(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Those of a table's rows that the queries have an opinion on."""
        for column in self.unknown.keys() & set(rows.columns):
            rows = rows.filter(~pl.col(column).is_in(self.unknown[column]))
        return rows

    @contextmanager
    def answering(
        self, table: PublishedTable, given: Frames
    ) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to what the table's query reads, within a transaction that is always rolled back."""
        with self._lock:
            self._connection.execute("BEGIN")
            try:
                _give(self._connection, table, given)
                yield self._connection
            finally:
                self._connection.execute("ROLLBACK")


def _give(connection: duckdb.DuckDBPyConnection, table: PublishedTable, given: Frames) -> None:
    """Put what is given where the table's query reads it."""
    views, read = _needed(_name(table))
    for model in GIVEN:
        name = model.qualified_name()
        if name in read & given.keys():
            _insert(connection, PublishedTable(model), given[name])
    for name, each in recomputed_tables().items():
        if f"{ROOM}.{name}" in read:
            frame = given.get(each.table.qualified_name(), each.table.without_rows())
            connection.register("given", frame.to_arrow())
            connection.execute(
                f"CREATE TABLE {ROOM}.{name} AS SELECT {each.selection()} FROM given "  # noqa: S608
                f"WHERE {each.condition()}"
            )
            connection.unregister("given")
    for name in views:
        connection.execute(f"CREATE VIEW {ROOM}.{name} AS {queries()[name].query}")


def _name(table: PublishedTable) -> str:
    """The name of the table's query."""
    return table.qualified_name().partition(".")[2]


def _query(table: PublishedTable) -> str:
    return queries()[_name(table)].query


def _needed(name: str) -> tuple[list[str], set[str]]:
    """The views that a query stands on, in order, and all that it and they read."""
    views: list[str] = []
    read = set(queries()[name].reads)
    for view in reversed([each for each in queries() if each not in recomputed_tables()]):
        if f"{ROOM}.{view}" in read:
            views.insert(0, view)
            read |= queries()[view].reads
    return views, read


def _insert(
    connection: duckdb.DuckDBPyConnection, table: PublishedTable, frame: pl.DataFrame
) -> None:
    names = {recorded: name for recorded, name in table.names().items() if recorded in frame}
    connection.register("given", frame.select(*names).rename(names).to_arrow())
    connection.execute(f"INSERT INTO {table.qualified_name()} BY NAME FROM given")
    connection.unregister("given")
