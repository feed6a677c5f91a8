"""Column lineage, from the delivered file's headers to the payout's kronor.

It is declared once, in `schemas/lineage.toml`. Dagster gets it as its own kind of metadata; and since
its open-source UI draws none, each column's description and a table say it in words too.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import dagster as dg

from assets.presentation import column_schema, markdown_table
from assets.stage import Input
from schemas.lineage import ancestors, sources
from schemas.table import Table
from storage.layouts.tidy import columns_of

HEADER = ("Column", "Computed from", "In the delivered files")


def raw_key(dataset: str) -> dg.AssetKey:
    """The delivered files of a dataset, as an asset that others make."""
    return dg.AssetKey(["raw", dataset])


def column_metadata(
    table: type[Table], inputs: Sequence[Input] = (), dataset: str = ""
) -> dict[str, Any]:
    """An asset's columns and where each comes from, for its definition.

    Args:
        table: its table.
        inputs: what it is computed from.
        dataset: for what was observed, the dataset that it is read from.
    """
    name = table.qualified_name()
    assets = {".".join(each.key.path[-2:]): each.key for each in inputs}
    direct = _delivered(dataset) if dataset else _computed(name, table.polars_schema(), assets)
    told = {
        column: ", ".join(f"`{source}.{of}`" for source, of in direct[column]) for column in direct
    }
    rows = [
        (f"`{column}`", words, _headers(dataset, name, column)) for column, words in told.items()
    ]
    return {
        "dagster/column_schema": column_schema(table, told),
        "dagster/table_name": name,
        "dagster/column_lineage": dg.TableColumnLineage(
            {
                column: [
                    dg.TableColumnDep(assets.get(source, dg.AssetKey(source.split("."))), of)
                    for source, of in found
                ]
                for column, found in direct.items()
            }
        ),
        "lineage": dg.MetadataValue.md(markdown_table(HEADER, rows)),
    }


def _computed(
    table: str, columns: Iterable[str], assets: Mapping[str, dg.AssetKey]
) -> dict[str, list[tuple[str, str]]]:
    """The columns that each column rests on, as far as the asset reads them."""
    found = {
        column: [each for each in sources(table, column) if each[0] in assets] for column in columns
    }
    return {column: of_column for column, of_column in found.items() if of_column}


def _delivered(dataset: str) -> dict[str, list[tuple[str, str]]]:
    """The headers that each observed column is read from, in the tidy layout."""
    return {each.column: [(f"raw.{dataset}", each.header)] for each in columns_of(dataset)}


def _headers(dataset: str, table: str, column: str) -> str:
    """The headers of delivered files that a column rests on in the end."""
    if dataset:
        return ", ".join(f"`{of}`" for _, of in _delivered(dataset)[column])
    found: dict[str, None] = {}
    for source, of in ancestors(table, column):
        schema, _, of_dataset = source.partition(".")
        if schema == "observed":
            for _, header in _delivered(of_dataset)[of]:
                found[f"{of_dataset}: `{header}`"] = None
    return ", ".join(found)
