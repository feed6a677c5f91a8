"""The dialect: every model's table is made in DuckDB with the types and words of the model."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import duckdb
import polars as pl
import pytest

from ledger import dialect
from ledger.dialect import add_key, attached, comments, create_table, quoted, sql_type
from schemas.table import Column, Table
from tests.schemas.models import all_models, good_rows

MODELS = all_models()
SQL_TYPES = {
    pl.Int64(): "BIGINT",
    pl.String(): "VARCHAR",
    pl.Date(): "DATE",
    pl.Datetime("us"): "TIMESTAMP",
    pl.Boolean(): "BOOLEAN",
    pl.List(pl.Int64()): "BIGINT[]",
    pl.List(pl.String()): "VARCHAR[]",
    pl.Decimal(18, 2): "DECIMAL(18,2)",
    pl.Decimal(18, 1): "DECIMAL(18,1)",
    pl.Decimal(7, 4): "DECIMAL(7,4)",
    pl.Decimal(5, 1): "DECIMAL(5,1)",
}
EVERY_MODEL = pytest.mark.parametrize("model", MODELS.values(), ids=MODELS)


def described(connection: duckdb.DuckDBPyConnection, table: str) -> list[tuple[str, str, str]]:
    """The table's columns: name, type, and whether a value may be missing."""
    return [row[:3] for row in connection.execute(f"DESCRIBE {table}").fetchall()]


def insert(connection: duckdb.DuckDBPyConnection, table: str, rows: pl.DataFrame) -> None:
    """Insert the rows by name."""
    connection.register("incoming", rows.to_arrow())
    connection.execute(f"INSERT INTO {table} BY NAME SELECT * FROM incoming")  # noqa: S608
    connection.unregister("incoming")


@EVERY_MODEL
def test_a_table_is_made(model: type[Table]) -> None:
    """With the model's columns in order, their types, and NOT NULL where none may be missing."""
    with duckdb.connect() as connection:
        connection.execute(create_table(model))
        assert described(connection, model.qualified_name()) == [
            (each.name, SQL_TYPES[each.data_type], "YES" if each.nullable else "NO")
            for each in model.columns()
        ]


@EVERY_MODEL
def test_rows_come_back_as_they_went_in(model: type[Table]) -> None:
    """Values and types, through the database and back."""
    rows = good_rows(model)
    with duckdb.connect() as connection:
        connection.execute(create_table(model))
        insert(connection, model.qualified_name(), rows)
        found = connection.sql(f"FROM {model.qualified_name()}").to_arrow_table()
    read = pl.DataFrame(pl.from_arrow(found))
    assert read.schema == model.polars_schema()
    assert read.equals(rows)


@EVERY_MODEL
def test_the_key_is_held(model: type[Table]) -> None:
    """Where it is declared, no two rows have one key."""
    with duckdb.connect() as connection:
        connection.execute(create_table(model) + add_key(model))
        insert(connection, model.qualified_name(), good_rows(model))
        with pytest.raises(duckdb.ConstraintException):
            insert(connection, model.qualified_name(), good_rows(model))


@EVERY_MODEL
def test_a_column_more_stands_first(model: type[Table]) -> None:
    """And the table can be made again without harm."""
    with duckdb.connect() as connection:
        for _ in range(2):
            connection.execute(create_table(model, extra="number BIGINT NOT NULL"))
        columns = described(connection, model.qualified_name())
    assert columns[0] == ("number", "BIGINT", "NO")
    assert [name for name, _, _ in columns[1:]] == list(model.polars_schema())


@EVERY_MODEL
def test_the_models_words_are_comments(model: type[Table]) -> None:
    """On the table and on every column: description, unit, source, and the Swedish term."""
    with duckdb.connect() as connection:
        connection.execute(create_table(model))
        connection.execute(comments(model))
        [table] = connection.execute("SELECT comment FROM duckdb_tables()").fetchall()
        found = dict(
            connection.execute(
                "SELECT column_name, comment FROM duckdb_columns() WHERE NOT internal"
            ).fetchall()
        )
    assert table == (model.describe(),)
    for each in model.columns():
        for words in (each.description, each.unit, each.term_sv, each.source):
            assert words in found[each.name]


@pytest.mark.parametrize("kind", [pl.Float64(), pl.Float32(), pl.Int32(), pl.UInt64()])
def test_types_that_no_table_should_have(kind: pl.DataType) -> None:
    """Least of all a float."""
    with pytest.raises(KeyError):
        sql_type(Column("share", kind, False, False, "", "", "", ""))


@pytest.mark.parametrize("text", ["", "it's", "''", "å; DROP TABLE x; --", 'a "b"', "a\nb"])
def test_quoted_text_comes_back(text: str) -> None:
    """Whatever it holds."""
    with duckdb.connect() as connection:
        assert connection.execute(f"SELECT {quoted(text)}").fetchall() == [(text,)]


def test_a_connection_is_closed_at_the_end(tmp_path: Path) -> None:
    """After a failure too, so that the next one can open the file."""

    class FailureError(Exception):
        pass

    def fail() -> None:
        with attached(tmp_path / "some.duckdb", read_only=False) as connection:
            connection.execute("CREATE TABLE numbers AS SELECT 1 AS number")
            raise FailureError

    with pytest.raises(FailureError):
        fail()
    with attached(tmp_path / "some.duckdb") as connection:
        assert connection.execute("FROM numbers").fetchall() == [(1,)]
        with pytest.raises(duckdb.InvalidInputException, match="read-only"):
            connection.execute("INSERT INTO numbers VALUES (2)")


class Interrupted:
    """A process's database in which a statement is interrupted once, as DuckDB tells of it."""

    def __init__(self, memory: duckdb.DuckDBPyConnection, statement: str) -> None:
        """Interrupt the next statement that begins with the word."""
        self.memory, self.statement = memory, statement
        self.cursor, self.close = memory.cursor, memory.close

    def execute(self, sql: str) -> None:
        """Do it, and be interrupted as it ends."""
        self.memory.execute(sql)
        if sql.startswith(self.statement):
            self.statement = "once is enough"
            raise RuntimeError("Query interrupted") from KeyboardInterrupt()


@pytest.mark.parametrize("statement", ["ATTACH", "DETACH"])
def test_an_interruption_leaves_nothing_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    """Whoever comes next, in this process or another, can write to the file."""
    file = tmp_path / "some.duckdb"
    with attached(file, read_only=False) as connection:
        connection.execute("CREATE TABLE numbers AS SELECT 1 AS number")
    database = dialect._database(os.getpid())  # noqa: SLF001 - there is no other way in between
    monkeypatch.setattr(database, "memory", Interrupted(database.memory, statement))
    with pytest.raises(KeyboardInterrupt), attached(file):
        pass
    with attached(file, read_only=False) as connection:
        connection.execute("INSERT INTO numbers VALUES (2)")
    with duckdb.connect(str(file)) as connection:
        assert connection.execute("SELECT count(*) FROM numbers").fetchall() == [(2,)]


def test_an_interruption_is_not_lost_where_undoing_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A failure that comes on top of it does not take its place."""

    class Failing(Interrupted):
        def execute(self, sql: str) -> None:
            if sql.startswith("DETACH DATABASE"):
                raise duckdb.FatalException
            super().execute(sql)

    file = tmp_path / "some.duckdb"
    with duckdb.connect(str(file)):
        pass
    database = dialect._database(os.getpid())  # noqa: SLF001 - as above
    monkeypatch.setattr(database, "memory", Failing(database.memory, "DETACH"))
    with pytest.raises(KeyboardInterrupt), attached(file):
        pass


def test_threads_have_one_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first of them make it, all at once."""
    file = tmp_path / "some.duckdb"
    with duckdb.connect(str(file)) as connection:
        connection.execute("CREATE TABLE numbers AS SELECT 1 AS number")
    made: list[int] = []
    make = duckdb.connect

    def counted(config: dict[str, str]) -> duckdb.DuckDBPyConnection:
        made.append(threading.get_ident())
        return make(config=config)

    dialect._database.cache_clear()  # noqa: SLF001 - as in a process that has just begun
    monkeypatch.setattr(duckdb, "connect", counted)
    ready = threading.Barrier(8)

    def reads(_: int) -> int:
        ready.wait()
        with attached(file) as connection:
            [(number,)] = connection.execute("FROM numbers").fetchall()
            return int(number)

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(reads, range(8))) == {1}
    assert len(made) == 1
