"""What the rules' document says that other readings move is what they move with the sample."""

import pytest

from docs.templates.moved import RUN, kept, moved_by
from rules.loading import load_schemes
from tests.pipeline.runs import Runs


@pytest.mark.slow
@pytest.mark.parametrize("name", RUN)
def test_each_other_reading_moves_what_is_kept(name: str, runs: Runs) -> None:
    """`python -m docs.templates moved` computes it anew: look at the difference first."""
    found = moved_by(load_schemes()[name], runs.of("access-2024", "bup-2025", "surgery-2025").root)
    assert found == [each for each in kept() if each.scheme == name]
