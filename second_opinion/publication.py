"""The statements that put the queries, as views, and their parameters into a warehouse."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ledger.dialect import comment_on, no_rows, quoted
from schemas.regions import region_codes
from second_opinion.parameters import READINGS, Rows, insertions
from second_opinion.queries import (
    ROOM,
    SqlFile,
    foundation,
    parameter_columns,
    queries,
    recomputed_tables,
)

COLUMNS = Path(__file__).with_name("columns.csv")
BETWEEN: Mapping[str, Sequence[str]] = {
    "measured_months": ("scheme", "month", "months_measured"),
    "counted_months": ("scheme", "month", "counted_as", "counted_month"),
    "rounds_as_reckoned": ("payout_month", "scheme", "region_code", "component", "amount_sek"),
    "shared_by": ("scheme", "pot", "region_code", "weight"),
    "lines_as_computed": ("payout_month", "scheme", "region_code", "component", "amount_sek"),
    "comparison": ("table_name", "recorded", "not_recomputed", "not_recorded"),
}
"""The columns of the views that compute no table of the contract."""


def publication(schemes: Sequence[Rows]) -> Iterator[str]:
    """The statements that make `parameters.*`, of the schemes' rows, and `second_opinion.*` beside the recorded tables."""
    yield foundation()
    rows: Rows = {"regions": [(code,) for code in region_codes()]}
    for of_scheme in schemes:
        for name, added in of_scheme.items():
            rows.setdefault(name, []).extend(added)
    yield from insertions(rows)
    yield from _views()
    for file in queries().values():
        yield f"COMMENT ON VIEW {ROOM}.{file.name} IS {quoted(file.headline)};"
    yield from _words_of_columns()


def _words_of_columns() -> Iterator[str]:
    """The words for every column of the parameters and of the views."""
    with COLUMNS.open(encoding="utf-8", newline="") as lines:
        words = {row["column"]: row["words"] for row in csv.DictReader(lines)}
    words |= {
        name: f"Which reading of interpretation I-{number} the scheme takes; none where it has one alone."
        for number, name in enumerate(READINGS, start=1)
    }
    between = {f"{ROOM}.{name}": columns for name, columns in BETWEEN.items()}
    for name, of_table in {**parameter_columns(), **between}.items():
        for column in of_table:
            yield f"COMMENT ON COLUMN {name}.{column} IS {quoted(words[column])};"
    for name, table in recomputed_tables().items():
        for each in table.columns():
            yield comment_on(f"{ROOM}.{name}", each)


def _views() -> Iterator[str]:
    """The views, each bound when those that it reads are still empty stand-ins.

    DuckDB works a view's query out when it is made, with every view below it: made in the order of
    their numbers, the last would be worked out through all the others, over and over.
    """
    computed = recomputed_tables()
    for name, table in computed.items():
        yield f"CREATE VIEW {ROOM}.{name} AS {no_rows(table)};"
    for name, file in queries().items():
        if name not in computed:
            yield _view(file)
    for name in reversed(list(computed)):
        yield _view(queries()[name])


def _view(file: SqlFile) -> str:
    return f"CREATE OR REPLACE VIEW {ROOM}.{file.name} AS\n{file.query};"
