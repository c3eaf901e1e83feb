"""The clinical record: encounters, findings, drugs."""

from emr.models.drugs import Medication, MedicationRequest
from emr.models.findings import AllergyIntolerance, Condition, Severity
from emr.models.record import (
    Addendum,
    Cosign,
    CosignStatusChange,
    Encounter,
    EncounterStatusChange,
    GlassBreak,
    NoteReader,
    Privacy,
)
from emr.models.templates import NoteTemplate, NoteTemplateVersion, Phrase, TemplateKind

__all__ = [
    "Addendum",
    "AllergyIntolerance",
    "Condition",
    "Cosign",
    "CosignStatusChange",
    "Encounter",
    "EncounterStatusChange",
    "GlassBreak",
    "Medication",
    "MedicationRequest",
    "NoteReader",
    "NoteTemplate",
    "NoteTemplateVersion",
    "Phrase",
    "Privacy",
    "Severity",
    "TemplateKind",
]
