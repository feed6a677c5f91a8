"""What differs between two schemes, in words and in both languages; nothing of it by our own names."""

import csv
from collections.abc import Mapping
from dataclasses import replace
from itertools import combinations, pairwise
from pathlib import Path

import pytest

from explanation.language import CODES, Code
from reports.scheme_comparison import comparison
from rules.parameters import BonusPots
from schemas.amounts import NO_BREAK_SPACE
from tests.rules.scheme_data import SCHEME_NAMES, scheme_named

CASES = Path(__file__).with_name("scheme_comparison.csv")


@pytest.mark.parametrize(
    "case", list(csv.DictReader(CASES.read_text(encoding="utf-8").splitlines()))
)
def test_it_is_in_words(case: Mapping[str, str]) -> None:
    """Months, amounts, bands and what is not known yet as people write them."""
    one, other = scheme_named(case["one"]), scheme_named(case["other"])
    told = comparison(one, other, "sv" if case["language"] == "sv" else "en")
    assert told.headings[1:] == [one.name, other.name]
    rows = [[str(cell).replace(NO_BREAK_SPACE, " ") for cell in row] for row in told.rows]
    assert [case["what"], case["one_says"], case["other_says"]] in rows


def test_what_is_the_same_is_not_said() -> None:
    """Funds, bands and readings of a second year."""
    told = comparison(scheme_named("bup-2025"), scheme_named("bup-2026"), "en")
    assert not any("money" in str(what) or "improvement" in str(what) for what, *_ in told.rows)
    assert comparison(scheme_named("bup-2025"), scheme_named("bup-2025"), "en").rows == []


def test_a_pot_says_of_what_it_is() -> None:
    """One of both requirements, or of waiting times alone, and then nothing shares what production leaves."""
    one = scheme_named("bup-2025")
    assert one.bonus_pots is not None
    [waiting, _] = one.bonus_pots.pot
    both = waiting.model_copy(update={"components": ["waiting_time", "first_visit_production"]})
    other = replace(one, bonus_pots=BonusPots(pot=[both]))
    rows = comparison(one, other, "en").rows
    shared = (
        "what is left of the money of {}, shared out in December 2025 by what each region was paid "
        "of it in the rounds"
    )
    assert rows == [
        [
            "Bonus pot, waiting times",
            shared.format("waiting times"),
            shared.format("waiting times and new-visit production"),
        ],
        ["Bonus pot, new visits", shared.format("new-visit production"), "none"],
    ]


@pytest.mark.parametrize("code", CODES)
def test_no_name_of_ours_is_shown(code: Code) -> None:
    """Whatever the schemes: no underscore, no key of a file."""
    for one, other in [*pairwise(SCHEME_NAMES), *combinations(SCHEME_NAMES[::4], 2)]:
        told = comparison(scheme_named(one), scheme_named(other), code)
        cells = [str(cell) for row in told.rows for cell in row]
        assert not [cell for cell in cells if "_" in cell]
