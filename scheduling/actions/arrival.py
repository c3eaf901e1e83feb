"""Who comes in: arrival, check-in, walk-ins, and taking an arrival back."""

import datetime as dt
import secrets
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from clinic.accounts.models import Branch
from clinic.patients.models import Patient
from clinic.shared.actions import action
from clinic.shared.errors import Conflict, Invalid
from clinic.shared.events import publish
from clinic.shared.statuses import begin
from scheduling.actions.booking import book_direct, restore
from scheduling.actions.fees import withdraw_fee
from scheduling.actions.occupancy import lock, move_appointment, occupy
from scheduling.actions.telling import tell_floor
from scheduling.actions.visit_door import move_visit
from scheduling.events import VisitReopened, VisitStarted
from scheduling.models import (
    Appointment,
    CameBy,
    FloorRules,
    Practitioner,
    Priority,
    Service,
    Source,
    Visit,
    VisitStatusChange,
)
from scheduling.queries.floor import branch_day, turn_of
from scheduling.queries.rules import rules_of
from scheduling.statuses import IN_BUILDING, AppointmentStatus, VisitStatus

SENT_TWICE = dt.timedelta(minutes=2)
NEAR = dt.timedelta(hours=2)  # an appointment of another day may still be arrived for around midnight
AWAY = {VisitStatus.CANCELLED, VisitStatus.LEFT}  # who comes again waits again


@action
def arrive(*, appointment: Appointment, by: Any, came_by: str = CameBy.DESK) -> Visit:
    """The patient of this appointment is here: her visit, with the day's next number. Twice gives the same visit.

    Who had left comes back into the line. Raises Conflict for an appointment of another day and for one whose status
    does not allow it.
    """
    appointment = Appointment.objects.select_for_update(of=("self",)).select_related("branch").get(pk=appointment.pk)
    visit = Visit.objects.select_for_update().filter(appointment=appointment).first()
    if visit is not None and visit.status not in AWAY:
        return visit
    now = timezone.now()
    _check_the_day(appointment, now)
    if appointment.status == AppointmentStatus.NO_SHOW:
        appointment = _came_after_all(appointment, by)
    if appointment.status not in {AppointmentStatus.ARRIVED, AppointmentStatus.CHECKED_IN}:  # who left stays arrived
        appointment = move_appointment(appointment, AppointmentStatus.ARRIVED, by=by)
    if visit is None:
        visit = _new_visit(
            appointment=appointment,
            patient=appointment.patient,
            service_id=appointment.service_id,
            practitioner_id=appointment.practitioner_id,
            room_id=appointment.room_id,
            branch=appointment.branch,
            promised_at=appointment.starts_at,
            now=now,
            by=by,
            came_by=came_by,
        )
    else:
        due = _due(appointment.starts_at, now, rules_of(visit.branch_id))
        visit = move_visit(visit, VisitStatus.ARRIVED, by=by, arrived_at=now, due_at=due, called_at=None)
    publish(VisitStarted(visit.pk, visit))
    tell_floor(visit)
    return visit


@action
def check_in(*, appointment: Appointment, by: Any) -> Visit:
    """Her papers are in order. Arrives first where nobody pressed that; twice is once."""
    visit = arrive(appointment=appointment, by=by)
    appointment = Appointment.objects.select_for_update().get(pk=appointment.pk)
    if appointment.status in {AppointmentStatus.CHECKED_IN, AppointmentStatus.FULFILLED}:
        return visit
    move_appointment(appointment, AppointmentStatus.CHECKED_IN, by=by)
    visit.checked_in_at = timezone.now()
    visit.save()
    tell_floor(visit)
    return visit


@action
def walk_in(
    *,
    patient: Patient,
    service: Service,
    practitioner: Practitioner,
    branch: Branch,
    by: Any,
    priority: int = Priority.NORMAL,
    referred_by: str = "",
) -> Visit:
    """Somebody without an appointment: into the doctor's free time if there is any now, else just into line. The same
    once more within two minutes is the same visit: a form that was sent twice.

    `priority` is a class of the line. Raises Invalid for one that does not exist.
    """
    if priority not in Priority.values:
        raise Invalid(_("Choose one of the classes."), field="priority")
    lock(f"walk-in:{patient.pk}")
    just_now = timezone.now() - SENT_TWICE
    twins = Visit.objects.filter(patient=patient, service=service, practitioner=practitioner, branch=branch)
    twin = twins.filter(status__in=IN_BUILDING, arrived_at__gt=just_now, came_by=CameBy.DESK).first()
    if twin is not None:
        return twin
    referred_by = referred_by.strip()[:120]
    wanted = {"patient": patient, "service": service, "practitioner": practitioner, "branch": branch}
    appointment = _free_time_now(**wanted, referred_by=referred_by, by=by)
    if appointment is not None:
        visit = check_in(appointment=appointment, by=by)
    else:
        now = timezone.now()
        visit = _new_visit(
            appointment=None,
            patient=patient,
            service_id=service.pk,
            practitioner_id=practitioner.pk,
            room_id=None,
            branch=branch,
            promised_at=None,
            now=now,
            by=by,
            checked_in_at=now,
        )
        publish(VisitStarted(visit.pk, visit))
    if priority or referred_by:
        visit.priority = max(visit.priority, priority)  # a member goes first whatever else is said of her
        visit.referred_by = referred_by
        visit.save()
    tell_floor(visit)
    return visit


@action
def undo_check_in(*, appointment: Appointment, by: Any) -> Appointment:
    """Back from checked in to arrived."""
    appointment = move_appointment(appointment, AppointmentStatus.ARRIVED, by=by, reason="undo")
    visit = Visit.objects.select_for_update().get(appointment=appointment)
    visit.checked_in_at = None
    visit.save()
    tell_floor(visit)
    return appointment


@action
def undo_arrival(*, appointment: Appointment, by: Any) -> Appointment:
    """She is not here: the visit is cancelled (its number stays used) and the appointment is booked again.

    Raises Conflict once she was called, and whatever whoever took money for the visit raises.
    """
    visit = Visit.objects.select_for_update(of=("self",)).filter(appointment=appointment).first()
    if visit is not None and visit.status != VisitStatus.CANCELLED:
        if visit.status != VisitStatus.ARRIVED:
            raise Conflict(_("Something else happened meanwhile. Look at what is there now."), code="meanwhile")
        publish(VisitReopened(visit_id=visit.pk))
        visit = move_visit(visit, VisitStatus.CANCELLED, by=by, reason="undo")
    appointment = move_appointment(appointment, AppointmentStatus.BOOKED, by=by, reason="undo")
    if not appointment.occupancies.exists():  # she had come although her time was given away
        occupy(appointment, override=True)
    if visit is not None:
        tell_floor(visit)
    return appointment


def _came_after_all(appointment: Appointment, by: Any) -> Appointment:
    """Her time back where it is still free; else she waits without one."""
    try:
        with transaction.atomic():
            return restore(appointment=appointment, by=by)
    except Conflict:
        withdraw_fee(appointment, by=by)
        return appointment


def _check_the_day(appointment: Appointment, now: dt.datetime) -> None:
    own, today = branch_day(appointment.branch, appointment.starts_at), branch_day(appointment.branch, now)
    if own != today and abs(appointment.starts_at - now) > NEAR:
        raise Conflict(_("This appointment is on another day. Move it to today first."), code="another_day")


def _due(promised_at: dt.datetime | None, now: dt.datetime, rules: FloorRules) -> dt.datetime:
    """Promised start; arrival for who was promised none or comes after the branch's grace."""
    grace = dt.timedelta(minutes=rules.late_grace_minutes)
    return promised_at if promised_at is not None and now <= promised_at + grace else now


def _new_visit(*, branch: Branch, now: dt.datetime, promised_at: dt.datetime | None, by: Any, **fields: Any) -> Visit:
    """The row with the day's next number; arrivals of a branch wait for each other here."""
    Branch.objects.select_for_update(no_key=True).get(pk=branch.pk)
    day = branch_day(branch, now)
    last = Visit.objects.filter(branch=branch, day=day).aggregate(last=Max("number"))["last"]
    rules = rules_of(branch)
    visit = Visit(
        branch=branch,
        day=day,
        number=(last or 0) + 1,
        prefix=rules.token_prefix,
        promised_at=promised_at,
        due_at=_due(promised_at, now, rules),
        arrived_at=now,
        queue_token=secrets.token_urlsafe(32),
        **fields,
    )
    visit.told_from, visit.told_until = turn_of(visit, now)
    begin(visit, log=VisitStatusChange, by=by)
    return visit


def _free_time_now(**wanted: Any) -> Appointment | None:
    """An appointment from this minute on, where doctor, room and patient are free; None where they are not."""
    starts_at = timezone.now().replace(second=0, microsecond=0)
    try:
        with transaction.atomic():
            # She stands there: rules that would warn do not leave the doctor's time to somebody else.
            return book_direct(starts_at=starts_at, source=Source.WALK_IN, despite=True, **wanted)
    except Conflict:
        return None
    except Invalid as error:
        if error.code != "closed":
            raise
        return None  # after hours she may still be taken in
