"""What a patient may take back herself."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from scheduling.actions.booking import restore
from scheduling.actions.moving import move_back
from scheduling.actions.occupancy import lock_doctors
from scheduling.actions.several import undo_several
from scheduling.models import Appointment
from scheduling.statuses import UPCOMING, AppointmentStatus

A = AppointmentStatus


@action
def undo_own(*, appointment: Appointment, of: str = "", by: User | None) -> Appointment:
    """Take back the patient's own cancellation or move, while the time lies ahead and is free. `of` is the status that
    she saw: what is booked again already is not moved back by a second press. What she called off at once comes back at
    once.

    Raises Conflict where there is nothing of hers to take back, or the time was given away (details `nearest`).
    """
    lock_doctors([appointment.practitioner_id])
    now = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if of == A.CANCELLED and now.status in UPCOMING:
        return now
    if now.status == A.RESCHEDULED and now.successor_id:
        return _move_back(Appointment.objects.get(pk=now.successor_id), by)
    if now.status in UPCOMING:
        return _move_back(now, by)
    if now.status != A.CANCELLED:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    if not now.cancelled_by_patient:
        raise Conflict(_("The clinic cancelled this visit. Call the clinic."), code="nothing_to_undo")
    if now.starts_at <= timezone.now():
        raise Conflict(_("This time has passed. Choose a later one."), code="past")
    if now.bundle is not None:
        again = undo_several(appointment=now, by_patient=True, by=by)
        return next(each for each in again if each.pk == now.pk)
    return restore(appointment=now, by=by)


def _move_back(moved: Appointment, by: User | None) -> Appointment:
    """Only what she moved herself: her moves are counted from time to time, and the clinic's count nothing."""
    before = Appointment.objects.filter(successor=moved.pk).values_list("moves_by_patient", flat=True).first()
    if before is None or moved.moves_by_patient <= before:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    return move_back(appointment=moved, by_patient=True, by=by)
