"""Who waits: joining, changing, ending; and what becomes of a wish once she has a visit."""

import datetime as dt
import secrets
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from scheduling.actions.booking import book_direct, cancel
from scheduling.actions.desk import Person, person_of
from scheduling.actions.moving import reschedule
from scheduling.actions.occupancy import lock, lock_doctors
from scheduling.actions.waitlist.doors import move_entry
from scheduling.actions.waitlist.preferences import kept_until, party_of, priority_of, wishes_of
from scheduling.actions.waitlist.telling import tell_waitlist
from scheduling.events import WaitlistJoined
from scheduling.models import (
    Appointment,
    Practitioner,
    Service,
    Source,
    WaitlistEntry,
    WaitlistStatusChange,
)
from scheduling.queries.matching import party_at
from scheduling.queries.wishes import had_already, origin_of, standing_of
from scheduling.statuses import LIVE_ENTRIES, AppointmentStatus, WaitlistStatus

MOST_ENTRIES = 5  # live ones of a patient


@action
def join_waitlist(
    *,
    patient: Patient,
    service: Service,
    companions: Iterable[Patient] = (),
    instead_of: Appointment | None = None,
    priority: int = 0,
    note: str = "",
    source: str = Source.DESK,
    campaign: dict[str, str] | None = None,
    by: User | None,
    **wishes: Any,
) -> WaitlistEntry:
    """Put a patient on the list. `wishes` are those of `change_entry`; what is left out is any. `instead_of`, a visit
    of hers, is moved once an earlier time is accepted; where none is named, the next one that she has for this service
    and that her wishes could be earlier than. Only the desk gives a priority. `source` and `campaign` say
    where she came from; the visit that comes of it keeps them.

    Raises Conflict (code `already`, details `entry`) where she waits for this service already, Invalid with the field.
    """
    if patient.merged_into_id:
        raise Invalid(_("This patient was merged into another one. Book for that one."), field="patient")
    if not service.is_active:
        raise Invalid(_("This service cannot be booked here. Choose another one."), field="service")
    lock(f"waits:{patient.pk}")
    _check_number(patient, service)
    others = party_of(patient, companions)
    values = wishes_of(service, wishes) | {"priority": priority_of(priority, by), "note": note[:300]}
    values["party_size"] = 1 + len(others)
    if instead_of is not None:
        _check_own(instead_of, patient, service, values["party_size"])
    elif values["party_size"] == 1:
        instead_of = had_already(patient, service, since=values.get("first_day"))
    entry = WaitlistEntry(
        patient=patient,
        service=service,
        instead_of=instead_of,
        source=source,
        campaign=campaign or {},
        expires_on=kept_until(values.get("last_day")),
        link_token=secrets.token_urlsafe(24),
        added_by=by,
        **values,
    )
    entry.save()
    entry.companions.set(others)
    WaitlistStatusChange.record(entry, "", WaitlistStatus.WAITING, by=by)
    publish(WaitlistJoined(entry_id=entry.pk))
    tell_waitlist(entry)
    return entry


@action
def change_entry(
    *, entry: WaitlistEntry, priority: int | None = None, note: str | None = None, by: User | None, **wishes: Any
) -> WaitlistEntry:
    """Change what she waits for; her place stays. `wishes`: `practitioner`, `branch`, `weekdays` (Monday is 0),
    `from_time`, `until_time`, `first_day`, `last_day`, `notice_minutes`; None or empty is any.

    Raises Invalid with the field, Conflict for an entry that has ended.
    """
    entry = WaitlistEntry.objects.select_related("service").select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.status not in LIVE_ENTRIES:
        raise Conflict(_("This entry has ended. Put her on the list again."), code="ended")
    values = wishes_of(entry.service, wishes)
    if "last_day" in values:
        values["expires_on"] = kept_until(values["last_day"])
    if priority is not None:
        values["priority"] = priority_of(priority, by)
    if note is not None:
        values["note"] = note[:300]
    for name, value in values.items():
        setattr(entry, name, value)
    entry.save()
    tell_waitlist(entry)
    return entry


@action
def book_entry(
    *,
    entry: WaitlistEntry,
    practitioner: Practitioner,
    branch: Branch,
    starts_at: dt.datetime,
    despite: bool = False,
    by: User | None,
) -> Appointment:
    """The desk gives her a time at once, without asking by message; the visit she wanted earlier is moved to it. All of
    a party are booked, one after the other from then on, or nobody is. `despite` goes on where the rules warn.

    Raises what booking or moving raises; Conflict for an entry that is being offered a time or has ended.
    """
    entry = WaitlistEntry.objects.select_related("patient", "service").select_for_update(of=("self",)).get(pk=entry.pk)
    if entry.status != WaitlistStatus.WAITING:
        raise Conflict(_("She is being offered a time just now, or waits no more."), code="not_waiting")
    old = standing_of(entry)
    entry = move_entry(entry, WaitlistStatus.BOOKED, by=by)
    if old is not None and old.status == AppointmentStatus.BOOKED:
        booked = reschedule(
            appointment=old, starts_at=starts_at, practitioner=practitioner, branch=branch, reason="waitlist", by=by
        )
    else:
        place: dict[str, Any] = {"service": entry.service, "practitioner": practitioner, "branch": branch}
        booked = _book_all(entry, starts_at, **place, despite=despite, by=by)
        if old is not None:  # still waited for approval
            cancel(appointment=old, reason="waitlist", by=by)
    entry.booked = booked
    entry.save()
    tell_waitlist(entry)
    return booked


def _book_all(entry: WaitlistEntry, starts_at: dt.datetime, **how: Any) -> Appointment:
    how |= origin_of(entry)
    if entry.party_size == 1:
        return book_direct(patient=entry.patient, starts_at=starts_at, **how)
    lock_doctors([how["practitioner"].pk])
    people = [entry.patient, *entry.companions.order_by("pk")]
    party = party_at(entry, how["practitioner"], how["branch"], starts_at)
    if len(party or ()) != len(people):
        text = _("There is not room for all %(count)s people from then on. Choose another time.")
        raise Conflict(text % {"count": entry.party_size}, field="starts_at", code="party")
    how["bundle"] = uuid.uuid4()
    booked = [
        book_direct(**how, patient=patient, starts_at=slot.starts_at, mode=slot.mode)
        for patient, slot in zip(people, party, strict=True)
    ]
    return booked[0]


def _check_number(patient: Patient, service: Service) -> None:
    live = WaitlistEntry.objects.filter(patient=patient, status__in=LIVE_ENTRIES)
    same = live.filter(service=service).first()
    if same is not None:
        text = _("%(name)s waits for this already.") % {"name": patient.full_name}
        raise Conflict(text, field="service", code="already", entry=same.pk)
    if live.count() >= MOST_ENTRIES:
        raise Conflict(
            _("Nobody waits for more than %(count)s things at once.") % {"count": MOST_ENTRIES}, field="service"
        )


def _check_own(visit: Appointment, patient: Patient, service: Service, people: int) -> None:
    if visit.patient_id != patient.pk or visit.service_id != service.pk:
        raise Invalid(_("This is not a visit of hers for this service."), field="instead_of")
    if visit.status not in {AppointmentStatus.BOOKED, AppointmentStatus.PENDING} or visit.starts_at <= timezone.now():
        raise Conflict(_("Only a visit that lies ahead can be had earlier."), field="instead_of", code="over")
    if people > 1:
        raise Invalid(_("An earlier time is looked for one visit at a time."), field="party_size")


@action
def join_person(*, person: Person, companions: Iterable[Person] = (), by: Any, **wanted: Any) -> WaitlistEntry:
    """`join_waitlist` for patients, or for people who are new, given by the fields of `register`."""
    patient = person_of(person, by)
    others = [person_of(each, by) for each in companions]
    return join_waitlist(patient=patient, companions=others, by=by, **wanted)
