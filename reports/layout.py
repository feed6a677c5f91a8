"""The order and headings of an annex's columns, from `annexes.toml` or the scheme's own components."""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from explanation.language import Code, InBoth
from reports.payout import Payout
from rules.loading import SchemeName
from rules.parameters import Month
from rules.strict import Component, Strict, Text, read
from schemas.months import month_key


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
    """A table as the ministry prints it."""

    scheme: SchemeName
    payout_month: Month
    source: Text
    of_which: Part | None = None
    column: list[LaidOut]


class Annexes(Strict):
    """The file `annexes.toml`."""

    table: list[Annex]


@cache
def annexes() -> Sequence[Annex]:
    """The annexes whose print is known. Source: `annexes.toml`."""
    return read(Path(__file__).with_name("annexes.toml"), Annexes).table


def columns(payout: Payout) -> Sequence[LaidOut]:
    """The columns of the payout's annex: each component once, in the order of print.

    Raises:
        ValueError: if `annexes.toml` lays out other components than the payout has.
    """
    if annex := _annex_of(payout):
        laid_out = sorted(each.component for each in annex.column)
        if laid_out != sorted(payout.components):
            raise ValueError(
                f"reports/annexes.toml lays out {', '.join(laid_out)} of {annex.scheme}, "
                f"{month_key(annex.payout_month)}; the payout has {', '.join(sorted(payout.components))}"
            )
        return annex.column
    return [
        LaidOut(component=name, heading={payout.code: payout.component(name)})
        for name in payout.components
    ]


def of_which(payout: Payout) -> Part | None:
    """The part of the payout that press figures name; none where no publication is known."""
    annex = _annex_of(payout)
    return annex.of_which if annex else None


def _annex_of(payout: Payout) -> Annex | None:
    key = (payout.scheme.name, payout.month)
    return next((each for each in annexes() if (each.scheme, each.payout_month) == key), None)
