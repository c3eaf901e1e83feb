"""Several services in one booking: all of them or none, marked by one `bundle`."""

import datetime as dt
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.accounts.permissions import Perm
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from scheduling.actions.booking import book, book_direct, cancel, restore
from scheduling.actions.holds import hold, release_hold
from scheduling.actions.moving import as_it_was, reschedule
from scheduling.actions.occupancy import leave, lock_doctors
from scheduling.actions.places import lock_places, places_for
from scheduling.actions.terms import agree
from scheduling.actions.waitlist.taking_back import take_back_freed
from scheduling.events import TimesFreed
from scheduling.models import Appointment, AppointmentStatusChange, Practitioner, Service, Source
from scheduling.queries.chains import MOST
from scheduling.statuses import UPCOMING, AppointmentStatus

AT_ONCE = dt.timedelta(seconds=10)


@dataclass(frozen=True)
class Part:
    """One service of a booking, with whom and when; `mode` where the service leaves it open, `before` where a move is
    taken back.
    """

    service: Service
    practitioner: Practitioner
    starts_at: dt.datetime
    mode: str | None = None
    before: Appointment | None = None


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
    *,
    appointment: Appointment,
    reason: str = "",
    by_patient: bool = False,
    keep_time_closed: bool = False,
    by: User | None,
) -> list[Appointment]:
    """Call off everything that was booked together with an appointment and still lies ahead, itself too."""
    together = together_with(appointment)
    lock_doctors(each.practitioner_id for each in together)
    how: dict[str, Any] = {"reason": reason, "by_patient": by_patient, "keep_time_closed": keep_time_closed, "by": by}
    return [cancel(appointment=each, **how) for each in together]


@action
def reschedule_several(
    *,
    appointment: Appointment,
    starts_at: dt.datetime | None = None,
    parts: Sequence[Part] = (),
    reason: str = "",
    by_patient: bool = False,
    by: User | None,
) -> list[Appointment]:
    """Move everything that was booked together: so that its first part begins then, each with its doctor and as far
    from the first as before; or to the times and doctors of `parts`, in order. All or none.

    Raises what `reschedule` raises, Conflict where something came or went meanwhile.
    """
    together = [each for each in together_with(appointment) if each.status == AppointmentStatus.BOOKED]
    if not together:
        raise Conflict(_("Only a booked appointment can be moved."), code="move_forbidden")
    parts = parts or _as_far_apart(together, starts_at)
    if len(parts) != len(together):
        raise Conflict(_("Something else happened meanwhile. Look at what is there now."), code="meanwhile")
    lock_doctors([each.practitioner_id for each in together] + [part.practitioner.pk for part in parts])
    pairs = list(zip(together, parts, strict=True))
    moving = [
        (each, to) for each, to in pairs if (to.starts_at, to.practitioner) != (each.starts_at, each.practitioner)
    ]
    for each, _to in moving:  # each may come to where another one of them was
        leave(each)
    _lock_places([part for _each, part in moving], together[0].branch, for_staff=not by_patient)
    how: dict[str, Any] = {"reason": reason, "by_patient": by_patient, "by": by}
    how["is_free"] = False  # not before the last one is where it belongs
    moved = {
        each.pk: reschedule(
            appointment=each,
            starts_at=to.starts_at,
            practitioner=to.practitioner,
            **how | (as_it_was(to.before) if to.before else {}),
        )
        for each, to in moving
    }
    publish(TimesFreed(appointment_ids=tuple(moved)))
    return [moved.get(each.pk, each) for each in together]


def _as_far_apart(together: Sequence[Appointment], starts_at: dt.datetime | None) -> list[Part]:
    later = (starts_at or together[0].starts_at) - together[0].starts_at
    return [Part(each.service, each.practitioner, each.starts_at + later, each.mode) for each in together]


@action
def undo_several(*, appointment: Appointment, by_patient: bool = False, by: User | None) -> list[Appointment]:
    """Take back what was done at once with all that was booked together: a cancellation, or (staff) a move. All or
    none.

    Raises what `restore` and `reschedule` raise, Conflict where there is nothing to take back.
    """
    rows = _of_bundle(appointment)
    now = rows.get(pk=appointment.pk)
    lock_doctors(rows.values_list("practitioner_id", flat=True).distinct())
    if now.status == AppointmentStatus.CANCELLED:
        at_once = _at_once(rows.filter(status=now.status), now)
        if by_patient and not all(each.cancelled_by_patient for each in at_once):
            raise Conflict(_("The clinic cancelled this visit. Call the clinic."), code="nothing_to_undo")
        return [restore(appointment=each, by=by) for each in at_once]
    if by_patient:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    before = list(
        rows.filter(successor__in=together_with(now)).select_related("successor").order_by("successor__starts_at", "pk")
    )
    if not before or {each.successor_id for each in before} != {each.pk for each in together_with(now)}:
        raise Conflict(_("There is nothing to take back here."), code="nothing_to_undo")
    for each in before:
        take_back_freed(appointment=each, by=by)
    parts = [Part(each.service, each.practitioner, each.starts_at, each.mode, each) for each in before]
    return reschedule_several(appointment=now, parts=parts, reason="undo", by=by)


def _at_once(rows: QuerySet[Appointment], now: Appointment) -> list[Appointment]:
    """Those that went the same way in the same moment."""
    moves = AppointmentStatusChange.objects.filter(to_status=now.status)
    at = moves.filter(subject=now).latest("pk").at
    near = moves.filter(subject__in=rows, at__gt=at - AT_ONCE, at__lt=at + AT_ONCE)
    return list(rows.filter(pk__in=near.values("subject")).order_by("starts_at", "pk"))


def together_with(appointment: Appointment) -> list[Appointment]:
    """What was booked together with an appointment and lies ahead, in order of time; itself alone where nothing was."""
    if appointment.bundle is None:
        return [_of_bundle(appointment).get(pk=appointment.pk)]
    return list(_of_bundle(appointment).filter(status__in=UPCOMING).order_by("starts_at", "pk"))


def _of_bundle(appointment: Appointment) -> QuerySet[Appointment]:
    rows = Appointment.objects.select_related("service", "practitioner", "branch", "session", "patient")
    return rows.filter(pk=appointment.pk) if appointment.bundle is None else rows.filter(bundle=appointment.bundle)


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
