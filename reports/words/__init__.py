"""The words of the documents, in each language; `sv.toml` and `en.toml` have the same keys."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from explanation.language import Code

Words = Mapping[str, Mapping[str, str]]
"""Words by section and key; some are templates with fields."""


@cache
def words_in(code: Code) -> Words:
    """The documents' words in the language. Source: the TOML file of its name here."""
    words: Words = tomllib.loads(
        Path(__file__).with_name(f"{code}.toml").read_text(encoding="utf-8")
    )
    return words
