"""The rules of a booking at work: who may book, what a booking waits for, approving and refusing it."""

import datetime as dt
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.actor import current_actor
from clinic.shared.calendar import format_datetime
from clinic.shared.errors import Conflict, Forbidden, Invalid
from clinic.shared.events import publish
from clinic.shared.notices import tell
from clinic.shared.text import format_phone, normalise
from scheduling.actions.occupancy import (
    database_now,
    leave,
    lock_doctors,
    move_appointment,
)
from scheduling.events import AppointmentBooked, AppointmentRejected, AppointmentRequested, DepositAsked, TimesFreed
from scheduling.models import Appointment, Occupancy, PolicyAcceptance, Service
from scheduling.queries.policy import (
    DEPOSIT_TIME,
    Agreement,
    Conditions,
    agreement_for,
    awaits_deposit,
    deposit_for,
    is_away,
    problems,
)
from scheduling.statuses import EXPIRES, UPCOMING, AppointmentStatus

A = AppointmentStatus


def check_policy(
    *,
    service: Service,
    patient: Patient,
    branch: Branch,
    starts_at: dt.datetime,
    for_staff: bool,
    despite: bool = False,
    moved: Appointment | None = None,
    known: Conditions | None = None,
) -> None:
    """Hold a booking against the rules of its service and of the clinic. Staff are warned and may go on, `despite`.

    Raises Invalid for a patient who may not book this herself, Conflict for two visits too near each other (details
    `other`, the id of the one that could be moved here instead); for staff Conflict of the code `warned`.
    """
    if for_staff and despite:
        return
    found = problems(
        service=service, patient=patient, branch=branch, starts_at=starts_at, moved=moved,
        rules=known.rules if known else None,
    )  # fmt: skip
    if not found:
        return
    if for_staff:
        raise Conflict(" ".join(each.text for each in found), field="patient", code="warned")
    worst = found[0]
    if worst.other is None:
        raise Invalid(worst.text, field=worst.field, code=worst.code)
    other = worst.other.pk if worst.other.status == A.BOOKED else None
    raise Conflict(worst.text, field=worst.field, code=worst.code, other=other)


def standing(appointment: Appointment, *, by_patient: bool) -> tuple[str, dict[str, Any]]:
    """The status that a booking begins with, and the columns that say what it waits for. Staff's is booked at once."""
    service = appointment.service
    if not by_patient:
        return A.BOOKED, {"hold_expires_at": None}
    deposit, until = deposit_for(service, appointment.price), None
    if deposit:
        until = min(database_now() + DEPOSIT_TIME, appointment.starts_at)
    elif service.needs_approval:
        until = _approve_until(appointment, database_now())
    waits = {"deposit": deposit, "needs_approval": service.needs_approval, "hold_expires_at": until}
    return (A.PENDING if until else A.BOOKED), waits


def count_move(new: Appointment, *, taking_back: bool) -> None:
    """One more move of the patient's, or one less. A time chosen anew is approved anew; a deposit goes along."""
    new.moves_by_patient += -1 if taking_back else 1
    if new.service.needs_approval and not taking_back:
        new.status, new.needs_approval = A.PENDING, True
        new.hold_expires_at = _approve_until(new, database_now())


def standing_again(appointment: Appointment) -> tuple[str, dict[str, Any]]:
    """What a cancelled booking comes back to: one that waited waits again."""
    if not (appointment.needs_approval or awaits_deposit(appointment)):
        return A.BOOKED, {}
    now = database_now()
    if awaits_deposit(appointment):
        return A.PENDING, {"hold_expires_at": min(now + DEPOSIT_TIME, appointment.starts_at)}
    return A.PENDING, {"hold_expires_at": _approve_until(appointment, now)}


def _approve_until(appointment: Appointment, now: dt.datetime) -> dt.datetime:
    return min(now + dt.timedelta(hours=appointment.service.approve_within_hours), appointment.starts_at)


def announce(appointment: Appointment, *, by_patient: bool, known: Conditions | None = None) -> None:
    """Say how a booking stands: booked, or what it waits for. `known` is what was asked before it."""
    if appointment.status == A.BOOKED:
        whole = appointment if appointment._state.fields_cache.keys() >= {"patient", "branch", "service"} else None
        ahead = known.ahead if known else None
        waited = ahead is None or ahead.waits or ahead.patient != appointment.patient
        publish(AppointmentBooked(appointment.pk, by_patient=by_patient, waited=waited, appointment=whole))
    elif awaits_deposit(appointment):
        publish(DepositAsked(appointment_id=appointment.pk))
    else:
        publish(AppointmentRequested(appointment_id=appointment.pk))
    tell("board", branch=appointment.branch_id)


def acceptance(
    appointment: Appointment, *, mark: str = "", device: str = "", known: Conditions | None = None, by: User | None
) -> PolicyAcceptance:
    """What the patient agrees to, from where, not written yet. Raises Conflict where other words were shown to her
    (`mark`).
    """
    agreed: Agreement = agreement_for(appointment.service, appointment.price, known)
    if mark and mark != agreed.mark:
        text = _("The terms have just changed. Read them once more, then book.")
        raise Conflict(text, field="agreed", code="terms_changed")
    return PolicyAcceptance(
        appointment=appointment,
        policy=agreed.policy,
        text=agreed.text,
        by=by,
        ip=current_actor().ip,
        device=normalise(device)[:200],
    )


def keep_acceptance(appointment: Appointment, *, agreed: str = "", device: str = "", by: User | None) -> None:
    """Write what the patient agreed to once more, with a visit that she took in place of another one. Raises what
    `acceptance` raises.
    """
    acceptance(appointment, mark=agreed, device=device, by=by).save()


def check_move(appointment: Appointment, *, branch: Branch, starts_at: dt.datetime) -> None:
    """Hold a patient's own move against the rules. Raises Conflict where she has moved this visit as often as she may,
    and what `check_policy` raises.
    """
    assert appointment.patient
    check_policy(
        service=appointment.service, patient=appointment.patient, branch=branch, starts_at=starts_at, for_staff=False,
        moved=appointment,
    )  # fmt: skip
    limit = appointment.service.move_limit
    if limit is None or appointment.moves_by_patient < limit:
        return
    phone = appointment.branch.phone
    if phone:
        words = _("This visit cannot be moved here any more. Call the clinic: %(phone)s.") % {
            "phone": format_phone(phone)
        }
    else:
        words = _("This visit cannot be moved here any more. Call the clinic.")
    raise Conflict(words, code="move_limit")


@action
def approve(*, appointment: Appointment, by: User | None) -> Appointment:
    """Take a waiting booking: booked, or, where its deposit is not paid yet, approved and still waiting for that.

    Raises Forbidden for whoever is not staff, Conflict where its time was given away or the doctor is away by now.
    """
    appointment = _waiting(appointment, by)
    if appointment.status == A.BOOKED:
        return appointment
    if appointment.hold_expires_at is not None and appointment.hold_expires_at <= database_now():
        raise _no_longer(appointment)  # its time may be given away in the same moment
    appointment.needs_approval = False
    if awaits_deposit(appointment):
        appointment.save()
        tell("board", branch=appointment.branch_id)
        return appointment
    return _make_certain(appointment, by=by, changes={"needs_approval": False})


@action
def reject(*, appointment: Appointment, reason: str, by: User | None) -> Appointment:
    """Refuse a waiting booking, with the reason that the patient reads; its time is free at once. Twice is once.

    Raises Forbidden for whoever is not staff, Invalid without a reason, Conflict for what waits no more.
    """
    reason = normalise(reason)[:500]
    if not reason:
        raise Invalid(_("Write the reason; the patient reads it."), field="reason")
    lock_doctors([appointment.practitioner_id])
    appointment = _fresh(appointment)
    if appointment.status == A.CANCELLED:
        return appointment
    _check_staff(appointment, by)
    if appointment.status != A.PENDING:
        raise _no_longer(appointment)
    leave(appointment)
    changes = {"cancelled_by_patient": False, "hold_expires_at": None}
    appointment = move_appointment(appointment, A.CANCELLED, by=by, reason=reason, changes=changes, is_locked=True)
    publish(AppointmentRejected(appointment_id=appointment.pk, reason=reason))
    publish(TimesFreed(appointment_ids=(appointment.pk,)))
    tell("board", branch=appointment.branch_id)
    return appointment


@action
def deposit_paid(*, appointment: Appointment, by: User | None) -> Appointment:
    """The deposit has come: booked, unless somebody must approve it still. Twice is once.

    Raises Conflict (`too_late`) where the time is not kept any more: the money has to go back.
    """
    lock_doctors([appointment.practitioner_id])
    appointment = _fresh(appointment)
    if appointment.status not in UPCOMING:
        raise Conflict(_("The time was not kept any longer; the deposit goes back."), code="too_late")
    if not awaits_deposit(appointment):
        return appointment
    return _settled(appointment, by=by)


@action
def waive_deposit(*, appointment: Appointment, reason: str, by: User | None) -> Appointment:
    """Do without the deposit of a waiting booking, with a reason: booked, unless somebody must approve it still.

    Raises Forbidden for whoever is not staff, Invalid without a reason, Conflict for what waits no more.
    """
    reason = normalise(reason)[:500]
    if not reason:
        raise Invalid(_("Write why no deposit is asked for."), field="reason")
    appointment = _waiting(appointment, by)
    if not awaits_deposit(appointment):
        raise Conflict(_("No deposit is waited for here."), code="no_deposit")
    return _settled(appointment, by=by, reason=reason, changes={"deposit": 0})


def _settled(appointment: Appointment, *, by: User | None, reason: str = "", changes: Any = None) -> Appointment:
    changes = {"deposit_settled_at": database_now(), **(changes or {})}
    if appointment.status == A.PENDING and not appointment.needs_approval:
        return _make_certain(appointment, by=by, reason=reason, changes=changes)
    if appointment.status == A.PENDING:
        changes["hold_expires_at"] = _approve_until(appointment, database_now())
    for name, value in changes.items():
        setattr(appointment, name, value)
    appointment.save()
    if appointment.status == A.PENDING:
        publish(AppointmentRequested(appointment_id=appointment.pk))
    tell("board", branch=appointment.branch_id)
    return appointment


def _make_certain(appointment: Appointment, *, by: User | None, reason: str = "", changes: Any) -> Appointment:
    """Booked at last: the time is looked at once more, inside the same transaction (it was kept all the while)."""
    _check_still_free(appointment)
    changes = {"hold_expires_at": None, **changes}
    appointment = move_appointment(appointment, A.BOOKED, by=by, reason=reason, changes=changes)
    announce(appointment, by_patient=False)
    return appointment


def _check_still_free(appointment: Appointment) -> None:
    if not Occupancy.objects.filter(appointment=appointment).exists():
        raise _no_longer(appointment)
    if is_away(appointment):
        text = _("The doctor is away at this time by now. Refuse it, or book another time.")
        raise Conflict(text, code="away")


def _waiting(appointment: Appointment, by: User | None) -> Appointment:
    """The row, locked; Conflict where it waits no more. What is booked already is given as it is."""
    lock_doctors([appointment.practitioner_id])
    appointment = _fresh(appointment)
    _check_staff(appointment, by)
    if appointment.status not in UPCOMING:
        raise _no_longer(appointment)
    return appointment


def _no_longer(appointment: Appointment) -> Conflict:
    text = _("This booking does not wait any more.")
    if appointment.status in EXPIRES | {A.EXPIRED}:
        text = _("Its time was kept until %(when)s and is free again. Book the patient anew.") % {
            "when": format_datetime(appointment.hold_expires_at or appointment.starts_at, style="short")
        }
    return Conflict(text, code="waits_no_more", before=appointment.status)


def _check_staff(appointment: Appointment, by: User | None) -> None:
    if by is None or not by.can(Perm.DIARY_BOOK, appointment.branch_id):
        raise Forbidden(_("The clinic has to approve this booking."))


def _fresh(appointment: Appointment) -> Appointment:
    rows = Appointment.objects.select_related("service", "practitioner", "branch", "patient")
    return rows.select_for_update(of=("self",)).get(pk=appointment.pk)
