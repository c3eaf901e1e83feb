"""Diaries for calendar programs (RFC 5545).

One visit keeps one name (UID) through all its moves; each move, cancellation and return raises its SEQUENCE, and what
was cancelled or moved to another doctor stays in the feed as CANCELLED, so that a program which saw it takes it out.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count, Max, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from clinic.patients.permissions import acts_for
from clinic.shared.links import absolute
from clinic.shared.tenancy import current_clinic
from scheduling.models import Appointment, AppointmentStatusChange, CalendarFeed, FeedNames
from scheduling.queries.diary import with_names
from scheduling.queries.floor import own_name
from scheduling.queries.opening import zone_of
from scheduling.statuses import AppointmentStatus

A = AppointmentStatus
PAST, AHEAD = dt.timedelta(days=31), dt.timedelta(days=400)
NEVER = {A.HELD, A.EXPIRED, A.ENTERED_IN_ERROR}
GONE = {A.CANCELLED, A.NO_SHOW, A.RESCHEDULED}


@dataclass(frozen=True)
class Entry:
    """A visit as a calendar has it."""

    appointment: Appointment
    root: int  # the first of its chain of moves
    sequence: int
    changed_at: dt.datetime
    is_gone: bool


def entries(feed: CalendarFeed, *, now: dt.datetime | None = None) -> list[Entry]:
    """What the feed shows: a month back, a year ahead, in order of time."""
    now = now or timezone.now()
    rows = _rows(feed).filter(starts_at__gte=now - PAST, starts_at__lt=now + AHEAD).exclude(status__in=NEVER)
    mine = list(with_names(rows.exclude(patient=None)).order_by("starts_at", "pk"))
    before = _chains(mine)
    lives = _lives({pk for chain in before.values() for pk in chain})
    latest: dict[int, Entry] = {}
    for appointment in mine:
        entry = _entry(appointment, before[appointment.pk], lives)
        known = latest.get(entry.root)
        # Of one chain within this feed only where it stands now is told.
        if known is None or entry.sequence > known.sequence:
            latest[entry.root] = entry
    return sorted(latest.values(), key=lambda each: (each.appointment.starts_at, each.root))


def entry_of(appointment: Appointment) -> Entry:
    """One visit as a calendar has it."""
    chain = _chains([appointment])[appointment.pk]
    return _entry(appointment, chain, _lives(set(chain)))


def _entry(appointment: Appointment, chain: list[int], lives: dict[int, tuple[int, dt.datetime]]) -> Entry:
    moves = [lives[pk] for pk in chain if pk in lives]
    return Entry(
        appointment,
        root=chain[-1],
        sequence=sum(count for count, _at in moves) - 1,
        changed_at=max((at for _count, at in moves), default=appointment.created_at),
        is_gone=appointment.status in GONE,
    )


def _rows(feed: CalendarFeed) -> QuerySet[Appointment]:
    if feed.practitioner_id is not None:
        return Appointment.objects.filter(practitioner=feed.practitioner_id)
    assert feed.user
    return Appointment.objects.filter(patient__in=acts_for(feed.user).values("pk"))


def _chains(appointments: Iterable[Appointment]) -> dict[int, list[int]]:
    """Each appointment's own id and those it was moved from, the first one last."""
    chains = {each.pk: [each.pk] for each in appointments}
    ends = {pk: [pk] for pk in chains}  # id at the end of a chain → whose chain
    while ends:
        found = Appointment.objects.filter(successor__in=list(ends)).values_list("pk", "successor_id")
        following: dict[int, list[int]] = {}
        for pk, successor in found:
            assert successor
            for whose in ends[successor]:
                chains[whose].append(pk)
                following.setdefault(pk, []).append(whose)
        ends = following
    return chains


def _lives(ids: set[int]) -> dict[int, tuple[int, dt.datetime]]:
    """(moves, the last one's moment) of each appointment."""
    rows = AppointmentStatusChange.objects.filter(subject__in=ids).values("subject")
    return {row["subject"]: (row["n"], row["last"]) for row in rows.annotate(n=Count("pk"), last=Max("at"))}


def calendar_of(feed: CalendarFeed, found: list[Entry]) -> bytes:
    """The feed as a calendar. The words are in the language that is active."""
    clinic = current_clinic()
    calendar = Calendar()
    calendar.add("prodid", "-//Clinic//Diary//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{own_name(feed.practitioner)} · {own_name(clinic)}" if feed.practitioner
                 else f"{_('My visits')} · {own_name(clinic)}")  # fmt: skip
    calendar.add("x-wr-timezone", clinic.time_zone)
    calendar.add("refresh-interval", dt.timedelta(minutes=30), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "PT30M")
    for entry in found:
        calendar.add_component(_event(feed, entry))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(feed: CalendarFeed, entry: Entry) -> Event:
    appointment = entry.appointment
    zone = zone_of(appointment.time_zone)
    event = Event()
    event.add("uid", f"visit-{entry.root}-{_mark(feed)}@{current_clinic().host}")
    event.add("dtstamp", entry.changed_at.astimezone(dt.UTC))
    event.add("last-modified", entry.changed_at.astimezone(dt.UTC))
    event.add("sequence", entry.sequence)
    event.add("dtstart", appointment.starts_at.astimezone(zone))
    event.add("dtend", appointment.ends_at.astimezone(zone))
    event.add("summary", _summary(feed, appointment))
    event.add("location", ", ".join(filter(None, [own_name(appointment.branch), _address(feed, appointment)])))
    event.add("status", "CANCELLED" if entry.is_gone else "TENTATIVE" if appointment.status == A.PENDING
              else "CONFIRMED")  # fmt: skip
    event.add("transp", "TRANSPARENT" if entry.is_gone else "OPAQUE")
    if feed.practitioner_id is None and not entry.is_gone:
        link = absolute(f"/a/{appointment.link_token}/")
        event.add("url", link)
        event.add("description", f"{own_name(appointment.practitioner)}\n{link}")
        reminder = Alarm()
        reminder.add("action", "DISPLAY")
        reminder.add("description", _("Your visit"))
        reminder.add("trigger", dt.timedelta(hours=-2))
        event.add_component(reminder)
    return event


def _mark(feed: CalendarFeed) -> str:
    """Tells a doctor's entry of a visit from the patient's, where both stand in one program."""
    return f"d{feed.practitioner_id}" if feed.practitioner_id else "p"


def _address(feed: CalendarFeed, appointment: Appointment) -> str:
    return "" if feed.practitioner_id else appointment.branch.address


def _summary(feed: CalendarFeed, appointment: Appointment) -> str:
    service = own_name(appointment.service)
    patient = appointment.patient
    assert patient
    if feed.practitioner_id is None:
        return f"{service} · {patient.first_name}".rstrip(" ·")
    if feed.names == FeedNames.FULL:
        return f"{patient.full_name} · {service}"
    if feed.names == FeedNames.INITIALS:
        letters = [name[0] + "." for name in (patient.first_name, patient.last_name) if name]
        return f"{' '.join(letters)} · {service}"
    return _("Busy")


def fingerprint(feed: CalendarFeed, found: list[Entry]) -> str:
    """Changes with every answer that would differ: for ETag."""
    rows = [(each.root, each.sequence, each.appointment.pk, each.appointment.status, _summary(feed, each.appointment),
             each.appointment.starts_at.timestamp()) for each in found]  # fmt: skip
    return hashlib.sha256(repr((feed.pk, feed.names, feed.language, rows)).encode()).hexdigest()[:32]
