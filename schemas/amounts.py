"""Numbers as people read them."""

import re
from decimal import Decimal

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
WITHIN_NUMBER = re.compile(
    r"(?<=[\d\u2026\u2153\u2154]) (?=\d{3}(?!\d)|kr\b|kronor\b|miljoner\b|%|procent\b|procentenheter\b)"
)


def grouped(number: int | Decimal) -> str:
    """The number with its thousands grouped by spaces; decimals only where it is not whole."""
    whole = int(number)
    return f"{whole if whole == number else number:,}".replace(",", " ")


def spaced(number: int) -> str:
    """The number with its thousands grouped by spaces that no line breaks at, and a minus for a hyphen."""
    return grouped(number).replace(" ", NO_BREAK_SPACE).replace("-", MINUS)


def unbroken(text: str) -> str:
    """The text with numbers and their units kept on one line."""
    return WITHIN_NUMBER.sub(NO_BREAK_SPACE, text)
