"""The documents' words: counted things, and what the glossary lists."""

import pytest

from explanation.language import Code
from reports.pages.glossary_page import glossary_page
from reports.words import counted, words_in


@pytest.mark.parametrize(
    ("code", "what", "count", "said"),
    [
        ("sv", "regions", 1, "1 region"),
        ("sv", "regions", 0, "0 regioner"),
        ("sv", "rows", 13_384, "13\u00a0384 rader"),
        ("en", "days", 1, "1 day"),
        ("en", "months", 2, "2 months"),
    ],
)
def test_one_is_in_the_singular(code: Code, what: str, count: int, said: str) -> None:
    """And thousands are grouped."""
    assert counted(code, what, count) == said


def test_whatever_is_counted_has_both() -> None:
    """Each word of several has its word of one."""
    keys = set(words_in("sv")["counted"]) - set(words_in("sv")["heading"])
    several = {key for key in keys if not key.endswith("_one")}
    assert {f"{key}_one" for key in several} == keys - several


def test_the_glossary_lists_terms_alone() -> None:
    """No heading that tables share is among them."""
    [terms, _] = glossary_page("sv", "internal").sections
    assert terms.table
    listed = [row[0] for row in terms.table.rows]
    assert listed[0] == "statsbidrag"
    assert set(words_in("sv")["heading"]).isdisjoint(map(str, listed))
