"""Keep or replace: where two visits would lie too near each other, the booked one is moved to the held time."""

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, NotFound
from scheduling.actions.holds import is_holder, release_hold
from scheduling.actions.moving import reschedule
from scheduling.actions.occupancy import database_now, lock_doctors
from scheduling.actions.policy import keep_acceptance
from scheduling.models import Appointment
from scheduling.statuses import AppointmentStatus


@action
def replace(
    *,
    appointment: Appointment,
    hold: Appointment,
    secret: str = "",
    agreed: str = "",
    device: str = "",
    by: User | None,
) -> Appointment:
    """Move the patient's booked visit to the time that she holds for the same service; its successor. What she agreed
    to with it is kept, `agreed` and `device` as for `book`.

    Raises NotFound for somebody else's hold, Conflict where its time is over or it is for another service; and what
    `reschedule` raises for a patient.
    """
    lock_doctors({appointment.practitioner_id, hold.practitioner_id})
    held = Appointment.objects.select_related("practitioner", "branch").get(pk=hold.pk)
    if not is_holder(held, user=by, secret=secret):
        raise NotFound(_("There is no such held time for you. Choose a time again."), field="hold")
    over = held.hold_expires_at is None or held.hold_expires_at <= database_now()
    if held.status != AppointmentStatus.HELD or over or held.service_id != appointment.service_id:
        raise Conflict(_("The time was held for five minutes, and they are over. Choose a time again."), field="hold")
    release_hold(hold=held, by=by)
    moved = reschedule(
        appointment=appointment, starts_at=held.starts_at, practitioner=held.practitioner, branch=held.branch,
        by_patient=True, promised=held, by=by,
    )  # fmt: skip
    keep_acceptance(moved, agreed=agreed, device=device, by=by)
    return moved
