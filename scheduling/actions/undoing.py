"""What a patient may take back herself."""

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict
from scheduling.actions.booking import restore
from scheduling.actions.moving import move_back
from scheduling.models import Appointment
from scheduling.statuses import UPCOMING, AppointmentStatus

A = AppointmentStatus


@action
def undo_own(*, appointment: Appointment, by: User | None) -> Appointment:
    """Take back the patient's own cancellation or move, while the time lies ahead and is free.

    Raises Conflict where there is nothing of hers to take back, or the time was given away (details `nearest`).
    """
    now = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    if now.status == A.RESCHEDULED and now.successor_id:
        return move_back(appointment=Appointment.objects.get(pk=now.successor_id), by_patient=True, by=by)
    if now.status in UPCOMING:
        return move_back(appointment=now, by_patient=True, by=by)
    if now.status != A.CANCELLED:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    if not now.cancelled_by_patient:
        raise Conflict(_("The clinic cancelled this visit. Call the clinic."), code="nothing_to_undo")
    if now.starts_at <= timezone.now():
        raise Conflict(_("This time has passed. Choose a later one."), code="past")
    return restore(appointment=now, by=by)
