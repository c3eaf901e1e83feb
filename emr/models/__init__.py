"""The clinical record: encounters, findings, drugs."""

from emr.models.background import BackgroundEntry, BackgroundKind, Relative
from emr.models.drugs import HandOff, Medication, MedicationRequest
from emr.models.favourites import FavouriteDiagnosis, FavouriteDrug, PrescriptionSet, PrescriptionSetLine
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
from emr.models.safety import Danger, Interaction
from emr.models.templates import NoteTemplate, NoteTemplateVersion, Phrase, TemplateKind

__all__ = [
    "Addendum",
    "AllergyIntolerance",
    "Audience",
    "BackgroundEntry",
    "BackgroundKind",
    "Condition",
    "Cosign",
    "CosignStatusChange",
    "Danger",
    "Encounter",
    "EncounterStatusChange",
    "FavouriteDiagnosis",
    "FavouriteDrug",
    "File",
    "FileKind",
    "GlassBreak",
    "HandOff",
    "Interaction",
    "Medication",
    "MedicationRequest",
    "NoteReader",
    "NoteTemplate",
    "NoteTemplateVersion",
    "PhoneLink",
    "Phrase",
    "PrescriptionSet",
    "PrescriptionSetLine",
    "Privacy",
    "Relative",
    "Severity",
    "TemplateKind",
]
