"""A run's tags say whose it is, which part it computes, and for which months."""

from datetime import date

import pytest

from assets.groups import Group
from assets.keys import group_name
from assets.observed import ARRIVED
from pipeline.definitions import DELIVERIES, GROUPS, JOBS
from pipeline.tags import (
    ARRIVALS_TAGS,
    MONTHS,
    PART,
    RANGE_END,
    RANGE_START,
    SCHEME,
    span_tags,
)

NAMES = {
    "access_2024": ["reserves", "months", "payouts"],
    "bup_2025": ["months", "payouts"],
    "surgery_2025": ["reserves", "months", "payouts"],
    "cancer_2025": ["payouts"],
    "surgery_2026": ["reserves", "months"],
}
"""The parts of schemes of each kind: nothing is measured of the fourth, nothing is paid yet of the last."""


def test_parts_in_the_order_data_flows() -> None:
    """What is reserved comes first where it is of other months than what is measured, and paid."""
    for scheme, parts in NAMES.items():
        found = [group.name for group in GROUPS if group_name(group.scheme.name) == scheme]
        assert found == [f"{scheme}_{part}" for part in parts]


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
def test_a_job_says_whose_it_is_and_which_part(group: Group) -> None:
    """Whoever starts it, and whatever its months."""
    assert JOBS[group.name].tags == {SCHEME: group.scheme.name, PART: group.part}


def test_deliveries_belong_to_no_scheme() -> None:
    """They are read for all; a run that reads what arrived says so."""
    assert DELIVERIES.tags == {PART: "observed"}
    assert ARRIVALS_TAGS == {PART: "observed", ARRIVED: "only"}


def test_months() -> None:
    """A span for people, and its ends for Dagster."""
    assert span_tags(date(2025, 3, 1), date(2025, 6, 1)) == {
        RANGE_START: "2025-03",
        RANGE_END: "2025-06",
        MONTHS: "2025-03 to 2025-06",
    }
    assert span_tags(date(2025, 3, 1), date(2025, 3, 1))[MONTHS] == "2025-03"
