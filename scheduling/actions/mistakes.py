"""What was written down and never was. Nothing is deleted."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Invalid
from clinic.shared.events import publish
from clinic.shared.notices import tell
from scheduling.actions.booking import _fresh
from scheduling.actions.fees import withdraw_fee
from scheduling.actions.floor import close_stay, reopen_visit
from scheduling.actions.occupancy import leave, lock_doctors, move_appointment
from scheduling.actions.telling import tell_floor
from scheduling.actions.visit_door import fresh_visit, move_visit
from scheduling.events import AppointmentWrong, TimesFreed, VisitReopened
from scheduling.models import Appointment, Visit
from scheduling.statuses import AppointmentStatus, VisitStatus

A, V = AppointmentStatus, VisitStatus


@action
def visit_was_wrong(*, visit: Visit, reason: str, by: User | None) -> Visit:
    """A visit that never was (the wrong patient, a double): it counts nowhere; the appointment that it came of, if
    any, was wrong with it. Twice is once.

    Raises Invalid without a reason, Conflict where something was paid for it or a record of it was written.
    """
    reason = _reason(reason)
    visit = fresh_visit(visit)
    if visit.status == V.ENTERED_IN_ERROR:
        return visit
    if visit.status == V.FINISHED:
        visit = reopen_visit(visit=visit, by=by, reason=reason)
    publish(VisitReopened(visit_id=visit.pk, never_was=True))
    close_stay(visit, timezone.now(), clean=False)
    visit = move_visit(visit, V.ENTERED_IN_ERROR, by=by, reason=reason, on_hold_at=None)
    if visit.appointment_id is not None:
        _never_was(Appointment(pk=visit.appointment_id), reason, by)
    tell_floor(visit)
    return visit


@action
def appointment_was_wrong(*, appointment: Appointment, reason: str, by: User | None) -> Appointment:
    """An appointment that never was, with its visit. It is neither cancelled nor missed, costs nothing, and its time
    is free. Twice is once.

    Raises what `visit_was_wrong` raises; Conflict for one that was moved, cancelled or has lapsed.
    """
    reason = _reason(reason)
    lock_doctors([_fresh(appointment).practitioner_id])
    visit = Visit.objects.filter(appointment=appointment).exclude(status=V.CANCELLED).first()
    if visit is not None:
        visit_was_wrong(visit=visit, reason=reason, by=by)
        return _fresh(appointment)
    return _never_was(appointment, reason, by)


def _never_was(appointment: Appointment, reason: str, by: User | None) -> Appointment:
    now = _fresh(appointment)
    if now.status == A.ENTERED_IN_ERROR:
        return now
    leave(now)
    now = move_appointment(now, A.ENTERED_IN_ERROR, by=by, reason=reason, is_locked=True)
    withdraw_fee(now, by=by)
    publish(AppointmentWrong(appointment_id=now.pk))
    publish(TimesFreed(appointment_ids=(now.pk,), undoable=False))
    tell("board", branch=now.branch_id)
    return now


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid(_("Write what was wrong."), field="reason")
    return text.strip()[:200]
