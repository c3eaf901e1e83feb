"""A reading is noted by one statement, in and outside a transaction."""

from django.db import transaction

from clinic.patients.actions import log_access
from clinic.patients.models import AccessLog


def test_a_reading_is_noted_outside_and_inside_a_transaction(committed, make):
    patient, user = make.patient(), make.user("doctor")
    log_access(patient=patient, what="timeline", by=user)
    with transaction.atomic():
        log_access(patient=patient, what="x" * 80, by=None)
    found = list(AccessLog.objects.order_by("pk").values_list("user", "patient", "what"))
    assert found == [(user.pk, patient.pk, "timeline"), (None, patient.pk, "x" * 60)]
    assert AccessLog.objects.filter(at__isnull=True).count() == 0
