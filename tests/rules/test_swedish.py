"""The Swedish of the schemes' data is an authority's: en dashes in spans, procent and days in words."""

import re

import pytest

from rules.loading import SCHEMES
from schemas.places import CHECKOUT

FILES = [CHECKOUT / "rules" / "sources.toml", *sorted(SCHEMES.rglob("*.toml"))]
VALUE = re.compile(r'^\w+_sv = "(.*)"$', re.MULTILINE)
WRONG = re.compile(r"(?<![\d-])\d+-\d+(?![\d-])|\d ?%|\d{4}-\d\d-\d\d(?!, med)| en var\b")


def test_what_is_wrong_is_seen() -> None:
    """A hyphen in a span, a sign for per cent, a day in figures."""
    for words in ("0-18 år", "2025-2026", "75 %", "den 2024-11-01", "en krona, en var"):
        assert WRONG.search(words), words
    for words in ("0\u201318 år", "75 procent", "Regeringsbeslut II:7, 2024-12-16, med bilaga"):
        assert not WRONG.search(words), words


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_value(path) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    """Of each file."""
    found = [
        words for words in VALUE.findall(path.read_text(encoding="utf-8")) if WRONG.search(words)
    ]
    assert found == []
