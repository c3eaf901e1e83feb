"""The business day of a branch is its own calendar's, wherever the server stands."""

import calendar
import datetime as dt
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Max
from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.accounts.queries import business_day
from clinic.shared.calendar import add_months
from clinic.shared.tenancy import current_clinic, salt
from finance.models import DayClose


def local_day(branch: Branch, moment: dt.datetime) -> dt.date:
    """The working day on which a moment falls in the branch."""
    return business_day(branch, moment)


def today(branch: Branch) -> dt.date:
    """The branch's working day now; the day after one that was closed already.

    Within a write it waits for whoever closes the day just now, and whoever closes it waits for this write.
    """
    day = business_day(branch)
    if connection.in_atomic_block:
        _turn(branch, "_shared")
    closed = DayClose.objects.filter(branch=branch, day__gte=day).aggregate(last=Max("day"))["last"]
    return closed + dt.timedelta(days=1) if closed else day


def closing_turn(branch: Branch) -> None:
    """Wait until every write that stands on the branch's today is through; new ones wait until this one is."""
    _turn(branch, "")


def _turn(branch: Branch, how: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT pg_advisory_xact_lock{how}(hashtextextended(%s, 9))", [salt(f"day:{branch.pk}")])


def neighbours(day: dt.date) -> tuple[dt.date | None, dt.date | None]:
    """The days before and after; none beyond the ends of the calendar."""
    before = day - dt.timedelta(days=1) if day > dt.date.min else None
    return before, day + dt.timedelta(days=1) if day < dt.date.max else None


def clinic_today() -> dt.date:
    """The clinic's day now, for what belongs to no branch."""
    return timezone.now().astimezone(ZoneInfo(current_clinic().time_zone)).date()


def after_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the month's last one where there is no such day."""
    year, month = add_months(day.year, day.month, months)
    return dt.date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
