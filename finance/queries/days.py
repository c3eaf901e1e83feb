"""The business day of a branch is its own calendar's, wherever the server stands."""

import datetime as dt
from zoneinfo import ZoneInfo

from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.shared.tenancy import current_clinic


def local_day(branch: Branch, moment: dt.datetime) -> dt.date:
    """The day on which a moment falls in the branch."""
    return moment.astimezone(ZoneInfo(branch.time_zone)).date()


def today(branch: Branch) -> dt.date:
    """The branch's day now."""
    return local_day(branch, timezone.now())


def clinic_today() -> dt.date:
    """The clinic's day now, for what belongs to no branch."""
    return timezone.now().astimezone(ZoneInfo(current_clinic().time_zone)).date()
