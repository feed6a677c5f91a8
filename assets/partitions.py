"""The months that assets have as partitions, and how far apart an asset and its inputs lie.

Key format, time zone and first month are the identity of every partition ever recorded: they stay.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime

import dagster as dg

from schemas.months import MONTHS_A_YEAR, add_months, month_key, months_between, parse_month

FORMAT = "%Y-%m"
TIME_ZONE = "Europe/Stockholm"
FIRST = parse_month("2022-01")

OBSERVED = dg.MonthlyPartitionsDefinition(
    start_date=month_key(FIRST),
    fmt=FORMAT,
    timezone=TIME_ZONE,
    end_offset=1,  # so that the running month has a key: a payout is run within its month
)
"""The months that can be observed: all that have begun."""


def running_month() -> date:
    """The month it is in Stockholm: the last that can be observed.

    By a clock that stands before the first month, the month before that: none has begun.
    """
    last = OBSERVED.get_last_partition_key()
    return parse_month(last) if last else add_months(FIRST, -1)


def exactly(months: Sequence[date]) -> dg.TimeWindowPartitionsDefinition:
    """The partitions of an asset that has just these months."""
    first, last = min(months), max(months)
    return dg.TimeWindowPartitionsDefinition(
        start=month_key(first),
        end=month_key(add_months(last, 1)),
        cron_schedule="0 0 1 * *",
        fmt=FORMAT,
        timezone=TIME_ZONE,
        end_offset=1,  # as above: for the running month
        exclusions=[
            datetime(month.year, month.month, 1)  # noqa: DTZ001 - in the definition's own time zone
            for month in months_between(first, last)
            if month not in months
        ]
        or None,
    )


def mapping(
    looked_at: Mapping[date, Sequence[date]], of_input: Collection[date]
) -> dg.PartitionMapping:
    """The mapping from an asset's months to those of an input, of which its rule looks at some for each.

    Dagster knows fixed months, or one unbroken range of distances. A range that takes in a month that
    the rule passes over would let that month, when it is refused, stop a sound one. So where no range
    is exact and each month looks at itself, the mapping is the month itself; what else it looks at and
    was not made, its run makes first (`assets/beforehand.py`). What looks at others alone, as a payout
    at the months of its round, waits for the least wide range. What was really used stands in the ledger.

    Args:
        looked_at: for each month of the asset, the months of the input that its rule looks at.
        of_input: the months that the input has.
    """
    distances = {
        (other.year - month.year) * MONTHS_A_YEAR + other.month - month.month
        for month, others in looked_at.items()
        for other in others
    }
    if distances != {0} and len({tuple(others) for others in looked_at.values()}) == 1:
        fixed = next(iter(looked_at.values()))
        return dg.SpecificPartitionsPartitionMapping([month_key(month) for month in fixed])
    window = range(min(distances), max(distances) + 1)
    passes_over = any(
        other in of_input and other not in others
        for month, others in looked_at.items()
        for other in (add_months(month, distance) for distance in window)
    )
    if passes_over and all(month in others for month, others in looked_at.items()):
        window = range(1)
    return dg.TimeWindowPartitionMapping(
        start_offset=window[0], end_offset=window[-1], allow_nonexistent_upstream_partitions=True
    )
