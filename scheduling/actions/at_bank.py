"""A booking whose patient is at the bank with its deposit."""

import datetime as dt

from clinic.accounts.models import User
from clinic.shared.actions import action
from clinic.shared.notices import tell
from scheduling.actions.occupancy import database_now, lock_doctors
from scheduling.models import Appointment
from scheduling.queries.policy import DEPOSIT_TIME, awaits_deposit
from scheduling.statuses import AppointmentStatus

AT_THE_BANK = dt.timedelta(minutes=15)


@action
def wait_for_bank(*, appointment: Appointment, by: User | None) -> Appointment:
    """Keep the time of a booking that waits for its deposit while the patient pays at the bank: a quarter of an hour
    from now at least, and at most that much longer than she had, however often she tries.
    """
    lock_doctors([appointment.practitioner_id])
    now_is = Appointment.objects.select_for_update(of=("self",)).get(pk=appointment.pk)
    now, until = database_now(), now_is.hold_expires_at
    if now_is.status != AppointmentStatus.PENDING or not awaits_deposit(now_is) or until is None or until <= now:
        return now_is
    last = min(now_is.created_at + DEPOSIT_TIME + AT_THE_BANK, now_is.starts_at)
    longer = max(until, min(now + AT_THE_BANK, last))
    if longer != until:
        now_is.hold_expires_at = longer
        now_is.save()
        tell("board", branch=now_is.branch_id)
    return now_is
