"""Rules of booking for a demo clinic: words to agree to, a service that is approved, one that costs when missed."""

import datetime as dt

from django.db import transaction
from django.utils import timezone

from clinic.accounts.models import Branch, User
from clinic.patients.models import Patient
from scheduling import actions
from scheduling.actions.fees import note_fee
from scheduling.actions.rules import save_policy_text, save_service_policy
from scheduling.models import Appointment, FeeKind, Practitioner, Service
from scheduling.queries.slots import nearest_free
from scheduling.statuses import AppointmentStatus

FA = "لطفاً ده دقیقه زودتر بیایید و کارت ملی و داروهای خود را همراه داشته باشید. اگر نمی‌توانید بیایید زودتر خبر بدهید."
EN = "Please come ten minutes early with your ID and your medicines. If you cannot come, tell us as early as you can."


def lay_rules(services: list[Service]) -> None:
    """The first service costs when it is missed, the second one is approved by the clinic."""
    save_policy_text(text_fa=FA, text_en=EN, by=None)
    fees = {"cancel_until_hours": 12, "late_fee_percent": 20, "no_show_fee_percent": 50}
    save_service_policy(service=services[0], by=None, **fees)
    save_service_policy(service=services[1], needs_approval=True, approve_within_hours=48, by=None)


def lay_decisions(services: list[Service], branch: Branch, user: User, patient: Patient) -> None:
    """One booking waits for approval, two missed visits for a decision."""
    soon = timezone.now() + dt.timedelta(days=1)
    for slot in nearest_free(service=services[1], starts_at=soon, branch=branch.pk)[:1]:
        held = actions.hold(
            service=services[1], practitioner=Practitioner.objects.get(pk=slot.practitioner_id), branch=branch,
            starts_at=slot.starts_at, by=user,
        )  # fmt: skip
        actions.book(hold=held, patient=patient, as_patient=True, by=user)
    missed = Appointment.objects.filter(service=services[0], status=AppointmentStatus.NO_SHOW).order_by("-starts_at")
    with transaction.atomic():
        for appointment in missed[:2]:
            note_fee(appointment, FeeKind.NO_SHOW, by=None)
