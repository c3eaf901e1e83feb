"""Taking back an appointment's last move, whichever it was: for staff."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from scheduling.actions.arrival import undo_arrival, undo_check_in
from scheduling.actions.booking import restore
from scheduling.actions.floor import reopen_visit
from scheduling.actions.moving import move_back
from scheduling.models import Appointment, Visit
from scheduling.statuses import UPCOMING, AppointmentStatus

A = AppointmentStatus


@action
def undo_appointment(*, appointment: Appointment, by: Any) -> Appointment:
    """Back from arrived, checked in, done, cancelled, missed or moved to what it was before.

    Raises Conflict where nothing can be taken back, where the time was given away, or where somebody vetoes.
    """
    now = Appointment.objects.select_related("branch", "service", "practitioner").get(pk=appointment.pk)
    if now.status in {A.CANCELLED, A.NO_SHOW}:
        return restore(appointment=now, by=by)
    if now.status == A.ARRIVED:
        return undo_arrival(appointment=now, by=by)
    if now.status == A.CHECKED_IN:
        return undo_check_in(appointment=now, by=by)
    if now.status == A.FULFILLED:
        reopen_visit(visit=Visit.objects.get(appointment=now), by=by, reason="undo")
        return Appointment.objects.get(pk=now.pk)
    if now.status == A.RESCHEDULED and now.successor_id:
        return move_back(appointment=Appointment.objects.get(pk=now.successor_id), by=by)
    if now.status in UPCOMING:
        return move_back(appointment=now, by=by)
    raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
