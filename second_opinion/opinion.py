"""Running the queries: on tables that are given, in a database that lasts as long as the answer."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import duckdb
import polars as pl

from schemas.observed import Population, Surgeries, WaitingTimes
from schemas.table import Table
from second_opinion.parameters import OutOfScopeError, Rows, insertions
from second_opinion.queries import ROOM, STATEMENTS, compared_tables, sql_files
from storage.dialect import connected, create_table, query

IN_MEMORY = Path(":memory:")
OBSERVED: Sequence[type[Table]] = (Population, WaitingTimes, Surgeries)

DECISIONS = """
CREATE SCHEMA IF NOT EXISTS payouts;
CREATE TABLE IF NOT EXISTS payouts.decided (
    month DATE, scheme VARCHAR, region_code VARCHAR, component VARCHAR, amount_sek BIGINT
);
CREATE TABLE IF NOT EXISTS payouts.settlements (
    month DATE, scheme VARCHAR, region_code VARCHAR, component VARCHAR, settled_month DATE,
    amount_sek BIGINT
);
"""
"""What the queries read of decisions; without rows unless they are given."""


@contextmanager
def prepared(
    parameters: Rows, regions: Sequence[str], given: Mapping[str, pl.DataFrame]
) -> Iterator[duckdb.DuckDBPyConnection]:
    """A database in memory with everything that the queries read and make.

    Args:
        parameters: the scheme's, or schemes', from `scheme_rows`.
        regions: the codes of the register.
        given: tables by name; what is observed or decided and not given has no rows. A table that a
            query makes, such as `payouts.reserves`, takes the place of the query's own if given.

    Raises:
        OutOfScopeError: if a parameter does not fit the tables of parameters.
    """
    with connected(IN_MEMORY, read_only=False) as connection:
        connection.execute("SET threads = 1")  # the tables are small
        makers = {table.qualified_name(): name for name, table in compared_tables().items()}
        replaced = {makers[name]: frame for name, frame in given.items() if name in makers}
        others = {name: frame for name, frame in given.items() if name not in makers}
        foundation = "".join(file.text for file in sql_files() if file.name in STATEMENTS)
        empty = "".join(create_table(table) for table in OBSERVED)
        connection.execute(foundation + empty + DECISIONS)
        _fill_parameters(connection, parameters, regions)
        for name, frame in others.items():
            _insert(connection, name, frame)
        for file in sql_files():
            if file.name in replaced:
                _create(connection, f"{ROOM}.{file.name}", replaced[file.name])
            elif file.name not in STATEMENTS:
                connection.execute(file.creation)
        yield connection


def computed(
    connection: duckdb.DuckDBPyConnection, table: type[Table], condition: str = "true"
) -> pl.DataFrame:
    """The table as the queries compute it, in order of key."""
    names = {each: name for name, each in compared_tables().items()}
    key = ", ".join(table.key())
    return query(
        connection,
        f"FROM {ROOM}.{names[table]} WHERE {condition} ORDER BY {key}",  # noqa: S608 - names of ours
    )


def _fill_parameters(
    connection: duckdb.DuckDBPyConnection, parameters: Rows, regions: Sequence[str]
) -> None:
    rows: Rows = {"regions": [(code,) for code in regions], **parameters}
    try:
        connection.execute("".join(insertions(rows)))
    except duckdb.ConstraintException as error:
        raise OutOfScopeError(
            f"a parameter is not one that the second opinion knows: {error}"
        ) from error


def _insert(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    columns = {
        row[0]
        for row in query(connection, f"SELECT column_name FROM (DESCRIBE {name})").iter_rows()
    }
    connection.register("given", frame.select(sorted(columns & set(frame.columns))).to_arrow())
    connection.execute(f"INSERT INTO {name} BY NAME SELECT * FROM given")  # noqa: S608 - ours
    connection.unregister("given")


def _create(connection: duckdb.DuckDBPyConnection, name: str, frame: pl.DataFrame) -> None:
    connection.register("given", frame.to_arrow())
    connection.execute(f"CREATE TABLE {name} AS SELECT * FROM given")  # noqa: S608 - ours
    connection.unregister("given")
