"""A part of an account, and what several of its parts say."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from reports.tables import PrintedTable
from reports.year import Year
from rules.exact import half_up_to
from rules.requirement import EarnedByLevel


class Section(NamedTuple):
    """A part of the account: its heading, sentences, and tables."""

    heading: str
    paragraphs: Sequence[str]
    tables: Sequence[PrintedTable]


def words_of(year: Year) -> Mapping[str, str]:
    """The account's words, in the year's language."""
    return year.last.words["account"]


def one_decimal(number: Fraction | Decimal | None) -> Decimal | None:
    """The number half-up to one decimal, for reading; nothing of what is missing."""
    return None if number is None else half_up_to(Fraction(number), 1)


def changes_of(year: Year, kind: type[EarnedByLevel]) -> list[str]:
    """From which month on reserves are paid by population, or for results again."""
    words, told = words_of(year), []
    for rule in year.scheme.all_of(kind).values():
        before = "requirement"
        for version in rule.paid_by.root if rule.paid_by else []:
            if version.value and version.value != before:
                before = version.value
                month = version.valid_from or year.scheme.measured_months[0]
                told.append(
                    words[f"paid_by_{before}_{rule.kind}_text"].format(
                        month=year.last.language.month(month),
                        source=f"{version.source}, {version.section}",
                    )
                )
    return told
