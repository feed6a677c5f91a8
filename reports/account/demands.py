"""What each scheme asks to be accounted for after its year, as `accounts.toml` has it."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import Field, model_validator

from explanation.language import InBoth
from rules.loading import SchemeName
from rules.scheme import Scheme
from rules.strict import Strict, Text, read

ACCOUNTS = Path(__file__).parents[1] / "accounts.toml"


class Asked(Strict):
    """A heading that only the one who accounts can write under, and what is asked for."""

    heading: InBoth
    asked: InBoth


class Demand(Strict):
    """What a scheme asks to be accounted for: to whom, by when, and under which headings."""

    scheme: SchemeName
    due: date
    place: Text
    recipient: InBoth
    to_write: list[Asked] = Field(min_length=1)


class Demands(Strict):
    """The file `accounts.toml`."""

    account: list[Demand]

    @model_validator(mode="after")
    def _one_a_scheme(self) -> Self:
        names = [each.scheme for each in self.account]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"stated twice, where one would hold: {', '.join(twice)}")
        return self


@cache
def demands() -> Mapping[str, Demand]:
    """What is asked for, by scheme; a scheme that asks for nothing is not there.

    Raises:
        SchemeError: naming each key of `accounts.toml` with a fault.
    """
    return {each.scheme: each for each in read(ACCOUNTS, Demands).account}


def demand_of(scheme: Scheme) -> Demand | None:
    """What the scheme asks for: stated of it, or of the one it is based on, with the day in its year."""
    name, base = scheme.name, scheme.identity.based_on
    if name in demands() or base not in demands():
        return demands().get(name)
    stated = demands()[base]
    due = stated.due.replace(year=scheme.months[-1].year + 1)
    return stated.model_copy(update={"due": due})
