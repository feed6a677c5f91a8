"""A scheme's steps in groups, each a run."""

import pytest

from assets.groups import groups_of
from pipeline.definitions import SCHEMES
from rules.scheme import Scheme
from rules.steps import steps


@pytest.mark.parametrize("scheme", SCHEMES, ids=lambda scheme: scheme.name)
def test_no_two_have_the_same_months(scheme: Scheme) -> None:
    """The UI would put them into one run, in which Dagster skips the one that rests on the other, and ends green."""
    groups = groups_of(scheme)
    assert len({group.months for group in groups}) == len(groups)
    assert [step.table for group in groups for step in group.steps] == [
        step.table for step in steps(scheme)
    ]
