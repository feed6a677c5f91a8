"""Commands that write, ended with kill -9 at any time: the suite's few (`make endurance` has a thousand)."""

from pathlib import Path

import pytest

from tests.drills.endurance import endure


@pytest.mark.slow
@pytest.mark.waits
def test_commands_killed_at_random(tmp_path: Path) -> None:
    """After each kill nothing is lost or half there, and nobody is locked out; readers and an auditor look on."""
    endured = endure(tmp_path, kills=6, seed=1)
    assert endured.kills.total() == 6
    assert endured.looks["looks"]
