"""One who waits and one time: whether it suits her, what it would replace, until when she may say yes."""

import datetime as dt
from typing import Any

from django.utils import timezone

from clinic.patients.models import Patient
from clinic.shared.quiet import next_night
from scheduling.models import Appointment, BookingRules, Reason, Service, WaitlistEntry
from scheduling.queries.opening import zone_of
from scheduling.statuses import AppointmentStatus

# Nobody is asked who would have less than this to answer in.
SHORTEST_ANSWER = dt.timedelta(minutes=10)
MOVED = 50  # steps from a moved appointment to the one that stands


def wish_against(entry: WaitlistEntry, wall: dt.datetime) -> str:
    """Which of her preferences a start on the branch's clock does not meet."""
    if entry.weekdays and wall.weekday() not in entry.weekdays:
        return Reason.WEEKDAY
    if (entry.from_time and wall.time() < entry.from_time) or (entry.until_time and wall.time() > entry.until_time):
        return Reason.HOURS
    if (entry.first_day and wall.date() < entry.first_day) or (entry.last_day and wall.date() > entry.last_day):
        return Reason.DAYS
    return ""


def standing_of(entry: WaitlistEntry) -> Appointment | None:
    """The visit that she wants to have earlier, wherever it was moved to; None once it stands no more."""
    found = entry.instead_of
    for _step in range(MOVED):
        if found is None or found.successor_id is None:
            break
        found = Appointment.objects.filter(pk=found.successor_id).first()
    if found is None or found.status not in {AppointmentStatus.BOOKED, AppointmentStatus.PENDING}:
        return None
    return found


def had_already(patient: Patient, service: Service, *, since: dt.date | None = None) -> Appointment | None:
    """The next visit that she has for a service, so that who waits for an earlier one does not end up with two; none
    that lies before the first day that suits her: she wants another one then.
    """
    standing = {AppointmentStatus.BOOKED, AppointmentStatus.PENDING}
    rows = Appointment.objects.filter(patient=patient, service=service, status__in=standing)
    rows = rows.filter(starts_at__gt=timezone.now()).order_by("starts_at", "pk")
    days = ((each, each.starts_at.astimezone(zone_of(each.time_zone)).date()) for each in rows)
    return next((each for each, day in days if since is None or day >= since), None)


def origin_of(entry: WaitlistEntry) -> dict[str, Any]:
    """Where she came from, for the visit that she gets: as the visit that it replaces, else as she joined."""
    old = entry.instead_of
    if old is not None:
        return {"source": old.source, "campaign": old.campaign, "referred_by": old.referred_by}
    return {"source": entry.source, "campaign": entry.campaign}


def answer_until(
    entry: WaitlistEntry, begin: dt.datetime, rules: BookingRules, *, tell_at: dt.datetime, zone: str
) -> dt.datetime | None:
    """The deadline of an offer: what the rules give, never into the night, and early enough that she can still come
    and the clinic be ready. None where that leaves no time to answer.
    """
    lead = max(rules.waitlist_stop_minutes, entry.service.min_notice_minutes + entry.notice_minutes)
    given = dt.timedelta(minutes=rules.waitlist_minutes)
    until = min(tell_at + given, begin - dt.timedelta(minutes=lead), next_night(tell_at, zone))
    return until if until - tell_at >= min(SHORTEST_ANSWER, given) else None
