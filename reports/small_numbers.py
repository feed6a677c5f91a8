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
    for part, whole in PARTS.items():
        within, among = counts.get(part), counts.get(whole)
        if within is None or among is None:
            continue
        if _is_low(among) or (_is_low(among - within) and not _is_low(within)):
            shown[part] = withheld
    return shown


def gives_away(part: int | None, whole: int | None) -> bool:
    """Whether the share of the two would let the public work out a count below 5.

    So would what is missing to a threshold: whoever knows the whole reckons the part from either.
    """
    if part is None or whole is None:
        return False
    return _is_low(part) or _is_low(whole) or _is_low(whole - part)


def _is_low(count: int | None) -> bool:
    return count is not None and count < FEWEST_SHOWN
