"""The statements that put the queries, as views, and their parameters into a warehouse."""

from collections.abc import Iterator, Sequence

from ledger.dialect import quoted, sql_type
from schemas.regions import region_codes
from schemas.table import Table
from second_opinion.parameters import Rows, insertions
from second_opinion.queries import ROOM, SqlFile, foundation, queries, recomputed_tables


def publication(schemes: Sequence[Rows]) -> Iterator[str]:
    """The statements that make `parameters.*` and `second_opinion.*` beside the recorded tables.

    Args:
        schemes: the rows of each scheme, from `scheme_rows`.
    """
    yield foundation()
    yield from insertions({"regions": [(code,) for code in region_codes()]})
    for rows in schemes:
        yield from insertions(rows)
    yield from _views()
    for file in queries().values():
        yield f"COMMENT ON VIEW {ROOM}.{file.name} IS {quoted(file.headline)};"


def _views() -> Iterator[str]:
    """The views, each bound when those that it reads are still empty stand-ins.

    DuckDB works a view's query out when it is made, with every view below it: made in the order of
    their numbers, the last would be worked out through all the others, over and over.
    """
    computed = recomputed_tables()
    for name, table in computed.items():
        yield f"CREATE VIEW {ROOM}.{name} AS {_stand_in(table)};"
    for name, file in queries().items():
        if name not in computed:
            yield _view(file)
    for name in reversed(list(computed)):
        yield _view(queries()[name])


def _view(file: SqlFile) -> str:
    return f"CREATE OR REPLACE VIEW {ROOM}.{file.name} AS\n{file.query};"


def _stand_in(table: type[Table]) -> str:
    columns = (f"CAST(NULL AS {sql_type(each)}) AS {each.name}" for each in table.columns())
    return f"SELECT {', '.join(columns)}"
