"""Several services in one booking: all of them or none, marked by one `bundle`."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from scheduling.actions.booking import book, book_direct, cancel
from scheduling.actions.holds import hold, release_hold
from scheduling.actions.moving import reschedule
from scheduling.actions.occupancy import leave, lock_doctors
from scheduling.actions.places import lock_places, places_for
from scheduling.actions.terms import agree
from scheduling.models import Appointment, Practitioner, Service, Source
from scheduling.queries.chains import MOST
from scheduling.statuses import UPCOMING, AppointmentStatus


@dataclass(frozen=True)
class Part:
    """One service of a booking, with whom and when; `mode` where the service leaves it open."""

    service: Service
    practitioner: Practitioner
    starts_at: dt.datetime
    mode: str | None = None


@action
def hold_several(
    *,
    parts: Sequence[Part],
    branch: Branch,
    secret: str = "",
    source: str = Source.SITE,
    campaign: dict[str, str] | None = None,
    instead_of: Sequence[Appointment] = (),
    by: User | None,
) -> list[Appointment]:
    """Keep times for several services for five minutes, as `hold` does for one; in the order of the parts.

    `instead_of`, other holds of the same person, are let go first. Raises what `hold` raises; then none is held.
    """
    _check_count(parts)
    lock_doctors([part.practitioner.pk for part in parts] + [each.practitioner_id for each in instead_of])
    for before in instead_of:
        release_hold(hold=before, by=by)
    _lock_places(parts, branch, for_staff=by is not None and by.can(Perm.DIARY_BOOK, branch))
    bundle = uuid.uuid4()
    return [
        hold(
            service=part.service, practitioner=part.practitioner, branch=branch, starts_at=part.starts_at,
            secret=secret, source=source, campaign=campaign, mode=part.mode, any_start=place > 0, bundle=bundle, by=by,
        )
        for place, part in enumerate(parts)
    ]  # fmt: skip


@action
def book_several(
    *, holds: Sequence[Appointment], patient: Patient, by: User | None, **details: Any
) -> list[Appointment]:
    """Make held times the patient's, all or none; `details` (secret, note, …) go to `book`. Raises what that raises."""
    _check_count(holds)
    if len(holds) > 1:  # else `book` does
        lock_doctors(each.practitioner_id for each in holds)
    return [book(hold=each, patient=patient, by=by, **details) for each in holds]


@action
def book_several_direct(
    *, parts: Sequence[Part], branch: Branch, patient: Patient, by: User | None, **details: Any
) -> list[Appointment]:
    """Book several services at once, as the desk does; `details` go to `book_direct`. All or none."""
    _check_count(parts)
    lock_doctors(part.practitioner.pk for part in parts)
    if not details.get("override"):
        _lock_places(parts, branch, for_staff=True)
    bundle = uuid.uuid4()
    return [
        book_direct(
            service=part.service, practitioner=part.practitioner, branch=branch, patient=patient,
            starts_at=part.starts_at, mode=part.mode, bundle=bundle, by=by, **details,
        )
        for part in parts
    ]  # fmt: skip


@action
def cancel_several(
    *, appointment: Appointment, reason: str = "", by_patient: bool = False, by: User | None
) -> list[Appointment]:
    """Call off everything that was booked together with an appointment and still lies ahead, itself too."""
    together = together_with(appointment)
    lock_doctors(each.practitioner_id for each in together)
    return [cancel(appointment=each, reason=reason, by_patient=by_patient, by=by) for each in together]


@action
def reschedule_several(
    *, appointment: Appointment, starts_at: dt.datetime, reason: str = "", by_patient: bool = False, by: User | None
) -> list[Appointment]:
    """Move everything that was booked together so that its first part begins then; each with its doctor, as far from
    the first as before. All or none. Raises what `reschedule` raises.
    """
    together = [each for each in together_with(appointment) if each.status == AppointmentStatus.BOOKED]
    if not together:
        raise Conflict(_("Only a booked appointment can be moved."), code="move_forbidden")
    later = starts_at - together[0].starts_at
    if not later:
        return together
    lock_doctors(each.practitioner_id for each in together)
    for each in together:  # each may come to where another one of them was
        leave(each)
    parts = [Part(each.service, each.practitioner, each.starts_at + later, each.mode) for each in together]
    _lock_places(parts, together[0].branch, for_staff=not by_patient)
    return [
        reschedule(appointment=each, starts_at=each.starts_at + later, reason=reason, by_patient=by_patient, by=by)
        for each in together
    ]


def together_with(appointment: Appointment) -> list[Appointment]:
    """What was booked together with an appointment and lies ahead, in order of time; itself alone where nothing was."""
    rows = Appointment.objects.select_related("service", "practitioner", "branch", "session")
    if appointment.bundle is None:
        return [rows.get(pk=appointment.pk)]
    return list(rows.filter(bundle=appointment.bundle, status__in=UPCOMING).order_by("starts_at", "pk"))


def _check_count(parts: Sequence[Any]) -> None:
    if not 0 < len(parts) <= MOST:
        text = _("Choose between one and %(count)s services.") % {"count": MOST}
        raise Invalid(text, field="service")


def _lock_places(parts: Sequence[Part], branch: Branch, *, for_staff: bool) -> None:
    """Rooms and devices of all parts in one order, before any part chooses its own."""
    several = []
    for part in parts:
        terms = agree(
            service=part.service, practitioner=part.practitioner, branch=branch, starts_at=part.starts_at,
            for_staff=for_staff, any_start=True, mode=part.mode,
        )  # fmt: skip
        several.append((terms, places_for(terms)))
    lock_places(several)
