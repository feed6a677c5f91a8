"""`docs/operations.md`: what it names exists, and its walk leads where it says."""

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import dagster as dg
import pytest

from ledger.warehouse import read_published
from pipeline.definitions import SCHEMES, definitions
from pipeline.schedules import HOUR
from pipeline.tags import MONTHS, PART, SCHEME
from schemas.payouts import Payouts
from schemas.places import CHECKOUT, VARIABLE, DataRoot
from tests.docs.documents import CODE, blocks, table_headed, text_of
from tests.pipeline.runs import command, opened
from tests.pipeline.ticks import DELIVERIES, PAYOUTS, Daemon

OPERATIONS = CHECKOUT / "docs" / "operations.md"
TEXT = text_of(OPERATIONS)
NOT_COMMANDS = ("make ", ". .venv", "export ", "bonuspott ", "DAGSTER_HOME=", "BONUSPOTT_DATA=")


def test_all_that_runs_by_itself_is_named() -> None:
    """Every schedule and every sensor has its row, and no other thing has."""
    named = [name for row in table_headed(OPERATIONS, "Name") for name in CODE.findall(row[0])]
    known = [each.name for each in (*(definitions.schedules or []), *(definitions.sensors or []))]
    assert sorted(named) == sorted(known)
    assert f"{HOUR:02}:00 in Stockholm" in TEXT


def test_assets_named_exist() -> None:
    """A name with slashes is an asset's, and a check's name is a check's."""
    keys = {key.to_user_string() for key in definitions.resolve_asset_graph().get_all_asset_keys()}
    for name in ("overview/due", "observed/waiting_times", "warehouse/published"):
        assert f"`{name}`" in TEXT
        assert name in keys
    for name in CODE.findall(TEXT):
        if name.startswith("bup-2025/"):
            assert name in keys, name
    checks = {key.name for key in definitions.resolve_asset_graph().asset_check_keys}
    assert {"reported_in_time", "plausible"} <= checks
    assert all(f"`{tag}`" in TEXT for tag in (SCHEME, PART, MONTHS))


def test_days_of_the_schedules() -> None:
    """The day after the 20th, and 6 December, as the table says."""
    days = {scheme.due(month).day for scheme in SCHEMES for month in scheme.measured_months[:1]}
    assert days == {20}
    assert "the 21st of the next month, and for BUP's November 6 December" in TEXT


def walked(block: int, folder: Path) -> None:
    """Run the commands of a shell block on files, as they stand there."""
    lines = [
        line
        for line in blocks(OPERATIONS, "sh")[block].splitlines()
        if line.strip() and not line.startswith(NOT_COMMANDS)
    ]
    assert lines
    subprocess.run(["bash", "-euc", "\n".join(lines)], cwd=folder, check=True)


@pytest.mark.slow
@pytest.mark.waits
def test_the_walk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A month that lacks, a region that is late, the correction: each leads where it says."""
    (tmp_path / "data").symlink_to(CHECKOUT / "data")
    walked(0, tmp_path)
    root = DataRoot(tmp_path / "practice")
    monkeypatch.setenv(VARIABLE, str(root.path))
    with opened(root) as instance:
        daemon = Daemon(instance)
        daemon.settle(DELIVERIES, PAYOUTS)
        out = command(root, "due").out
        assert any("November 2025" in line and "all 21" in line for line in out.splitlines())
        assert "waits for waiting times of November 2025" in out

        walked(3, tmp_path)
        done = daemon.settle(DELIVERIES, PAYOUTS)
        assert [each.split(":")[0] for each in done] == [
            "observed 2025-11",
            "bup-2025 2025-11",
            "bup-2025 2025-12",
        ]
        assert any("09 Gotland" in line for line in command(root, "due").out.splitlines())
        without = paid(root)

        walked(4, tmp_path)
        again = daemon.settle(DELIVERIES, PAYOUTS)
        assert [each.split(":")[0] for each in again] == [each.split(":")[0] for each in done]
        assert "09 Gotland" not in command(root, "due").out
        assert paid(root) > without
        assert execute_schedule(instance)


def paid(root: DataRoot) -> int:
    """What Gotland was paid in December 2025."""
    rows = read_published(root, Payouts, "bup-2025", date(2025, 12, 1))
    return int(rows.filter(rows["region_code"] == "09")["amount_sek"].item())


def execute_schedule(instance: dg.DagsterInstance) -> bool:
    """Whether the schedule's tick of 6 December 2025 asks for November."""
    with dg.build_schedule_context(
        instance=instance,
        scheduled_execution_time=datetime(2025, 12, 6, 5, tzinfo=UTC),
        repository_def=definitions.get_repository_def(),
    ) as context:
        schedule = definitions.resolve_schedule_def("bup_2025_months_monthly")
        assert isinstance(schedule, dg.ScheduleDefinition)
        requests = schedule.evaluate_tick(context).run_requests or []
    return [each.partition_key for each in requests] == ["2025-11"]
