"""What all schemes share: the documents cited, and the interpretations with their readings."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from pydantic import Field, TypeAdapter

from rules.parameters import Name, Strict, Text

RULES = Path(__file__).parent


class Document(Strict):
    """A document that parameters rest on; `at_hand` is whether its own text was read."""

    title: Text
    title_sv: Text
    at_hand: bool


class Interpretation(Strict):
    """A question the sources leave open, and the readings that the calculation can take.

    `concerns` names the parts of a scheme, or the one scheme, that the answer matters to.
    """

    name: Name
    concerns: list[Text] = Field(min_length=1)
    question: Text
    reason: Text
    quote: str = ""
    readings: Mapping[Name, Text] = Field(min_length=1)

    @property
    def default(self) -> str:
        """The reading taken unless a scheme says otherwise."""
        return next(iter(self.readings))


@cache
def documents() -> Mapping[str, Document]:
    """The documents cited, by short name. Source: `sources.toml`."""
    text = (RULES / "sources.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Document]).validate_python(tomllib.loads(text))


@cache
def interpretations() -> Mapping[str, Interpretation]:
    """The interpretations by number, such as `I-1`. Source: `interpretations.toml`."""
    text = (RULES / "interpretations.toml").read_text(encoding="utf-8")
    return TypeAdapter(dict[str, Interpretation]).validate_python(tomllib.loads(text))
