"""The words of an explanation in a language, and how values are written in it."""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field

from explanation.values import Change, Month, Name, Number, Share, Span, Value, percent
from rules.catalogue import interpretations
from rules.exact import half_up
from rules.strict import Strict
from schemas.amounts import MINUS, grouped
from schemas.labels import labels
from schemas.months import MONTHS_A_YEAR, contiguous
from schemas.tables import TABLES

WORDS = Path(__file__).with_name("words")
NAMED = {"component", "measure", "procedure", "provider_type"}
"""Kinds of labels whose words stand in sentences and headings."""

Code = Literal["en", "sv"]
CODES: tuple[Code, ...] = get_args(Code)
InBoth = Annotated[Mapping[Code, str], Field(min_length=len(CODES))]
"""The same in Swedish and in English."""

MOST_DECIMALS = 4
"""Further decimals are left out, and three dots say so."""

THIRDS = {Fraction(1, 3): "\u2153", Fraction(2, 3): "\u2154"}
ELLIPSIS = "\u2026"


class Sentence(Strict):
    """What a node is called, and what is said of it."""

    title: str
    text: str


class Question(Strict):
    """An interpretation in the language: the question, and each reading."""

    question: str
    readings: Mapping[str, str]


class Language(Strict):
    """A language's words, each a template with fields; see `words/`."""

    code: Code
    months: Sequence[str] = Field(min_length=MONTHS_A_YEAR, max_length=MONTHS_A_YEAR)
    form: Mapping[str, str]
    page: Mapping[str, str]
    place: Mapping[str, str]
    names: Mapping[str, str]
    roundings: Mapping[str, str]
    notes: Mapping[str, str]
    nodes: Mapping[str, Sentence]
    interpretations: Mapping[str, Question]
    sections: Mapping[str, str] = Field(default_factory=dict)

    def fill(self, template: str, values: Mapping[str, Value]) -> str:
        """The template with the values written out."""
        return template.format(**{name: self.write(value) for name, value in values.items()})

    def write(self, value: Value) -> str:  # noqa: PLR0911 - a kind of value each
        """The value in the language."""
        match value:
            case Number():
                return self._number(value)
            case Share():
                return self._share(value)
            case Span():
                return self._span(value)
            case Change():
                return self._change(value.by)
            case Month():
                return self._month(value)
            case date():
                return self.day(value)
            case Name():
                return self.name(value.key)
            case tuple():
                return self.listed([self.write(each) for each in value])
            case str():
                return value

    def listed(self, parts: Sequence[str]) -> str:
        """The parts after each other, the last behind an *and*."""
        *before, last = parts
        return f"{', '.join(before)} {self.form['and']} {last}" if before else last

    def name(self, key: str) -> str:
        """Our name's word; a measure, procedure or column that has none is written as the scheme or table has it."""
        word = self.names.get(key) or self._term(key)
        return word or key.rpartition(".")[2].replace("_", " ")

    def day(self, day: date) -> str:
        """The day, written out."""
        month = self.months[day.month - 1]
        return self.form["day"].format(day=day.day, month=month, year=day.year)

    def month(self, month: date) -> str:
        """The month, written out."""
        return self._month(Month(month))

    def span(self, first: date, last: date) -> str:
        """A span of months, the year once where it is the same; one month alone as itself."""
        if first == last:
            return self.month(first)
        begin = self._month(Month(first, has_year=first.year != last.year))
        return self.form["span"].format(lower=begin, upper=self.month(last))

    def spans(self, months: Iterable[date]) -> str:
        """Months in order, those that follow each other as a span."""
        return ", ".join(self.span(*each) for each in contiguous(months))

    def in_a_sentence(self, key: str) -> str:
        """Our name's word as it stands within a sentence."""
        word = self.name(key)
        return word[:1].lower() + word[1:]

    def section(self, text: str) -> str:
        """A section of a source, with the words that the language has for its parts."""
        if not self.sections:
            return text
        longest_first = sorted(self.sections, key=len, reverse=True)
        parts = "|".join(map(re.escape, longest_first))
        return re.sub(rf"\b(?:{parts})\b", lambda match: self.sections[match[0]], text)

    def _term(self, key: str) -> str:
        """In Swedish the term of a column that is named as `column.<table>.<column>`, if it has one."""
        kind, _, column = key.partition(".")
        table, _, name = column.rpartition(".")
        if self.code != "sv" or kind != "column":
            return ""
        return next(each.term_sv for each in TABLES[table].columns() if each.name == name)

    def _month(self, value: Month) -> str:
        name = self.months[value.month.month - 1]
        if not value.has_year:
            return name
        return self.form["month"].format(month=name, year=value.month.year)

    def _share(self, share: Share) -> str:
        tenths = percent(Fraction(half_up(10 * share.exact.value), 10), 1)
        return f"{self._number(tenths)} ({grouped(share.part)}/{grouped(share.whole)})"

    def _change(self, number: Number) -> str:
        key = "rise" if number.value > 0 else "fall" if number.value < 0 else "unchanged"
        size = replace(number, value=abs(number.value), signed=False)
        return self.form[key].format(number=self._number(size))

    def _span(self, span: Span) -> str:
        lower, upper = (
            "" if edge is None else self._digits(Fraction(edge), span.decimals, thirds=False)
            for edge in (span.lower, span.upper)
        )
        return self.form["span" if upper else "open_span"].format(lower=lower, upper=upper)

    def _number(self, number: Number) -> str:
        decimals = number.decimals
        if number.unit == "kr" and number.value.denominator != 1:
            decimals = max(decimals, 2)
        digits = self._digits(abs(number.value), decimals, thirds=number.unit in {"kr", ""})
        plus = "+" if number.signed and number.value > 0 else ""
        sign = MINUS if number.value < 0 else plus
        written = sign + digits
        return self.form[number.unit].format(number=written) if number.unit else written

    def _digits(self, value: Fraction, decimals: int, *, thirds: bool) -> str:
        """A number that is not negative, with at least so many decimals."""
        whole, rest = divmod(value, 1)
        if thirds and rest in THIRDS:
            return (grouped(whole) if whole else "") + THIRDS[rest]
        for places in range(decimals, MOST_DECIMALS + 1):
            scaled = value * 10**places
            if scaled.denominator == 1:
                return self._with_point(scaled.numerator, places)
        return self._with_point(int(value * 10**MOST_DECIMALS), MOST_DECIMALS) + ELLIPSIS

    def _with_point(self, scaled: int, places: int) -> str:
        whole, rest = divmod(scaled, 10**places)
        return grouped(whole) + (f"{self.form['point']}{rest:0{places}d}" if places else "")


@cache
def language(code: Code) -> Language:
    """A language. Source: `words/`; the register of components; in English, `rules/`'s interpretations."""
    content = tomllib.loads((WORDS / f"{code}.toml").read_text(encoding="utf-8"))
    if "interpretations" not in content:
        content["interpretations"] = {
            each.name: {"question": each.question, "readings": dict(each.readings)}
            for each in interpretations().values()
        }
    content["names"] |= {
        f"{kind}.{name}": label_sv if code == "sv" else label_en
        for kind, name, label_sv, label_en in labels({}).iter_rows()
        if kind in NAMED
    }
    return Language.model_validate({"code": code, **content})
