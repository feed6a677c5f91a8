"""What a sentence of an explanation is filled with: numbers, months and names, not yet in a language."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any, Literal

from schemas.months import month_key

Unit = Literal["kr", "", "percent", "points"]


@dataclass(frozen=True)
class Number:
    """An exact number; `decimals` are those always shown, where they are part of what it means."""

    value: Fraction
    unit: Unit = ""
    decimals: int = 0
    signed: bool = False


@dataclass(frozen=True)
class Share:
    """A share in per cent: to read with one decimal, the exact fraction beside it."""

    part: int
    whole: int

    @property
    def exact(self) -> Number:
        """The number itself."""
        return percent(Fraction(100 * self.part, self.whole))


@dataclass(frozen=True)
class Span:
    """Numbers from one to another, both included; without an upper end where there is none."""

    lower: Decimal
    upper: Decimal | None
    decimals: int


@dataclass(frozen=True)
class Change:
    """By how much something rose or fell, in words instead of by its sign."""

    by: Number


@dataclass(frozen=True)
class Month:
    """A month; without its year where the year is told right after."""

    month: date
    has_year: bool = True


@dataclass(frozen=True)
class Name:
    """A name of ours that each language has its own word for, such as `measure.first_visit`."""

    key: str


Value = Number | Share | Span | Change | Month | date | Name | str | tuple["Value", ...]
"""Text is the same in every language, such as a region's name; several come one after the other."""

NOT_AVAILABLE = Name("missing")


def months_told(first: date, last: date) -> dict[str, Value]:
    """A span of months, as `first` and `last`."""
    return {"first": Month(first, has_year=first.year != last.year), "last": Month(last)}


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


def exact(value: Fraction) -> int | str:
    """A whole number as it is, any other as its fraction."""
    return value.numerator if value.denominator == 1 else f"{value.numerator}/{value.denominator}"


def plain(value: Value) -> Any:  # noqa: ANN401, PLR0911 - what JSON holds; a kind of value each
    """The value as JSON has it, in no language."""
    match value:
        case Number():
            return {"value": exact(value.value), "unit": value.unit}
        case Share():
            return plain(value.exact)
        case Change():
            return plain(value.by)
        case Span():
            upper = None if value.upper is None else str(value.upper)
            return {"from": str(value.lower), "to": upper}
        case Month():
            return month_key(value.month)
        case date():
            return value.isoformat()
        case Name():
            return value.key
        case str():
            return value
        case tuple():
            return [plain(each) for each in value]
