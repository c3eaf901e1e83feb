"""The clinical record: encounters, findings, drugs."""

from emr.models.drugs import Medication, MedicationRequest
from emr.models.findings import AllergyIntolerance, Condition, Severity
from emr.models.record import Addendum, Encounter, EncounterStatusChange

__all__ = [
    "Addendum",
    "AllergyIntolerance",
    "Condition",
    "Encounter",
    "EncounterStatusChange",
    "Medication",
    "MedicationRequest",
    "Severity",
]
