"""The words of the documents, in each language; `sv.toml` and `en.toml` have the same keys."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from explanation.language import Code, Language, language
from schemas.amounts import spaced

Words = Mapping[str, Mapping[str, str]]
"""Words by section and key; some are templates with fields."""


@cache
def words_in(code: Code) -> Words:
    """The documents' words in the language, headings that tables share in each section but the glossary's.

    Source: the TOML file of its name here.
    """
    words = tomllib.loads(Path(__file__).with_name(f"{code}.toml").read_text(encoding="utf-8"))
    shared = words["heading"]
    return {
        name: section if name == "glossary_terms" else {**shared, **section}
        for name, section in words.items()
    }


def counted(code: Code, what: str, count: int) -> str:
    """So many of something that documents count, such as `regions`; of one in the singular."""
    words = words_in(code)["counted"]
    return words[f"{what}_one" if count == 1 else what].format(count=spaced(count))


class Worded:
    """What is told in a language: by its words, and by its ways of writing."""

    code: Code

    @property
    def language(self) -> Language:
        """The language's own names and ways of writing."""
        return language(self.code)

    @property
    def words(self) -> Words:
        """The documents' words."""
        return words_in(self.code)

    def counted(self, what: str, count: int) -> str:
        """So many of something that documents count, such as `regions`."""
        return counted(self.code, what, count)

    def measure(self, name: str) -> str:
        """The measure's name."""
        return self.language.name(f"measure.{name}")

    def procedure(self, name: str) -> str:
        """The procedure's name."""
        return self.language.name(f"procedure.{name}")

    def component(self, name: str) -> str:
        """The component's name."""
        return self.language.name(f"component.{name}")
