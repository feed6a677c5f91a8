"""What the public may not see: counts below 5, and what such a one could be worked out from."""

from collections.abc import Mapping
from typing import Literal

Audience = Literal["internal", "public"]
"""Whom a document is for: what is public shows no count below 5."""

FEWEST_SHOWN = 5
"""Lower counts could be about somebody; source: rules, section 7."""

PARTS = {
    "completed_within_30": "completed",
    "waiting_within_30": "waiting",
    "completed_within_30_last_year": "completed_last_year",
}
"""A column that counts a part of another one, and that other: the rest, by subtraction, is a count as
well, and must not be known either where it is low."""


def gives_away(counts: Mapping[str, int | None]) -> bool:
    """Whether a part or a rest of the row is below 5, so that the public sees none of its parts.

    The level and the alternative are public: of this year's part, last year's and that of those
    waiting, one that is shown can leave a single number that another may be. So can what is missing
    to a next level, and where a cell stands among others by it.
    """
    return any(
        is_low(counts.get(part)) or is_low(_rest(counts.get(part), counts.get(whole)))
        for part, whole in PARTS.items()
    )


def is_low(count: int | None) -> bool:
    """Whether the count is below 5; a missing one is not."""
    return count is not None and count < FEWEST_SHOWN


def _rest(part: int | None, whole: int | None) -> int | None:
    return None if part is None or whole is None else whole - part
