"""Cells as people write them: counts with grouped thousands, and words."""

import re
import unicodedata
from collections.abc import Collection

NOT_AVAILABLE = frozenset({"", "..", "--", "-", ".", "X"})
"""Signs for a count that was not available; never zero."""

WRITE_THE_NUMBER = "Write the number, or .. if it is not available."

GAP = r"[ \u00a0\u2007\u202f]"
"""A space or a no-break space: one of these groups digits, and nothing else: between two lines, or columns, are two numbers."""

COUNT = re.compile(rf"([0-9]{{1,18}}|[0-9]{{1,3}}(?:{GAP}[0-9]{{3}}){{1,5}})\s*(?:st)?")
"""At most 18 digits, which 64 bits hold."""

MOST_COUNTED = 12_000_000
"""No count reaches this, for Sweden has 10.6 million inhabitants; a personal number in its place does."""

ABROAD = "99"
"""Written in place of a home region for who lives abroad or has none: passed over, and counted."""

SPACES = re.compile(r"\s+")


class CellError(ValueError):
    """A cell cannot be understood; the message says what was expected, and `advice` what to do."""

    def __init__(self, expected: str = "", advice: str = "") -> None:
        """Keep both."""
        super().__init__(expected)
        self.advice = advice


def parse_count(text: str) -> int | None:
    """The count written in a cell, or none if it was not available.

    Thousands may be grouped with one space or no-break space, and the unit `st` may follow.

    Raises:
        CellError: if the text is no whole number, its groups are not of three digits, or it is more
            than anyone can have counted.
    """
    if text.strip() in NOT_AVAILABLE:
        return None
    match = COUNT.fullmatch(text.strip())
    if match is None:
        if COUNT.fullmatch(re.sub(rf"{GAP}+", " ", text.strip())):
            expected = "a whole number, not negative, with one space between thousands, not several"
            raise CellError(expected, WRITE_THE_NUMBER)
        expected = "a whole number, not negative, thousands grouped by three or not at all"
        raise CellError(expected, WRITE_THE_NUMBER)
    count = int("".join(filter(str.isdigit, match[1])))
    if count >= MOST_COUNTED:
        expected = f"less than {MOST_COUNTED}, for Sweden has fewer inhabitants"
        raise CellError(expected, WRITE_THE_NUMBER)
    return count


def parse_word(text: str, words: Collection[str]) -> str:
    """The word, if it is one of these.

    Raises:
        CellError: if it is not.
    """
    word = spaced(text)
    if word not in words:
        advice = "Write one of the layout's names, in lower case."
        raise CellError("one of " + ", ".join(sorted(words)), advice)
    return word


def spaced(text: str) -> str:
    """The text with every run of white space, no-break spaces too, as one space; none at its ends."""
    return SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
