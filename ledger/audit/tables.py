"""What the ledger's database holds beside what the models say, and the tables of the record that are gone."""

from collections.abc import Iterator, Mapping

import duckdb

from ledger.appending import ledger_tables
from ledger.audit.finding import Finding
from ledger.chain import RECORD
from ledger.dialect import query, sql_type
from schemas.audit import Deliveries, Materialisations
from schemas.tables import TABLES

KNOWN: Mapping[str, Mapping[str, str]] = {
    **{
        name: {RECORD: "BIGINT", **{each.name: sql_type(each) for each in table.columns()}}
        for name, table in TABLES.items()
    },
    **{
        table.qualified_name(): {each.name: sql_type(each) for each in table.columns()}
        for table in (Materialisations, Deliveries)
    },
}
"""The columns of each table that a ledger may have, with their types."""

SCHEMAS = {"main", *(name.partition(".")[0] for name in KNOWN)}

BESIDE: Mapping[str, tuple[str, str, str]] = {
    "a schema": ("duckdb_schemas", "schema_name", "NOT internal"),
    "a view": ("duckdb_views", "schema_name || '.' || view_name", "NOT internal"),
    "a macro": ("duckdb_functions", "schema_name || '.' || function_name", "NOT internal"),
    "a type": ("duckdb_types", "schema_name || '.' || type_name", "NOT internal"),
    "a sequence": ("duckdb_sequences", "schema_name || '.' || sequence_name", "true"),
    "an index": ("duckdb_indexes", "schema_name || '.' || index_name", "true"),
    "a constraint": (
        "duckdb_constraints",
        "schema_name || '.' || table_name || ': ' || constraint_text",
        "constraint_type <> 'NOT NULL'",
    ),
    "a default": (
        "duckdb_columns",
        "schema_name || '.' || table_name || '.' || column_name || ': ' || column_default",
        "NOT internal AND column_default <> 'NULL'",
    ),
}
"""What no ledger has but its schemas: where DuckDB lists it, its name there, and which of them are not DuckDB's own.

A macro can stand for a function that queries use; a default, or a constraint, decides what is recorded next.
"""


def walk_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Whatever was put in or has another type, and the tables of the record that are gone."""
    found = ledger_tables(connection)
    beside = {kind: _listed(connection, *where) for kind, where in BESIDE.items()}
    for kind, names in beside.items():
        for name in sorted(names - SCHEMAS):
            advice = "Somebody put it in: see what it does, and drop it, or restore the ledger."
            yield Finding(f"unknown {kind.split()[-1]}", name, "tables alone", kind, advice)
    tables = {name: columns for name, columns in found.items() if name not in beside["a view"]}
    for name in sorted(tables.keys() & KNOWN.keys()):
        for column, kind in sorted(tables[name].items()):
            known = KNOWN[name].get(column)
            # Versions before 0.9 kept lists as text.
            if known and kind not in {known, "VARCHAR" if known.endswith("[]") else known}:
                yield Finding("column of another type", f"{name}.{column}", known, kind)
        for column in sorted(tables[name].keys() - KNOWN[name].keys()):
            yield Finding(
                "unknown column",
                f"{name}.{column}",
                "only columns that this version of the code knows",
                f"a column of type {tables[name][column]}",
                "Audit with the version of the code that wrote the ledger last.",
            )
    for table in (Materialisations, Deliveries):
        if table.qualified_name() not in tables:
            where = table.qualified_name()
            yield Finding("table gone", where, "a table of the record", "no such table")


def _listed(
    connection: duckdb.DuckDBPyConnection, function: str, name: str, condition: str
) -> set[str]:
    sql = (
        f"SELECT {name} FROM {function}() WHERE database_name = current_database() AND {condition}"  # noqa: S608 - our words
    )
    return set(query(connection, sql).to_series())
