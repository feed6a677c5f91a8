"""The sensors: what arrived is read, exactly what rests on it is computed, each once."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from ledger.engine import READ_SECONDS
from ledger.locking import exclusive
from pipeline.definitions import definitions
from pipeline.sensors import Cursor
from schemas.places import DataRoot
from tests.deliveries.processes import line_of, started
from tests.pipeline.expected import SCHEMES
from tests.pipeline.runs import Runs, copy_of, opened
from tests.pipeline.test_staleness import redeliver
from tests.pipeline.ticks import DELIVERIES, PAYOUTS, Daemon, of, told

pytestmark = pytest.mark.slow

BOTH = (DELIVERIES, PAYOUTS)
UNREAD = [
    "observed 2022-11 to 2023-09: population",
    "observed 2023-12: waiting_times",
    "observed 2024-12 to 2025-02: waiting_times",
    "observed 2025-09: population",
]
"""What the sample delivers and no scheme that was run reads."""

WITH_POTS = "bonus_pots, differences, fulfilment, payout_lines, payouts, round_payments"
APRIL = Path("waiting_times") / "2025-04"


@pytest.fixture
def root(runs: Runs, tmp_path: Path) -> DataRoot:
    """A data root of which all was read and computed, free to be changed."""
    return copy_of(runs.settled(), tmp_path / "data")


@pytest.fixture
def daemon(root: DataRoot) -> Iterator[Daemon]:
    """A daemon on it, whose sensors were started just now."""
    with opened(root) as instance:
        yield Daemon(instance, of(*SCHEMES))


def asked(daemon: Daemon, sensor: str = DELIVERIES) -> list[str]:
    """What one tick asks for."""
    return [told(request) for request in daemon.tick(sensor)[0]]


def test_they_are_off_until_someone_starts_them() -> None:
    """As every sensor and every schedule is."""
    for each in (*(definitions.sensors or []), *(definitions.schedules or [])):
        assert each.default_status.value == "STOPPED"  # type: ignore[union-attr]


def test_what_no_scheme_needs_is_read_too(root: DataRoot) -> None:
    """Where the schemes were run by command, it is all that was left to do."""
    assert (root.path / "told").read_text(encoding="utf-8").splitlines() == UNREAD


def test_a_redelivered_month(root: DataRoot, daemon: Daemon) -> None:
    """March 2024 anew: that month, March 2025 whose base it is, and the payouts that they change."""
    redeliver(root, "2024-03")
    assert daemon.settle(*BOTH) == [
        "observed 2024-03: waiting_times",
        "access-2024 2024-03: next_levels, waiting_times",
        "bup-2025 2025-03: next_levels, waiting_times",
        f"access-2024 2024-08: {WITH_POTS}",
        f"bup-2025 2025-08: {WITH_POTS}",
    ]
    assert daemon.settle(*BOTH) == []
    for sensor in BOTH:
        # It does not grow with history.
        assert Cursor.parse(daemon.cursors[sensor])[:2] == ({}, {})


def test_ticks_between_restarts(root: DataRoot, daemon: Daemon) -> None:
    """A daemon that is started anew before each tick asks for nothing twice.

    May 2025: new-visit production is summed to date, so its later months are computed too.
    """
    redeliver(root, "2025-05")
    done: list[str] = []
    for _ in range(6):
        daemon = Daemon(daemon.instance, of(*SCHEMES), dict(daemon.cursors))
        for request in daemon.tick(DELIVERIES)[0]:
            daemon.run(request)
            done.append(told(request))
    assert done == [
        "observed 2025-05: waiting_times",
        "bup-2025 2025-05: first_visit_production, next_levels, waiting_times",
        "bup-2025 2025-06: first_visit_production, next_levels",
    ]


def test_while_a_run_is_under_way(root: DataRoot, daemon: Daemon) -> None:
    """What was asked for is not asked for again before it is done; what rests on it waits."""
    redeliver(root, "2024-03")
    daemon.tick(DELIVERIES)
    (ingest,), _ = daemon.tick(DELIVERIES)
    assert [asked(daemon, sensor) for sensor in BOTH for _ in range(2)] == [[], [], [], []]
    daemon.run(ingest)
    computed, _ = daemon.tick(DELIVERIES)
    assert len(computed) == 2
    assert [asked(daemon, sensor) for sensor in BOTH for _ in range(2)] == [[], [], [], []]


def test_a_lost_cursor(root: DataRoot, daemon: Daemon) -> None:
    """The runs' keys say what was asked for, if the cursor was reset or is not ours."""
    redeliver(root, "2024-03")
    daemon.tick(DELIVERIES)
    assert len(asked(daemon)) == 1
    for spoilt in (None, "", "not ours", "[1]", '{"seen": 3}'):
        daemon.cursors[DELIVERIES] = spoilt
        assert asked(daemon) == []
        assert asked(daemon) == []


def test_a_file_that_is_being_copied(root: DataRoot, daemon: Daemon) -> None:
    """It is read once two ticks find the same bytes; under a name of unfinished copies, never."""
    whole = next((root.raw / APRIL).iterdir()).read_text(encoding="utf-8")
    copied = root.raw / APRIL / "2025-12-30.csv"
    (root.raw / APRIL / "2025-12-31.csv.part").write_text(whole, encoding="utf-8")
    for end in (100, 200, 400, len(whole)):
        copied.write_text(whole[:end], encoding="utf-8")
        assert asked(daemon) == []
    assert asked(daemon) == ["observed 2025-04: waiting_times"]


def test_a_refused_delivery(root: DataRoot, daemon: Daemon) -> None:
    """It is run once; again when its bytes change; and when a later day comes."""
    run = ["observed 2025-04: waiting_times"]
    folder = root.raw / APRIL
    good = next(folder.iterdir()).read_text(encoding="utf-8")
    bad = folder / "2025-12-30.csv"
    bad.write_text(good.replace("first_visit", "first_vist", 1), encoding="utf-8")
    assert daemon.settle(*BOTH) == run
    _, words = daemon.tick(DELIVERIES)
    assert "refused (see the check delivery_accepted): waiting_times/2025-04" in words
    bad.write_text(good.replace("first_visit", "first_vist", 2), encoding="utf-8")
    assert daemon.settle(*BOTH) == run
    (folder / "2025-12-31.csv").write_text(good, encoding="utf-8")
    assert daemon.settle(DELIVERIES) == [
        *run,
        "bup-2025 2025-04: first_visit_production, next_levels, waiting_times",
        "bup-2025 2025-05 to 2025-06: first_visit_production, next_levels",
    ]


def test_a_file_changed_in_place(root: DataRoot, daemon: Daemon) -> None:
    """One digit of a recorded file: it is run once, so that its refusal shows, and nothing follows."""
    path = next((root.raw / APRIL).iterdir())
    text = path.read_text(encoding="utf-8")
    at = next(place for place, sign in enumerate(text) if sign in "12345678" and place > 200)
    path.write_text(f"{text[:at]}9{text[at + 1 :]}", encoding="utf-8")
    assert daemon.settle(*BOTH) == ["observed 2025-04: waiting_times"]
    path.write_text(text, encoding="utf-8")
    assert daemon.settle(*BOTH) == []


def test_a_delivery_that_has_gone(root: DataRoot, daemon: Daemon) -> None:
    """Neither an earlier delivery nor none takes its place by itself; it is said."""
    redeliver(root, "2024-12")
    daemon.settle(*BOTH)
    (root.raw / "waiting_times" / "2024-12" / "2025-12-31.csv").unlink()
    assert daemon.settle(*BOTH) == []
    assert "waiting_times/2024-12/2025-12-31 is recorded" in daemon.tick(DELIVERIES)[1]
    shutil.rmtree(root.raw / "waiting_times" / "2024-12")
    assert daemon.settle(*BOTH) == []
    assert "its recorded copy counts" in daemon.tick(DELIVERIES)[1]


def test_the_same_bytes_copied_anew(root: DataRoot, daemon: Daemon) -> None:
    """A folder restored from a copy, with new times, is nothing new."""
    kept = shutil.copytree(root.raw, root.path / "kept")
    shutil.rmtree(root.raw)
    shutil.copytree(kept, root.raw, copy_function=shutil.copyfile)
    assert daemon.settle(*BOTH) == []


def spoil(raw: Path) -> list[str]:
    """Put what no sender should into some months; which ones."""
    months = [f"2024-{number:02}" for number in range(4, 11)]
    a, b, c, d, e, f, g = (raw / "waiting_times" / month for month in months)
    (a / "april final (2).csv").write_text("x", encoding="utf-8")
    (b / "2025-12-31\n'; DROP TABLE.csv").write_text("x", encoding="utf-8")
    Path(os.fsdecode(os.fsencode(c) + b"/2025-12-31\xff\xfe.csv")).write_bytes(b"x")
    (d / "2025-12-31.csv").symlink_to(d / "2025-12-31.csv")
    (e / "2025-12-31.csv").symlink_to("/etc/hostname")
    os.mkfifo(f / "2025-12-31.csv")
    (g / "2025-12-31").mkdir()
    return months


def test_hostile_names(root: DataRoot, daemon: Daemon) -> None:
    """They are run once, and refused with their faults shown; ticks go on, and other months too."""
    months = spoil(root.raw)
    redeliver(root, "2024-12")
    requests = [request for _ in range(4) for request in daemon.tick(DELIVERIES)[0]]
    assert list(map(told, requests)) == [
        "observed 2024-04 to 2024-10: waiting_times",
        "observed 2024-12: waiting_times",
    ]
    refused, accepted = (daemon.run(request) for request in requests)
    assert accepted.success
    found = refused.get_asset_check_evaluations()
    failed = {str(each.partition) for each in found if each.blocking and not each.passed}
    assert failed == set(months)
    assert asked(daemon) == asked(daemon) == []


def test_folders_that_are_no_month_that_can_be_run(root: DataRoot, daemon: Daemon) -> None:
    """They are not run; a month that lies outside those that can be is named."""
    for name in ("2019-05", "2099-01", "april", "2025-13", "2025-4"):
        folder = root.raw / "waiting_times" / name
        folder.mkdir()
        (folder / "2025-12-31.csv").write_text("x", encoding="utf-8")
    assert daemon.settle(*BOTH) == []
    _, words = daemon.tick(DELIVERIES)
    assert "waiting_times/2019-05 is not run" in words
    assert "waiting_times/2099-01 is not run" in words
    assert words.count("is not run") == 2


def test_a_payout_waits_for_its_last_month(root: DataRoot, tmp_path: Path) -> None:
    """December's payout is asked for when November is in, not before; and only then."""
    november = root.raw / "waiting_times" / "2025-11"
    for begun_anew in (root.warehouse, root.dagster_home):
        shutil.rmtree(begun_anew)
    shutil.move(november, tmp_path / "held back")
    for other in ("surgeries", "population/2023-11"):
        shutil.rmtree(root.raw / other)
    with opened(root) as instance:
        daemon = Daemon(instance, of(*SCHEMES))
        before = daemon.settle(*BOTH)
        assert [each for each in before if "payouts" in each] == [
            f"bup-2025 2025-03 to 2025-08: {WITH_POTS}"
        ]
        _, words = daemon.tick(PAYOUTS)
        assert "bup-2025 2025-12 waits for waiting times of 2025-11;" in f"{words};"
        shutil.move(tmp_path / "held back", november)
        assert daemon.settle(*BOTH) == [
            "observed 2025-11: waiting_times",
            "bup-2025 2025-11: first_visit_production, next_levels, waiting_times",
            f"bup-2025 2025-12: {WITH_POTS}",
        ]


def test_what_is_due_is_told_when_all_is_done(root: DataRoot, daemon: Daemon) -> None:
    """Once for what happened since, and not before the last run has ended."""
    daemon.settle(DELIVERIES)
    assert [each.job_name for each in daemon.overviews] == ["due"]
    redeliver(root, "2024-12")
    daemon.settle(DELIVERIES)
    assert len({each.run_key for each in daemon.overviews}) == len(daemon.overviews) == 2


def test_nothing_delivered(empty_root: DataRoot) -> None:
    """Nothing is asked for."""
    with opened(empty_root) as instance:
        daemon = Daemon(instance, of(*SCHEMES))
        assert daemon.settle(*BOTH) == daemon.overviews == []


STRANGER = """
import sys
import duckdb
with duckdb.connect(sys.argv[1]):
    print("held", flush=True)
    sys.stdin.readline()
"""


def test_while_others_write_in_turn(root: DataRoot, daemon: Daemon) -> None:
    """Whoever has the writer's lock, as for the time of a publication, keeps no tick from reading."""
    redeliver(root, "2024-03")
    with exclusive(root.ledger):
        assert asked(daemon) == []
        assert asked(daemon) == ["observed 2024-03: waiting_times"]


@pytest.mark.parametrize("sensor", BOTH)
def test_while_the_ledger_is_held(
    sensor: str, root: DataRoot, daemon: Daemon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A tick waits a little, is passed over with the holder's name, and forgets nothing that was asked for."""
    assert READ_SECONDS <= 5
    monkeypatch.setattr("ledger.engine.READ_SECONDS", 0.2)
    daemon.cursors[sensor] = "as it was"
    with started("-c", STRANGER, str(root.ledger)) as process:
        assert line_of(process) == "held"
        requests, words = daemon.tick(sensor)
        process.kill()
    assert requests == []
    assert f"held by PID {process.pid}" in words
    assert daemon.cursors[sensor] == "as it was"
