"""What `bonuspott run` says of deliveries on the terminal: what it passes over, what is odd, what lacks."""

import shutil

import polars as pl
import pytest

from schemas.places import DataRoot
from tests.conftest import SAMPLE
from tests.deliveries.delivering import deliver, lines
from tests.pipeline.runs import command, published

HEADER = "region;measure;listed_on;started_on;patient_chosen"
CASES = lines(
    "01;first_visit;2025-03-10;2025-04-02;0",
    "01;first_visit;2025-04-11;;0",
    "12;treatment;2025-01-10;2025-02-02;0",
    header=HEADER,
)
OF_MARCH = lines("01;first_visit;2025-03-10;2025-03-12;0", header=HEADER)


@pytest.mark.slow
def test_what_lies_in_raw(empty_root: DataRoot) -> None:
    """What is passed over, misnamed, odd or of another month is told by the first run, each with its words.

    What is no delivery stands in nobody's way: the month beside it is computed, and verified.
    """
    shutil.copytree(SAMPLE / "population", empty_root.raw / "population")
    deliver(empty_root, "waiting_times/2025-04/2025-05-20.csv", CASES)
    deliver(empty_root, "waiting_times/2025-04/Thumbs.db", "")
    deliver(empty_root, "waiting_times/2025-04/~$2025-05-20.xlsx", "")
    deliver(empty_root, "waiting_times/2025-05/2025-06-20.csv", OF_MARCH)
    deliver(empty_root, "waiting_times/2025-6/2025-07-20.csv", CASES)
    told = command(empty_root, "run", "bup-2025", "--from", "2025-04", "--to", "2025-06")
    said = " ".join(told.err.replace("│", " ").split())
    assert told.status == 1
    assert "being no deliveries: waiting_times/2025-04/Thumbs.db, waiting_times/2025-04/~$" in said
    assert (
        "raw/waiting_times/2025-6 is passed over; expected is a folder named by its month" in said
    )
    assert said.count("passed over") == 2  # each once
    assert "waiting times of June 2025: supply" in said
    assert "a record that concerns 2025-05" in said
    assert "rest on a refused delivery: 2025-05" in said
    assert (
        "Warning: observed/waiting_times 2025-04: taken, and nothing is blocked, but 1 zero, for "
        "none of its records is of the month: 12 Skåne, records: 1, zero" in said
    )
    performance = published(empty_root)["performance.waiting_times"]
    counted = performance.group_by("month").agg(pl.col("completed").sum()).sort("month")
    assert counted["completed"].to_list() == [1, 0]
    assert "identical" in command(empty_root, "verify", "2025-04").out
