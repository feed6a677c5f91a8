"""What the ledger's database holds beside what the models say: tables, views, columns, macros put in, tables gone."""

from collections.abc import Iterator, Mapping

import duckdb

from ledger.appending import ledger_tables
from ledger.audit.finding import RESTORE, Finding
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

BESIDE = {
    "view": "SELECT schema_name || '.' || view_name FROM duckdb_views() "
    "WHERE NOT internal AND database_name = current_database() ORDER BY 1",
    "macro": "SELECT schema_name || '.' || function_name FROM duckdb_functions() "
    "WHERE NOT internal AND database_name = current_database() ORDER BY 1",
}
"""What no ledger has, and where DuckDB lists it: a macro can stand for a function that queries use."""


def walk_tables(connection: duckdb.DuckDBPyConnection) -> Iterator[Finding]:
    """Every view, macro and column that was put in or has another type, and the tables of the record that are gone."""
    found = ledger_tables(connection)
    views: set[str] = set()
    for kind, sql in BESIDE.items():
        names = set(query(connection, sql).to_series())
        views |= names if kind == "view" else set()
        for name in sorted(names):
            advice = "Somebody put it in: see what it shows, and drop it, or restore the ledger."
            yield Finding(f"unknown {kind}", name, "tables alone", f"a {kind}", advice)
    tables = {name: columns for name, columns in found.items() if name not in views}
    for name in sorted(tables.keys() & KNOWN.keys()):
        for column, kind in sorted(tables[name].items()):
            known = KNOWN[name].get(column)
            # Versions before 0.9 kept lists as text.
            if known and kind not in {known, "VARCHAR" if known.endswith("[]") else known}:
                yield Finding("column of another type", f"{name}.{column}", known, kind, RESTORE)
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
            yield Finding("table gone", where, "a table of the record", "no such table", RESTORE)
