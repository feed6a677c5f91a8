"""The order and headings of an annex's columns, from `annexes.toml` or the scheme's own components."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from explanation.language import Code
from reports.payout import Payout
from schemas.months import month_key


class LaidOut(BaseModel):
    """A column of an annex: whose amounts, its heading, and the group above it, if any."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    component: str
    heading: Mapping[Code, str]
    group: Mapping[Code, str] | None = None


class Part(BaseModel):
    """The part of a payout that a press release names: which components, and what they are for."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    components: Sequence[str]
    name: Mapping[Code, str]


class Annex(BaseModel):
    """A table as the ministry prints it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    scheme: str
    payout_month: str
    source: str
    of_which: Part | None = None
    column: Sequence[LaidOut]


@cache
def annexes() -> Sequence[Annex]:
    """The annexes whose print is known. Source: `annexes.toml`."""
    content = tomllib.loads(Path(__file__).with_name("annexes.toml").read_text(encoding="utf-8"))
    return [Annex.model_validate(each) for each in content["table"]]


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
                f"{annex.payout_month}; the payout has {', '.join(sorted(payout.components))}"
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
    month = month_key(payout.month)
    return next(
        (
            each
            for each in annexes()
            if (each.scheme, each.payout_month) == (payout.scheme.name, month)
        ),
        None,
    )
