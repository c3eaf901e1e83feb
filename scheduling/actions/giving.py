"""A booking that is somebody else's."""

from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from scheduling.actions.booking import _fresh, book_direct, cancel
from scheduling.actions.desk import Person, person_of
from scheduling.actions.occupancy import lock_doctors
from scheduling.models import Appointment
from scheduling.statuses import UPCOMING


@action
def give_to(*, appointment: Appointment, patient: Patient, despite: bool = False, by: User | None) -> Appointment:
    """The time is somebody else's: the booking is cancelled by the clinic and made anew for `patient`, and both hear of
    it. Doctor, time, room, way, note and source stay; price, deposit and rules are the new patient's.

    Raises Conflict for what does not lie ahead, Invalid for the same patient, and what `book_direct` raises.
    """
    lock_doctors([appointment.practitioner_id])
    old = _fresh(appointment)
    if old.status not in UPCOMING:
        raise Conflict(_("Only a booked appointment can be given to somebody else."), code="move_forbidden")
    if old.patient_id == patient.pk:
        raise Invalid(_("It is this patient's already. Choose another one."), field="patient")
    over: dict[str, Any] = {"override": True, "reason": old.override_reason} if old.override_reason else {}
    cancel(appointment=old, reason=_("Given to another patient"), is_free=False, by=by)
    return book_direct(
        service=old.service, practitioner=old.practitioner, branch=old.branch, patient=patient,
        starts_at=old.session.starts_at if old.session and old.session.service_id is None else old.starts_at,
        source=old.source, campaign=old.campaign, referred_by=old.referred_by, note=old.note, room=old.room_id,
        mode=old.mode, despite=despite, by=by, **over,
    )  # fmt: skip


@action
def give_to_person(*, person: Person, by: Any, **wanted: Any) -> Appointment:
    """`give_to` for a patient, or for somebody new given by the fields of `register`."""
    return give_to(patient=person_of(person, by), by=by, **wanted)
