"""What patients are told and the desk reminded of around a visit, in terms of the other apps' rows."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

import emr.queries as record
from clinic.accounts.models import Branch
from clinic.shared.actions import action
from clinic.shared.links import absolute
from clinic.shared.money import format_money
from clinic.shared.speaking import speaking
from finance.models import Payment
from finance.models.documents import REAL_MONEY
from messaging.actions.follow_ups import not_needed, plan_follow_up, reopen_follow_up
from messaging.actions.queue import queue_message, withdraw_for
from messaging.models import FollowUpTask, Message, TaskKind
from messaging.statuses import MessageStatus, TaskStatus
from scheduling.models import Appointment, Mode, Visit
from scheduling.queries.online import OPENS_BEFORE
from scheduling.statuses import AppointmentStatus

# After these a patient of an online visit also gets the way in, when the door opens.
TELL_THE_WAY_IN = {"booking_confirmed", "appointment_moved"}
CALL_DAYS_BEFORE = 3
INVITE_DAYS_BEFORE = 7
CANCELLED = "appointment_cancelled"
# What was booked together is told once, whichever of these says it.
SAID_OF_ALL = {
    "booking_confirmed": ("booking_confirmed", "appointment_moved"),
    "appointment_moved": ("appointment_moved",),
    "appointment_cancelled": ("appointment_cancelled",),
}
STANDING = {"booking_confirmed": AppointmentStatus.BOOKED, "appointment_cancelled": AppointmentStatus.CANCELLED}
TOLD = (MessageStatus.SENDING, MessageStatus.SENT, MessageStatus.DELIVERED)


@action
def tell_of_appointment(*, kind: str, appointment: Appointment, again: bool = False, by: Any) -> Message | None:
    """Queue a message about an appointment, once for its kind; None where nobody can be told. `again`: once more, where
    the opposite has left the building since (a booking, its cancellation, the booking after all).
    """
    if appointment.patient is None:
        return None
    cause = f"appointment:{appointment.pk}"
    since = _since(kind, appointment) if again else ""
    if since is None:
        return None
    cause += since
    if kind in TELL_THE_WAY_IN and appointment.mode == Mode.ONLINE and appointment.starts_at > timezone.now():
        queue_message(
            kind="online_soon",
            patient=appointment.patient,
            appointment=appointment,
            cause=cause,
            send_after=appointment.starts_at - OPENS_BEFORE,
            link=absolute(f"/v/{appointment.link_token}/"),
            by=by,
        )
    if _is_said_of_another(kind, appointment):
        return None
    return queue_message(kind=kind, patient=appointment.patient, appointment=appointment, cause=cause, by=by)


@action
def tell_it_is_off(*, appointment: Appointment, never_was: bool = False, by: Any) -> Message | None:
    """It is cancelled: nothing that waits is sent, and she is told. What `never_was` is told only to who was told of
    it, while it lies ahead.
    """
    withdraw_about(appointment=appointment, by=by)
    if never_was:
        came_after_all(appointment_id=appointment.pk, by=by)
        told = Message.objects.filter(appointment=appointment, kind__in=SAID_OF_ALL, status__in=TOLD)
        if appointment.starts_at <= timezone.now() or not told.exists():
            return None
    return tell_of_appointment(kind=CANCELLED, appointment=appointment, again=True, by=by)


@action
def tell_of_move(*, old: Appointment, new: Appointment, by: Any) -> Message | None:
    """Nothing that waits of the old time is sent; the new one is told."""
    withdraw_about(appointment=old, by=by)
    return tell_of_appointment(kind="appointment_moved", appointment=new, by=by)


@action
def tell_it_stands(*, appointment: Appointment, by: Any) -> Message | None:
    """A cancellation or a no-show was taken back: neither is told, nobody calls her for it, and what was withdrawn with
    it goes out after all; she who was told of the cancellation is told that she is booked again.
    """
    withdraw_about(appointment=appointment, by=by)
    came_after_all(appointment_id=appointment.pk, by=by)
    return tell_of_appointment(kind="booking_confirmed", appointment=appointment, again=True, by=by)


def _is_said_of_another(kind: str, appointment: Appointment) -> bool:
    """Whether a message that waits says it already of what was booked together with this: its page names all."""
    if appointment.bundle is None or kind not in SAID_OF_ALL:
        return False
    all_of_it = Appointment.objects.filter(bundle=appointment.bundle, patient=appointment.patient)
    waiting = Message.objects.filter(kind__in=SAID_OF_ALL[kind], status=MessageStatus.QUEUED)
    return waiting.filter(appointment__in=all_of_it).exclude(kind=kind, appointment=appointment).exists()


@action
def withdraw_about(*, appointment: Appointment, by: Any) -> int:
    """`withdraw_for` an appointment; what a message said of others too, that were booked together, is said of them."""
    about = Message.objects.filter(appointment=appointment, status=MessageStatus.QUEUED)
    kinds = set(about.filter(kind__in=STANDING).values_list("kind", flat=True)) if appointment.bundle else set()
    count = withdraw_for(appointment=appointment, by=by)
    others = Appointment.objects.filter(bundle=appointment.bundle, patient=appointment.patient)
    for kind in sorted(kinds):
        other = others.filter(status=STANDING[kind]).exclude(pk=appointment.pk).order_by("starts_at", "pk").first()
        if other is not None:
            tell_of_appointment(kind=kind, appointment=other, again=True, by=by)
    return count


def _since(kind: str, appointment: Appointment) -> str | None:
    """What makes it a new message: the opposite that was told after this kind was. None where she knows it already."""
    told = Message.objects.filter(appointment=appointment, kind__in=SAID_OF_ALL, status__in=TOLD).order_by("pk")
    rows = list(told.values_list("kind", "pk"))
    if not rows:
        return ""
    last, pk = rows[-1]
    if (last == CANCELLED) == (kind == CANCELLED):
        return "" if last == kind else None
    return f":{pk}" if any(each == kind for each, _pk in rows) else ""


@action
def send_receipt(*, payment: Payment, by: Any) -> Message | None:
    """Queue the receipt of a payment in real money on a bill; None for anything else."""
    if payment.invoice is None or payment.method not in REAL_MONEY:
        return None
    with speaking(payment.patient.language):
        amount = format_money(payment.amount)
    return queue_message(
        kind="receipt",
        patient=payment.patient,
        cause=f"payment:{payment.pk}",
        amount=amount,
        link=absolute(f"/bill/{payment.invoice.public_token}/"),
        by=by,
    )


@action
def plan_call_after_missed(*, appointment: Appointment, by: Any) -> FollowUpTask | None:
    """Put a patient who did not come on tomorrow's call list."""
    if appointment.patient is None:
        return None
    task = plan_follow_up(
        kind=TaskKind.MISSED,
        patient=appointment.patient,
        branch=appointment.branch,
        due_on=_today(appointment.branch) + dt.timedelta(days=1),
        why=_("Did not come; offer a new time"),
        cause=f"appointment:{appointment.pk}",
        service=appointment.service,
        by=by,
    )
    # It was taken back once, and is true after all.
    return reopen_follow_up(task=task, by=by) if task.status == TaskStatus.CANCELLED and not task.done_by_id else task


@action
def came_after_all(*, appointment_id: int | None, by: Any) -> None:
    """Nobody calls her for a visit that she did not miss; nothing to do for one without an appointment."""
    if appointment_id is None:
        return
    cause = f"appointment:{appointment_id}"
    for task in FollowUpTask.objects.filter(cause=cause, kind=TaskKind.MISSED, status=TaskStatus.OPEN):
        not_needed(task=task, outcome=_("It was not missed after all"), by=None)


@action
def plan_what_was_asked(*, visit: Visit, by: Any) -> None:
    """What the doctor asked for, if anything: a call some days before the day she wants, and a written invitation
    before that.
    """
    wish = record.follow_up_wish(visit)
    if not wish:
        return
    wanted_on, service, note = wish
    today, cause = _today(visit.branch), f"visit:{visit.pk}"
    plan_follow_up(
        kind=TaskKind.DOCTOR_ASKED,
        patient=visit.patient,
        branch=visit.branch,
        due_on=max(today, wanted_on - dt.timedelta(days=CALL_DAYS_BEFORE)),
        why=note or _("The doctor wants to see the patient again"),
        cause=cause,
        visit=visit,
        service=service,
        wanted_on=wanted_on,
        by=by,
    )
    ahead = max(dt.timedelta(0), wanted_on - today - dt.timedelta(days=INVITE_DAYS_BEFORE))
    queue_message(
        kind="follow_up_invite",
        patient=visit.patient,
        cause=invitation_cause(cause),
        send_after=timezone.now() + ahead,
        by=by,
    )


def invitation_cause(cause: str) -> str:
    """The cause of the invitation that belongs to a follow-up's cause."""
    return f"follow-up:{cause}"


def _today(branch: Branch) -> dt.date:
    return timezone.now().astimezone(ZoneInfo(branch.time_zone)).date()
