"""What assets are called: a table's schema and name, after the scheme where a scheme makes it."""

import dagster as dg

from rules.step import Step
from schemas.keys import OfScheme
from schemas.table import Table

PUBLISHED = dg.AssetKey(["warehouse", "published"])
OVERVIEW = dg.AssetKey(["overview", "due"])
PAGES = dg.AssetKey(["reports", "pages"])


def asset_key(table: type[Table], scheme: str = "") -> dg.AssetKey:
    """A table's asset; `scheme` is empty for what was observed."""
    parts = table.qualified_name().split(".")
    return dg.AssetKey([scheme, *parts] if scheme else parts)


def step_key(step: Step) -> dg.AssetKey:
    """The asset of a step's table."""
    return asset_key(step.table, step.scheme.name)


def input_key(step: Step, table: type[Table]) -> dg.AssetKey:
    """The asset of a table that a step reads."""
    return asset_key(table, step.scheme.name if issubclass(table, OfScheme) else "")


def observed_key(dataset: str) -> dg.AssetKey:
    """What was observed of a dataset: the asset of its table."""
    return dg.AssetKey(["observed", dataset])


def raw_key(dataset: str) -> dg.AssetKey:
    """The delivered files of a dataset, as an asset that others make."""
    return dg.AssetKey(["raw", dataset])


def documents_key(scheme: str) -> dg.AssetKey:
    """The documents of a scheme's payouts."""
    return dg.AssetKey(["reports", scheme, "documents"])


def group_name(scheme: str) -> str:
    """The scheme's group in the graph; Dagster's group names have no hyphens."""
    return scheme.replace("-", "_")
