"""Phrases that other rooms make in English, in Swedish."""

import tomllib
from string import Formatter

import pytest

from reports.words import phrases
from schemas.places import CHECKOUT
from schemas.published import all_published

PAIRS: dict[str, str] = tomllib.loads(
    (CHECKOUT / "reports" / "words" / "phrases.toml").read_text(encoding="utf-8")
)


def fields(phrase: str) -> list[str]:
    """The names of a phrase's fields."""
    return sorted(name for _, name, _, _ in Formatter().parse(phrase) if name)


def test_no_field_is_lost() -> None:
    """Each has the same fields in both languages."""
    assert {
        english for english, swedish in PAIRS.items() if fields(english) != fields(swedish)
    } == (set())


@pytest.mark.parametrize(
    ("english", "swedish"),
    [
        ("rows changed", "rader ändrade"),
        ("record 3", "registrering 3"),
        ("published warehouse: record 3", "publicerad databas: registrering 3"),
        (
            "no such record; 2 of 6 that it noted are not in the ledger",
            "ingen sådan registrering; 2 av 6 som vittnet har noterat finns inte i liggaren",
        ),
        (
            "record 3, an earlier one of payouts.payout_lines of the same payout",
            "registrering 3, en tidigare av payouts.payout_lines för samma utbetalning",
        ),
        ("raw/{0}.csv", "raw/{0}.csv"),
        ("a row of {curly} rows", "a row of {curly} rows"),
    ],
)
def test_a_phrase_in_swedish(english: str, swedish: str) -> None:
    """What stands in a field may be a phrase; what has no Swedish stays, whatever signs it has."""
    assert phrases.phrase(english, "sv") == swedish
    assert phrases.phrase(english, "en") == english


def test_every_unit_of_a_column_has_its_swedish() -> None:
    """The glossary says what a column's numbers are of."""
    units = {each.unit for table in all_published().values() for each in table.columns()}
    assert units <= PAIRS.keys()


def test_every_cause_of_a_difference_has_its_swedish() -> None:
    """As the ledger words them; `differences` prints them."""
    for cause in (
        "delivery waiting_times/2024-03/2024-04-20/b9a74d36b019 is used now",
        "delivery waiting_times/2024-03/2024-04-20/b9a74d36b019 is no longer used",
        "the scheme's data changed from 408a91b01866 to 298c6c7dfc9a",
        "the code changed from 0.1.0+07410b133a1e to 0.1.0+1db21cc0a1e2",
        "another round was decided or settled in between",
    ):
        assert phrases.phrase(cause, "sv") != cause
