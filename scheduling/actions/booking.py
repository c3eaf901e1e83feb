"""The diary: booking, confirming, cancelling, moving, missing, and taking each of them back."""

import datetime as dt
import secrets
import uuid
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden, Invalid, NotFound
from clinic.shared.events import publish
from clinic.shared.notices import tell
from clinic.shared.writing import Also, beside
from scheduling.actions import fees, policy
from scheduling.actions.claims import Claim, claim, quick_claim, reclaim
from scheduling.actions.holds import is_holder
from scheduling.actions.kept_closed import keep_closed, open_again
from scheduling.actions.occupancy import (
    begin_appointment,
    begin_at_end,
    book_held,
    database_now,
    leave,
    lock_doctors,
    move_appointment,
    occupy,
    taken_conflict,
)
from scheduling.actions.terms import agree
from scheduling.actions.waitlist.taking_back import take_back_freed
from scheduling.events import (
    AppointmentCancelled,
    AppointmentMissed,
    AppointmentRestored,
    TimesFreed,
)
from scheduling.models import Appointment, FeeKind, Practitioner, Series, Service, Source
from scheduling.queries.diary import is_late
from scheduling.queries.floor import is_inside
from scheduling.queries.policy import Conditions, conditions_of
from scheduling.statuses import UPCOMING, AppointmentStatus

A = AppointmentStatus


@action
def book(
    *,
    hold: Appointment,
    patient: Patient,
    secret: str = "",
    note: str = "",
    origin: dict[str, Any] | None = None,
    as_patient: bool = False,
    agreed: str = "",
    device: str = "",
    despite: bool = False,
    by: User | None,
) -> Appointment:
    """Make a held time the patient's. Again by the same account for the same patient gives the same appointment.

    Booked by the patient herself (staff too, `as_patient`) it may wait for approval or a deposit, and what she agreed
    to is kept: `agreed` is the mark of the text she saw, `device` what she held. Staff go on `despite` warnings.
    `origin` says by source, campaign and referrer where she came from, if not as it was held.

    Raises NotFound for somebody else's hold, Conflict where its time is over (details `nearest`) or where the patient
    has a visit at that time already; and what `check_policy` and `acceptance` raise.
    """
    lock_doctors([hold.practitioner_id])
    held = _fresh(hold)
    if not is_holder(held, user=by, secret=secret):
        raise NotFound(_("There is no such held time for you. Choose a time again."), field="hold")
    if held.status in UPCOMING and held.patient_id == patient.pk:
        return held
    if held.status != A.HELD or held.hold_expires_at is None or held.hold_expires_at <= database_now():
        raise _over(held)
    _check_patient(patient)
    by_patient = as_patient or not (by and by.can(Perm.DIARY_BOOK, held.branch_id))
    known = conditions_of(held.service_id, held.practitioner_id)
    policy.check_policy(
        service=held.service, patient=patient, branch=held.branch, starts_at=held.starts_at,
        for_staff=not by_patient, despite=despite, known=known,
    )  # fmt: skip
    status, waits = policy.standing(held, by_patient=by_patient)
    changes: dict[str, Any] = {"booked_by": by, **waits, **(origin or {})}
    if note:
        changes["note"] = note[:300]
    also = _agreed(held, mark=agreed, device=device, known=known, by=by) if by_patient else []
    booked = book_held(held, status, *also, patient=patient, changes=changes, by=by)
    policy.announce(booked, by_patient=by_patient)
    return booked


@action
def book_direct(
    *,
    service: Service,
    practitioner: Practitioner,
    branch: Branch,
    patient: Patient,
    starts_at: dt.datetime,
    source: str = Source.DESK,
    campaign: dict[str, str] | None = None,
    referred_by: str = "",
    note: str = "",
    room: int | None = None,
    override: bool = False,
    reason: str = "",
    mode: str | None = None,
    bundle: uuid.UUID | None = None,
    series: Series | None = None,
    despite: bool = False,
    as_patient: bool = False,
    agreed: str = "",
    device: str = "",
    known: Conditions | None = None,
    by: User | None,
) -> Appointment:
    """Book at once, as the desk does. `override` books over hours and other visits: it needs its own permission and a
    reason, and both stay on the appointment. `despite` goes on where the rules of booking warn. `as_patient` books as
    she herself does after a hold (see `book`). `known` are the conditions, where the caller has asked for them already.

    Raises Invalid for a time that is not on offer, Conflict (details `nearest`) where it is taken, Forbidden.
    """
    if override:
        _check_override(by, branch, reason)
    _check_patient(patient)
    known = known or conditions_of(service.pk, practitioner.pk)
    wish: dict[str, Any] = {"service": service, "branch": branch, "starts_at": starts_at, "for_staff": not as_patient}
    if by is not None:  # nobody is there to be warned
        policy.check_policy(**wish, patient=patient, despite=despite, known=known)
    terms = agree(**wish, practitioner=practitioner, any_hours=override, mode=mode, known=known)
    claimed = Claim(terms, room) if override else None
    if claimed is None and room is None:
        claimed = quick_claim(terms, known)
    claimed = claimed or claim(terms, for_staff=not as_patient, wanted_room=room)
    appointment = Appointment(
        **claimed.fields(),
        bundle=bundle,
        series=series,
        patient=patient,
        source=source,
        campaign=campaign or {},
        referred_by=referred_by[:120],
        note=note[:300],
        booked_by=by,
        override_reason=reason[:200] if override else "",
        link_token=secrets.token_urlsafe(24),
    )
    also = _agreed(appointment, mark=agreed, device=device, known=known, by=by) if as_patient else []
    how: dict[str, Any] = {"override": override, "reason": reason, "by_patient": as_patient, "by": by}
    _begin(appointment, claimed, *also, **how)
    policy.announce(appointment, by_patient=as_patient, known=known)
    return appointment


def _agreed(appointment: Appointment, **how: Any) -> list[Also]:
    """What a patient agreed to, written with her appointment (`how` as in `policy.acceptance`)."""
    return [beside(policy.acceptance(appointment, **how), "appointment_id")]


def _begin(
    appointment: Appointment,
    claimed: Claim,
    *also: Also,
    by_patient: bool,
    override: bool,
    reason: str,
    by: User | None,
) -> None:
    """Write the row with the status that it begins with, and take its time."""
    appointment.status, waits = policy.standing(appointment, by_patient=by_patient)
    for name, value in waits.items():
        setattr(appointment, name, value)
    if claimed.key:
        begin_at_end(appointment, *also, by=by)
        return
    why = reason if override else ""
    begin_appointment(appointment, *also, devices=claimed.devices, override=override, reason=why, by=by)


@action
def confirm(*, appointment: Appointment, by: User | None) -> Appointment:
    """Note that the patient will come; a booking that waits for approval is approved by staff with it. Twice is once.

    Raises Forbidden where somebody else than staff would approve.
    """
    if Appointment.objects.filter(pk=appointment.pk, status=A.PENDING).exists():
        return policy.approve(appointment=appointment, by=by)
    lock_doctors([appointment.practitioner_id])
    appointment = _fresh(appointment)
    if appointment.status != A.BOOKED:
        text = _("Only a booked appointment can be confirmed.")
        raise Conflict(text, code="move_forbidden", before=appointment.status)
    if appointment.confirmed_at is None:
        appointment.confirmed_at = database_now()
        appointment.save()
        tell("board", branch=appointment.branch_id)
    return appointment


@action
def cancel(
    *,
    appointment: Appointment,
    reason: str = "",
    by_patient: bool = False,
    keep_time_closed: bool = False,
    is_free: bool = True,
    by: User | None,
) -> Appointment:
    """Call an appointment off; its time is free at once, or nobody's where the clinic keeps it closed. Late is what a
    patient calls off after the service's limit. Without `is_free` the caller gives the time on: nobody is asked in.

    Raises Conflict for what has begun or is over. Cancelled twice is cancelled once.
    """
    lock_doctors([appointment.practitioner_id])
    appointment = _fresh(appointment)
    if appointment.status == A.CANCELLED:
        return appointment
    if appointment.status not in UPCOMING | {A.HELD}:
        raise Conflict(_("This cannot be cancelled any more."), code="move_forbidden", before=appointment.status)
    now = database_now()
    if by_patient and appointment.starts_at <= now:
        raise Conflict(_("This visit has begun. Call the clinic."), code="begun")
    late = by_patient and appointment.status == A.BOOKED and is_late(appointment, now)
    leave(appointment)
    changes = {"cancelled_by_patient": by_patient, "was_late_cancel": late, "hold_expires_at": None}
    had_patient = appointment.patient_id is not None
    appointment = move_appointment(
        appointment, A.CANCELLED, by=by, reason=reason[:500], changes=changes, is_locked=True
    )
    if late:
        fees.note_fee(appointment, FeeKind.LATE, by=by)
    if keep_time_closed and not by_patient:
        is_free = not keep_closed(appointment, reason)
    if had_patient:
        publish(
            AppointmentCancelled(appointment_id=appointment.pk, by_patient=by_patient, late=late, reason=reason[:500])
        )
        if is_free:
            publish(TimesFreed(appointment_ids=(appointment.pk,)))
    tell("board", branch=appointment.branch_id)
    return appointment


@action
def restore(*, appointment: Appointment, by: User | None) -> Appointment:
    """Take a cancellation or a no-show back. Raises Conflict (details `nearest`) where the time was given away."""
    lock_doctors([appointment.practitioner_id])
    appointment = _fresh(appointment)
    if appointment.status == A.BOOKED:
        return appointment
    if appointment.status not in {A.CANCELLED, A.NO_SHOW} or appointment.patient_id is None:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    take_back_freed(appointment=appointment, by=by)
    open_again(appointment)
    override = bool(appointment.override_reason)
    changes: dict[str, Any] = {"cancelled_by_patient": None, "was_late_cancel": False}
    devices: tuple[int, ...] = ()
    if not override:
        claimed = reclaim(appointment)
        changes |= {"room_id": claimed.room, "seat": claimed.seat}
        devices = claimed.devices
    status, waits = policy.standing_again(appointment)
    appointment = move_appointment(appointment, status, by=by, reason="undo", changes=changes | waits)
    occupy(appointment, devices=devices, override=override)
    fees.withdraw_fee(appointment, by=by)
    if status == A.PENDING:
        policy.announce(appointment, by_patient=False)
    else:
        publish(AppointmentRestored(appointment_id=appointment.pk))
    tell("board", branch=appointment.branch_id)
    return appointment


@action
def no_show(*, appointment: Appointment, reason: str = "", by: User | None) -> Appointment:
    """She did not come; said by a person, once the time has begun. Twice is once.

    Raises Conflict (code `inside`) for somebody who is in the building, for another visit too.
    """
    lock_doctors([appointment.practitioner_id])
    appointment = _fresh(appointment)
    if appointment.status == A.NO_SHOW:
        return appointment
    if appointment.status == A.BOOKED and appointment.starts_at > database_now():
        raise Conflict(_("This visit has not begun yet."), code="too_early")
    if is_inside(appointment.patient_id, appointment.branch_id):
        text = _("This patient is in the building, for another visit. Decide once that is over.")
        raise Conflict(text, code="inside")
    leave(appointment)
    appointment = move_appointment(appointment, A.NO_SHOW, by=by, reason=reason, is_locked=True)
    fees.note_fee(appointment, FeeKind.NO_SHOW, by=by)
    publish(AppointmentMissed(appointment_id=appointment.pk))
    tell("board", branch=appointment.branch_id)
    return appointment


def _fresh(appointment: Appointment) -> Appointment:
    """The row as it is now, locked."""
    rows = Appointment.objects.select_related("service", "practitioner", "branch", "session")
    return rows.select_for_update(of=("self",)).get(pk=appointment.pk)


def _over(hold: Appointment) -> Conflict:
    error = taken_conflict(hold.service, hold.practitioner_id, hold.branch_id, hold.starts_at)
    error.message = _("The time was held for five minutes, and they are over. Choose a time again.")
    error.field, error.code = "hold", "hold_over"
    return error


def _check_patient(patient: Patient) -> None:
    if patient.merged_into_id:
        raise Invalid(_("This patient was merged into another one. Book for that one."), field="patient")


def _check_override(by: User | None, branch: Branch, reason: str) -> None:
    if by is None or not by.can(Perm.DIARY_OVERRIDE, branch):
        raise Forbidden(_("Your role may not book over other visits."), field="override")
    if not reason.strip():
        raise Invalid(_("Write why this is booked over hours or another visit."), field="reason")
