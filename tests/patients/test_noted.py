"""A reading is noted by one statement that does not hold up the page, and never weakens what it stands beside."""

from django.db import connection, transaction

from clinic.patients.actions import log_access
from clinic.patients.models import AccessLog


def _lasting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return str(cursor.fetchone()[0])


def test_a_reading_is_noted_outside_and_inside_a_transaction(committed, make):
    patient, user = make.patient(), make.user("doctor")
    usual = _lasting()
    log_access(patient=patient, what="timeline", by=user)
    assert _lasting() == usual  # for its own statement only
    with transaction.atomic():
        log_access(patient=patient, what="x" * 80, by=None)
        assert _lasting() == usual  # what is written beside it lasts as it always does
    found = list(AccessLog.objects.order_by("pk").values_list("user", "patient", "what"))
    assert found == [(user.pk, patient.pk, "timeline"), (None, patient.pk, "x" * 60)]
    assert AccessLog.objects.filter(at__isnull=True).count() == 0
