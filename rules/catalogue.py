"""What all schemes share: the documents cited, and the interpretations with their readings."""

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Literal

from pydantic import ConfigDict, Field, RootModel, model_validator

from rules.strict import Component, Name, Strict, Text, read

RULES = Path(__file__).parent


class Document(Strict):
    """A document that parameters rest on.

    `checked` is the day on which every reference to it was compared with its own text. Where its
    text was not to be had, `known_from` says what is known of it, and from where.
    """

    model_config = ConfigDict(
        json_schema_extra={"oneOf": [{"required": ["checked"]}, {"required": ["known_from"]}]}
    )

    title: Text
    title_sv: Text
    checked: date | None = None
    known_from: Text = ""
    known_from_sv: Text = ""

    @model_validator(mode="after")
    def _one_standing(self) -> "Document":
        if bool(self.checked) == bool(self.known_from):
            raise ValueError("a document has either the day it was checked or known_from")
        return self


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

    @property
    def only(self) -> str:
        """The reading of a question that has one alone.

        Raises:
            LookupError: if there are several: a scheme has to name the one it takes.
        """
        if len(self.readings) > 1:
            raise LookupError(f"{self.name} has several readings, and the scheme names none")
        return self.default


class Documents(RootModel[Mapping[str, Document]]):
    """The file `sources.toml`."""


class Interpretations(RootModel[Mapping[str, Interpretation]]):
    """The file `interpretations.toml`."""


class OpenQuestion(Strict):
    """What is not known of a scheme, and what it could move: the funds of components, or an amount.

    `of_them` says whether that is all of the funds, or what of them is shared by population alone.
    """

    question: Text
    scheme: Text
    components: list[Component] = Field(default_factory=list)
    of_them: Literal["all", "by_population"] = "all"
    amount_sek: int = 0
    moves: Text


class Unknown(Strict):
    """The file `unknown.toml`."""

    open: list[OpenQuestion]


@cache
def open_questions() -> list[OpenQuestion]:
    """What is still unknown. Source: `unknown.toml`."""
    return read(RULES / "unknown.toml", Unknown).open


@cache
def documents() -> Mapping[str, Document]:
    """The documents cited, by short name. Source: `sources.toml`."""
    return read(RULES / "sources.toml", Documents).root


@cache
def interpretations() -> Mapping[str, Interpretation]:
    """The interpretations by number, such as `I-1`. Source: `interpretations.toml`."""
    return read(RULES / "interpretations.toml", Interpretations).root
