"""Sending forms by the clock: to whom a visit is near and whose answers are missing or old."""

import datetime as dt
from typing import Any

import phonenumbers
from django.utils import timezone

from clinic.patients.models import Patient
from emr.actions.intake import end_intakes, send_intake
from emr.models import Intake, IntakeForm
from emr.statuses import IntakeStatus
from scheduling.models import Appointment
from scheduling.statuses import AppointmentStatus

AT_ONCE = 200
ANSWERED = {IntakeStatus.FILLED, IntakeStatus.ACCEPTED}


def sweep_intakes(*, by: Any = None) -> int:
    """Close what is over, and send each form that is due once for its appointment; how many were sent."""
    end_intakes(by=by)
    return sum(_send_one(form, by) for form in IntakeForm.objects.filter(is_active=True).prefetch_related("services"))


def _send_one(form: IntakeForm, by: Any) -> int:
    now = timezone.now()
    near = Appointment.objects.filter(
        status=AppointmentStatus.BOOKED, patient__isnull=False, starts_at__gt=now,
        starts_at__lte=now + dt.timedelta(days=form.days_before),
    )  # fmt: skip
    if services := [service.pk for service in form.services.all()]:
        near = near.filter(service__in=services)
    near = near.exclude(intakes__asked__form=form).select_related("patient", "branch").order_by("starts_at")
    sent = 0
    for appointment in near[:AT_ONCE]:
        patient = appointment.patient
        if patient and patient.phone and fits(form, patient) and not _is_fresh(form, patient):
            send_intake(form=form, patient=patient, appointment=appointment, by=by)
            sent += 1
    return sent


def fits(form: IntakeForm, patient: Patient) -> bool:
    """Whether a form is for mobile numbers of the patient's country."""
    if not form.country:
        return True
    try:
        number = phonenumbers.parse(patient.phone)
    except phonenumbers.NumberParseException:
        return False
    return phonenumbers.region_code_for_number(number) == form.country


def _is_fresh(form: IntakeForm, patient: Patient) -> bool:
    """Whether she has the form already, or answered it not long ago."""
    since = timezone.now() - dt.timedelta(days=30 * form.fresh_months)
    own = Intake.objects.filter(asked__form=form, patient=patient)
    return (
        own.filter(status=IntakeStatus.SENT).exists() or own.filter(status__in=ANSWERED, filled_at__gt=since).exists()
    )
