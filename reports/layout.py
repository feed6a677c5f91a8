"""How the ministry prints a payout's annex, where that is known: columns, headings, regions' names."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from explanation.language import Code, InBoth
from rules.loading import SchemeName
from rules.parameters import Month, RegionCode
from rules.strict import Component, Strict, Text, read


class LaidOut(Strict):
    """A column of an annex: whose amounts, its heading, and the group above it, if any."""

    component: Component
    heading: Mapping[Code, Text]
    group: InBoth | None = None


class Part(Strict):
    """The part of a payout that a press release names: which components, and what they are for."""

    components: list[Component]
    name: InBoth


class Annex(Strict):
    """A table as the ministry prints it; `region_name` has the names that are not the register's, by code."""

    scheme: SchemeName
    payout_month: Month
    source: Text
    region_name: Mapping[RegionCode, Text] = {}
    of_which: Part | None = None
    column: list[LaidOut]


class Annexes(Strict):
    """The file `annexes.toml`."""

    table: list[Annex]


@cache
def annexes() -> Sequence[Annex]:
    """The annexes whose print is known. Source: `annexes.toml`."""
    return read(Path(__file__).with_name("annexes.toml"), Annexes).table
