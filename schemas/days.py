"""Days as they are counted in Sweden, whose authorities the deadlines and decisions are."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def end_of(day: date) -> datetime:
    """The day's last moment in Sweden: what was known by then was known as of that day."""
    midnight = datetime.combine(day + timedelta(days=1), time(), STOCKHOLM)
    return midnight - timedelta(microseconds=1)


def today() -> date:
    """The day it is in Sweden, by the machine's clock."""
    return datetime.now(STOCKHOLM).date()


def day_of(moment: datetime) -> date:
    """The day in Sweden that a moment, with its zone, lies in."""
    return moment.astimezone(STOCKHOLM).date()
