"""What can be done next with an appointment and its visit: the tables of statuses met with the person's permissions."""

import datetime as dt
from dataclasses import dataclass, replace
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.accounts.models import User
from clinic.accounts.permissions import Perm
from clinic.shared.statuses import may_move
from scheduling.models import Appointment, Visit
from scheduling.queries.moves import last_move
from scheduling.statuses import APPOINTMENT_MOVES, VISIT_MOVES, AppointmentStatus, VisitStatus

A, V = AppointmentStatus, VisitStatus


@dataclass(frozen=True)
class Step:
    """A button: what it is called in the address, what stands on it, and its key on the keyboard."""

    do: str
    label: Any
    icon: str
    variant: str = "plain"
    key: str = ""
    url: str = ""
    query: str = ""


# (status now, status after) → the button; the order is the order on screen, the first one is the main one.
_APPOINTMENT = [
    (A.PENDING, A.BOOKED, Perm.DIARY_BOOK, Step("confirm", _("Approve"), "check")),
    (A.BOOKED, A.ARRIVED, Perm.FLOOR_WORK, Step("arrive", _("Has arrived"), "log-in", key="KeyA")),
    (A.NO_SHOW, A.ARRIVED, Perm.FLOOR_WORK, Step("arrive", _("Came after all"), "log-in", key="KeyA")),
    (A.ARRIVED, A.CHECKED_IN, Perm.FLOOR_WORK, Step("check-in", _("Check in"), "clipboard-check", key="KeyA")),
    (A.BOOKED, A.NO_SHOW, Perm.DIARY_BOOK, Step("no-show", _("No-show"), "user-x")),
    (A.CANCELLED, A.BOOKED, Perm.DIARY_BOOK, Step("undo", _("Book again"), "undo-2")),
    (A.NO_SHOW, A.BOOKED, Perm.DIARY_BOOK, Step("undo", _("Back to booked"), "undo-2")),
]
_VISIT = [
    (V.ARRIVED, V.CALLED, Step("call", _("Call in"), "megaphone", key="KeyC")),
    (V.CALLED, V.IN_ROOM, Step("enter-room", _("Into the room"), "door-open", key="KeyR")),
    (V.IN_ROOM, V.FINISHED, Step("finish", _("Finish visit"), "check-check", key="KeyF")),
    (V.CHECKOUT, V.FINISHED, Step("finish", _("Finish visit"), "check-check", key="KeyF")),
    (V.ARRIVED, V.IN_ROOM, Step("enter-room", _("Into the room"), "door-open", key="KeyR")),
    (V.ON_HOLD, V.ARRIVED, Step("resume", _("Back in line"), "circle-play", key="KeyH")),
    (V.ON_HOLD, V.CALLED, Step("call", _("Call in"), "megaphone", key="KeyC")),
    (V.CALLED, V.ARRIVED, Step("skip", _("Skip"), "repeat", key="KeyS")),
    (V.ARRIVED, V.ON_HOLD, Step("hold", _("Hold"), "circle-pause", key="KeyH")),
    (V.CALLED, V.ON_HOLD, Step("hold", _("Hold"), "circle-pause", key="KeyH")),
    (V.IN_ROOM, V.CHECKOUT, Step("leave-room", _("Out of the room"), "log-out")),
    (V.ARRIVED, V.LEFT, Step("left", _("Left unseen"), "footprints")),
    (V.CALLED, V.LEFT, Step("left", _("Left unseen"), "footprints")),
    (V.ON_HOLD, V.LEFT, Step("left", _("Left unseen"), "footprints")),
]
_RECALL = Step("recall", _("Call again"), "bell-ring", key="KeyA")
_SKIP = Step("skip", _("Skip"), "repeat", key="KeyS")
_UNDO = Step("undo", _("Undo last step"), "undo-2")


def steps_of_appointment(appointment: Appointment, user: User, now: dt.datetime | None = None) -> list[Step]:
    """The buttons of an appointment for this person, the main one first."""
    now = now or timezone.now()
    found = [
        replace(step, query=f"?of={before}") if step.do == "undo" else step
        for before, after, permission, step in _APPOINTMENT
        if appointment.status == before
        and may_move(APPOINTMENT_MOVES, before, after)
        and user.can(permission, appointment.branch_id)
    ]
    if appointment.status != A.BOOKED or appointment.starts_at <= now:
        return found
    found = [step for step in found if step.do != "no-show"]
    if appointment.confirmed_at is None and user.can(Perm.DIARY_BOOK, appointment.branch_id):
        found.append(Step("confirm", _("Will come"), "circle-check"))
    return found


def steps_of_visit(visit: Visit, user: User) -> list[Step]:
    """The buttons of a visit for this person, the main one first."""
    if not user.can(Perm.FLOOR_WORK, visit.branch_id):
        return []
    found = [step for before, after, step in _VISIT if visit.status == before and may_move(VISIT_MOVES, before, after)]
    if visit.status == V.CALLED:
        found.insert(1, _RECALL)
    if visit.status == V.ARRIVED:
        found.append(_SKIP)
    if visit.status not in {V.ENTERED_IN_ERROR, V.CANCELLED}:
        last = last_move(visit)
        found.append(replace(_UNDO, query=f"?move={last.pk}" if last else ""))
    return found


def undo_permission(appointment: Appointment) -> Perm:
    """Whoever may say that somebody came may take it back; all else is the diary's."""
    return Perm.FLOOR_WORK if appointment.status in {A.ARRIVED, A.CHECKED_IN} else Perm.DIARY_BOOK


def may_be_moved(appointment: Appointment, user: User) -> bool:
    """Whether this person may give the appointment another time."""
    return appointment.status == A.BOOKED and user.can(Perm.DIARY_BOOK, appointment.branch_id)


def may_be_cancelled(appointment: Appointment, user: User) -> bool:
    """Whether this person may cancel it; who is in the building is not cancelled but left or taken back."""
    return appointment.status in {A.PENDING, A.BOOKED} and user.can(Perm.DIARY_BOOK, appointment.branch_id)


def may_be_refused(appointment: Appointment, user: User) -> bool:
    """Whether this person answers for a booking that waits."""
    return appointment.status == A.PENDING and user.can(Perm.DIARY_BOOK, appointment.branch_id)
