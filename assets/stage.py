"""A stage: a table that a scheme's rule makes, described once.

From what a stage needs follow its dependencies in Dagster, the months it reads, and the inputs that
its record in the ledger names.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import ClassVar

import dagster as dg
import polars as pl
from dagster._core.definitions.metadata import RawMetadataValue

from assets.grid import mapping
from assets.store import Store
from rules.scheme import Scheme
from schemas.table import Table

Shown = Mapping[str, RawMetadataValue]
"""What is shown of a materialisation or a verdict, by its label."""

Frames = Mapping[str, pl.DataFrame]
"""Tables by name."""


@dataclass(frozen=True)
class Input:
    """A table that a stage reads: for each of the stage's months, the months it looks at.

    `asset_key` names the asset it depends on, where that is not the table's own. An input that is
    not required may lack any of the months, as a decision does until it is made.
    """

    table: type[Table]
    scheme: str
    months: Callable[[date], Sequence[date]]
    asset_key: dg.AssetKey | None = None
    required: bool = True

    @property
    def key(self) -> dg.AssetKey:
        """The asset that the stage depends on."""
        return self.asset_key or asset_key(self.table, self.scheme)


@dataclass(frozen=True)
class Verdict:
    """What a check found of one month: whether it holds, in words, and figures to show."""

    passed: bool
    description: str
    metadata: Shown = field(default_factory=dict)


@dataclass(frozen=True)
class Check:
    """A check of a stage's rows, month by month; a blocking one is asserted before the write."""

    name: str
    description: str
    blocking: bool
    evaluate: Callable[[Store, date, pl.DataFrame], Verdict | None]
    """The verdict on a month's rows; none where there is nothing to check in that month."""


@dataclass(frozen=True)
class InputCheck:
    """A check of all of a step's months at once, beside the inputs that they are made from.

    It is blocking: asserted before the write.
    """

    name: str
    description: str
    evaluate: Callable[[Frames, Mapping[date, pl.DataFrame]], Mapping[date, Verdict]]
    """The verdict on each month's rows."""

    blocking: ClassVar[bool] = True


@dataclass(frozen=True)
class Stage:
    """A table that a scheme's rule makes; see the module."""

    scheme: Scheme
    table: type[Table]
    months: Sequence[date]
    inputs: Sequence[Input]
    rule: Callable[[Frames, list[date]], pl.DataFrame]
    sentence: str
    checks: Sequence[Check | InputCheck] = ()
    figures: Callable[[date, pl.DataFrame], Shown] | None = None
    assertions: Sequence[InputCheck] = ()
    """What is asserted before the write without being a check in Dagster, which costs events."""

    @property
    def key(self) -> dg.AssetKey:
        """The stage's asset."""
        return asset_key(self.table, self.scheme.name)

    def dependencies(self) -> list[dg.AssetDep]:
        """The assets it depends on, each with the distances that its months need."""
        looked_at: dict[dg.AssetKey, dict[date, list[date]]] = {}
        for each in self.inputs:
            of_key = looked_at.setdefault(each.key, {month: [] for month in self.months})
            for month in self.months:
                # An asset of its own stands for other months of the table under its own month.
                of_key[month] += [month] if each.asset_key else each.months(month)
        return [
            dg.AssetDep(key, partition_mapping=mapping(months)) for key, months in looked_at.items()
        ]


def asset_key(table: type[Table], scheme: str = "") -> dg.AssetKey:
    """A table's asset: its schema and name, after the scheme where a scheme makes it."""
    parts = table.qualified_name().split(".")
    return dg.AssetKey([scheme, *parts] if scheme else parts)


def group_name(scheme: str) -> str:
    """The scheme's group in the graph; Dagster's group names have no hyphens."""
    return scheme.replace("-", "_")
