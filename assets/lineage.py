"""Column lineage, from the delivered file's headers to the payout's kronor.

It is declared once, in `schemas/lineage.toml`. Dagster gets it as its own kind of metadata; and since
its open-source UI draws none, each column's description and a table say it in words too.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.keys import input_key, raw_key
from assets.presentation import column_schema, markdown_table
from deliveries.layouts.tidy import columns_of
from rules.step import Step
from schemas.lineage import ancestors, sources
from schemas.table import Table

HEADER = ("Column", "Computed from", "In the delivered files")


def computed_columns(step: Step) -> dict[str, Any]:
    """A computed asset's columns and where each comes from, for its definition."""
    table, scheme = step.table, step.scheme
    is_shared_out = any(each.populations() for each in scheme.requirements.values())
    datasets = [*(["population"] if is_shared_out else []), *scheme.datasets]
    name = table.qualified_name()
    assets = {need.table.qualified_name(): input_key(step, need.table) for need in step.needs}
    found = {
        column: [(assets[source], of) for source, of in sources(name, column) if source in assets]
        for column in table.polars_schema()
    }
    rests_on = {column: _headers(ancestors(name, column), datasets) for column in found}
    return _metadata(table, {column: deps for column, deps in found.items() if deps}, rests_on)


def observed_columns(table: type[Table]) -> dict[str, Any]:
    """An observed asset's columns, each with its header in the tidy layout, for its definition."""
    dataset = table.qualified_name().partition(".")[2]
    found = {each.column: [(raw_key(dataset), each.header)] for each in columns_of(dataset)}
    name = table.qualified_name()
    return _metadata(
        table, found, {column: _headers([(name, column)], [dataset]) for column in found}
    )


def _metadata(
    table: type[Table],
    found: Mapping[str, list[tuple[dg.AssetKey, str]]],
    rests_on: Mapping[str, str],
) -> dict[str, Any]:
    told = {
        column: ", ".join(f"`{'.'.join(key.path[-2:])}.{of}`" for key, of in deps)
        for column, deps in found.items()
    }
    rows = [(f"`{column}`", words, rests_on[column]) for column, words in told.items()]
    return {
        "dagster/table_name": table.qualified_name(),
        "dagster/column_schema": column_schema(table, told),
        "dagster/column_lineage": dg.TableColumnLineage(
            {
                column: [dg.TableColumnDep(key, of) for key, of in deps]
                for column, deps in found.items()
            }
        ),
        "lineage": dg.MetadataValue.md(markdown_table(HEADER, rows)),
    }


def _headers(columns: Sequence[tuple[str, str]], datasets: Collection[str]) -> str:
    """The headers of the datasets' delivered files that observed columns are read from."""
    found: dict[str, list[str]] = {}
    for table, column in columns:
        dataset = table.partition(".")[2]
        if dataset in datasets:
            headers = {each.column: each.header for each in columns_of(dataset)}
            found.setdefault(dataset, []).append(f"`{headers[column]}`")
    return "; ".join(f"{dataset}: {', '.join(names)}" for dataset, names in found.items())
