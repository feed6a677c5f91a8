"""What was ever recorded of waiting times: by all of it, what the public may not see is decided."""

import polars as pl

from ledger.ledger import Ledger
from ledger.provenance import ever
from rules.small_numbers import Audience, Case, withheld
from schemas.observed import WaitingTimes
from schemas.performance import WaitingTimePerformance


def counted(ledger: Ledger) -> list[pl.DataFrame]:
    """The rows of `observed.waiting_times` and `performance.waiting_times`, replaced ones too.

    What was replaced was published, or is what a decision rests on: a low count of it stays withheld.
    """
    return [ever(ledger, table) for table in (WaitingTimes, WaitingTimePerformance)]


def cases_withheld(audience: Audience, ledger: Ledger) -> frozenset[Case]:
    """The cases of which these readers see no count; see `rules.small_numbers.withheld`."""
    return withheld(audience, *counted(ledger)) if audience == "public" else frozenset()
