"""Phrases that a room below makes in English, such as the audit's findings, in the language of who reads them."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from explanation.language import Code

FIELD = re.compile(r"\\\{(\w+)\\\}")
DIGITS = {"number", "count", "all"}
"""Fields that are digits; others are anything."""


@cache
def phrases() -> Mapping[re.Pattern[str], str]:
    """What each phrase matches, and the Swedish; the longest first: it says most.

    Source: `phrases.toml` here.
    """
    text = Path(__file__).with_name("phrases.toml").read_text(encoding="utf-8")
    return {
        re.compile(FIELD.sub(_field, re.escape(english)), re.DOTALL): swedish
        for english, swedish in sorted(tomllib.loads(text).items(), key=lambda each: -len(each[0]))
    }


def _field(found: re.Match[str]) -> str:
    return rf"(?P<{found[1]}>{r'[0-9]+' if found[1] in DIGITS else '.+?'})"


def phrase(english: str, code: Code) -> str:
    """The phrase in the language; as it is where it is a value, or has no Swedish.

    What stands in a field may be a phrase itself.
    """
    if code == "en":
        return english
    for pattern, swedish in phrases().items():
        if match := pattern.fullmatch(english):
            fields = {name: phrase(value, code) for name, value in match.groupdict().items()}
            return swedish.format(**fields)
    return english
