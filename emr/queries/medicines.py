"""What a patient took before."""

from clinic.patients.models import Patient
from emr.models import MedicationRequest
from emr.queries.chart import whole_of
from emr.statuses import EncounterStatus


def earlier_medicines(
    patient: Patient, *, besides: list[MedicationRequest], limit: int = 100
) -> list[MedicationRequest]:
    """Lines that run no more, newest first: stopped or run out, not those struck out."""
    return list(
        MedicationRequest.objects.filter(whole_of(patient), is_cancelled=False)
        .exclude(encounter__status=EncounterStatus.ENTERED_IN_ERROR)
        .exclude(pk__in=[line.pk for line in besides])
        .select_related("encounter__practitioner")
        .order_by("-created_at")[:limit]
    )
