"""Counts for the public: none below 5, and none from which such a one could be worked out."""

from collections.abc import Iterator, Mapping

from reports.tables import Cell
from reports.words import Words
from rules.small_numbers import PARTS, Audience, gives_away, is_low


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
        name: few if is_low(count) else count for name, count in counts.items()
    }
    parts = [part for part in PARTS if counts.get(part) is not None]
    return shown | (dict.fromkeys(parts, withheld) if gives_away(counts) else {})
