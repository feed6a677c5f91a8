"""Tags that tell runs apart in Dagster's list: of which scheme, for what, over which months."""

from collections.abc import Collection
from datetime import date

import dagster as dg

from assets.publication import PUBLISHED
from schemas.months import month_key, span_words

RANGE_START = "dagster/asset_partition_range_start"
RANGE_END = "dagster/asset_partition_range_end"
SCHEME = "bonuspott/scheme"
WHAT = "bonuspott/what"
MONTHS = "bonuspott/months"

WORDS = {"observed": "deliveries", "performance": "months", "payouts": "payouts"}
"""What a run does, by the schemas of the tables that it makes; reserves belong to the months."""


def run_tags(
    scheme: str, assets: Collection[dg.AssetKey], first: date, last: date
) -> dict[str, str]:
    """The tags of a run of some assets over a span of months.

    Args:
        scheme: whose; empty for a run of deliveries alone.
        assets: what it materialises.
        first: its first month.
        last: its last month.
    """
    done = {
        "months" if key.path[-1] == "reserves" else WORDS[key.path[-2]]
        for key in assets
        if key != PUBLISHED
    }
    return {
        RANGE_START: month_key(first),
        RANGE_END: month_key(last),
        MONTHS: span_words((first, last)),
        WHAT: ", ".join(word for word in WORDS.values() if word in done) or "publication",
        **({SCHEME: scheme} if scheme else {}),
    }
