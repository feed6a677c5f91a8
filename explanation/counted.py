"""What the public may not see, decided by all that was ever recorded of waiting times."""

import polars as pl

from ledger.ledger import Ledger
from ledger.provenance import ever
from rules.small_numbers import Audience, Case, withheld
from schemas.observed import WaitingTimes
from schemas.performance import WaitingTimePerformance


def cases_withheld(audience: Audience, ledger: Ledger, *published: pl.DataFrame) -> frozenset[Case]:
    """The cases of which these readers see no count; see `rules.small_numbers.withheld`.

    What was replaced was published, or is what a decision rests on: a low count of it stays withheld. So does
    what is `published`, should the ledger not have it.
    """
    if audience == "internal":
        return frozenset()
    recorded = (ever(ledger, table) for table in (WaitingTimes, WaitingTimePerformance))
    return withheld(audience, *published, *recorded)
