"""What is due: the overview and the checks in Dagster, and `bonuspott due`, say the same."""

import json
import shutil
from pathlib import Path

import dagster as dg
import pytest

from assets.due import REPORTED_IN_TIME
from assets.keys import OVERVIEW
from pipeline.definitions import definitions
from pipeline.run import QUIET
from schemas.places import DataRoot
from tests.pipeline.dagster_runs import execute
from tests.pipeline.runs import Runs, command, copy_of, opened

pytestmark = pytest.mark.slow

GOTLAND = "09"
DAY = "2025-12-10"
WAITING_TIMES = dg.AssetKey(["observed", "waiting_times"])


@pytest.fixture(scope="module")
def root(runs: Runs, tmp_path_factory: pytest.TempPathFactory) -> DataRoot:
    """bup-2025 was run; then November came again without Gotland, and was read."""
    root = runs.of("access-2024", "bup-2025").copied(tmp_path_factory.mktemp("due"))
    folder = root.raw / "waiting_times" / "2025-11"
    lines = (folder / "2025-12-05.csv").read_text(encoding="utf-8").splitlines()
    kept = [line for line in lines if not line.startswith(GOTLAND)]
    (folder / "2025-12-08.csv").write_text("\n".join(kept), encoding="utf-8")
    with opened(root) as instance:
        assert execute(instance, "deliveries", "2025-11", [WAITING_TIMES]).success
    return root


def row(out: str, *words: str) -> str:
    """The only line of a printed table that holds all the words."""
    (found,) = [line for line in out.splitlines() if all(word in line for word in words)]
    return found


def test_a_region_that_is_missing(root: DataRoot) -> None:
    """It is named with its month; the months before are in."""
    told = command(root, "due", "--on", DAY)
    assert told.status == 0
    late = row(told.out, "bup-2025", "November 2025 ", "late by 5 days")
    assert "09 Gotland" in late
    assert "2025-12-05" in late
    assert row(told.out, "bup-2025", "March\N{EN DASH}October 2025", " in ")


def test_before_and_on_its_day(root: DataRoot) -> None:
    """A month is awaited until its day has passed; one that is not over is not looked for."""
    on_its_day = command(root, "due", "--on", "2025-12-05").out
    assert "awaited" in row(on_its_day, "bup-2025", "November 2025 ", "09 Gotland")
    assert "09 Gotland" not in command(root, "due", "--on", "2025-11-30").out


def test_payouts(root: DataRoot) -> None:
    """What changed since a payout was computed makes it due anew; what is missing makes it wait."""
    out = command(root, "due", "--on", "2026-02-01").out
    assert "computed " in row(out, "bup-2025", "August 2025", "March\N{EN DASH}June 2025")
    assert "to be computed anew" in row(
        out, "bup-2025", "December 2025", "July\N{EN DASH}November 2025"
    )
    assert "population of November 2025" in row(out, "bup-2026", "August 2026")
    assert "population of November 2025" in row(out, "bup-2026", "waits for March 2026 to begin;")


def test_a_decided_payout(runs: Runs, tmp_path: Path) -> None:
    """Says by which decision, and its amount; what came since is told of beside it, in both languages."""
    decided = runs.redelivered()
    told = command(decided, "due", "--on", DAY, "--language", "sv").out
    assert "beslutad 2024-08-29, II:5 " in row(told, "access-2024", "augusti 2024 ", "141 759 535")
    told = command(decided, "due", "--on", DAY, "--format", "json").out
    states = {each["payout"]: each["state"] for each in json.loads(told) if each["payout"]}
    assert states["2024-12"] == "decided 2024-12-16, II:7"
    root = copy_of(decided, tmp_path / "copied")
    july = root.raw / "waiting_times" / "2024-07"
    shutil.copy(july / "2024-08-20.csv", july / "2025-07-01.csv")
    with opened(root) as instance:
        assert execute(instance, "deliveries", "2024-07", [WAITING_TIMES]).success
    told = command(root, "due", "--on", DAY).out
    assert "decided 2024-08-29, II:5 " in row(told, "access-2024", "August 2024 ")
    assert "decided 2024-12-16, II:7; what it would be now is to be computed anew" in row(
        told, "access-2024", "December 2024 ", "1 545 740 465"
    )


def test_nothing_recorded(empty_root: DataRoot) -> None:
    """All that was to be reported is late, and the exit status is 0 all the same."""
    told = command(empty_root, "due", "--on", DAY)
    assert told.status == 0
    assert "late by" in row(told.out, "access-2024", "January\N{EN DASH}November 2024", "all 21")


def test_a_day_that_is_none(empty_root: DataRoot) -> None:
    """It is used wrongly."""
    assert command(empty_root, "due", "--on", "tomorrow").status == 2


def test_in_dagster(root: DataRoot) -> None:
    """The overview's tables, and a check on each dataset that fails where something is late."""
    config = {"config": {"today": DAY}}
    with opened(root) as instance:
        result = definitions.resolve_job_def("due").execute_in_process(
            instance=instance,
            run_config={**QUIET, "ops": {"overview__due": config, REPORTED_IN_TIME: config}},
        )
    (made,) = result.asset_materializations_for_node("overview__due")
    assert made.asset_key == OVERVIEW
    assert "09 Gotland" in str(made.metadata["reports"].value)
    assert "to be computed anew" in str(made.metadata["payouts"].value)
    checks = {each.asset_key.path[-1]: each for each in result.get_asset_check_evaluations()}
    assert {name: each.passed for name, each in checks.items()} == {
        "waiting_times": False,
        "surgeries": False,
    }
    late = checks["waiting_times"].metadata["late"]
    assert isinstance(late, dg.TableMetadataValue)
    of_november = [record.data for record in late.records if record.data["month"] == "2025-11"]
    assert [(each["regions"], each["days_late"]) for each in of_november] == [("09 Gotland", 5)]
    assert all(each.severity == dg.AssetCheckSeverity.WARN for each in checks.values())
    assert not any(each.blocking for each in checks.values())
