"""When people may be told something: not at night, and not before a slip of the finger can be taken back."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

QUIET_FROM, QUIET_UNTIL = time(21), time(8)
UNDO_TIME = timedelta(minutes=3)


def after_quiet_hours(moment: datetime, zone: str) -> datetime:
    """The moment itself, or the next eight in the morning where it falls into the night of the zone."""
    local = moment.astimezone(ZoneInfo(zone))
    if QUIET_UNTIL <= local.time() < QUIET_FROM:
        return moment
    day = local.date() + timedelta(days=1) if local.time() >= QUIET_FROM else local.date()
    return datetime.combine(day, QUIET_UNTIL, tzinfo=ZoneInfo(zone))


def next_night(moment: datetime, zone: str) -> datetime:
    """Nine in the evening of the moment's own day in the zone."""
    day = moment.astimezone(ZoneInfo(zone)).date()
    return datetime.combine(day, QUIET_FROM, tzinfo=ZoneInfo(zone))
