"""Explanations are told as they were; a change of words or steps shows as a difference to read."""

import pytest

from tests.explanation.golden import FOLDER, KEPT, told
from tests.pipeline.runs import Runs

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("name", KEPT)
def test_it_is_told_as_it_was(name: str, runs: Runs) -> None:
    """`python -m tests.explanation.golden` writes the files anew: read the difference first."""
    assert told(runs, name) == (FOLDER / name).read_text(encoding="utf-8")
