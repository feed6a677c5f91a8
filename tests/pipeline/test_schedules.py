"""The schedules: each measured month once, on the morning after its day, whatever the clocks do."""

from datetime import UTC, date, datetime, timedelta
from itertools import takewhile
from pathlib import Path
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from assets.groups import Group
from assets.keys import group_name
from ledger.ledger import Ledger
from pipeline.definitions import GROUPS, SCHEMES, definitions
from pipeline.run import QUIET
from rules.scheme import Scheme
from schemas.months import month_key
from tests.pipeline.runs import Runs, opened

STOCKHOLM = ZoneInfo("Europe/Stockholm")
BY_NAME = {scheme.name: scheme for scheme in SCHEMES}
MEASURING = [scheme for scheme in SCHEMES if scheme.measured_months]
"""Those that measure something; what is paid by formula alone has no months to compute."""

RESERVED = [group for group in GROUPS if group.part == "reserves" and group.scheme.measured_months]


def schedule_of(scheme: str, part: str = "months") -> dg.ScheduleDefinition:
    """The scheme's schedule."""
    found = definitions.resolve_schedule_def(f"{group_name(scheme)}_{part}_monthly")
    assert isinstance(found, dg.ScheduleDefinition)
    return found


def ticks(scheme: str, first: date, last: date, part: str = "months") -> list[datetime]:
    """When the daemon ticks the scheme's schedule: Dagster's own reckoning of its cron lines."""
    schedule = schedule_of(scheme, part)
    start = datetime(first.year, first.month, first.day, tzinfo=STOCKHOLM)
    found = schedule_execution_time_iterator(
        start.timestamp(), schedule.cron_schedule, schedule.execution_timezone
    )
    return list(takewhile(lambda time: time.date() <= last, found))


def asked(scheme: str, time: datetime, part: str = "months") -> list[dg.RunRequest]:
    """What the schedule asks for at the time."""
    with dg.build_schedule_context(
        scheduled_execution_time=time, repository_def=definitions.get_repository_def()
    ) as context:
        return list(schedule_of(scheme, part).evaluate_tick(context).run_requests or [])


def months(scheme: str, part: str = "months") -> dict[str, datetime]:
    """The months that the schedule asks for over its scheme's year and the next, each with its time."""
    year = BY_NAME[scheme].months[0].year
    found = [
        (str(request.partition_key), time)
        for time in ticks(scheme, date(year, 1, 1), date(year + 1, 12, 31), part)
        for request in asked(scheme, time, part)
    ]
    assert len(found) == len(dict(found)), "a month was asked for twice"
    return dict(found)


@pytest.mark.parametrize("scheme", MEASURING, ids=lambda scheme: scheme.name)
def test_every_month_once(scheme: Scheme) -> None:
    """Each on the morning after its day, at six in Stockholm."""
    expected = {
        month_key(month): (scheme.due(month) + timedelta(days=1), 6)
        for month in scheme.measured_months
    }
    found = {
        month: (time.astimezone(STOCKHOLM).date(), time.astimezone(STOCKHOLM).hour)
        for month, time in months(scheme.name).items()
    }
    assert found == expected


TIMES = [
    ("bup-2025", "2025-09", datetime(2025, 10, 21, 4, 0, tzinfo=UTC)),  # summer time
    ("bup-2025", "2025-10", datetime(2025, 11, 21, 5, 0, tzinfo=UTC)),  # after 2025-10-26
    ("bup-2025", "2025-11", datetime(2025, 12, 6, 5, 0, tzinfo=UTC)),  # before the decision
    ("bup-2026", "2026-02", datetime(2026, 3, 21, 5, 0, tzinfo=UTC)),  # before 2026-03-29
    ("bup-2026", "2026-03", datetime(2026, 4, 21, 4, 0, tzinfo=UTC)),  # summer time again
]


@pytest.mark.parametrize(("scheme", "month", "time"), TIMES)
def test_across_changes_of_the_clocks(scheme: str, month: str, time: datetime) -> None:
    """The same hour in Stockholm is another in UTC."""
    assert months(scheme)[month].astimezone(UTC) == time


def test_another_year() -> None:
    """A schedule left on asks for nothing once its scheme is over, and says so."""
    with dg.build_schedule_context(
        scheduled_execution_time=datetime(2031, 4, 21, 6, tzinfo=STOCKHOLM)
    ) as context:
        found = schedule_of("bup-2025").evaluate_tick(context)
    assert not found.run_requests
    assert "bup-2025 measures 2025-03 to 2025-11" in str(found.skip_message)


@pytest.mark.parametrize("group", RESERVED, ids=lambda group: group.name)
def test_what_is_reserved_comes_first(group: Group) -> None:
    """Half an hour before what is measured of the month, where it is a part of its own."""
    measured, reserved = (months(group.scheme.name, part) for part in ("months", "reserves"))
    assert set(reserved) == {month_key(each) for each in group.months} & set(measured)
    assert reserved
    for month, time in reserved.items():
        assert measured[month] - time == timedelta(minutes=30)


@pytest.mark.slow
def test_the_run_of_a_tick(runs: Runs, tmp_path: Path) -> None:
    """It computes the month measured, and no payout that falls into the same month."""
    root = runs.of("access-2024", "bup-2025").copied(tmp_path)
    (request,) = asked("bup-2025", datetime(2025, 9, 21, 6, tzinfo=STOCKHOLM))
    with opened(root) as instance:
        result = definitions.resolve_job_def("bup_2025_months").execute_in_process(
            instance=instance,
            partition_key=request.partition_key,
            asset_selection=request.asset_selection,
            tags=request.tags,
            run_config=QUIET,
        )
    made = [each for each in Ledger(root.ledger).current() if each.run == result.run_id]
    assert {month_key(each.month) for each in made} == {"2025-08"}
    assert sorted(each.table for each in made) == [
        "payouts.reserves",
        "performance.first_visit_production",
        "performance.next_levels",
        "performance.waiting_times",
    ]
