"""Counts for the public: none below 5, and none from which such a one could be worked out."""

from collections.abc import Iterator, Mapping

from reports.payout import Audience
from reports.tables import Cell
from reports.words import Words

FEWEST_SHOWN = 5
"""Lower counts could be about somebody; source: rules, section 7."""


PARTS = {
    "completed_within_30": "completed",
    "waiting_within_30": "waiting",
    "completed_within_30_last_year": "completed_last_year",
}
"""A column that counts a part of another one, and that other: the rest, by subtraction, is a count as
well, and must not be known either where it is low."""


def counts_for(
    audience: Audience, counts: Mapping[str, int | None], words: Words
) -> Iterator[Cell]:
    """The counts of one row, by column, as the audience may see them; for what is missing, the word."""
    shown = for_the_public(counts, words) if audience == "public" else counts
    for cell in shown.values():
        yield words["basis"]["missing"] if cell is None else cell


def for_the_public(counts: Mapping[str, int | None], words: Words) -> dict[str, Cell]:
    """The counts of one row, by column, as the public may see them; what is missing stays missing."""
    few, withheld = words["audience"]["few"], words["audience"]["withheld"]
    shown: dict[str, Cell] = {
        name: few if _is_low(count) else count for name, count in counts.items()
    }
    parts = [part for part in PARTS if counts.get(part) is not None]
    return shown | (dict.fromkeys(parts, withheld) if gives_away(counts) else {})


def gives_away(counts: Mapping[str, int | None]) -> bool:
    """Whether a part or a rest of the row is below 5, so that the public sees none of its parts.

    The level and the alternative are public: of this year's part, last year's and that of those
    waiting, one that is shown can leave a single number that another may be. So can what is missing
    to a next level, and where a cell stands among others by it.
    """
    return any(
        _is_low(counts.get(part)) or _is_low(_rest(counts.get(part), counts.get(whole)))
        for part, whole in PARTS.items()
    )


def _rest(part: int | None, whole: int | None) -> int | None:
    return None if part is None or whole is None else whole - part


def _is_low(count: int | None) -> bool:
    return count is not None and count < FEWEST_SHOWN
