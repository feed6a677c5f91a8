"""Tags that tell runs apart in Dagster's list: of which scheme, which part of it, over which months."""

from datetime import date

from assets.groups import Group
from assets.observed import ARRIVED, GROUP
from schemas.months import month_key, span_words

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
SCHEME = "bonuspott/scheme"
PART = "bonuspott/part"
MONTHS = "bonuspott/months"


def span_tags(first: date, last: date) -> dict[str, str]:
    """The tags of a run over a span of months."""
    return {
        RANGE_START: month_key(first),
        RANGE_END: month_key(last),
        MONTHS: span_words((first, last)),
    }


def group_tags(group: Group) -> dict[str, str]:
    """The tags of every run of a group."""
    return {SCHEME: group.scheme.name, PART: group.part}


DELIVERIES_TAGS = {PART: GROUP}
"""The tags of every run that reads deliveries."""

ARRIVALS_TAGS = {**DELIVERIES_TAGS, ARRIVED: "only"}
"""The tags of a run that reads what arrived, and no other month of its span."""
