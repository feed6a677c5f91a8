"""What a sentence of an explanation is filled with: numbers, months and names, not yet in a language."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Literal

Unit = Literal["kr", "", "percent", "points"]


@dataclass(frozen=True)
class Number:
    """An exact number; `decimals` are those always shown, where they are part of what it means."""

    value: Fraction
    unit: Unit = ""
    decimals: int = 0
    signed: bool = False


@dataclass(frozen=True)
class Span:
    """Numbers from one to another, both included; without an upper end where there is none."""

    lower: Decimal
    upper: Decimal | None
    decimals: int


@dataclass(frozen=True)
class Month:
    """A month."""

    month: date


@dataclass(frozen=True)
class Day:
    """A day."""

    day: date


@dataclass(frozen=True)
class Name:
    """A name of ours that each language has its own word for, such as `measure.first_visit`."""

    key: str


@dataclass(frozen=True)
class Verbatim:
    """Text that is the same in every language, such as a region's name."""

    text: str


@dataclass(frozen=True)
class Listed:
    """Several values, one after the other."""

    values: tuple["Value", ...]


Value = Number | Span | Month | Day | Name | Verbatim | Listed

NOT_AVAILABLE = Name("missing")


def kronor(value: Fraction | Decimal | int) -> Number:
    """An amount of money."""
    return Number(Fraction(value), "kr")


def count(value: int | None) -> Value:
    """A count; a missing one was not available, and is not zero."""
    return NOT_AVAILABLE if value is None else Number(Fraction(value))


def percent(value: Fraction | Decimal | int, decimals: int = 0) -> Number:
    """A number of per cent."""
    return Number(Fraction(value), "percent", decimals)


def points(value: Fraction | Decimal, decimals: int = 0) -> Number:
    """A difference in percentage points, with its sign."""
    return Number(Fraction(value), "points", decimals, signed=True)
