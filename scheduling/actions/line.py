"""The line: who is called, again, later, held back or sent to another doctor or room. Each is an event row."""

import datetime as dt
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from scheduling.actions.floor import check_is_not_elsewhere, leave_room, usual_room
from scheduling.actions.telling import tell_floor
from scheduling.actions.visit_door import fresh_visit, move_visit, note_visit
from scheduling.models import CameBy, Practitioner, PractitionerService, Priority, Room, Visit
from scheduling.queries.floor import QUEUE_ORDER, in_house, ticket
from scheduling.queries.rules import rules_of
from scheduling.statuses import VisitStatus

V = VisitStatus
IN_LINE = {V.ARRIVED, V.CALLED, V.ON_HOLD}
NOT_CALLED: dict[str, Any] = {"called_at": None, "recalled_at": None}


@action
def call(*, visit: Visit, by: Any, room: Room | None = None) -> Visit:
    """Call a waiting patient (to a room, if one is given or known). Calling who is called already calls again."""
    visit = fresh_visit(visit)
    if visit.status == V.CALLED:
        return recall(visit=visit, by=by)
    usual = None if visit.came_by == CameBy.ONLINE else usual_room(visit)
    if visit.came_by == CameBy.ONLINE:
        room = None  # she waits at home
    room_id = room.pk if room else visit.queue_room_id or visit.room_id or usual
    check_is_not_elsewhere(visit, room_id)
    changes: dict[str, Any] = {"called_at": timezone.now(), "recalled_at": None, "room_id": room_id}
    changes["calls"] = visit.calls + 1
    if visit.status == V.ON_HOLD:
        changes |= {"on_hold_at": None, "hold_note": ""}
    visit = move_visit(visit, V.CALLED, by=by, **changes)
    tell_floor(visit)
    return visit


@action
def call_next(
    *,
    branch: Branch,
    by: Any,
    practitioner: Practitioner | None = None,
    room: Room | None = None,
    seen: int | None = None,
) -> Visit | None:
    """Call the next in line of a doctor, of a room, or of the whole branch; None where nobody waits.

    By priority class, then by what was promised, then by arrival. Two who press at once call two patients, unless they
    say whom they saw first in line (`seen`): Conflict where she was called since. Who is called or inside elsewhere for
    another visit of hers is passed over.
    """
    here = in_house(branch)
    if seen is not None:
        _check_still_waits(seen)
    elsewhere = here.filter(status__in=[V.CALLED, V.IN_ROOM]).values("patient")
    waiting = here.filter(status=V.ARRIVED).exclude(patient__in=elsewhere)
    if practitioner is not None:
        waiting = waiting.filter(practitioner=practitioner)
    if room is not None:
        waiting = waiting.filter(_before_room(here, room))
        if practitioner is None:  # a room calls who sits before it
            waiting = waiting.exclude(came_by=CameBy.ONLINE)
    visit = waiting.order_by(*QUEUE_ORDER).select_for_update(of=("self",), skip_locked=True).first()
    return call(visit=visit, room=room, by=by) if visit else None


@action
def done_and_next(
    *, branch: Branch, by: Any, practitioner: Practitioner | None = None, room: Room | None = None
) -> tuple[list[Visit], Visit | None]:
    """Who is inside goes to the desk and the next is called, in one step; (who left the room, who is called).

    Raises Conflict where nobody is inside any more: somebody else pressed it first.
    """
    inside = in_house(branch).filter(status=V.IN_ROOM)
    if practitioner is not None:
        inside = inside.filter(practitioner=practitioner)
    if room is not None:
        inside = inside.filter(room=room)
    if practitioner is None and room is None:
        raise Invalid(_("Choose a doctor or a room first."), code="whose")
    going = list(inside.order_by("pk").select_for_update(of=("self",)))
    if not going:
        raise Conflict(_("Nobody is inside any more. Look at what is there now."), code="meanwhile")
    left = [leave_room(visit=visit, by=by) for visit in going]
    return left, call_next(branch=branch, practitioner=practitioner, room=room, by=by)


@action
def recall(*, visit: Visit, by: Any) -> Visit:
    """Ring again for who was called and did not come."""
    visit = fresh_visit(visit)
    if visit.status != V.CALLED:
        raise Conflict(_("Only who was called can be called again."), code="move_forbidden", before=visit.status)
    visit = note_visit(visit, "recall", by=by, recalled_at=timezone.now(), calls=visit.calls + 1)
    tell_floor(visit)
    return visit


@action
def skip(*, visit: Visit, by: Any, places: int | None = None) -> Visit:
    """She does not come: behind the next `places` waiting for her doctor (the branch's rule where none are given)."""
    visit = fresh_visit(visit)
    if visit.status not in {V.CALLED, V.ARRIVED}:
        raise Conflict(_("Only who waits or was called can be skipped."), code="move_forbidden", before=visit.status)
    behind = _behind(visit, rules_of(visit.branch_id).skip_places if places is None else places)
    if visit.status == V.CALLED:
        visit = move_visit(visit, V.ARRIVED, by=by, reason="skip", **NOT_CALLED, **behind)
    else:
        visit = note_visit(visit, "skip", by=by, **behind)
    tell_floor(visit)
    return visit


@action
def hold_visit(*, visit: Visit, by: Any, note: str = "") -> Visit:
    """She is not called for now (at the laboratory, fetching papers) and keeps her place. Twice is once."""
    visit = fresh_visit(visit)
    if visit.status == V.ON_HOLD:
        return visit
    visit = move_visit(visit, V.ON_HOLD, by=by, on_hold_at=timezone.now(), hold_note=note[:120], **NOT_CALLED)
    tell_floor(visit)
    return visit


@action
def resume_visit(*, visit: Visit, by: Any) -> Visit:
    """Back in line where she stood. Twice is once."""
    visit = fresh_visit(visit)
    if visit.status == V.ARRIVED:
        return visit
    if visit.status != V.ON_HOLD:
        raise Conflict(_("Only who is on hold can be taken back into the line."), code="move_forbidden")
    visit = move_visit(visit, V.ARRIVED, by=by, reason="resume", on_hold_at=None, hold_note="")
    tell_floor(visit)
    return visit


@action
def transfer_visit(
    *,
    visit: Visit,
    by: Any,
    practitioner: Practitioner | None = None,
    room: Room | None = None,
    any_room: bool = False,
) -> Visit:
    """Into the line of another doctor, or of another room, or out of a room's (`any_room`); she keeps her place by what
    was promised.

    Who was called already waits again. Raises Invalid for a doctor who does not give the service.
    """
    visit = fresh_visit(visit)
    if visit.status not in IN_LINE:
        text = _("Only who waits can be moved to another line.")
        raise Conflict(text, code="move_forbidden", before=visit.status)
    changes: dict[str, Any] = {}
    if practitioner is not None and practitioner.pk != visit.practitioner_id:
        _check_offers(practitioner, visit)
        changes |= {"practitioner_id": practitioner.pk, "queue_room_id": None, "room_id": None}
    if room is not None and room.pk != visit.queue_room_id:
        if room.branch_id != visit.branch_id or not room.is_active:
            raise Invalid(_("This room is not in use in this branch."), field="room")
        changes |= {"queue_room_id": room.pk, "room_id": room.pk}
    if any_room and room is None and visit.queue_room_id is not None:
        changes |= {"queue_room_id": None, "room_id": None}
    if not changes:
        return visit
    before = visit
    if visit.status == V.CALLED:
        visit = move_visit(visit, V.ARRIVED, by=by, reason="transfer", **NOT_CALLED, **changes)
    else:
        visit = note_visit(visit, "transfer", by=by, **changes)
    tell_floor(before)  # those whom she leaves move up
    tell_floor(visit)
    return visit


@action
def set_priority(*, visit: Visit, priority: int, by: Any) -> Visit:
    """Another class of the line. Raises Invalid for a class that does not exist."""
    if priority not in Priority.values:
        raise Invalid(_("Choose one of the classes."), field="priority")
    visit = fresh_visit(visit)
    if visit.status not in IN_LINE:
        raise Conflict(_("Only who waits has a class."), code="move_forbidden", before=visit.status)
    if visit.priority == priority:
        return visit
    visit = note_visit(visit, "priority", by=by, priority=priority)
    tell_floor(visit)
    return visit


@action
def let_member_go_first(*, visit: Visit, by: Any) -> Visit:
    """A member who bought that waits in a class of her own, above the normal one; a higher class stays."""
    if visit.priority == Priority.NORMAL and visit.status in IN_LINE:
        visit.priority = Priority.MEMBER
        visit.save()
    return visit


def _check_still_waits(seen: int) -> None:
    visit = Visit.objects.select_for_update(of=("self",)).filter(pk=seen).first()
    if visit is not None and visit.status == V.CALLED:
        text = _("Number %(number)s was called already. Press again for the next.") % {"number": ticket(visit)}
        raise Conflict(text, code="meanwhile")


def _before_room(here: QuerySet[Visit], room: Room) -> Q:
    """Who sits before a room: sent to it, or to none and waiting for a doctor who works in it. While nobody has worked
    in it yet, whoever waits for a doctor without a room."""
    sent = Q(queue_room=room) | Q(queue_room=None, room=room)
    nowhere = Q(queue_room=None, room=None)
    today = Visit.objects.filter(branch=room.branch_id, day__in=here.values("day"))
    doctors = set(today.filter(Q(queue_room=room) | Q(room=room)).values_list("practitioner", flat=True))
    if doctors:
        return sent | nowhere & Q(practitioner__in=doctors)
    placed = today.exclude(queue_room=None, room=None).values("practitioner")
    return sent | nowhere & ~Q(practitioner__in=placed)


def _behind(visit: Visit, places: int) -> dict[str, Any]:
    """What puts her behind the next so many of her doctor's line; nothing where nobody else waits."""
    line = Visit.objects.filter(
        branch=visit.branch_id, day=visit.day, practitioner=visit.practitioner_id, status=V.ARRIVED
    ).exclude(pk=visit.pk)
    if visit.status == V.ARRIVED:  # those before her do not count
        line = line.filter(
            Q(priority__lt=visit.priority)
            | Q(priority=visit.priority, due_at__gt=visit.due_at)
            | Q(priority=visit.priority, due_at=visit.due_at, number__gt=visit.number)
        )
    ahead = list(line.order_by(*QUEUE_ORDER)[: max(places, 1)])
    if not ahead:
        return {}
    last = ahead[-1]
    if last.priority < visit.priority:
        return {"priority": last.priority, "due_at": last.due_at + dt.timedelta(microseconds=1)}
    return {"due_at": max(visit.due_at, last.due_at + dt.timedelta(microseconds=1))}


def _check_offers(practitioner: Practitioner, visit: Visit) -> None:
    offers = PractitionerService.objects.filter(
        practitioner=practitioner, service=visit.service_id, is_active=True, practitioner__is_active=True
    )
    if not offers.exists():
        raise Invalid(_("This doctor does not give this service."), field="practitioner")
