"""That what a command prints of made-up counts says so."""

import pytest

from tests.pipeline.runs import Runs, command
from tests.pipeline.test_formats import printed

NOTE = "Exempeldata: antalen är påhittade"
AMOUNTS = {
    "payouts": ["access-2024"],
    "check": ["access-2024"],
    "outlook": ["access-2024"],
    "readings": ["access-2024"],
    "due": ["--on", "2025-12-10"],
    "whatif": ["access-2024", "--set", "region=09,within=+1/+1"],
}
"""Each command that prints amounts, of which an officer may send a table on, and what it is asked for."""


@pytest.mark.slow
@pytest.mark.parametrize("name", AMOUNTS)
def test_every_table_of_amounts_says_so(name: str, runs: Runs) -> None:
    """Below the table, in its language; each by itself, for they are sent on one by one."""
    asked = [name, *AMOUNTS[name], "--language", "sv"]
    root = runs.of("access-2024").root
    assert NOTE in command(root, *asked).out
    text = printed(root, *asked, "--format", "csv-excel").decode("utf-8-sig")
    assert all(NOTE in table for table in text.split("\r\n\r\n"))


def test_of_real_counts_nothing_is_said(
    runs: Runs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Whose folder says nothing of it is real."""
    root = runs.of("access-2024").copied(tmp_path_factory.mktemp("real"))
    (root.raw / "waiting_times" / "ORIGIN.txt").unlink()
    told = command(root, "payouts", "access-2024", "--language", "sv")
    assert "Summa" in told.out
    assert "Exempeldata" not in told.out
