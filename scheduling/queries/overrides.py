"""Who booked over conflicts: the list of a month, and how many there were in each."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery

from clinic.accounts.models import Branch
from clinic.shared.calendar import add_months, current_calendar, make_date, month_name, year_month_day
from scheduling.models import Appointment, AppointmentStatusChange
from scheduling.queries.slots import local_day

MONTHS = 6


@dataclass(frozen=True)
class Month:
    """A month of the reader's calendar."""

    first: dt.date
    after: dt.date
    name: str
    count: int = 0


def months(branch: Branch, today: dt.date) -> list[Month]:
    """The last half year with the number of bookings over conflicts in each, the newest first."""
    year, month, _day = year_month_day(today)
    found = []
    for back in range(MONTHS):
        first = make_date(*add_months(year, month, -back), 1)
        after = make_date(*add_months(year, month, 1 - back), 1)
        words = f"{month_name(add_months(year, month, -back)[1], current_calendar())}"
        found.append(Month(first, after, words, booked_over(branch, first, after).count()))
    return found


def booked_over(branch: Branch, first: dt.date, after: dt.date) -> QuerySet[Appointment]:
    """What was booked over a conflict from one day to before another (by the day of booking), latest first; each with
    who did it (`over_by`) and when (`over_at`).
    """
    rows = Appointment.objects.filter(branch=branch).exclude(override_reason="")
    since, until = local_day(first, branch.time_zone)[0], local_day(after, branch.time_zone)[0]
    begun: Any = AppointmentStatusChange.objects.filter(subject=OuterRef("pk")).order_by("pk")
    rows = rows.annotate(over_at=Subquery(begun.values("at")[:1]), over_by=Subquery(begun.values("by__full_name")[:1]))
    rows = rows.filter(created_at__gte=since, created_at__lt=until)
    return rows.select_related("patient", "service", "practitioner").order_by("-created_at")
