"""A faulty delivery is refused whole: the month keeps what it had, and nothing rests on it."""

from pathlib import Path

import dagster as dg
import pytest

from assets.keys import asset_key
from ledger.fingerprint import fingerprint
from ledger.ledger import Ledger
from schemas.months import month_key
from schemas.payouts import Payouts
from schemas.places import DataRoot
from schemas.tables import TABLES
from tests.pipeline.dagster_runs import execute, failures
from tests.pipeline.expected import months
from tests.pipeline.records import verdicts
from tests.pipeline.runs import Runs, Told, command, opened, published

LATER = "2026-11-01.csv"
FOLLOWS = ["2024-02", "2024-08", "2024-12"]
"""The months that rest on February 2024: its own, and the payouts that count it."""

COMPUTED = ["2024-01", *months("2024-03", "2024-11")]
"""The months measured that are computed all the same; of August only the payout waits."""


def rerun(root: DataRoot, *months: str) -> tuple[Told, dict[str, list[str]]]:
    """Run the scheme again, or some months of it: what is said, and the months recorded by table."""
    before = {record.number for record in Ledger(root.ledger).current()}
    tables = published(root)
    told = command(root, "run", "access-2024", *months)
    for name, rows in published(root).items():
        assert fingerprint(TABLES[name], rows) == fingerprint(TABLES[name], tables[name]), name
    found: dict[str, list[str]] = {}
    for record in sorted(Ledger(root.ledger).current(), key=lambda each: each.month):
        if record.number not in before:
            found.setdefault(record.table, []).append(month_key(record.month))
    return told, found


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root where the scheme was run once."""
    return runs.of("access-2024").copied(tmp_path)


@pytest.mark.slow
def test_a_faulty_delivery(root: DataRoot) -> None:
    """Every fault is told; what rests on the month is left out, and all else computed."""
    folder = root.raw / "waiting_times" / "2024-02"
    lines = next(folder.iterdir()).read_text(encoding="utf-8").splitlines()
    lines[1] = lines[1].replace("01;", "99;", 1)
    lines[2] = ";".join([*lines[2].split(";")[:2], "17*", *lines[2].split(";")[3:]])
    (folder / LATER).write_text("\n".join(lines), encoding="utf-8")
    told, recorded = rerun(root)
    assert told.status == 1
    for words in (f"2024-02/{LATER}", "99", "county code", "17*", "a whole number"):
        assert words in told.err
    assert f"rest on a refused delivery: {', '.join(FOLLOWS)}" in told.err
    assert "Traceback" not in told.err
    assert recorded["performance.waiting_times"] == COMPUTED
    assert "payouts.payouts" not in recorded
    assert "observed.waiting_times" not in recorded
    with opened(root) as instance:
        latest = next(
            each
            for each in verdicts(
                instance, dg.AssetKey(["observed", "waiting_times"]), "delivery_accepted"
            )
            if each.partition == "2024-02"
        )
        payouts = asset_key(Payouts, "access-2024")
        alone = failures(execute(instance, "access_2024_payouts", "2024-08", [payouts]))
    assert latest.evaluation is not None
    assert not latest.evaluation.passed
    assert "faults" in latest.evaluation.metadata
    # Two steps up, and run alone: the payout waits for the month all the same.
    assert len(alone) == 1
    assert alone[0].startswith("observed.waiting_times of 2024-02 is needed")


@pytest.mark.slow
def test_changed_bytes_under_a_recorded_name(root: DataRoot) -> None:
    """A file that is not the one recorded under its name is refused, like any faulty delivery."""
    file = next((root.raw / "waiting_times" / "2024-02").iterdir())
    file.write_bytes(file.read_bytes() + b"\n")
    kept = sorted(root.accepted.iterdir())
    told, recorded = rerun(root, "--from", "2024-01", "--to", "2024-02")
    assert sorted(root.accepted.iterdir()) == kept
    assert told.status == 1
    assert "the bytes recorded under this name" in told.err
    assert file.name in told.err
    assert "Traceback" not in told.err
    assert "rest on a refused delivery: 2024-02" in told.err
    assert recorded["performance.waiting_times"] == ["2024-01"]


@pytest.mark.slow
def test_a_name_without_a_day(root: DataRoot) -> None:
    """A file whose name does not begin with its day is refused, and told how to be named."""
    folder = root.raw / "population" / "2023-11"
    (folder / "population.csv").write_text("region;age_group;population\n", encoding="utf-8")
    told, recorded = rerun(root, "--from", "2024-01", "--to", "2024-01")
    assert told.status == 1
    assert "population/2023-11/population.csv" in told.err
    assert "a name that begins with the day of delivery" in told.err
    assert recorded == {}


@pytest.mark.slow
def test_a_first_delivery_refused(data_root: DataRoot) -> None:
    """A month whose only delivery is refused is left out: it must not pass for not reported."""
    file = next((data_root.raw / "waiting_times" / "2024-02").iterdir())
    file.write_text("not a delivery\n", encoding="utf-8")
    told = command(data_root, "run", "access-2024", "--from", "2024-01", "--to", "2024-03")
    assert told.status == 1
    assert "rest on a refused delivery: 2024-02" in told.err
    months_computed = published(data_root)["performance.waiting_times"]["month"].unique().sort()
    assert [month_key(each) for each in months_computed] == ["2024-01", "2024-03"]
