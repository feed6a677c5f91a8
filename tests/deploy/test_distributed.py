"""The national set-up on real parts, with a worker and connections killed on the way."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from deploy.loopback.backfill import waves
from deploy.loopback.proof import prove
from deploy.loopback.servers import ServerMissingError
from schemas.months import parse_month
from schemas.places import Place

NOVEMBER, JANUARY, FEBRUARY, AUGUST, DECEMBER = map(
    parse_month, ("2023-11", "2024-01", "2024-02", "2024-08", "2024-12")
)


def test_the_runs_cover_every_month_once() -> None:
    """Each month that was recorded belongs to one run, after those that it rests on."""
    recorded = [
        Place("observed.population", "", NOVEMBER),
        Place("observed.waiting_times", "", JANUARY),
        Place("observed.waiting_times", "", FEBRUARY),
        *(Place("payouts.reserves", "access-2024", each) for each in (JANUARY, FEBRUARY)),
        Place("performance.waiting_times", "access-2024", JANUARY),
        *(Place("payouts.payouts", "access-2024", each) for each in (AUGUST, DECEMBER)),
    ]
    made = [
        [
            (run.job, [key.to_user_string() for key in run.assets], run.first, run.last)
            for run in wave
        ]
        for wave in waves(recorded)
    ]
    assert made == [
        [
            ("deliveries", ["observed/population"], NOVEMBER, NOVEMBER),
            ("deliveries", ["observed/waiting_times"], JANUARY, FEBRUARY),
        ],
        [("access_2024_reserves", [], JANUARY, FEBRUARY)],
        [("access_2024_months", [], JANUARY, JANUARY)],
        [("access_2024_payouts", [], AUGUST, DECEMBER)],
    ]


@pytest.mark.waits
@pytest.mark.slow
def test_every_month_is_there_once_and_equal(tmp_path: Path) -> None:
    """Fingerprint by fingerprint as the embedded default has them.

    All that `make distributed` does, for one scheme and its deliveries.
    """
    said: list[str] = []
    say: Callable[[str], None] = said.append
    try:
        proof = prove(tmp_path, say, ["surgery-2025"])
    except ServerMissingError as missing:
        if os.environ.get("CI"):
            raise
        pytest.skip(f"the national set-up was NOT proved: {missing}")
    assert proof.holds, (proof, said)
    assert any("killed with -9" in line for line in said)
    assert any("connections to Postgres ended" in line for line in said)
