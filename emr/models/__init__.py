"""The clinical record: encounters, findings, drugs."""

from emr.models.drugs import Medication, MedicationRequest
from emr.models.files import Audience, File, FileKind
from emr.models.findings import AllergyIntolerance, Condition, Severity
from emr.models.phone_links import PhoneLink
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
    "Audience",
    "Condition",
    "Cosign",
    "CosignStatusChange",
    "Encounter",
    "EncounterStatusChange",
    "File",
    "FileKind",
    "GlassBreak",
    "Medication",
    "MedicationRequest",
    "NoteReader",
    "NoteTemplate",
    "NoteTemplateVersion",
    "PhoneLink",
    "Phrase",
    "Privacy",
    "Severity",
    "TemplateKind",
]
