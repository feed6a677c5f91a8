"""One grid of months for every asset, and how far apart an asset and its inputs lie on it.

The grid's start, format and time zone are the identity of every partition ever recorded: they stay.
"""

from collections.abc import Mapping, Sequence
from datetime import date

import dagster as dg

from schemas.months import MONTHS_A_YEAR, month_key

GRID = dg.MonthlyPartitionsDefinition(
    start_date="2022-01",
    fmt="%Y-%m",
    timezone="Europe/Stockholm",
    end_offset=1,  # so that the running month has a key: a payout is run within its month
)


def mapping(looked_at: Mapping[date, Sequence[date]]) -> dg.PartitionMapping:
    """The mapping from an asset's months to those of an input.

    Args:
        looked_at: for each month of the asset, the months of the input that its rule looks at.

    Where every month looks at the same ones, or only at itself, the mapping says exactly that. Else
    it is a range of distances, which can take in months that the rule passes over; what was really
    used stands in the ledger.
    """
    distances = {distance(month, other) for month, others in looked_at.items() for other in others}
    if distances <= {0}:
        return dg.TimeWindowPartitionMapping()
    if len({tuple(others) for others in looked_at.values()}) == 1:
        fixed = next(iter(looked_at.values()))
        return dg.SpecificPartitionsPartitionMapping([month_key(month) for month in fixed])
    return dg.TimeWindowPartitionMapping(
        start_offset=min(distances),
        end_offset=max(distances),
        allow_nonexistent_upstream_partitions=True,
    )


def twelve_months_back() -> dg.PartitionMapping:
    """The mapping from a month to the same month last year, and to no other."""
    return dg.TimeWindowPartitionMapping(
        start_offset=-MONTHS_A_YEAR,
        end_offset=-MONTHS_A_YEAR,
        allow_nonexistent_upstream_partitions=True,
    )


def distance(month: date, other: date) -> int:
    """How many months `other` lies after `month`; negative if before."""
    return (other.year - month.year) * MONTHS_A_YEAR + other.month - month.month
