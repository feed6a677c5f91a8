"""Both languages say the same: the same sentences with the same fields, and nothing left in English."""

import re
from datetime import date
from fractions import Fraction
from string import Formatter

import pytest

from explanation.language import Language, language
from explanation.values import Change, Number, Share, Span, kronor, months_told, percent, points
from rules.catalogue import interpretations
from rules.loading import load_schemes
from rules.requirements.waiting_times import WaitingTime
from schemas.amounts import MINUS
from schemas.components import REGISTER

EN, SV = language("en"), language("sv")

SWEDISH_SECTIONS = {
    "Block",
    "Bonuspott",
    "I",
    "Prestationer",
    "Prestationskrav",
    "Rekvisition",
    "Riket",
    "Uppföljning",
    "Utvecklingsarbete",
    "alternativ",
    "att",
    "block",
    "av",
    "besök",
    "ett",
    "för",
    "första",
    "kopplade",
    "kopplat",
    "korta",
    "medel",
    "prestationskrav",
    "redovisning",
    "framfall",
    "grå",
    "höftledsprotes",
    "starr",
    "till",
    "två",
    "väntetider",
    "vårdköer",
}
"""Words of sections that are Swedish as the schemes have them, or the same in both languages."""


def templates(words: Language) -> dict[str, str]:
    """Every template of a language by its place."""
    found = {
        f"{part}.{key}": text
        for part in ("form", "page", "place", "names", "roundings", "notes")
        for key, text in getattr(words, part).items()
    }
    for key, sentence in words.nodes.items():
        found |= {f"nodes.{key}.title": sentence.title, f"nodes.{key}.text": sentence.text}
    return found


def fields(template: str) -> set[str]:
    """The fields that a template is filled with."""
    return {name for _, name, _, _ in Formatter().parse(template) if name}


def test_the_same_sentences_with_the_same_fields() -> None:
    """Key by key."""
    english, swedish = templates(EN), templates(SV)
    assert english.keys() == swedish.keys()
    assert {key: fields(text) for key, text in english.items()} == {
        key: fields(text) for key, text in swedish.items()
    }
    assert all(bool(text) == bool(swedish[key]) for key, text in english.items())


def test_every_component_has_the_decisions_label() -> None:
    """In Swedish, the one that the payout tables print."""
    assert all(SV.name(f"component.{key}") == each.label_sv for key, each in REGISTER.items())


def test_every_reading_is_told() -> None:
    """Each interpretation with all its readings, in both languages."""
    for each in interpretations().values():
        for words in (EN, SV):
            assert words.interpretations[each.name].question
            assert words.interpretations[each.name].readings.keys() == each.readings.keys()


def test_sections_have_no_english_left() -> None:
    """Every word of every section is Swedish, or is told in Swedish."""
    for scheme in load_schemes().values():
        rules = [
            *(version for _, _, parameter in scheme.parameters() for version in parameter.root),
            *scheme.payouts,
            *(scheme.bonus_pots.pot if scheme.bonus_pots else []),
        ]
        for rule in rules:
            left = set(re.findall(r"[^\W\d_]+", rule.section)) - SV.sections.keys()
            assert left <= SWEDISH_SECTIONS, rule.section


@pytest.mark.parametrize(
    ("number", "swedish", "english"),
    [
        (kronor(1234), "1 234 kr", "1 234 kr"),
        (kronor(Fraction(4937, 4)), "1 234,25 kr", "1 234.25 kr"),
        (kronor(Fraction(2469, 2)), "1 234,50 kr", "1 234.50 kr"),
        (kronor(Fraction(70_000_000, 3)), "23 333 333\u2153 kr", "23 333 333\u2153 kr"),
        (kronor(Fraction(2, 3)), "\u2154 kr", "\u2154 kr"),
        (kronor(Fraction(1, 7)), "0,1428… kr", "0.1428… kr"),
        (kronor(0), "0 kr", "0 kr"),
        (percent(Fraction(200, 3)), "66,6666… procent", "66.6666… %"),
        (percent(Fraction(75)), "75 procent", "75 %"),
        (points(Fraction(67, 10), 1), "+6,7 procentenheter", "+6.7 percentage points"),
        (points(Fraction(-2), 1), f"{MINUS}2,0 procentenheter", f"{MINUS}2.0 percentage points"),
        (points(Fraction(0), 1), "0,0 procentenheter", "0.0 percentage points"),
        (Number(Fraction(13, 3), signed=True), "+4\u2153", "+4\u2153"),
        (Number(Fraction(1_000_000)), "1 000 000", "1 000 000"),
    ],
)
def test_numbers(number: Number, swedish: str, english: str) -> None:
    """Exact as far as they are shown, cut off with three dots and never rounded."""
    assert SV.write(number) == swedish
    assert EN.write(number) == english


@pytest.mark.parametrize(
    ("share", "swedish", "english"),
    [
        (Share(63, 107), "58,9 procent (63/107)", "58.9 % (63/107)"),
        (Share(15, 20), "75,0 procent (15/20)", "75.0 % (15/20)"),
        (Share(1, 16), "6,3 procent (1/16)", "6.3 % (1/16)"),
    ],
)
def test_shares(share: Share, swedish: str, english: str) -> None:
    """Half-up to one decimal, to read; the fraction beside it is exact."""
    assert SV.write(share) == swedish
    assert EN.write(share) == english


@pytest.mark.parametrize(
    ("by", "swedish", "english"),
    [
        (points(Fraction(67, 10), 1), "en ökning med 6,7 procentenheter", "a rise of 6.7"),
        (points(Fraction(-2), 1), "en minskning med 2,0 procentenheter", "a fall of 2.0"),
        (Number(Fraction(-13, 3)), "en minskning med 4\u2153", "a fall of 4\u2153"),
        (Number(Fraction(0)), "ingen ändring", "no change"),
    ],
)
def test_changes(by: Number, swedish: str, english: str) -> None:
    """By how much, and in words which way."""
    assert SV.write(Change(by)) == swedish
    assert EN.write(Change(by)).startswith(english)


@pytest.mark.parametrize(
    ("first", "last", "swedish", "english"),
    [
        (
            date(2024, 7, 1),
            date(2024, 11, 1),
            "juli\N{EN DASH}november 2024",
            "July to November 2024",
        ),
        (
            date(2024, 11, 1),
            date(2025, 2, 1),
            "november 2024\N{EN DASH}februari 2025",
            "November 2024 to February 2025",
        ),
    ],
)
def test_spans_of_months(first: date, last: date, swedish: str, english: str) -> None:
    """The year is told once where it is the same."""
    told = months_told(first, last)
    assert swedish in SV.fill(SV.nodes["line.waiting_time"].title, told)
    assert english in EN.fill(EN.nodes["line.waiting_time"].title, told)


def test_spans() -> None:
    """Edges keep the decimals that they are printed with."""
    rule = load_schemes()["bup-2025"].require(WaitingTime)
    first, *_, last = rule.improvement.root[0].value.bands
    assert SV.write(Span(first.lower, first.upper, 1)) == "1,0\N{EN DASH}4,9"
    assert SV.write(Span(last.lower, last.upper, 1)) == "minst 10,0"


def test_a_name_without_a_word() -> None:
    """A new procedure or measure is written as the scheme names it."""
    assert SV.name("procedure.hand_surgery") == "hand surgery"
