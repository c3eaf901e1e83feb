"""Moves through the building: into the room, out of it, the end."""

import datetime as dt
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from scheduling.actions.occupancy import move_appointment
from scheduling.actions.rooms import needs_cleaning
from scheduling.actions.telling import tell_floor
from scheduling.actions.visit_door import fresh_visit, move_visit, note_visit
from scheduling.events import VisitFinished, VisitReopened
from scheduling.models import Appointment, CameBy, Room, RoomStay, Visit
from scheduling.queries.floor import in_house, own_name
from scheduling.queries.moves import last_move
from scheduling.statuses import AppointmentStatus, VisitStatus

V = VisitStatus


@action
def enter_room(*, visit: Visit, by: Any, room: Room | None = None) -> Visit:
    """Into the room: the one given, else the one she was called to, the doctor's usual one, or a free one.

    From room to room while inside closes one stay and opens the next. Twice into the same room is once.
    """
    visit = fresh_visit(visit)
    room_id = _room_for(visit, room)
    check_is_not_elsewhere(visit, room_id)
    now = timezone.now()
    if visit.status == V.IN_ROOM:
        if room is None or room_id == visit.room_id:
            return visit
        visit = note_visit(visit, "room", by=by, room_id=room_id)
    else:
        changes: dict[str, Any] = {"room_id": room_id, "in_room_at": visit.in_room_at or now, "left_room_at": None}
        if visit.status == V.ON_HOLD:
            changes |= {"on_hold_at": None, "hold_note": ""}
        visit = move_visit(visit, V.IN_ROOM, by=by, **changes)
    close_stay(visit, now)
    if room_id:
        RoomStay.objects.create(visit=visit, room_id=room_id, entered_at=now)
    tell_floor(visit)
    return visit


@action
def leave_room(*, visit: Visit, by: Any) -> Visit:
    """Out of the room, to the desk. Twice is once."""
    visit = fresh_visit(visit)
    if visit.status == V.CHECKOUT:
        return visit
    now = timezone.now()
    visit = move_visit(visit, V.CHECKOUT, by=by, left_room_at=now)
    close_stay(visit, now)
    tell_floor(visit)
    return visit


@action
def finish_visit(*, visit: Visit, by: Any) -> Visit:
    """The visit is over: whatever follows from it is written with it, or none of it is. Twice is once."""
    visit = fresh_visit(visit)
    if visit.status == V.FINISHED:
        return visit
    now = timezone.now()
    visit = move_visit(visit, V.FINISHED, by=by, finished_at=now, left_room_at=visit.left_room_at or now)
    close_stay(visit, now)
    appointment = _appointment_of(visit)
    if appointment is not None and appointment.status in {AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN}:
        move_appointment(appointment, AppointmentStatus.FULFILLED, by=by)
    publish(VisitFinished(visit_id=visit.pk))
    tell_floor(visit)
    return visit


@action
def reopen_visit(*, visit: Visit, by: Any, reason: str = "") -> Visit:
    """A finished visit is taken back to checkout; whoever posted something for it may refuse first."""
    visit = fresh_visit(visit)
    if visit.status != V.FINISHED:
        raise Conflict(_("Only a finished visit can be opened again."), code="move_forbidden", before=visit.status)
    publish(VisitReopened(visit_id=visit.pk))
    visit = move_visit(visit, V.CHECKOUT, by=by, reason=reason, undoes=last_move(visit), finished_at=None)
    appointment = _appointment_of(visit)
    if appointment is not None and appointment.status == AppointmentStatus.FULFILLED:
        move_appointment(appointment, AppointmentStatus.CHECKED_IN, by=by, reason=reason)
    tell_floor(visit)
    return visit


@action
def left(*, visit: Visit, by: Any, reason: str = "") -> Visit:
    """She left without being seen. The appointment stays arrived: she did come. Twice is once."""
    visit = fresh_visit(visit)
    if visit.status == V.LEFT:
        return visit
    visit = move_visit(visit, V.LEFT, by=by, reason=reason, on_hold_at=None)
    tell_floor(visit)
    return visit


def close_stay(visit: Visit, now: dt.datetime, *, clean: bool = True) -> None:
    """Whoever was in a room is in it no more; where rooms are made ready after each patient, this one is."""
    for stay in visit.stays.filter(left_at=None):
        stay.left_at = now
        stay.save(update_fields=["left_at"])
        if clean:
            needs_cleaning(stay.room_id, visit.branch_id, now)


def check_is_not_elsewhere(visit: Visit, room: int | None) -> None:
    """She has several visits today, and cannot be in two rooms for them."""
    others = in_house(visit.branch).filter(patient=visit.patient_id, status=V.IN_ROOM).exclude(pk=visit.pk)
    other = others.exclude(room=room).select_related("room", "practitioner").first()
    if other is not None:
        where = own_name(other.room if other.room else other.practitioner)
        raise Conflict(_("She is inside for another visit: %(where)s.") % {"where": where}, code="elsewhere")


def usual_room(visit: Visit) -> int | None:
    """Where this doctor saw the last patient today."""
    stays = RoomStay.objects.filter(visit__practitioner=visit.practitioner_id, visit__branch=visit.branch_id)
    return stays.filter(visit__day=visit.day).order_by("-entered_at").values_list("room_id", flat=True).first()


def _appointment_of(visit: Visit) -> Appointment | None:
    if visit.appointment_id is None:
        return None
    return Appointment.objects.select_for_update(of=("self",)).get(pk=visit.appointment_id)


def _room_for(visit: Visit, wanted: Room | None) -> int | None:
    """The room's id; None only in a branch without rooms. One that is being made ready comes last."""
    if wanted is not None:
        if wanted.branch_id != visit.branch_id or not wanted.is_active:
            raise Invalid(_("This room is not in use in this branch."), field="room")
        return wanted.pk
    if visit.room_id or visit.came_by == CameBy.ONLINE:
        return visit.room_id
    rooms = Room.objects.filter(branch=visit.branch_id, is_active=True)
    free = rooms.exclude(pk__in=RoomStay.objects.filter(left_at=None).values("room")).filter(cleaning_since=None)
    suited = free.filter(services=visit.service_id)
    for found in (suited, free, rooms):
        first = found.order_by("pk").values_list("pk", flat=True).first()
        usual = usual_room(visit) if found is suited else None
        if usual or first:
            return usual or first
    return None
