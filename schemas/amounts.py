"""Numbers as people read them."""

from decimal import Decimal

NO_BREAK_SPACE = "\N{NO-BREAK SPACE}"


def grouped(number: int | Decimal) -> str:
    """The number with its thousands grouped by spaces; decimals only where it is not whole."""
    whole = int(number)
    return f"{whole if whole == number else number:,}".replace(",", " ")
