"""What an audit finds, whoever makes it find it, is known in Swedish too."""

from collections.abc import Iterator

import pytest

from ledger.audit.finding import Finding
from reports.words.phrases import phrase


@pytest.fixture(autouse=True)
def in_swedish(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every finding that a test here makes has its Swedish: what it is, and what to do."""
    found: list[Finding] = []
    made = Finding.__init__

    def kept(finding: Finding, *values: str, **named: str) -> None:
        made(finding, *values, **named)
        found.append(finding)

    monkeypatch.setattr(Finding, "__init__", kept)
    yield
    english = {words for each in found for words in (each.what, each.advice)}
    assert {words for words in english if phrase(words, "sv") == words} == set()
