"""Moves through the building: the call, the room, the end; and back."""

import datetime as dt
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from scheduling.actions.arrival import move_visit, undo_arrival
from scheduling.actions.occupancy import move_appointment
from scheduling.actions.telling import tell_floor
from scheduling.events import VisitFinished, VisitReopened
from scheduling.models import Appointment, CameBy, Practitioner, Room, RoomStay, Visit, VisitStatusChange
from scheduling.queries.floor import QUEUE_ORDER, branch_day
from scheduling.statuses import AppointmentStatus, VisitStatus

V = VisitStatus
SKIP_PLACES = 2  # a skipped patient goes behind this many others


@action
def call(*, visit: Visit, by: Any, room: Room | None = None) -> Visit:
    """Call a waiting patient (to a room, if one is given or known). Calling who is called already calls again."""
    visit = _fresh(visit)
    if visit.status == V.CALLED:
        return recall(visit=visit, by=by)
    room_id = room.pk if room else visit.room_id or (None if visit.came_by == CameBy.ONLINE else _usual_room(visit))
    visit = move_visit(visit, V.CALLED, by=by, called_at=timezone.now(), room_id=room_id)
    tell_floor(visit)
    return visit


@action
def call_next(
    *, branch: Branch, by: Any, practitioner: Practitioner | None = None, room: Room | None = None
) -> Visit | None:
    """Call the next in line of a doctor (or of the whole branch); None where nobody waits.

    By priority class, then by what was promised, then by number. Two who press at once call two patients.
    """
    waiting = Visit.objects.filter(branch=branch, day=branch_day(branch), status=V.ARRIVED)
    if practitioner is not None:
        waiting = waiting.filter(practitioner=practitioner)
    elif room is not None:
        waiting = waiting.filter(Q(room=room) | Q(room=None))
    visit = waiting.order_by(*QUEUE_ORDER).select_for_update(of=("self",), skip_locked=True).first()
    return call(visit=visit, room=room, by=by) if visit else None


@action
def recall(*, visit: Visit, by: Any) -> Visit:
    """Ring again for who was called and did not come."""
    visit = _fresh(visit)
    if visit.status != V.CALLED:
        raise Conflict(_("Only who was called can be called again."), code="move_forbidden", before=visit.status)
    visit.called_at = timezone.now()
    visit.save()
    VisitStatusChange.record(visit, V.CALLED, V.CALLED, by=by, reason="recall")
    tell_floor(visit)
    return visit


@action
def skip(*, visit: Visit, by: Any, places: int = SKIP_PLACES) -> Visit:
    """She did not come when called: back into line, behind the next `places` waiting."""
    visit = move_visit(visit, V.ARRIVED, by=by, reason="skip", called_at=None)
    ahead = list(
        Visit.objects.filter(
            branch=visit.branch_id, day=visit.day, practitioner=visit.practitioner_id, status=V.ARRIVED
        )
        .exclude(pk=visit.pk)
        .order_by(*QUEUE_ORDER)[:places]
    )
    if ahead:
        visit.due_at = max(visit.due_at, ahead[-1].due_at + dt.timedelta(microseconds=1))
        visit.priority = min(visit.priority, ahead[-1].priority)
        visit.save()
    tell_floor(visit)
    return visit


@action
def enter_room(*, visit: Visit, by: Any, room: Room | None = None) -> Visit:
    """Into the room: the one given, else the one she was called to, the doctor's usual one, or a free one.

    From room to room while inside closes one stay and opens the next. Twice into the same room is once.
    """
    visit = _fresh(visit)
    room_id = _room_for(visit, room)
    now = timezone.now()
    if visit.status == V.IN_ROOM:
        if room is None or room_id == visit.room_id:
            return visit
        visit.room_id = room_id
        visit.save()
        VisitStatusChange.record(visit, V.IN_ROOM, V.IN_ROOM, by=by, reason="room")
    else:
        visit = move_visit(
            visit, V.IN_ROOM, by=by, room_id=room_id, in_room_at=visit.in_room_at or now, left_room_at=None
        )
    _close_stay(visit, now)
    if room_id:
        RoomStay.objects.create(visit=visit, room_id=room_id, entered_at=now)
    tell_floor(visit)
    return visit


@action
def leave_room(*, visit: Visit, by: Any) -> Visit:
    """Out of the room, to the desk. Twice is once."""
    visit = _fresh(visit)
    if visit.status == V.CHECKOUT:
        return visit
    now = timezone.now()
    visit = move_visit(visit, V.CHECKOUT, by=by, left_room_at=now)
    _close_stay(visit, now)
    tell_floor(visit)
    return visit


@action
def finish_visit(*, visit: Visit, by: Any) -> Visit:
    """The visit is over: whatever follows from it is written with it, or none of it is. Twice is once."""
    visit = _fresh(visit)
    if visit.status == V.FINISHED:
        return visit
    now = timezone.now()
    visit = move_visit(visit, V.FINISHED, by=by, finished_at=now, left_room_at=visit.left_room_at or now)
    _close_stay(visit, now)
    appointment = _appointment_of(visit)
    if appointment is not None and appointment.status in {AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN}:
        move_appointment(appointment, AppointmentStatus.FULFILLED, by=by)
    publish(VisitFinished(visit_id=visit.pk))
    tell_floor(visit)
    return visit


@action
def reopen_visit(*, visit: Visit, by: Any, reason: str = "") -> Visit:
    """A finished visit is taken back to checkout; whoever posted something for it may refuse first."""
    visit = _fresh(visit)
    if visit.status != V.FINISHED:
        raise Conflict(_("Only a finished visit can be opened again."), code="move_forbidden", before=visit.status)
    publish(VisitReopened(visit_id=visit.pk))
    visit = move_visit(visit, V.CHECKOUT, by=by, reason=reason, finished_at=None)
    appointment = _appointment_of(visit)
    if appointment is not None and appointment.status == AppointmentStatus.FULFILLED:
        move_appointment(appointment, AppointmentStatus.CHECKED_IN, by=by, reason=reason)
    tell_floor(visit)
    return visit


@action
def left(*, visit: Visit, by: Any, reason: str = "") -> Visit:
    """She left without being seen. The appointment stays arrived: she did come. Twice is once."""
    visit = _fresh(visit)
    if visit.status == V.LEFT:
        return visit
    visit = move_visit(visit, V.LEFT, by=by, reason=reason)
    tell_floor(visit)
    return visit


@action
def undo_visit(*, visit: Visit, by: Any) -> Visit:
    """Take back the visit's last move. Raises Conflict where there is nothing that can be taken back."""
    visit = _fresh(visit)
    last = VisitStatusChange.objects.filter(subject=visit).exclude(from_status=visit.status).order_by("-pk").first()
    before = last.from_status if last else ""
    if visit.status == V.FINISHED:
        visit = reopen_visit(visit=visit, by=by, reason="undo")
        return _back_into_room(visit, by) if before == V.IN_ROOM else visit
    if visit.status == V.CHECKOUT:
        return _back_into_room(visit, by)
    if visit.status == V.ARRIVED and before == "":
        return _take_arrival_back(visit, by)
    if visit.status == V.IN_ROOM:
        _close_stay(visit, timezone.now())
        visit = move_visit(visit, before or V.ARRIVED, by=by, reason="undo", in_room_at=None)
    elif visit.status == V.CALLED:
        visit = move_visit(visit, V.ARRIVED, by=by, reason="undo", called_at=None)
    elif visit.status in {V.LEFT, V.CANCELLED}:
        visit = move_visit(visit, V.ARRIVED, by=by, reason="undo")
    else:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    tell_floor(visit)
    return visit


def _fresh(visit: Visit) -> Visit:
    """The row as it is now, locked."""
    return Visit.objects.select_for_update(of=("self",)).get(pk=visit.pk)


def _appointment_of(visit: Visit) -> Appointment | None:
    if visit.appointment_id is None:
        return None
    return Appointment.objects.select_for_update(of=("self",)).get(pk=visit.appointment_id)


def _back_into_room(visit: Visit, by: Any) -> Visit:
    visit = move_visit(visit, V.IN_ROOM, by=by, reason="undo", left_room_at=None)
    stay = visit.stays.order_by("-pk").first()
    if stay is not None:
        stay.left_at = None
        stay.save(update_fields=["left_at"])
    tell_floor(visit)
    return visit


def _take_arrival_back(visit: Visit, by: Any) -> Visit:
    if visit.appointment_id is not None:
        undo_arrival(appointment=Appointment(pk=visit.appointment_id), by=by)
        return _fresh(visit)
    visit = move_visit(visit, V.CANCELLED, by=by, reason="undo")
    tell_floor(visit)
    return visit


def _close_stay(visit: Visit, now: dt.datetime) -> None:
    visit.stays.filter(left_at=None).update(left_at=now)


def _room_for(visit: Visit, wanted: Room | None) -> int | None:
    """The room's id; None only in a branch without rooms."""
    if wanted is not None:
        if wanted.branch_id != visit.branch_id or not wanted.is_active:
            raise Invalid(_("This room is not in use in this branch."), field="room")
        return wanted.pk
    if visit.room_id or visit.came_by == CameBy.ONLINE:
        return visit.room_id
    rooms = Room.objects.filter(branch=visit.branch_id, is_active=True)
    free = rooms.exclude(pk__in=RoomStay.objects.filter(left_at=None).values("room")).order_by("pk")
    suited = free.filter(services=visit.service_id)
    found = _usual_room(visit) or suited.values_list("pk", flat=True).first()
    return found or free.values_list("pk", flat=True).first() or rooms.values_list("pk", flat=True).first()


def _usual_room(visit: Visit) -> int | None:
    """Where this doctor saw the last patient today."""
    stays = RoomStay.objects.filter(visit__practitioner=visit.practitioner_id, visit__branch=visit.branch_id)
    return stays.filter(visit__day=visit.day).order_by("-entered_at").values_list("room_id", flat=True).first()
