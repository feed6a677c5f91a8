"""Which columns each column is computed from, as `lineage.toml` says it."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

DATA = Path(__file__).with_name("lineage.toml")


@cache
def declared() -> Mapping[str, Mapping[str, list[str]]]:
    """For each table and column, the columns named for it. Source: `lineage.toml`."""
    return MappingProxyType(tomllib.loads(DATA.read_text(encoding="utf-8")))


def sources(table: str, column: str) -> list[tuple[str, str]]:
    """The columns of other tables that a column is computed from: table and column, each once.

    Columns of the same table on the way are followed to where they come from.

    Args:
        table: the table's qualified name.
        column: its column; one that is not declared rests on nothing.
    """
    found: dict[tuple[str, str], None] = {}
    for name in declared().get(table, {}).get(column, []):
        source, _, of_source = name.rpartition(".")
        if source:
            found[source, of_source] = None
        else:
            found |= dict.fromkeys(sources(table, of_source))
    return list(found)


def ancestors(table: str, column: str) -> list[tuple[str, str]]:
    """The columns that a column rests on in the end, which themselves rest on none."""
    found: dict[tuple[str, str], None] = {}
    for source, of_source in sources(table, column):
        above = ancestors(source, of_source)
        found |= dict.fromkeys(above or [(source, of_source)])
    return list(found)
