"""That what a command prints of made-up counts says so."""

import pytest

from tests.pipeline.runs import Runs, command

AMOUNTS = {
    "payouts": ["access-2024"],
    "check": ["access-2024"],
    "outlook": ["access-2024"],
    "readings": ["access-2024"],
    "due": ["--on", "2025-12-10"],
    "whatif": ["access-2024", "--set", "region=09,within=+1/+1"],
}
"""Each command that prints amounts, of which an officer may send a table on, and what it is asked for."""


@pytest.mark.parametrize("name", AMOUNTS)
def test_a_table_of_amounts_says_so(name: str, runs: Runs) -> None:
    """Below the table, in its language."""
    told = command(runs.of("access-2024").root, name, *AMOUNTS[name], "--language", "sv")
    assert "Exempeldata: antalen är påhittade" in told.out


def test_of_real_counts_nothing_is_said(
    runs: Runs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whose folder says nothing of it is real."""
    root = runs.of("access-2024").copied(tmp_path_factory.mktemp("real"))
    (root.raw / "waiting_times" / "ORIGIN.txt").unlink()
    told = command(root, "payouts", "access-2024", "--language", "sv")
    assert "Summa" in told.out
    assert "Exempeldata" not in told.out
