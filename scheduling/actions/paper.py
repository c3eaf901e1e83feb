"""What was written on paper while the network was down, entered afterwards with its original times."""

import datetime as dt
import itertools
import secrets
from dataclasses import dataclass
from typing import Any

from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.statuses import move
from scheduling.actions.desk import Person, person_of
from scheduling.actions.fees import withdraw_fee
from scheduling.actions.telling import tell_floor
from scheduling.events import VisitFinished, VisitStarted
from scheduling.models import (
    Appointment,
    AppointmentStatusChange,
    CameBy,
    PaperNote,
    Practitioner,
    Room,
    RoomStay,
    Service,
    Visit,
    VisitStatusChange,
)
from scheduling.queries.floor import branch_day
from scheduling.queries.paper import booked_for, written_already
from scheduling.statuses import APPOINTMENT_MOVES, VISIT_MOVES, AppointmentStatus, VisitStatus

A, V = AppointmentStatus, VisitStatus
LONGEST_AGO = dt.timedelta(days=31)


@dataclass(frozen=True)
class Times:
    """When it happened: arrival, into the room, the end. Who has no end is still here."""

    arrived_at: dt.datetime
    in_room_at: dt.datetime | None = None
    finished_at: dt.datetime | None = None


@action
def enter_afterwards(
    *,
    person: Person,
    service: Service,
    practitioner: Practitioner,
    branch: Branch,
    times: Times,
    appointment: Appointment | None = None,
    room: Room | None = None,
    note: str = "",
    payment_hint: str = "",
    anew: bool = False,
    by: User,
) -> Visit:
    """A visit with the times that stood on paper, marked as entered afterwards; its bill is of the day it happened.

    `appointment` is the booking that she came for; `anew` says that it is none of those found. Raises Invalid at the
    field of a time that cannot be, Conflict `booked` (details `appointments`) where she has a booking that day, and
    Conflict `written` where the same visit was entered already.
    """
    check_times(times, branch)
    patient = person_of(person, by)
    if appointment is not None and appointment.patient_id != patient.pk:
        raise Invalid(_("This appointment is another patient's."), field="appointment")
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    if not anew:
        _refuse_twice(patient, branch, practitioner, times, appointment)
    now = timezone.now()
    visit = _once_cancelled(appointment, times, now, by, practitioner=practitioner, service=service, room=room)
    if visit is None:
        visit = _visit(patient=patient, service=service, practitioner=practitioner, branch=branch, room=room,
                       times=times, appointment=appointment, now=now)  # fmt: skip
        VisitStatusChange.record(visit, "", V.ARRIVED, by=by, happened_at=times.arrived_at)
    PaperNote.objects.create(visit=visit, note=note[:500], payment_hint=payment_hint[:200], entered_by=by)
    if appointment is not None:
        _arrived(appointment, times, by)
    publish(VisitStarted(visit_id=visit.pk))
    visit = _go_on(visit, times, by)
    tell_floor(visit)
    return visit


def check_times(times: Times, branch: Branch) -> None:
    """Raise Invalid for times in the wrong order, in the future, older than a month, or over midnight."""
    now = timezone.now()
    named = [("arrived", times.arrived_at), ("in_room", times.in_room_at), ("finished", times.finished_at)]
    given = [(field, at) for field, at in named if at is not None]
    for field, at in given:
        if at > now:
            raise Invalid(_("This time has not come yet."), field=field)
        if at < now - LONGEST_AGO:
            raise Invalid(_("Only the last month can be entered here."), field="day")
    for (_earlier, before), (field, after) in itertools.pairwise(given):
        if after < before:
            raise Invalid(_("This is before the time beside it."), field=field)
    if times.finished_at is None and branch_day(branch, times.arrived_at) != branch_day(branch, now):
        raise Invalid(_("Write when it ended: that day is over."), field="finished")


def _refuse_twice(
    patient: Patient, branch: Branch, practitioner: Practitioner, times: Times, appointment: Appointment | None
) -> None:
    twin = written_already(patient, branch, practitioner, times.arrived_at)
    if twin is not None:
        text = _("She is written down already: number %(number)s of that day.") % {"number": twin.number}
        raise Conflict(text, field="who", code="written", visit=twin.pk)
    found = [] if appointment is not None else booked_for(patient, branch, times.arrived_at)
    if found:
        raise Conflict(
            _("She had an appointment on that day. Was it this one?"), field="appointment", code="booked",
            appointments=[each.pk for each in found],
        )  # fmt: skip


def _visit(
    *, times: Times, appointment: Appointment | None, room: Room | None, now: dt.datetime, **fields: Any
) -> Visit:
    """The row with the next number of that day; arrivals of a branch wait for each other at its row."""
    branch: Branch = fields["branch"]
    day = branch_day(branch, times.arrived_at)
    last = Visit.objects.filter(branch=branch, day=day).aggregate(last=Max("number"))["last"]
    visit = Visit(
        **fields,
        appointment=appointment,
        room=room,
        day=day,
        number=(last or 0) + 1,
        came_by=CameBy.PAPER,
        entered_afterwards_at=now,
        promised_at=appointment.starts_at if appointment is not None else None,
        due_at=appointment.starts_at if appointment is not None else times.arrived_at,
        arrived_at=times.arrived_at,
        checked_in_at=times.arrived_at,
        queue_token=secrets.token_urlsafe(32),
    )
    visit.save()
    return visit


def _once_cancelled(
    appointment: Appointment | None, times: Times, now: dt.datetime, by: User, **fields: Any
) -> Visit | None:
    """The visit of this booking whose arrival was taken back: it is the same visit, with its number. None without one.

    Raises Conflict `written` where the booking's visit goes on or is over.
    """
    old = Visit.objects.select_for_update().filter(appointment=appointment).first() if appointment else None
    if old is None:
        return None
    if old.status != V.CANCELLED:
        text = _("She is written down already: number %(number)s of that day.") % {"number": old.number}
        raise Conflict(text, field="who", code="written", visit=old.pk)
    at = times.arrived_at
    return _move(old, V.ARRIVED, at, by, arrived_at=at, checked_in_at=at, due_at=old.promised_at or at,
                 came_by=CameBy.PAPER, entered_afterwards_at=now, **fields)  # fmt: skip


def _arrived(appointment: Appointment, times: Times, by: User) -> None:
    fresh = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if fresh.status == A.NO_SHOW:  # she had come, only nobody could write it down
        withdraw_fee(fresh, by=by)
    for status in (A.ARRIVED, A.CHECKED_IN):
        fresh = move(fresh, status, moves=APPOINTMENT_MOVES, log=AppointmentStatusChange, by=by, reason="paper",
                     happened_at=times.arrived_at)  # fmt: skip


def _go_on(visit: Visit, times: Times, by: User) -> Visit:
    """Into the room and out of it, as far as the paper goes."""
    if times.in_room_at is not None or times.finished_at is not None:
        entered = times.in_room_at or times.arrived_at
        visit = _move(visit, V.IN_ROOM, entered, by, in_room_at=entered)
        if visit.room_id:
            RoomStay.objects.create(visit=visit, room_id=visit.room_id, entered_at=entered, left_at=times.finished_at)
    if times.finished_at is None:
        return visit
    end = times.finished_at
    visit = _move(visit, V.FINISHED, end, by, finished_at=end, left_room_at=end)
    if visit.appointment_id is not None:
        move(Appointment(pk=visit.appointment_id), A.FULFILLED, moves=APPOINTMENT_MOVES, log=AppointmentStatusChange,
             by=by, reason="paper", happened_at=end)  # fmt: skip
    publish(VisitFinished(visit_id=visit.pk))
    return visit


def _move(visit: Visit, to: str, happened_at: dt.datetime, by: User, **changes: Any) -> Visit:
    return move(visit, to, moves=VISIT_MOVES, log=VisitStatusChange, by=by, reason="paper", changes=changes,
                happened_at=happened_at)  # fmt: skip
