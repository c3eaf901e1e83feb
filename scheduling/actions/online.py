"""Writes of an online visit: who came, who was let in, what went wrong, the end. Video itself is nobody's row."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.notices import tell
from scheduling.actions.arrival import arrive
from scheduling.actions.floor import enter_room, leave_room
from scheduling.models import Appointment, CameBy, Mode, OnlineEvent, OnlineKind, OnlineSide, Visit, WithoutVideo
from scheduling.queries.online import LATE_AFTER, PRESENCE, step_of, visit_of
from scheduling.statuses import AppointmentStatus, VisitStatus

K = OnlineKind
MOST_EVENTS = 300  # of one appointment; a line that breaks all day long fills no table


@action
def join_online(*, appointment: Appointment, side: str, by: Any) -> OnlineEvent | None:
    """One end is connected. The patient's first time is her arrival; later times are written as coming back.

    Raises Conflict before the door opens and after the visit. None where so much happened that nothing is written.
    """
    appointment = _fresh(appointment)
    if step_of(appointment) in {"early", "over"}:
        raise Conflict(_("This online visit is not open now."), code="not_open")
    if side == OnlineSide.PATIENT:
        _arrived(appointment, by)
    seen = OnlineEvent.objects.filter(appointment=appointment, side=side, kind=K.JOINED).exists()
    event = _write(appointment, K.RECONNECTED if seen else K.JOINED, side, by)
    late = timezone.now() - appointment.starts_at
    if not seen and late > LATE_AFTER:
        _write(appointment, K.LATE, side, by, minutes=min(int(late.total_seconds() // 60), 9999))
    return event


@action
def leave_online(*, appointment: Appointment, side: str, by: Any) -> OnlineEvent | None:
    """One end is cut off or has gone. Twice is once."""
    last = OnlineEvent.objects.filter(appointment=appointment, side=side, kind__in=PRESENCE).order_by("-pk").first()
    return _write(appointment, K.LEFT, side, by) if last is not None and last.kind != K.LEFT else None


@action
def admit_online(*, appointment: Appointment, by: Any) -> Visit:
    """Let the waiting patient in. Twice is once. Raises Conflict where nobody waits."""
    appointment = _fresh(appointment)
    visit = visit_of(appointment)
    if visit is None or step_of(appointment) not in {"waiting", "inside"}:
        raise Conflict(_("The patient is not in the online waiting room."), code="nobody_waits")
    if visit.status == VisitStatus.IN_ROOM:
        return visit
    visit = enter_room(visit=visit, by=by)
    _write(appointment, K.ADMITTED, OnlineSide.CLINIC, by)
    return visit


@action
def note_online(*, appointment: Appointment, side: str, kind: str, by: Any, reason: str = "") -> OnlineEvent | None:
    """What one end tells of itself: video connected, or why it goes on without. The same word twice is once."""
    if kind not in {K.CONNECTED, K.FALLBACK} or (kind == K.FALLBACK) != (reason in WithoutVideo.values):
        raise Invalid(_("This cannot be noted of an online visit."), field="kind")
    last = OnlineEvent.objects.filter(appointment=appointment, side=side).order_by("-pk").first()
    if last is not None and (last.kind, last.reason) == (kind, reason):
        return None
    return _write(appointment, kind, side, by, reason=reason)


@action
def end_online(*, appointment: Appointment, by: Any) -> Visit:
    """The doctor ends the conversation: the patient goes to checkout, the record is finished where it always is.

    Twice is once. Raises Conflict where the patient was never let in.
    """
    appointment = _fresh(appointment)
    visit = visit_of(appointment)
    if visit is None or visit.in_room_at is None:
        raise Conflict(_("The patient was not let in yet."), code="not_inside")
    if visit.status == VisitStatus.IN_ROOM:
        visit = leave_room(visit=visit, by=by)
        _write(appointment, K.ENDED, OnlineSide.CLINIC, by)
    return visit


def tell_online(appointment_id: int) -> None:
    """After the commit: both ends of an online visit look again."""
    tell("online", key=str(appointment_id))


def _fresh(appointment: Appointment) -> Appointment:
    return Appointment.objects.select_for_update(of=("self",)).select_related("branch").get(pk=appointment.pk)


def _arrived(appointment: Appointment, by: Any) -> None:
    """Her visit, without a room of the building."""
    if appointment.mode != Mode.ONLINE:
        raise Conflict(_("This visit is at the clinic."), code="not_online")
    if appointment.status != AppointmentStatus.BOOKED:
        return
    visit = arrive(appointment=appointment, came_by=CameBy.ONLINE, by=by)
    if visit.room_id or visit.came_by != CameBy.ONLINE:  # the time was booked with a room, or the desk was first
        visit.came_by, visit.room = CameBy.ONLINE, None
        visit.save()


def _write(appointment: Appointment, kind: str, side: str, by: Any, **more: Any) -> OnlineEvent | None:
    tell_online(appointment.pk)
    if OnlineEvent.objects.filter(appointment=appointment).count() >= MOST_EVENTS:
        return None
    actor = current_actor()
    return OnlineEvent.objects.create(
        appointment=appointment, kind=kind, side=side, by=by, ip=actor.ip, request_id=actor.request_id, **more
    )
