"""The dates of a series before it is booked: which are free, which are not and why, and what is free near them.

All dates have the same wall time, whatever the clock does in between. A wall time that the clock skips is no time; of
one that comes twice the first is meant.
"""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from scheduling.models import Appointment, Practitioner, Service
from scheduling.queries.board import holiday_of
from scheduling.queries.opening import taken, wall_epoch, zone_of
from scheduling.queries.slots import STAFF_HORIZON, Slot, look, nearest_free
from scheduling.statuses import AppointmentStatus

MOST = 52
FREE, TAKEN, CLOSED, BUSY, GONE = "free", "taken", "closed", "busy", "gone"


@dataclass(frozen=True)
class Occurrence:
    """One date of a series: its moment, whether it can be booked, why not, and the nearest times that can."""

    number: int
    starts_at: dt.datetime
    state: str
    why: str = ""
    nearest: tuple[Slot, ...] = ()

    @property
    def is_free(self) -> bool:
        """Whether it may be booked as it is."""
        return self.state == FREE


@dataclass(frozen=True)
class Wish:
    """What is repeated, with whom and where."""

    service: Service
    practitioner: Practitioner
    branch: Branch
    patient: Patient | None = None
    mode: str | None = None  # where the service leaves it open


def wall_moment(day: dt.date, time: dt.time, zone: str) -> dt.datetime:
    """The moment of a wall time; the end of the gap where the clock skips it."""
    tz = zone_of(zone)
    return dt.datetime.fromtimestamp(wall_epoch(day, time.hour * 3600 + time.minute * 60, tz), tz)


def dates_of(starts_at: dt.datetime, *, every_days: int, times: int, zone: str) -> list[dt.datetime]:
    """`times` dates from the first on, every so many days, at the same wall time."""
    first = starts_at.astimezone(zone_of(zone))
    return [
        wall_moment(first.date() + dt.timedelta(days=every_days * place), first.time(), zone) for place in range(times)
    ]


def preview(
    wish: Wish, dates: Iterable[dt.datetime], *, wall: dt.time, besides: Iterable[Appointment] = ()
) -> list[Occurrence]:
    """Each date with what stands in its way. `besides` are appointments that will have left their time by then."""
    own = {(each.practitioner_id, each.starts_at) for each in besides}
    return [_look_at(wish, place, at, wall, own) for place, at in enumerate(dates, 1)]


def _look_at(wish: Wish, number: int, at: dt.datetime, wall: dt.time, own: set[tuple[int, dt.datetime]]) -> Occurrence:
    now = timezone.now()
    if at <= now:
        return Occurrence(number, at, GONE, _("This time has passed."))
    if at - now > STAFF_HORIZON:
        return Occurrence(number, at, GONE, _("More than two years ahead."))
    if (wish.practitioner.pk, at) in own:
        return Occurrence(number, at, FREE)
    state, why = _state(wish, at, wall)
    if state == FREE:
        return Occurrence(number, at, FREE)
    near = nearest_free(
        service=wish.service, practitioner=wish.practitioner.pk, branch=wish.branch.pk, starts_at=at, for_staff=True,
        count=3, mode=wish.mode,
    )  # fmt: skip
    return Occurrence(number, at, state, why, tuple(near))


def _state(wish: Wish, at: dt.datetime, wall: dt.time) -> tuple[str, str]:
    """(state, why) of one moment."""
    local = at.astimezone(zone_of(wish.branch.time_zone))
    if (local.hour, local.minute) != (wall.hour, wall.minute):
        return CLOSED, _("The clock skips this time on that day.")
    holiday = holiday_of(wish.branch, local.date())
    if holiday:
        return CLOSED, _("Holiday: %(name)s") % {"name": holiday}
    begin = int(at.timestamp())
    diary = look(
        service=wish.service, practitioner=wish.practitioner.pk, branch=wish.branch.pk, since=at,
        until=at + dt.timedelta(minutes=1), for_staff=True, mode=wish.mode, now=None,
    )  # fmt: skip
    if diary is None:
        return CLOSED, _("The doctor does not work then.")
    offers = diary.opening.offers
    if not any(diary.fits(each, begin) or begin in {slot.begin for slot in diary.slots(each)} for each in offers):
        works = any(opens <= begin < closes for each in offers for opens, closes in each.open)
        return (TAKEN, _("Taken.")) if works else (CLOSED, _("The doctor does not work then."))
    return _of_patient(wish, begin, begin + max(each.minutes for each in offers) * 60)


def _of_patient(wish: Wish, begin: int, end: int) -> tuple[str, str]:
    resource = f"p:{wish.patient.pk}" if wish.patient else ""
    if resource and any(a < end and b > begin for a, b in taken([resource], begin, end).of(resource)):
        return BUSY, _("She has another visit then.")
    return FREE, ""


def following(appointment: Appointment) -> list[Appointment]:
    """This visit of a series and those after it that are still booked, in order of time."""
    if appointment.series_id is None:
        return []
    rows = Appointment.objects.select_related("service", "practitioner", "branch", "patient", "series")
    rows = rows.filter(series=appointment.series_id, status=AppointmentStatus.BOOKED)
    return list(rows.filter(starts_at__gte=appointment.starts_at).order_by("starts_at", "pk"))


def place_in_series(appointment: Appointment) -> tuple[int, int] | None:
    """(number, of how many) among the visits of its series that were not called off; None outside a series."""
    if appointment.series_id is None:
        return None
    gone = [AppointmentStatus.CANCELLED, AppointmentStatus.RESCHEDULED, AppointmentStatus.ENTERED_IN_ERROR]
    rows = Appointment.objects.filter(series=appointment.series_id).exclude(status__in=gone)
    before = rows.filter(starts_at__lt=appointment.starts_at).count()
    return before + 1, rows.count()
