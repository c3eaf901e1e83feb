"""Taking back a visit's moves, one after the other, whichever they were."""

from typing import Any, cast

from django.db.models import Field
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from clinic.shared.events import publish
from scheduling.actions.arrival import arrive, undo_arrival
from scheduling.actions.floor import close_stay, reopen_visit
from scheduling.actions.telling import tell_floor
from scheduling.actions.visit_door import fresh_visit, move_visit, note_visit
from scheduling.events import VisitReopened
from scheduling.models import Appointment, Room, RoomStay, Visit, VisitStatusChange
from scheduling.queries.moves import last_move
from scheduling.statuses import VisitStatus

V = VisitStatus


@action
def undo_visit(*, visit: Visit, by: Any, move: int | None = None) -> Visit:
    """Take back the visit's last move that stands; again, the one before it.

    `move` is the row that the person saw as the last. Raises Conflict where something else happened since, and where
    there is nothing that can be taken back.
    """
    visit = fresh_visit(visit)
    last = last_move(visit)
    if move is not None and (last is None or last.pk != move):
        raise Conflict(_("Something else happened meanwhile. Look at what is there now."), code="meanwhile")
    if visit.status == V.CANCELLED:
        return _came_after_all(visit, by)
    if visit.status == V.ENTERED_IN_ERROR or last is None:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    if last.from_status in {"", V.CANCELLED}:
        return _take_arrival_back(visit, by) if visit.status == V.ARRIVED else _back(visit, last, V.ARRIVED, by)
    if visit.status == V.FINISHED:
        visit = reopen_visit(visit=visit, by=by, reason="undo")
        return _into_room_again(visit, by, None) if last.from_status == V.IN_ROOM else visit
    if visit.status == V.CHECKOUT and last.from_status == V.IN_ROOM:
        return _into_room_again(visit, by, last)
    return _back(visit, last, last.from_status, by)


@action
def undo_next(*, called: Visit, left: list[tuple[Visit, int | None]], by: Any, move: int | None = None) -> Visit:
    """Take back "out, and the next please": who was called waits again, who left the room is inside again.

    `move` and those beside the visits that `left` are the rows that the person saw; all of it or nothing.
    """
    called = undo_visit(visit=called, by=by, move=move)
    for visit, seen in left:
        undo_visit(visit=visit, by=by, move=seen)
    return called


def _back(visit: Visit, last: VisitStatusChange, to: str, by: Any) -> Visit:
    """The status and every field that the move changed, as they were."""
    was = {name: _read(name, value) for name, value in last.was.items()}
    now = timezone.now()
    if visit.status == V.IN_ROOM:
        close_stay(visit, now, clean=False)
    if to == visit.status:
        visit = note_visit(visit, "undo", by=by, undoes=last, **was)
    else:
        visit = move_visit(visit, to, by=by, reason="undo", undoes=last, **was)
    if visit.status == V.IN_ROOM and visit.room_id:
        RoomStay.objects.create(visit=visit, room_id=visit.room_id, entered_at=now)
    tell_floor(visit)
    return visit


def _into_room_again(visit: Visit, by: Any, last: VisitStatusChange | None) -> Visit:
    """As if she had never left it: the stay goes on, the room is not to be cleaned."""
    visit = move_visit(visit, V.IN_ROOM, by=by, reason="undo", undoes=last, left_room_at=None)
    stay = visit.stays.order_by("-pk").first()
    if stay is not None:
        stay.left_at = None
        stay.save(update_fields=["left_at"])
        room = Room.objects.select_for_update().get(pk=stay.room_id)
        if room.cleaning_since is not None:
            room.cleaning_since = None
            room.save()
    tell_floor(visit)
    return visit


def _take_arrival_back(visit: Visit, by: Any) -> Visit:
    if visit.appointment_id is not None:
        undo_arrival(appointment=Appointment(pk=visit.appointment_id), by=by)
        return fresh_visit(visit)
    publish(VisitReopened(visit_id=visit.pk))  # whoever took money for it refuses
    visit = move_visit(visit, V.CANCELLED, by=by, reason="undo")
    tell_floor(visit)
    return visit


def _came_after_all(visit: Visit, by: Any) -> Visit:
    if visit.appointment_id is not None:
        return arrive(appointment=Appointment(pk=visit.appointment_id), by=by)
    visit = move_visit(visit, V.ARRIVED, by=by, reason="undo")
    tell_floor(visit)
    return visit


def _read(name: str, value: Any) -> Any:
    """A kept value in the type of its field; keys of other rows are kept by their `_id`."""
    field = Visit._meta.get_field(name.removesuffix("_id") if name.endswith("_id") else name)
    if name.endswith("_id") or value is None:
        return value
    return cast(Field, field).to_python(value)
