"""The end of a day: what is still open, and which days wait for somebody to close them."""

import datetime as dt
import zoneinfo
from dataclasses import dataclass, field

from django.utils import timezone

from clinic.accounts.models import Branch
from clinic.accounts.queries import day_bounds
from scheduling.models import Appointment, ClosedDay, Visit
from scheduling.queries.floor import branch_day
from scheduling.queries.rules import rules_of
from scheduling.statuses import WAITING, AppointmentStatus, VisitStatus

V = VisitStatus
LOOK_BACK = dt.timedelta(days=14)
PROPOSED_BACK = 7  # days: whoever was away for some time finds them all


@dataclass
class DayEnd:
    """A day's loose ends. Each has a proposal; a person confirms it or not."""

    branch: Branch
    day: dt.date
    row: ClosedDay | None
    to_finish: list[Visit] = field(default_factory=list)  # were seen, nobody noted the end
    to_leave: list[Visit] = field(default_factory=list)  # came, and were never led in
    to_miss: list[Appointment] = field(default_factory=list)  # did not come
    counts: dict[str, int] = field(default_factory=dict)
    # Of `to_miss`, by id: she was in the building that day, for another visit. A person looks before it is confirmed.
    was_here: set[int] = field(default_factory=set)

    @property
    def open(self) -> int:
        """How many loose ends there are."""
        return len(self.to_finish) + len(self.to_leave) + len(self.to_miss)


def day_end(branch: Branch, day: dt.date, now: dt.datetime | None = None) -> DayEnd:
    """What a day still has open; appointments that have not begun yet are not among them."""
    now = now or timezone.now()
    found = DayEnd(branch, day, ClosedDay.objects.filter(branch=branch, day=day).first())
    visits = list(
        Visit.objects.filter(branch=branch, day=day)
        .select_related("patient", "practitioner", "service", "room")
        .order_by("number")
    )
    found.to_leave = [visit for visit in visits if visit.status in WAITING | {V.ON_HOLD}]
    found.to_finish = [visit for visit in visits if visit.status in {V.IN_ROOM, V.CHECKOUT}]
    since, until = day_bounds(branch, day)
    booked = Appointment.objects.filter(branch=branch, starts_at__gte=since, starts_at__lt=until)
    expected = booked.filter(status=AppointmentStatus.BOOKED, starts_at__lte=now, patient__isnull=False)
    found.to_miss = list(expected.select_related("patient", "practitioner", "service").order_by("starts_at"))
    came = {visit.patient_id for visit in visits if visit.status not in {V.CANCELLED, V.ENTERED_IN_ERROR}}
    found.was_here = {each.pk for each in found.to_miss if each.patient_id in came}
    found.counts = {
        "seen": sum(visit.status == V.FINISHED for visit in visits),
        "left": sum(visit.status == V.LEFT for visit in visits),
        "missed": booked.filter(status=AppointmentStatus.NO_SHOW).count(),
        "still_open": found.open,
    }
    return found


def open_days(branch: Branch, now: dt.datetime | None = None) -> list[ClosedDay]:
    """Days that were proposed for closing and that nobody has closed, oldest first."""
    since = branch_day(branch, now) - LOOK_BACK
    return list(ClosedDay.objects.filter(branch=branch, closed_at=None, day__gte=since).order_by("day"))


def runs_until(branch: Branch, day: dt.date, now: dt.datetime | None = None) -> dt.time | None:
    """The hour at which a day will be proposed for closing, while it has not come; None after it."""
    local = (now or timezone.now()).astimezone(zoneinfo.ZoneInfo(branch.time_zone))
    close_at = rules_of(branch).close_at
    if day < branch_day(branch, now) or local.date() > day or local.time() >= close_at:
        return None
    return close_at


def days_to_propose(branch: Branch, now: dt.datetime | None = None) -> list[dt.date]:
    """Days whose hour of closing has come, without a row, on which something happened: today, yesterday, and what lies
    between days of the last week that have one.
    """
    now = now or timezone.now()
    today = branch_day(branch, now)
    week = [today - dt.timedelta(days=back) for back in range(PROPOSED_BACK, 0, -1)]
    known = set(ClosedDay.objects.filter(branch=branch, day__in=[*week, today]).values_list("day", flat=True))
    days = [day for day in week if day == week[-1] or (known and day > min(known))]
    if runs_until(branch, today, now) is None:
        days.append(today)
    return [day for day in days if day not in known and _was_open(branch, day)]


def _was_open(branch: Branch, day: dt.date) -> bool:
    if Visit.objects.filter(branch=branch, day=day).exists():
        return True
    since, until = day_bounds(branch, day)
    booked = Appointment.objects.filter(branch=branch, starts_at__gte=since, starts_at__lt=until)
    return booked.filter(status=AppointmentStatus.BOOKED).exists()
