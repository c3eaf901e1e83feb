"""Moving an appointment to another time: the old one leaves first, in the same transaction."""

import datetime as dt
import secrets
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Forbidden
from clinic.shared.events import publish
from clinic.shared.notices import tell
from scheduling.actions import policy
from scheduling.actions.booking import _check_override, _fresh
from scheduling.actions.claims import Claim, claim
from scheduling.actions.occupancy import begin_appointment, database_now, leave, lock_doctors, move_appointment
from scheduling.actions.terms import Terms, agree
from scheduling.actions.waitlist.taking_back import take_back_freed
from scheduling.events import AppointmentRescheduled, TimesFreed
from scheduling.models import Appointment, Practitioner
from scheduling.queries.diary import is_late
from scheduling.queries.policy import price_of_move
from scheduling.statuses import AppointmentStatus

A = AppointmentStatus


@action
def reschedule(
    *,
    appointment: Appointment,
    starts_at: dt.datetime,
    practitioner: Practitioner | None = None,
    branch: Branch | None = None,
    reason: str = "",
    by_patient: bool = False,
    override: bool = False,
    taking_back: bool = False,
    promised: Appointment | None = None,
    is_free: bool = True,
    by: User | None,
) -> Appointment:
    """Move a booked appointment to another time (doctor, branch); its successor. The promised price stays with the same
    doctor. A patient may move until the service's limit for cancelling, and as often as the service allows; what she
    moves is approved anew where the service asks for that. `promised` is the held time that she was shown, whose price
    counts with another doctor; `taking_back` the way back of a move, to what it was before (`promised`, `override`
    where that had been booked over something). `is_free` as for `cancel`.

    Raises Conflict (details `nearest`) where the new time is taken or it is too late, Invalid for a time not on offer.
    """
    practitioner, branch = practitioner or appointment.practitioner, branch or appointment.branch
    lock_doctors([appointment.practitioner_id, practitioner.pk])
    old = _fresh(appointment)
    if old.status != A.BOOKED and not (taking_back and old.status == A.PENDING):
        raise Conflict(_("Only a booked appointment can be moved."), code="move_forbidden", before=old.status)
    if by_patient and is_late(old, database_now()):
        raise Conflict(_("It is too late to move this visit here. Call the clinic."), code="late")
    if branch.pk != old.branch_id and not by_patient and (promised is None or taking_back):
        _check_branch(by, branch)
    over = promised.override_reason if promised and taking_back else reason
    if override and not taking_back:
        _check_override(by, branch, reason)
    terms = agree(
        service=old.service, practitioner=practitioner, branch=branch, starts_at=starts_at,
        for_staff=not by_patient, any_hours=override, any_start=old.bundle is not None, mode=old.mode,
    )  # fmt: skip
    if _is_there(old, terms):
        return old
    if by_patient and not taking_back:
        policy.check_move(old, branch=branch, starts_at=terms.starts_at)
    leave(old)
    room = old.room_id if branch.pk == old.branch_id else None
    claimed = Claim(terms, room) if override else claim(terms, for_staff=not by_patient)
    new = Appointment(**claimed.fields() | _kept(old))
    new.booked_by, new.override_reason = by, over[:200] if override else ""
    if practitioner.pk == old.practitioner_id or promised:
        new.price = price_of_move(old, promised or old)
    if by_patient:
        policy.count_move(new, taking_back=taking_back)
    begin_appointment(new, devices=claimed.devices, override=override, reason=reason, by=by)
    move_appointment(old, A.RESCHEDULED, by=by, reason=reason, changes={"successor": new})
    publish(AppointmentRescheduled(old_id=old.pk, new_id=new.pk, by_patient=by_patient))
    if is_free:
        publish(TimesFreed(appointment_ids=(old.pk,)))
    if new.status == A.PENDING:
        policy.announce(new, by_patient=by_patient)
    _tell(old, new)
    return new


def _tell(old: Appointment, new: Appointment) -> None:
    for each in {old.branch_id, new.branch_id}:
        tell("board", branch=each)


def _check_branch(by: User | None, branch: Branch) -> None:
    if by is not None and not by.can(Perm.DIARY_BOOK, branch):
        raise Forbidden(_("Your role does not book at that branch."), field="branch")


def _is_there(old: Appointment, terms: Terms) -> bool:
    """Whether the appointment has this time already; a number in line has its whole block's begin, too."""
    if (terms.practitioner.pk, terms.branch.pk) != (old.practitioner_id, old.branch_id):
        return False
    if terms.block is not None and old.session is not None and old.session.starts_at == terms.shared_span[0]:
        return terms.starts_at == old.session.starts_at or old.starts_at <= terms.starts_at < old.ends_at
    return terms.starts_at == old.starts_at


def _kept(old: Appointment) -> dict[str, Any]:
    """What goes with the patient to the new time."""
    return {
        "status": A.BOOKED,
        "patient_id": old.patient_id,
        "source": old.source,
        "campaign": old.campaign,
        "referred_by": old.referred_by,
        "series_id": old.series_id,
        "note": old.note,
        "bundle": old.bundle,
        "deposit": old.deposit,
        "deposit_settled_at": old.deposit_settled_at,
        "moves_by_patient": old.moves_by_patient,
        "link_token": secrets.token_urlsafe(24),
    }


@action
def move_back(*, appointment: Appointment, by_patient: bool = False, by: User | None) -> Appointment:
    """Take a move back: to the time before it. Raises Conflict where that was given away or nothing was moved."""
    before = Appointment.objects.select_related("practitioner", "branch").filter(successor=appointment.pk).first()
    if before is None:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    lock_doctors([before.practitioner_id, appointment.practitioner_id])
    take_back_freed(appointment=before, by=by)
    return reschedule(
        appointment=appointment, starts_at=before.starts_at, practitioner=before.practitioner, branch=before.branch,
        reason="undo", by_patient=by_patient, by=by, **as_it_was(before),
    )  # fmt: skip


def as_it_was(before: Appointment) -> dict[str, Any]:
    """How `reschedule` takes a move back: at the price promised then, and over what it had been booked over."""
    return {"taking_back": True, "promised": before, "override": bool(before.override_reason)}
