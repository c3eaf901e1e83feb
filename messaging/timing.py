"""When a message may go out."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
FIRST_WAIT, MOST_TRIES = timedelta(seconds=30), 5


def after_quiet_hours(moment: datetime, zone: str) -> datetime:
    """The moment itself, or the next eight in the morning where it falls into the night of the zone."""
    local = moment.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, tzinfo=ZoneInfo(zone))


def wait_after(tries: int) -> timedelta:
    """How long to wait after the nth try failed: half a minute, then four times as long each."""
    return FIRST_WAIT * 4 ** (max(tries, 1) - 1)
