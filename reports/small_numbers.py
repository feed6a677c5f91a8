"""Counts of waiting times in a table: those of a case that is withheld have a word in their place."""

from collections.abc import Collection, Iterator, Mapping

from reports.tables import Cell
from reports.words import Words
from rules.small_numbers import LAST_YEAR, Case, year_before

COUNTS_LAST_YEAR = (*LAST_YEAR.values(), *LAST_YEAR)
COUNTS = ("completed", "completed_within_30", "waiting", "waiting_within_30")


def counts_shown(
    counts: Mapping[str, int | None], case: Case, withheld: Collection[Case], words: Words
) -> Iterator[Cell]:
    """The case's counts, then those of the year before, in the order of the columns.

    Args:
        counts: by column, at least these; one may be missing.
        case: whose they are.
        withheld: the cases of which nothing is shown; of such a one it is shown still what is missing.
        words: for both.
    """
    for columns, of in ((COUNTS, case), (COUNTS_LAST_YEAR, year_before(case))):
        for name in columns:
            count = counts[name]
            if count is None:
                yield words["basis"]["missing"]
            else:
                yield words["audience"]["withheld"] if of in withheld else count
